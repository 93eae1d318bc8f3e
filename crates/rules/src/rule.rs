//! Rules, as they are after all files are read: appended, overridden, with macros and lists resolved.

use std::sync::Arc;

use crate::syntax::Expr;

/// How urgent an alert is, the most urgent first.
///
/// # Source
/// The severities of syslog (RFC 5424), as Falco names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Priority {
    Emergency,
    Alert,
    Critical,
    Error,
    Warning,
    Notice,
    Informational,
    Debug,
}

impl Priority {
    /// All, the most urgent first.
    pub const ALL: [Self; 8] = [
        Self::Emergency,
        Self::Alert,
        Self::Critical,
        Self::Error,
        Self::Warning,
        Self::Notice,
        Self::Informational,
        Self::Debug,
    ];

    /// As alerts print it: `Warning`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emergency => "Emergency",
            Self::Alert => "Alert",
            Self::Critical => "Critical",
            Self::Error => "Error",
            Self::Warning => "Warning",
            Self::Notice => "Notice",
            Self::Informational => "Informational",
            Self::Debug => "Debug",
        }
    }

    /// Reads a priority in upper or lower case; `INFO` is `INFORMATIONAL`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |it: &Self| it.as_str().eq_ignore_ascii_case(text);
        let info = text.eq_ignore_ascii_case("info").then_some(Self::Informational);
        Self::ALL.into_iter().find(known).or(info)
    }
}

/// Where something was written: lines and columns count characters from 1.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// The file as the user named it.
    pub file: String,
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// A condition with everything resolved.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// As written, after appending, with exceptions, before macros and lists are resolved.
    pub text: String,
    /// What it means.
    pub expr: Arc<Expr>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Unique among the rules of all sources.
    pub name: String,
    /// `syscall` when nothing is said.
    pub source: String,
    /// What it is about.
    pub desc: String,
    /// When it fires, exceptions included.
    pub condition: Condition,
    /// What it prints.
    pub output: String,
    /// How urgent it is.
    pub priority: Priority,
    /// Words to select it by.
    pub tags: Vec<String>,
    /// Whether it runs, before anything is said on the command line.
    pub enabled: bool,
    /// Whether a recording is wanted when it fires, and for how many milliseconds.
    pub capture: Option<u64>,
    /// Names of its exceptions, with the number of values of each.
    pub exceptions: Vec<(String, usize)>,
    /// Where each part was written: `rule` first, then what was appended or replaced.
    pub origins: Vec<(String, Origin)>,
    /// What only Farguard reads: the mapping below the key `farguard`.
    pub extension: Option<farguard_authoring::yaml::Node>,
}

/// A macro or a list as it is in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// The condition of a macro, the items of a list separated by `, `.
    pub text: String,
    /// Where each part was written.
    pub origins: Vec<Origin>,
    /// Whether something uses it.
    pub used: bool,
}

/// Everything that was loaded.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleSet {
    /// In the order in which they were defined.
    pub rules: Vec<Rule>,
    /// In the order in which they were defined.
    pub macros: Vec<Named>,
    /// In the order in which they were defined.
    pub lists: Vec<Named>,
    /// The highest `required_engine_version`, as written.
    pub required_engine_version: Option<String>,
}
