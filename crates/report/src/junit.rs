//! JUnit XML, for CI systems that show tests: one suite for each target; one case for each package,
//! secret, failed check, demand of a policy and unreadable part.

mod cases;
mod xml;

use std::io::{self, Write};

use farguard_model::ScanReport;

use crate::{
    format::{OutputFormat, RenderError, RenderOptions},
    text::fit,
};
use cases::{Case, Outcome};
use xml::attribute;

const MAX_NAME: usize = 500;
const MAX_LINE: usize = 2_000;

/// The format `junit`.
#[derive(Debug)]
pub(crate) struct JUnit;

impl OutputFormat for JUnit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> &'static str {
        "JUnit XML: a suite for each target, a case for each package, secret and failed check"
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
    let cases = cases::of(report);
    let number = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    writeln!(
        out,
        r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" timestamp="{}">"#,
        attribute(&report.target.name),
        cases.len(),
        number(|outcome| matches!(outcome, Outcome::Failed { .. })),
        number(|outcome| matches!(outcome, Outcome::Error { .. })),
        number(|outcome| matches!(outcome, Outcome::Skipped(_))),
        report.created.strftime("%Y-%m-%dT%H:%M:%S"),
    )?;
    for case in &cases {
        write_case(case, out)?;
    }
    writeln!(out, "  </testsuite>")
}

fn write_case(case: &Case, out: &mut dyn Write) -> io::Result<()> {
    let (class, name) = (attribute(&case.class), attribute(&fit(&case.name, MAX_NAME)));
    write!(out, r#"    <testcase classname="{class}" name="{name}""#)?;
    match &case.outcome {
        Outcome::Passed if case.notes.is_empty() => return writeln!(out, "/>"),
        Outcome::Passed => writeln!(out, ">")?,
        Outcome::Skipped(why) => {
            return writeln!(out, "><skipped>{}</skipped></testcase>", attribute(why));
        }
        Outcome::Error { code, message } => {
            writeln!(out, ">")?;
            let (code, message) = (attribute(code), attribute(message));
            writeln!(out, r#"      <error type="{code}" message="{message}"/>"#)?;
        }
        Outcome::Failed { kind, message, lines } => {
            writeln!(out, ">")?;
            let (kind, message) = (attribute(kind), attribute(&fit(message, MAX_LINE)));
            writeln!(out, r#"      <failure type="{kind}" message="{message}">"#)?;
            lines
                .iter()
                .try_for_each(|line| writeln!(out, "{}", attribute(&fit(line, MAX_LINE))))?;
            writeln!(out, "      </failure>")?;
        }
    }
    if !case.notes.is_empty() {
        writeln!(out, "      <system-out>")?;
        case.notes.iter().try_for_each(|l| writeln!(out, "{}", attribute(&fit(l, MAX_LINE))))?;
        writeln!(out, "      </system-out>")?;
    }
    writeln!(out, "    </testcase>")
}

#[cfg(test)]
mod tests;
