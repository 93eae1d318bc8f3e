//! `farguard policy explain`: which rule decides, and which do not match.

use std::fmt::Write as _;

use anyhow::{Result, ensure};
use farguard_model::{Outcome, ScanReport};
use farguard_policy::{Entry, Explanation, Group, Policy, explain};

use crate::{
    args::ScanArgs,
    cmd::scan::{self, Gate},
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, plural},
};

/// Findings of a group that are shown without `--all`.
const SHOWN: usize = 5;
/// Columns where standard output is no terminal.
const WIDTH: usize = 100;

/// Scans, and explains the decisions in place of reporting the findings.
pub(super) fn run(args: &ScanArgs, terminal: &Terminal) -> Result<Exit> {
    ensure!(!args.policy.policy.is_empty(), "name what to explain with `--policy`");
    let gate = Gate::new(&args.policy, terminal)?;
    let scanned = scan::scan(args, terminal)?;
    let page = Page {
        color: terminal.color,
        width: terminal.width.unwrap_or(WIDTH).max(60),
        shown: if args.output.all { usize::MAX } else { SHOWN },
    };
    let mut out = String::new();
    for report in &scanned.reports {
        for policy in &gate.policies {
            let explanation = explain(policy, report, &gate.context);
            out += &page.of(policy, report, &explanation);
        }
    }
    print(&out)?;
    Ok(scanned.exit(args, terminal))
}

/// How to lay an explanation out.
struct Page {
    color: bool,
    width: usize,
    shown: usize,
}

impl Page {
    fn of(&self, policy: &Policy, report: &ScanReport, explanation: &Explanation) -> String {
        let mut page = String::new();
        let head = plain(&format!("{} by policy {}", report.target.name, policy.name()));
        let _ = writeln!(page, "{}", self.paint("1", &head));
        self.line(&mut page, "", "exceptions first, then rules in order: the first match decides");
        page.push('\n');
        let widest = explanation.entries.iter().map(|entry| entry.id.chars().count()).max();
        for entry in &explanation.entries {
            self.entry(&mut page, entry, widest.unwrap_or_default().min(32));
        }
        for group in &explanation.groups {
            self.group(&mut page, group);
        }
        page.push('\n');
        page
    }

    fn entry(&self, page: &mut String, entry: &Entry, id_width: usize) {
        let what = if entry.is_exception { "exception" } else { entry.outcome.as_str() };
        let padded = format!("{what:<9}");
        let line = format!("{}:", entry.line);
        let count = match (&entry.idle, entry.decided) {
            (Some(idle), _) => idle.clone(),
            (None, decided) => format!("decides {}", plural(decided, "finding")),
        };
        let colored = match entry.idle {
            Some(_) => self.paint("2", &padded),
            None => self.paint(code(entry.outcome), &padded),
        };
        let start = format!("{line:>5} {colored} {:<id_width$}  ", plain(&entry.id));
        let columns = 5 + 1 + 9 + 1 + id_width.max(entry.id.chars().count()) + 2;
        self.wrapped(page, &start, columns, &count);
    }

    fn group(&self, page: &mut String, group: &Group) {
        let outcome = group.outcome.as_str().to_uppercase();
        let by = match group.by.as_str() {
            "" => "no rule speaks of".to_owned(),
            id => format!("by {id}:"),
        };
        let count = plural(group.findings.len(), "finding");
        let _ = writeln!(page, "\n{} {by} {count}", self.paint(code(group.outcome), &outcome));
        if let Some(description) = &group.description {
            self.wrapped(page, "  ", 2, &plain(description));
        }
        let id_width = group.findings.iter().take(self.shown).map(|one| one.id.chars().count());
        let id_width = id_width.max().unwrap_or_default().min(28);
        for one in group.findings.iter().take(self.shown) {
            let start = format!("  {:<id_width$}  ", plain(&one.id));
            let indent = start.chars().count();
            let text = format!("{}: {}", plain(&one.subject), plain(&one.reason));
            self.wrapped(page, &start, indent, &text);
        }
        if let Some(more) = group.findings.len().checked_sub(self.shown).filter(|more| *more > 0) {
            self.line(page, "  ", &format!("and {more} more: --all shows them"));
        }
        for (index, (id, why)) in group.passed_over.iter().enumerate() {
            if index == 0 {
                self.line(page, "  ", "looked at before, and no match:");
            }
            let start = format!("    {id}  ");
            let indent = start.chars().count();
            self.wrapped(page, &start, indent, &plain(why));
        }
    }

    fn line(&self, page: &mut String, indent: &str, text: &str) {
        let _ = writeln!(page, "{indent}{}", self.paint("2", text));
    }

    /// Text behind a start of so many columns, broken between words and indented below itself.
    fn wrapped(&self, page: &mut String, start: &str, columns: usize, text: &str) {
        let indent = columns.min(self.width / 2);
        let mut used = columns;
        page.push_str(start);
        let mut is_first = true;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            let gap = usize::from(!is_first);
            if !is_first && used + gap + length > self.width {
                let _ = write!(page, "\n{}", " ".repeat(indent));
                used = indent;
            } else if !is_first {
                page.push(' ');
                used += 1;
            }
            page.push_str(word);
            used += length;
            is_first = false;
        }
        page.push('\n');
    }

    fn paint(&self, code: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

const fn code(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Fail => "1;31",
        Outcome::Warn => "1;33",
        Outcome::Pass => "32",
    }
}
