//! `farguard policy check`: every mistake, with the line it is in.

use std::fmt::Write as _;

use anyhow::Result;
use farguard_policy::{Diagnostic, Level, Policy};

use crate::{
    args::policy::{CheckArgs, CheckFormat},
    exit::Exit,
    policies,
    terminal::{Terminal, print},
    text::{plain, plural, safe_json},
};

/// Checks every file; one that cannot be read does not stop the others.
pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<Exit> {
    let mut exit = Exit::Clean;
    let mut all = Vec::new();
    let mut out = String::new();
    for path in &args.files {
        let name = path.display().to_string();
        let text = match policies::text(&name) {
            Ok(text) => text,
            Err(error) => {
                terminal.error(&error);
                exit = Exit::CouldNotRun;
                continue;
            }
        };
        let parsed = policies::parse(&name, &text);
        if parsed.policy.is_none() {
            exit = exit.max(Exit::Findings);
        }
        match args.format {
            CheckFormat::Json => all.extend(parsed.diagnostics),
            CheckFormat::Text => {
                for remark in &parsed.diagnostics {
                    write!(out, "{}", Shown { remark, text: &text, color: terminal.color })?;
                }
                writeln!(out, "{}", summary(&name, parsed.policy.as_ref(), &parsed.diagnostics))?;
            }
        }
    }
    if matches!(args.format, CheckFormat::Json) {
        out += &safe_json(&serde_json::to_string_pretty(&all)?);
        out.push('\n');
    }
    print(&out)?;
    Ok(exit)
}

/// What was found in one file, and how it is read.
fn summary(name: &str, policy: Option<&Policy>, remarks: &[Diagnostic]) -> String {
    let count = |level| remarks.iter().filter(|remark| remark.level == level).count();
    let warnings = match count(Level::Warning) {
        0 => String::new(),
        some => format!(", {}", plural(some, "warning")),
    };
    match policy {
        None => format!("{name}: {} to put right{warnings}", plural(count(Level::Error), "error")),
        Some(policy) => format!(
            "{name}: ok{warnings}; {} and {}, exceptions first, then rules from top to bottom: the \
             first that matches decides, and what no rule speaks of passes",
            plural(policy.rule_count(), "rule"),
            plural(policy.exception_count(), "exception"),
        ),
    }
}

/// A remark with its line and a mark below it, as compilers show theirs.
struct Shown<'a> {
    remark: &'a Diagnostic,
    text: &'a str,
    color: bool,
}

/// Longest piece of a line that is shown.
const MAX_SHOWN: usize = 160;

impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Diagnostic { level, file, line, column, length, message, help } = self.remark;
        let code = match level {
            Level::Error => "1;31",
            Level::Warning => "1;33",
        };
        let paint = |code: &str, text: &str| {
            if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
        };
        writeln!(f, "{}: {}", paint(code, level.as_str()), paint("1", &plain(message)))?;
        let gutter = line.to_string();
        let blank = " ".repeat(gutter.len());
        writeln!(f, "{blank}{} {file}:{line}:{column}", paint("34", "-->"))?;
        let index = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        let start = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        if let Some(content) = self.text.lines().nth(index) {
            // A tab would move what stands below it.
            let shown = plain(&content.chars().take(MAX_SHOWN).collect::<String>());
            let bar = paint("34", "|");
            writeln!(f, "{} {bar} {}", paint("34", &gutter), shown.trim_end())?;
            let room = MAX_SHOWN.saturating_sub(start);
            let length = usize::try_from(*length).unwrap_or(1).clamp(1, room.max(1));
            if start < MAX_SHOWN {
                let mark = paint(code, &"^".repeat(length));
                writeln!(f, "{blank} {bar} {}{mark}", " ".repeat(start))?;
            }
        }
        if let Some(help) = help {
            writeln!(f, "{blank} {} {}", paint("36", "help:"), plain(help))?;
        }
        writeln!(f)
    }
}
