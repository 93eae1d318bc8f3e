//! Colours: always beside a word that says the same.

use anstyle::{AnsiColor, Style};
use farguard_model::Severity;

pub(super) const HEADING: Style = Style::new().bold();
pub(super) const ALARM: Style = AnsiColor::Red.on_default().bold().invert();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Wraps text in escape sequences, or leaves it alone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painter {
    color: bool,
}

impl Painter {
    pub(super) const fn new(color: bool) -> Self {
        Self { color }
    }

    pub(super) fn style(self, style: Style, text: &str) -> String {
        if self.color && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    pub(super) fn dim(self, text: &str) -> String {
        self.style(DIM, text)
    }

    pub(super) fn severity(self, severity: Severity, text: &str) -> String {
        let style = match severity {
            Severity::Critical => AnsiColor::Red.on_default().bold(),
            Severity::High => AnsiColor::Red.on_default(),
            Severity::Medium => AnsiColor::Yellow.on_default(),
            Severity::Low => AnsiColor::Cyan.on_default(),
            Severity::Negligible | Severity::Unknown => DIM,
        };
        self.style(style, text)
    }
}
