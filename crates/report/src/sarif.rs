//! SARIF 2.1.0, for code scanning: one run for each target.

mod convert;
mod log;
mod places;
mod rules;

use std::io::Write;

use farguard_model::ScanReport;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    safe_json,
};

/// The format `sarif`.
#[derive(Debug)]
pub(crate) struct Sarif;

impl OutputFormat for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0 for code scanning, one run for each target"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        safe_json::write(&convert::log(reports), out)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
