//! Secrets, checks that are not passed, and demands of the policy: what, where and what to do.

use std::io::{self, Write};

use farguard_model::{Finding, ScanReport};

use super::{escape, findings::link};
use crate::{
    describe::{
        AREAS, area_title, checks, created_by, edit, excerpt, fix, layer_number, objection, place,
        removed, secrets, violations,
    },
    text::count,
};

/// The table of all findings holds the rest.
const MAX_ROWS: usize = 200;

pub(super) fn write(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    let found = secrets(report);
    let note = "in plain sight: masked here, known to everyone who can pull the image";
    section(report, "Secrets", note, &found, out)?;
    for area in AREAS {
        let found = checks(report, area);
        section(report, area_title(area), &count(found.len(), "failed check"), &found, out)?;
    }
    let found = violations(report);
    section(report, "Policy", "demands that are not met", &found, out)
}

fn section(
    report: &ScanReport,
    title: &str,
    note: &str,
    findings: &[&Finding],
    out: &mut dyn Write,
) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        r#"<section class="card"><h2>{title} <small>{note}</small></h2><div class="scroll"><table class="stack"><thead><tr><th>Severity</th><th>What</th><th>Where</th><th>What to do</th></tr></thead><tbody>"#
    )?;
    findings.iter().take(MAX_ROWS).try_for_each(|finding| row(report, finding, out))?;
    writeln!(out, "</tbody></table></div>")?;
    let folded = findings.len().saturating_sub(MAX_ROWS);
    if folded > 0 {
        let number = count(folded, "finding");
        writeln!(out, r#"<p class="soft">…and {number} more, in the list of all findings.</p>"#)?;
    }
    writeln!(out, "</section>")
}

fn row(report: &ScanReport, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let aliases = finding.aliases().join(", ");
    let aliases = if aliases.is_empty() { aliases } else { format!(", {}", escape(&aliases)) };
    writeln!(
        out,
        r#"<tr><td>{}<span class="badge {severity}">{severity}</span></td><td><span class="name">{}</span><p class="soft">{}{aliases}</p></td><td>{}</td><td>{}</td></tr>"#,
        gate(finding),
        escape(if finding.title.is_empty() { &finding.id } else { &finding.title }),
        link(finding),
        where_found(report, finding),
        what_to_do(finding),
        severity = finding.severity,
    )
}

/// What the policy says of a finding, where it objects.
pub(super) fn gate(finding: &Finding) -> String {
    let badge = |outcome| format!(r#"<span class="badge {outcome}">{outcome}</span>"#);
    objection(finding).map(badge).unwrap_or_default()
}

fn where_found(report: &ScanReport, finding: &Finding) -> String {
    let mut html = String::new();
    if let Some(place) = place(finding) {
        html += &format!(r#"<span class="mono">{}</span>"#, escape(&place));
    }
    let text = match excerpt(finding) {
        Some(text) if !text.is_empty() && !html.is_empty() => {
            format!(r#"<pre>{}</pre>"#, escape(text))
        }
        _ => format!("<p>{}</p>", escape(&finding.evidence)),
    };
    html += &text;
    if let Some(layer) = finding.location.as_ref().and_then(|location| location.layer) {
        let created_by =
            escape(&crate::text::fit(created_by(report, layer).unwrap_or_default(), 80));
        let number = layer_number(layer);
        html += &format!(r#"<p class="soft">layer {number} <code>{created_by}</code></p>"#);
    }
    if let Some(removed) = removed(finding) {
        html += &format!(r#"<p class="still">{}</p>"#, escape(&removed));
    }
    html
}

fn what_to_do(finding: &Finding) -> String {
    let words = fix(finding).map(|fix| escape(&fix)).unwrap_or_default();
    let edit = edit(finding).filter(|edit| !edit.replacement.trim().is_empty());
    let edit = edit.map(|edit| {
        let line = edit.start_line;
        format!(
            r#"<pre class="to"><span class="soft">line {line}</span> {}</pre>"#,
            escape(&edit.replacement)
        )
    });
    words + &edit.unwrap_or_default()
}
