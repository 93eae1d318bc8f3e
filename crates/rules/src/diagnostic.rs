//! What is wrong with a rule file: Falco's codes, the place, and what to do.

use crate::rule::Origin;

/// Kinds of errors and warnings, by the codes that Falco prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "`description` says what each is")]
pub enum Code {
    FileRead,
    YamlParse,
    YamlValidate,
    CompileCondition,
    CompileOutput,
    Validate,
    Extension,
    UnknownSource,
    UnsafeNaCheck,
    NoEvttype,
    UnknownFilter,
    UnusedMacro,
    UnusedList,
    UnknownItem,
    DeprecatedItem,
    WarningExtension,
    AppendNoValues,
    ExceptionNameNotUnique,
    InvalidMacroName,
    InvalidListName,
    CompileConditionWarning,
    UnknownKey,
}

/// The item that a remark is about, from the outermost: a rule, its exception, its condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// `rule`, `macro`, `list`, `exception`, `condition`, `rules content`, as Falco names it.
    pub item_type: String,
    /// Its name; empty if it has none.
    pub item_name: String,
    /// Where it is written.
    pub origin: Origin,
}

/// One remark on rule files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind.
    pub code: Code,
    /// What is wrong, in the words that Falco's users know.
    pub message: String,
    /// What it is about, outermost first; the last one tells the exact place.
    pub context: Vec<Context>,
    /// Some lines of the file around the place, with a mark under it.
    pub snippet: String,
    /// What to write instead: `did you mean ...?`.
    pub help: Option<String>,
}
