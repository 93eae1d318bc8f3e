//! What is wrong with a file that a person wrote for us, and where.

use std::fmt;

use serde::Serialize;

use crate::yaml::Place;

/// How bad a remark on a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// The file means something, though perhaps not what was meant.
    Warning,
    /// The file cannot be used.
    Error,
}

impl Level {
    /// The name in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One remark on a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// The file as the user named it.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Characters in that line that it is about, at least 1.
    pub length: u32,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    /// `FILE:LINE:COLUMN: error: MESSAGE`, with the help behind it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { level, file, line, column, message, .. } = self;
        write!(f, "{file}:{line}:{column}: {}: {message}", level.as_str())?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// The remarks on one file, collected while it is read.
#[derive(Debug)]
pub(crate) struct Remarks {
    file: String,
    all: Vec<Diagnostic>,
}

/// More remarks than anybody reads.
const MAX_REMARKS: usize = 200;

impl Remarks {
    pub(crate) fn new(file: &str) -> Self {
        Self { file: file.to_owned(), all: Vec::new() }
    }

    pub(crate) fn error(&mut self, place: Place, message: impl Into<String>) {
        self.add(Level::Error, place, message.into(), None);
    }

    pub(crate) fn error_with(
        &mut self,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Level::Error, place, message.into(), Some(help.into()));
    }

    pub(crate) fn warning(
        &mut self,
        place: Place,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.add(Level::Warning, place, message.into(), Some(help.into()));
    }

    fn add(&mut self, level: Level, place: Place, message: String, help: Option<String>) {
        if self.all.len() >= MAX_REMARKS {
            // The first error of a file decides whether it can be used: it is never dropped.
            if level == Level::Warning || self.is_full() {
                return;
            }
            self.all.pop();
        }
        let Place { line, column, length } = place;
        let file = self.file.clone();
        self.all.push(Diagnostic { level, file, line, column, length, message, help });
    }

    /// Whether another error would be dropped, so that looking for help is in vain.
    pub(crate) fn is_full(&self) -> bool {
        self.all.len() >= MAX_REMARKS && self.has_errors()
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.all.iter().any(|remark| remark.level == Level::Error)
    }

    /// In the order of the file.
    pub(crate) fn into_sorted(mut self) -> Vec<Diagnostic> {
        self.all.sort_by_key(|remark| (remark.line, remark.column));
        self.all
    }
}
