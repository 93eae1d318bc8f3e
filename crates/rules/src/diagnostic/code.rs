//! Kinds of remarks on rule files.

/// Kinds of errors and warnings, by the codes that Falco prints.
///
/// # Source
/// `falco_load_result.cpp` of falcosecurity/falco: the codes and what is printed with them.
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

/// Code, name in a few words, description as the validation JSON has it.
type Row = (Code, &'static str, &'static str, &'static str);

const ROWS: [Row; 22] = [
    (Code::FileRead, "LOAD_ERR_FILE_READ", "File read error", "File read error"),
    (Code::YamlParse, "LOAD_ERR_YAML_PARSE", "YAML parse error", "YAML parse error"),
    (
        Code::YamlValidate,
        "LOAD_ERR_YAML_VALIDATE",
        "Error validating internal structure of YAML file",
        "Error validating internal structure of YAML file",
    ),
    (
        Code::CompileCondition,
        "LOAD_ERR_COMPILE_CONDITION",
        "Error compiling condition",
        "Error compiling condition",
    ),
    (
        Code::CompileOutput,
        "LOAD_ERR_COMPILE_OUTPUT",
        "Error compiling output",
        "Error compiling output",
    ),
    (
        Code::Validate,
        "LOAD_ERR_VALIDATE",
        "Error validating rule/macro/list/exception objects",
        "Error validating rule/macro/list/exception objects",
    ),
    (Code::Extension, "LOAD_ERR_EXTENSION", "Error in extension item", "Error in extension item"),
    (
        Code::UnknownSource,
        "LOAD_UNKNOWN_SOURCE",
        "Unknown event source",
        "A rule has a unknown event source. This can occur when reading rules content without having \
         a corresponding plugin loaded, etc. The rule will be silently ignored.",
    ),
    (
        Code::UnsafeNaCheck,
        "LOAD_UNSAFE_NA_CHECK",
        "Unsafe <NA> comparison in condition",
        "Comparing a field value with <NA> is unsafe and can lead to unpredictable behavior of the \
         rule condition. If you need to check for the existence of a field, consider using the \
         'exists' operator instead.",
    ),
    (
        Code::NoEvttype,
        "LOAD_NO_EVTTYPE",
        "Condition has no event-type restriction",
        "A rule condition matches too many evt.type values. This has a significant performance \
         penalty. Make the condition more specific by adding an evt.type field or further \
         restricting the number of evt.type values in the condition.",
    ),
    (
        Code::UnknownFilter,
        "LOAD_UNKNOWN_FILTER",
        "Unknown field or event-type in condition or output",
        "A rule condition or output refers to a field or evt.type that does not exist. This is \
         normally an error, but if a rule has a skip-if-unknown-filter property, the error is \
         downgraded to a warning.",
    ),
    (
        Code::UnusedMacro,
        "LOAD_UNUSED_MACRO",
        "Unused macro",
        "A macro is defined in the rules content but is not used by any other macro or rule.",
    ),
    (
        Code::UnusedList,
        "LOAD_UNUSED_LIST",
        "Unused list",
        "A list is defined in the rules content but is not used by any other list, macro, or rule.",
    ),
    (
        Code::UnknownItem,
        "LOAD_UNKNOWN_ITEM",
        "Unknown rules file item",
        "An unknown top-level object is in the rules content. It will be ignored.",
    ),
    (
        Code::DeprecatedItem,
        "LOAD_DEPRECATED_ITEM",
        "Used deprecated item",
        "A deprecated item is employed by lists, macros, or rules.",
    ),
    (
        Code::WarningExtension,
        "LOAD_WARNING_EXTENSION",
        "Warning in extension item",
        "An extension item has a warning",
    ),
    (
        Code::AppendNoValues,
        "LOAD_APPEND_NO_VALUES",
        "Overriding/appending with no values",
        "A rule exception is overriding/appending with no values",
    ),
    (
        Code::ExceptionNameNotUnique,
        "LOAD_EXCEPTION_NAME_NOT_UNIQUE",
        "Multiple exceptions defined with the same name",
        "A rule is defining multiple exceptions with the same name",
    ),
    (
        Code::InvalidMacroName,
        "LOAD_INVALID_MACRO_NAME",
        "Invalid macro name",
        "A macro is defined with an invalid name",
    ),
    (
        Code::InvalidListName,
        "LOAD_INVALID_LIST_NAME",
        "Invalid list name",
        "A list is defined with an invalid name",
    ),
    (
        Code::CompileConditionWarning,
        "LOAD_COMPILE_CONDITION",
        "Warning in rule condition",
        "A rule condition or output have been parsed with a warning",
    ),
    (
        Code::UnknownKey,
        "LOAD_UNKNOWN_KEY",
        "Unknown key in item definition",
        "An item in the rules content contains an unrecognized key. The key will be ignored. This \
         may indicate a typo or a property placed on the wrong item type.",
    ),
];

impl Code {
    fn row(self) -> Row {
        let found = ROWS.into_iter().find(|row| row.0 == self);
        found.unwrap_or((self, "", "", ""))
    }

    /// As Falco prints it: `LOAD_ERR_VALIDATE`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// What it is, in a few words.
    #[must_use]
    pub fn title(self) -> &'static str {
        self.row().2
    }

    /// What it means, as the validation JSON has it.
    #[must_use]
    pub fn description(self) -> &'static str {
        self.row().3
    }

    /// Whether rules with it cannot be used.
    #[must_use]
    pub const fn is_error(self) -> bool {
        matches!(
            self,
            Self::FileRead
                | Self::YamlParse
                | Self::YamlValidate
                | Self::CompileCondition
                | Self::CompileOutput
                | Self::Validate
                | Self::Extension
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_is_described_once() {
        let codes: HashSet<Code> = ROWS.iter().map(|row| row.0).collect();
        let names: HashSet<&str> = ROWS.iter().map(|row| row.1).collect();
        assert_eq!((codes.len(), names.len()), (ROWS.len(), ROWS.len()));
        for (code, name, title, description) in ROWS {
            assert!(!title.is_empty() && !description.is_empty(), "{name}");
            assert_eq!(code.is_error(), name.starts_with("LOAD_ERR_"), "{name}");
        }
    }
}
