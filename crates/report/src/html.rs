//! One self-contained page: no network, no scripts but our own, readable without any.
//!
//! Text from the target is only ever written as escaped text or into a quoted attribute. None of
//! it goes near the script, and the content security policy lets nothing else run: it names our
//! script and style by hash.

mod escape;
mod findings;
mod layers;
mod overview;
mod topics;
mod upgrades;
mod verdict;

use std::io::{self, Write};

use farguard_model::ScanReport;

use crate::{
    TOOL_VERSION,
    format::{OutputFormat, RenderError, RenderOptions},
    group::groups,
    summary::Summary,
};
use escape::escape;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
/// SHA-256 in base64, as a content security policy names them; a test keeps them right.
const STYLE_HASH: &str = "aQ9Jl+A2JD2Dzgc3dICCcsuDXwoxECj71Ptxp77k+00=";
const SCRIPT_HASH: &str = "pJCcBFh1neThLmrd9Z+2aNcQ/svUf0S2rbt3NRkpC4w=";

/// The format `html`.
#[derive(Debug)]
pub(crate) struct Html;

impl OutputFormat for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "one self-contained page to open in a browser"
    }

    fn render(
        &self,
        reports: &[ScanReport],
        options: &RenderOptions,
        out: &mut dyn Write,
    ) -> Result<(), RenderError> {
        head(reports, out)?;
        verdict::targets(reports, out)?;
        for (index, report) in reports.iter().enumerate() {
            section(index, report, options, out)?;
        }
        foot(out)?;
        Ok(())
    }
}

fn head(reports: &[ScanReport], out: &mut dyn Write) -> io::Result<()> {
    let title = match reports {
        [report] => escape(&report.target.name),
        _ => format!("{} targets", reports.len()),
    };
    let created = reports.first().map(|report| report.created.strftime("%Y-%m-%d %H:%M UTC"));
    let created = created.map(|time| time.to_string()).unwrap_or_default();
    writeln!(
        out,
        r##"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-{STYLE_HASH}'; script-src 'sha256-{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title} · Farguard</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<header class="brand"><strong>Farguard</strong><span>Scan of {created}</span></header>
<main id="main">"##
    )
}

fn section(
    index: usize,
    report: &ScanReport,
    options: &RenderOptions,
    out: &mut dyn Write,
) -> io::Result<()> {
    let summary = Summary::of(report);
    let groups = groups(report, options.compare_versions);
    writeln!(out, r#"<article id="target-{index}">"#)?;
    overview::write(report, &summary, out)?;
    topics::write(report, out)?;
    upgrades::write(report, &groups, out)?;
    layers::write(report, out)?;
    findings::write(report, &summary, out)?;
    problems(report, out)?;
    findings::write_suppressed(report, &summary, out)?;
    writeln!(out, "</article>")
}

fn problems(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    if report.problems.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        r#"<section class="card"><h2>Not assessed <small>could not be read: nothing is known of what is inside</small></h2><ul class="problems">"#
    )?;
    for problem in &report.problems {
        let path = problem.path.iter().map(|path| format!("<code>{}</code> ", escape(path)));
        let path: String = path.collect();
        writeln!(out, "<li>{path}{}</li>", escape(&problem.message))?;
    }
    writeln!(out, "</ul></section>")
}

fn foot(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "</main>\n<footer>Written by Farguard {TOOL_VERSION}. This page loads nothing from anywhere.</footer>\n\
         <script>{SCRIPT}</script>\n</body>\n</html>"
    )
}

#[cfg(test)]
mod browser;
#[cfg(test)]
mod tests;
