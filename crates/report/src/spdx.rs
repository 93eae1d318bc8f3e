//! SPDX 2.3: the bill of materials, with links to what is known against each package.

mod document;
mod licenses;
mod packages;

use std::io::Write;

use farguard_model::ScanReport;

use crate::{
    TOOL_NAME, TOOL_VERSION,
    format::{OutputFormat, RenderError, RenderOptions, only},
    links, safe_json,
};
use document::{CreationInfo, DOCUMENT_ID, Document};
use licenses::Extracted;

/// The format `spdx`.
#[derive(Debug)]
pub(crate) struct Spdx;

impl OutputFormat for Spdx {
    fn name(&self) -> &'static str {
        "spdx"
    }

    fn about(&self) -> &'static str {
        "SPDX 2.3 JSON: bill of materials, one target"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        let report = only(self.name(), reports)?;
        let mut extracted = Extracted::default();
        let packages = packages::of(report, &mut extracted);
        let mut document = Document {
            spdx_version: "SPDX-2.3",
            data_license: "CC0-1.0",
            spdx_id: DOCUMENT_ID,
            name: &report.target.name,
            document_namespace: String::new(),
            creation_info: CreationInfo {
                created: report.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
                creators: [format!("Tool: {TOOL_NAME}-{TOOL_VERSION}")],
            },
            relationships: packages::relationships(&packages),
            packages,
            has_extracted_licensing_infos: extracted.into_infos(),
        };
        let content = serde_json::to_string(&document)?;
        document.document_namespace = format!("{}/spdx/{}", links::HOME, links::uuid(&content));
        safe_json::write(&document, out)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
