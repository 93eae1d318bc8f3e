//! CycloneDX 1.6: the bill of materials, with the vulnerabilities in it.

mod bom;
mod components;
mod vulnerabilities;

use std::io::Write;

use farguard_model::ScanReport;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions, only},
    links, safe_json,
};
use bom::Bom;

/// The format `cyclonedx`.
#[derive(Debug)]
pub(crate) struct CycloneDx;

impl OutputFormat for CycloneDx {
    fn name(&self) -> &'static str {
        "cyclonedx"
    }

    fn about(&self) -> &'static str {
        "CycloneDX 1.6 JSON: bill of materials with vulnerabilities, one target"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let report = only(self.name(), reports)?;
        let components = components::Components::of(report);
        let mut bom = Bom {
            bom_format: "CycloneDX",
            spec_version: "1.6",
            serial_number: String::new(),
            version: 1,
            metadata: components::metadata(report),
            dependencies: components.dependencies(),
            vulnerabilities: vulnerabilities::of(report, &components.refs),
            components: components.list,
        };
        let content = serde_json::to_string(&bom)?;
        bom.serial_number = format!("urn:uuid:{}", links::uuid(&content));
        safe_json::write(&bom, out)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
