//! Our own JSON: everything, in a shape that does not change within a major version.
//!
//! The types in [`v1`] are the contract. They are apart from the model on purpose: the model may
//! change with the code, the contract may not. The JSON Schema in `docs/reference` is generated
//! from them, and a test keeps the two in step.

mod convert;
mod v1;

use std::io::Write;

use farguard_model::ScanReport;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    safe_json,
};

/// The format `json`.
#[derive(Debug)]
pub(crate) struct Json;

impl OutputFormat for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "everything, in a versioned shape with a JSON Schema"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let document = convert::document(reports);
        safe_json::write(&document, out)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
