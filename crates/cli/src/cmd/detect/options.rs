//! Options by the names that they have in `falco.yaml`.

use anyhow::{Result, bail};
use farguard_rules::{
    Priority,
    output::{Style, TimeFormat},
};

/// What `-o KEY=VALUE` can change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// `json_output`, when it is said.
    pub(crate) json_output: Option<bool>,
    /// `json_include_output_property` and the like, `time_format_iso_8601`.
    pub(crate) style: Style,
    /// `buffered_outputs`.
    pub(crate) buffered: bool,
    /// `priority`.
    pub(crate) priority: Option<Priority>,
    /// `rule_matching=all`.
    pub(crate) all_matches: bool,
    /// `rules[].enable.rule=...` and the like, in the order given.
    pub(crate) switches: Vec<Switch>,
}

/// Turns rules on or off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Switch {
    /// On or off.
    pub(crate) enable: bool,
    /// Whether the text is a tag; otherwise a name, in which `*` stands for anything.
    pub(crate) is_tag: bool,
    /// The tag or name.
    pub(crate) text: String,
}

/// The options that are known, for those who mistype one.
const KNOWN: &str = "json_output, json_include_output_property, json_include_message_property, \
    json_include_output_fields_property, json_include_tags_property, time_format_iso_8601, \
    buffered_outputs, priority, rule_matching, rules[].enable.rule, rules[].enable.tag, \
    rules[].disable.rule, rules[].disable.tag";

impl Options {
    /// Reads `KEY=VALUE` texts.
    ///
    /// # Errors
    /// When a key is not known, or its value means nothing.
    ///
    /// # Source
    /// <https://falco.org/docs/reference/daemon/config-options/>
    pub(crate) fn read(texts: &[String]) -> Result<Self> {
        let mut options = Self::default();
        for text in texts {
            let Some((key, value)) = text.split_once('=') else {
                bail!("option `{text}` has no value: write `KEY=VALUE`");
            };
            options.set(key.trim(), value.trim())?;
        }
        Ok(options)
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        let flag = || match value {
            "true" | "yes" | "on" => Ok(true),
            "false" | "no" | "off" => Ok(false),
            _ => bail!("option `{key}` is true or false, not `{value}`"),
        };
        match key {
            "json_output" => self.json_output = Some(flag()?),
            "json_include_output_property" => self.style.output = flag()?,
            "json_include_message_property" => self.style.message = flag()?,
            "json_include_output_fields_property" => self.style.fields = flag()?,
            "json_include_tags_property" => self.style.tags = flag()?,
            "time_format_iso_8601" => {
                self.style.time = if flag()? { TimeFormat::Iso8601 } else { TimeFormat::Clock };
            }
            "buffered_outputs" => self.buffered = flag()?,
            "priority" => match Priority::parse(value) {
                Some(priority) => self.priority = Some(priority),
                None => bail!("option `priority` is no priority: `{value}`"),
            },
            "rule_matching" => match value {
                "all" => self.all_matches = true,
                "first" => self.all_matches = false,
                _ => bail!("option `rule_matching` is `first` or `all`, not `{value}`"),
            },
            _ => match switch(key, value) {
                Some(switch) => self.switches.push(switch),
                None => bail!("there is no option `{key}`; known are {KNOWN}"),
            },
        }
        Ok(())
    }
}

fn switch(key: &str, value: &str) -> Option<Switch> {
    let (action, by) = key.strip_prefix("rules[].")?.split_once('.')?;
    let enable = match action {
        "enable" => true,
        "disable" => false,
        _ => return None,
    };
    let is_tag = match by {
        "tag" => true,
        "rule" => false,
        _ => return None,
    };
    Some(Switch { enable, is_tag, text: value.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_by_their_names() {
        let read = |texts: &[&str]| {
            let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
            Options::read(&texts)
        };
        let options = read(&["json_output=true", "priority=notice", "rule_matching=all"]).unwrap();
        assert_eq!(options.json_output, Some(true));
        assert_eq!((options.priority, options.all_matches), (Some(Priority::Notice), true));
        let switches = read(&["rules[].disable.tag=aws", "rules[].enable.rule=Create*"]).unwrap();
        assert_eq!(switches.switches.len(), 2);
        for (wrong, expect) in [
            ("json_output", "has no value"),
            ("json_output=maybe", "is true or false"),
            ("priority=urgent", "is no priority"),
            ("rules[].enable.name=x", "there is no option"),
            ("webserver.enabled=true", "there is no option"),
        ] {
            let error = read(&[wrong]).unwrap_err().to_string();
            assert!(error.contains(expect), "{wrong}: {error}");
        }
    }
}
