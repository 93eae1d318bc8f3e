//! Whole documents: JSON, TOML and YAML files read into types, with errors that name the place.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::{AnalyzeError, FileView};

/// Deepest nesting of a YAML document. JSON (128) and TOML (80) are bounded by their parsers.
const MAX_YAML_DEPTH: usize = 64;
/// Most nodes of a YAML document: the lock file of a monorepo with 50,000 packages has a million.
const MAX_YAML_NODES: usize = 8_000_000;
/// Longest key of a YAML mapping: Yarn writes all ranges that lead to a package as one key.
const MAX_YAML_KEY_CHARS: usize = 64 << 10;

/// The text of a file, without byte order mark.
pub(super) fn text<'f>(file: &'f mut FileView<'_>) -> Result<&'f str, AnalyzeError> {
    let bytes = file.bytes()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let message =
            format!("cannot read as UTF-8: invalid byte at offset {}", error.valid_up_to());
        AnalyzeError::new("malformed-text", message)
    })
}

/// The one value of a JSON file.
pub(super) fn json<T: DeserializeOwned>(file: &mut FileView<'_>) -> Result<T, AnalyzeError> {
    serde_json::from_str(text(file)?)
        .map_err(|error| AnalyzeError::new("malformed-json", format!("cannot parse JSON: {error}")))
}

/// The table of a TOML file.
pub(super) fn toml<T: DeserializeOwned>(file: &mut FileView<'_>) -> Result<T, AnalyzeError> {
    let text = text(file)?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let message = format!("cannot parse TOML at line {line}: {}", error.message());
        AnalyzeError::new("malformed-toml", message)
    })
}

/// The documents of a YAML file, mostly one.
pub(super) fn yaml<T: DeserializeOwned>(file: &mut FileView<'_>) -> Result<Vec<T>, AnalyzeError> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        budget: serde_saphyr::budget! {
            max_depth: MAX_YAML_DEPTH,
            max_nodes: MAX_YAML_NODES,
            max_events: MAX_YAML_NODES * 2,
            simple_key_max_lookahead: MAX_YAML_KEY_CHARS,
        },
    };
    serde_saphyr::from_multiple_with_options(text(file)?, options)
        .map_err(|error| AnalyzeError::new("malformed-yaml", format!("cannot parse YAML: {error}")))
}

/// The strings of a value that tools write as one string or a list of them.
pub(super) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}
