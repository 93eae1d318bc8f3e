//! Reports of GitLab: container scanning, secret detection, code quality.
//!
//! # Source
//! <https://gitlab.com/gitlab-org/security-products/security-report-schemas> and
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

mod quality;
mod security;

use std::io::Write;

use farguard_model::ScanReport;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    safe_json,
};

/// The format `gitlab`.
#[derive(Debug)]
pub(crate) struct ContainerScanning;

/// The format `gitlab-secrets`.
#[derive(Debug)]
pub(crate) struct SecretDetection;

/// The format `gitlab-codequality`.
#[derive(Debug)]
pub(crate) struct CodeQuality;

impl OutputFormat for ContainerScanning {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> &'static str {
        "GitLab container scanning report, with every kind of finding"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        safe_json::write(&security::container_scanning(reports), out)?;
        Ok(())
    }
}

impl OutputFormat for SecretDetection {
    fn name(&self) -> &'static str {
        "gitlab-secrets"
    }

    fn about(&self) -> &'static str {
        "GitLab secret detection report, secrets only"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        safe_json::write(&security::secret_detection(reports), out)?;
        Ok(())
    }
}

impl OutputFormat for CodeQuality {
    fn name(&self) -> &'static str {
        "gitlab-codequality"
    }

    fn about(&self) -> &'static str {
        "GitLab code quality report, for findings beside the lines of a merge request"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        safe_json::write(&quality::issues(reports), out)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
