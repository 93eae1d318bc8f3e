//! Secrets in named values: environment variables, labels, build arguments.

use super::{
    Detector,
    mask::{MASK, masked_value},
    pattern::Pattern,
};

/// The most of a value that is looked at; values are names, addresses and secrets.
const MAX_VALUE_BYTES: usize = 64 << 10;
/// A password of so few characters is a setting.
const MIN_CHARS: usize = 4;

/// A secret in a named value.
#[derive(Clone, PartialEq, Eq)]
pub struct InValue {
    /// Id of the pattern.
    pub rule: &'static str,
    /// `NAME=value`, with the secret masked.
    pub masked: String,
    /// The value alone, with the secret masked.
    pub masked_value: String,
    /// What nobody but this module may see.
    pub(super) secret: String,
    /// Whether it is one of the passwords that everybody tries first.
    pub(super) is_default: bool,
}

impl std::fmt::Debug for InValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InValue").field("rule", &self.rule).field("masked", &self.masked).finish()
    }
}

/// The secret in a value, if there is one. The name matters: `DB_PASSWORD`, `API_TOKEN`.
#[must_use]
pub fn in_value(name: &str, value: &str) -> Option<InValue> {
    let detector = Detector::builtin()?;
    let end = value.floor_char_boundary(MAX_VALUE_BYTES);
    let (value, rest) = value.split_at_checked(end)?;
    let by_look = || detector.by_look(name, value);
    let by_name = || detector.by_name(name, value);
    let (pattern, secret) = by_look().or_else(by_name)?;
    let masked_value = if secret == value {
        masked_value(pattern, secret.as_bytes())
    } else {
        // Behind what is looked at may be anything.
        let behind = if rest.is_empty() { "" } else { MASK };
        detector.mask(&value.replace(secret, MASK)).into_owned() + behind
    };
    Some(InValue {
        rule: &pattern.id,
        masked: format!("{name}={masked_value}"),
        masked_value,
        secret: secret.to_owned(),
        is_default: pattern.is_default,
    })
}

impl Detector {
    /// What the value itself shows to be a secret.
    fn by_look<'v>(
        &'static self,
        name: &str,
        value: &'v str,
    ) -> Option<(&'static Pattern, &'v str)> {
        // Some secrets are known by the name that stands before them.
        let text = format!("{name}={value}");
        let before = name.len() + 1;
        let patterns = self.mentioned(text.as_bytes()).into_iter();
        patterns.filter(|pattern| pattern.wants_any_text() && !pattern.goes_by_name()).find_map(
            |pattern| {
                let captures = pattern.regex()?.captures_at(text.as_bytes(), 0)?;
                let secret =
                    pattern.secret(&captures).or_else(|| Some(captures.get(0)?.range()))?;
                let range = secret.start.checked_sub(before)?..secret.end.checked_sub(before)?;
                let secret = value.get(range)?;
                let harmless = self.allow.is_harmless(pattern, secret.as_bytes());
                (!harmless).then_some((pattern, secret))
            },
        )
    }

    /// What only its name shows to be a secret.
    fn by_name<'v>(
        &'static self,
        name: &str,
        value: &'v str,
    ) -> Option<(&'static Pattern, &'v str)> {
        let secret = value.trim().trim_matches(['"', '\'']);
        if secret.chars().count() < MIN_CHARS {
            return None;
        }
        let is_default = self.allow.is_default(secret.as_bytes());
        let mut patterns = self.patterns().iter();
        let pattern = patterns.find(|p| p.is_default == is_default && p.names(name))?;
        if is_default {
            return Some((pattern, secret));
        }
        let harmless = self.allow.is_harmless(pattern, secret.as_bytes());
        (!harmless).then_some((pattern, secret))
    }
}

#[cfg(test)]
mod tests;
