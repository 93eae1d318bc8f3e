//! What a rule is, and what it says of a file.

use std::fmt;

use farguard_model::Severity;

use crate::{context::Context, source::Span};

/// A rule: one thing that is wrong in a build file.
pub struct Rule {
    /// Kebab-case, names the bad thing.
    pub id: &'static str,
    /// Its names in other tools: `DL3008`.
    pub aliases: &'static [&'static str],
    /// One line for people.
    pub title: &'static str,
    /// How bad it is, unless the finding says otherwise.
    pub severity: Severity,
    /// What it is about.
    pub concern: Concern,
    /// Why it is bad, in one sentence.
    pub why: &'static str,
    /// What to do: lower case, no full stop.
    pub fix: &'static str,
    /// A file in which the rule finds something.
    pub bad: &'static str,
    /// A file in which it finds nothing.
    pub good: &'static str,
    pub(crate) check: fn(&Context<'_>, &mut Hits),
}

/// What a rule is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Concern {
    /// Somebody can do what they should not.
    Security,
    /// The same file gives another image tomorrow.
    Reproducibility,
    /// The image is larger than it needs to be.
    Size,
    /// It does not do what it seems to do.
    Correctness,
}

/// What a rule has found, in the order in which it looked.
#[derive(Debug, Default)]
pub(crate) struct Hits {
    pub(crate) found: Vec<Hit>,
}

/// One place where a rule does not pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) span: Span,
    pub(crate) evidence: String,
    pub(crate) severity: Option<Severity>,
    /// What to replace, and by what.
    pub(crate) edit: Option<(Span, String)>,
}

/// The most places that one rule reports in one file.
pub(crate) const MAX_HITS: usize = 1_000;

impl Hits {
    /// Reports a place; what only some findings have is set on the result.
    pub(crate) fn add(&mut self, span: Span, evidence: impl Into<String>) -> &mut Hit {
        if self.found.len() > MAX_HITS {
            self.found.truncate(MAX_HITS);
        }
        self.found.push(Hit { span, evidence: evidence.into(), severity: None, edit: None });
        let last = self.found.len() - 1;
        #[allow(clippy::indexing_slicing, reason = "a hit was just pushed")]
        &mut self.found[last]
    }
}

impl Hit {
    /// Replaces a piece of the file.
    pub(crate) fn replace(&mut self, span: Span, text: impl Into<String>) -> &mut Self {
        self.edit = Some((span, text.into()));
        self
    }

    /// Inserts text.
    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) -> &mut Self {
        self.replace(Span::at(at), text)
    }

    pub(crate) fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = Some(severity);
        self
    }
}

impl Concern {
    /// The name in lower case, as in the reference.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Security => "security",
            Self::Reproducibility => "reproducibility",
            Self::Size => "size",
            Self::Correctness => "correctness",
        }
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).finish_non_exhaustive()
    }
}
