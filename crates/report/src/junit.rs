//! JUnit XML, for CI systems that show tests: one suite for each target, one case for each package.

mod xml;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use farguard_model::{Finding, Package, ScanReport, Severity};

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    text::{count, fit},
};
use xml::attribute;

/// The format `junit`.
#[derive(Debug)]
pub(crate) struct JUnit;

impl OutputFormat for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a suite for each target, a case for each package"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        _: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
        writeln!(out, r#"<testsuites name="farguard">"#)?;
        for report in reports {
            suite(report, out)?;
        }
        writeln!(out, "</testsuites>")?;
        Ok(())
    }
}

fn suite(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    let mut by_package: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (finding, vulnerability) in report.active_vulnerabilities() {
        by_package.entry(vulnerability.package).or_default().push(finding);
    }
    let matched = report.database.is_some();
    writeln!(
        out,
        r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" timestamp="{}">"#,
        attribute(&report.target.name),
        report.packages.len() + report.problems.len(),
        by_package.len(),
        report.problems.len(),
        if matched { 0 } else { report.packages.len() },
        report.created.strftime("%Y-%m-%dT%H:%M:%S"),
    )?;
    for (i, package) in report.packages.iter().enumerate() {
        let findings = by_package.get(&i).map(Vec::as_slice).unwrap_or_default();
        case(package, findings, matched, out)?;
    }
    for problem in &report.problems {
        let name = problem.path.as_deref().unwrap_or(&report.target.name);
        writeln!(out, r#"    <testcase classname="not-assessed" name="{}">"#, attribute(name))?;
        let (code, message) = (attribute(&problem.code), attribute(&problem.message));
        writeln!(out, r#"      <error type="{code}" message="{message}"/>"#)?;
        writeln!(out, "    </testcase>")?;
    }
    writeln!(out, "  </testsuite>")
}

fn case(
    package: &Package,
    findings: &[&Finding],
    matched: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let name = format!("{} {} ({})", package.name, package.version, package.path);
    write!(out, r#"    <testcase classname="{}" name="{}""#, package.kind, attribute(&name))?;
    if !matched {
        return writeln!(out, "><skipped>no advisories were matched</skipped></testcase>");
    }
    let Some(worst) = findings.iter().map(|finding| finding.severity).max() else {
        return writeln!(out, "/>");
    };
    writeln!(out, ">")?;
    failure(findings, worst, out)?;
    writeln!(out, "    </testcase>")
}

fn failure(findings: &[&Finding], worst: Severity, out: &mut dyn Write) -> io::Result<()> {
    let ids: Vec<_> = findings.iter().take(5).map(|finding| finding.id.as_str()).collect();
    let message = format!(
        "{}, worst {worst}: {}{}",
        count(findings.len(), "vulnerability"),
        ids.join(", "),
        if findings.len() > ids.len() { ", ..." } else { "" }
    );
    writeln!(out, r#"      <failure type="{worst}" message="{}">"#, attribute(&message))?;
    for finding in findings {
        let mut line = format!("{} ({}): {}", finding.id, finding.severity, finding.title);
        if finding.vulnerability().is_some_and(|detail| detail.kev.is_some()) {
            line += "; known to be exploited";
        }
        if let Some(remediation) = &finding.remediation {
            line += &format!("; {remediation}");
        }
        writeln!(out, "{}", attribute(&fit(&line, 2_000)))?;
    }
    writeln!(out, "      </failure>")
}

#[cfg(test)]
mod tests;
