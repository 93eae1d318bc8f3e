//! What is wrong with a rule file: Falco's codes, the place, and what to do.

mod code;
pub mod json;
pub mod text;

pub use code::Code;

use crate::rule::Origin;

/// The item that a remark is about, from the outermost: the file, a rule, its exception, its condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// As Falco names it: `rules content`, `rule`, `macro`, `exception`, `rule condition`.
    pub item_type: &'static str,
    /// Its name; empty if it has none.
    pub item_name: String,
    /// Where it is written; line 0 is the file as a whole.
    pub origin: Origin,
    /// The same, in bytes from the start of the file.
    pub offset: usize,
    /// Only for what is inside a condition.
    pub within: Option<Within>,
}

/// A place inside a condition, counted as Falco counts it: in the text with its exceptions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Within {
    /// The start of the condition.
    pub start: String,
    /// Line breaks before the place.
    pub lines: usize,
    /// Bytes between the last line break and the place.
    pub column: usize,
    /// Bytes before the place.
    pub offset: usize,
}

impl Within {
    /// The place of a byte.
    pub(crate) fn new(condition: &str, offset: usize) -> Self {
        /// Longer than what is shown of it.
        const START: usize = 24;
        let before = condition.as_bytes().get(..offset).unwrap_or(condition.as_bytes());
        let ends = |byte: &&u8| matches!(byte, b'\n' | b'\r');
        Self {
            start: condition.chars().take(START).collect(),
            lines: before.iter().filter(ends).count(),
            column: before.iter().rev().take_while(|byte| !ends(byte)).count(),
            offset,
        }
    }
}

/// One remark on rule files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// What is wrong, in the words that Falco's users know.
    pub message: String,
    /// What it is about, outermost first.
    pub context: Vec<Context>,
    /// The exact place; line 0 is the file as a whole.
    pub origin: Origin,
    /// The line of the place with a mark under it; empty when there is none.
    pub snippet: String,
    /// The same as Falco's validation JSON has it: of the condition with its exceptions, or of the file.
    pub excerpt: String,
    /// What to write instead: `did you mean ...?`.
    pub help: Option<String>,
}

impl Diagnostic {
    /// Whether the rules cannot be used; otherwise it is a warning.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.is_error()
    }
}

/// All remarks on one file, in the order in which they were found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileReport {
    /// The file as the user named it.
    pub name: String,
    /// What was found.
    pub diagnostics: Vec<Diagnostic>,
    /// Where the file differs from the schema of Falco's rule files; Falco loads it all the same.
    pub schema: Vec<String>,
}

impl FileReport {
    /// Whether nothing in it is an error.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
