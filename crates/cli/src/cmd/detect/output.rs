//! Alerts to standard output or a file, as Falco writes them.

use std::{
    env, fs,
    fs::OpenOptions,
    io::{self, BufWriter, IsTerminal, Write, stdout},
};

use anyhow::{Context, Result};
use farguard_rules::{Alert, output::Style};

use super::options::Options;
use crate::{
    args::detect::{AlertArgs, AlertFormat},
    text::{plain, safe_json},
};

/// Writes alerts, one a line.
pub(crate) struct AlertWriter {
    out: BufWriter<Box<dyn Write>>,
    format: AlertFormat,
    style: Style,
    /// Whether each alert goes out at once.
    is_live: bool,
}

impl AlertWriter {
    /// Opens where alerts go.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub(crate) fn open(args: &AlertArgs, options: &Options) -> Result<Self> {
        let out: Box<dyn Write> = match &args.output {
            Some(path) => {
                let file = OpenOptions::new().create(true).append(true).open(path);
                Box::new(file.with_context(|| format!("cannot write `{}`", path.display()))?)
            }
            None => Box::new(stdout()),
        };
        let format = match options.json_output {
            Some(true) => AlertFormat::Json,
            Some(false) => AlertFormat::Text,
            None => args.format,
        };
        let is_live = !options.buffered && (args.output.is_some() || stdout().is_terminal());
        let out = BufWriter::with_capacity(64 << 10, out);
        let style = Style { hostname: hostname(), ..options.style.clone() };
        Ok(Self { out, format, style, is_live })
    }

    /// Writes an alert. It may wait for [`flush`](Self::flush).
    pub(crate) fn write(&mut self, alert: &Alert) -> io::Result<()> {
        let line = match self.format {
            AlertFormat::Text => plain(&alert.to_text(&self.style)),
            AlertFormat::Json => safe_json(&alert.to_json(&self.style)),
        };
        writeln!(self.out, "{line}")?;
        if self.is_live { self.out.flush() } else { Ok(()) }
    }

    /// All alerts are out when it returns.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Who says it: `FALCO_HOSTNAME` as with Falco, else the name of the machine.
fn hostname() -> Option<String> {
    let set = env::var("FALCO_HOSTNAME").ok().filter(|name| !name.is_empty());
    let own = || fs::read_to_string("/proc/sys/kernel/hostname").ok();
    set.or_else(own).map(|name| name.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use farguard_rules::Priority;
    use serde_json::{Value, json};

    use super::*;

    fn written(format: AlertFormat, options: &[&str]) -> String {
        let alert = Alert {
            rule: "R".into(),
            priority: Priority::Warning,
            source: "aws_cloudtrail",
            time_ns: 1_764_064_800_000_000_042,
            output: "it (user=a\u{1b}b\nc)".into(),
            fields: vec![("ct.user".into(), json!("a\u{1b}b\nc"))],
            tags: vec!["aws".into()],
        };
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("alerts");
        let texts: Vec<String> = options.iter().map(|text| (*text).to_owned()).collect();
        let args = AlertArgs { format, output: Some(path.clone()), options: texts, stats: false };
        let options = Options::read(&args.options).unwrap();
        AlertWriter::open(&args, &options).unwrap().write(&alert).unwrap();
        fs::read_to_string(path).unwrap()
    }

    #[test]
    fn lines_are_those_of_falco_and_safe() {
        let text = written(AlertFormat::Text, &[]);
        assert_eq!(text, "10:00:00.000000042: Warning it (user=a b c)\n");
        let text = written(AlertFormat::Text, &["time_format_iso_8601=true"]);
        assert!(text.starts_with("2025-11-25T10:00:00.000000042+0000: Warning it"), "{text}");
    }

    #[test]
    fn objects_have_the_keys_of_falco() {
        let line = written(AlertFormat::Json, &[]);
        assert!(line.is_ascii() && line.ends_with("}\n"), "{line}");
        let object: Value = serde_json::from_str(&line).unwrap();
        let keys: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
        let expect =
            ["hostname", "output", "output_fields", "priority", "rule", "source", "tags", "time"];
        assert_eq!(keys, expect);
        assert_eq!(object["time"], "2025-11-25T10:00:00.000000042Z");
        assert_eq!(object["output_fields"]["ct.user"], "a\u{1b}b\nc");
        let line = written(
            AlertFormat::Text,
            &[
                "json_output=true",
                "json_include_tags_property=false",
                "json_include_output_property=no",
            ],
        );
        assert!(!line.contains("\"tags\"") && !line.contains("\"output\""), "{line}");
    }
}
