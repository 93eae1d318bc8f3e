//! What is no vulnerability: secrets, checks that are not passed, demands of the policy.

use std::{collections::HashMap, io};

use farguard_model::{Detail, Finding, ScanReport, Severity};

use super::{Page, paint::WARNING};
use crate::{
    describe::{
        AREAS, area_title, checks, created_by, excerpt, fix, layer_number, objection, place,
        removed, secrets, violations,
    },
    text::{clean, count, fit, fit_end, width},
};

/// What the default view shows before it folds.
const MAX_ENTRIES: usize = 20;
const MAX_PLACES: usize = 5;
/// Columns in front of the lines below a title.
const INDENT: usize = 4;

/// Findings that say the same of several places.
struct Entry<'a> {
    findings: Vec<&'a Finding>,
    worst: Severity,
}

impl Page<'_> {
    pub(super) fn topics(&mut self, report: &ScanReport) -> io::Result<()> {
        let secrets = secrets(report);
        let note = format!("{} in plain sight", count(secrets.len(), "secret"));
        self.topic(report, "SECRETS", &note, &secrets)?;
        for area in AREAS {
            let checks = checks(report, area);
            let title = area_title(area).to_uppercase();
            self.topic(report, &title, &count(checks.len(), "failed check"), &checks)?;
        }
        let violations = violations(report);
        let note = format!("{} not met", count(violations.len(), "demand"));
        self.topic(report, "POLICY", &note, &violations)
    }

    fn topic(
        &mut self,
        report: &ScanReport,
        title: &str,
        note: &str,
        findings: &[&Finding],
    ) -> io::Result<()> {
        if findings.is_empty() {
            return Ok(());
        }
        self.section(title, note)?;
        let entries = entries(findings);
        let shown = if self.options.all { entries.len() } else { MAX_ENTRIES };
        for entry in entries.iter().take(shown) {
            self.entry(report, entry)?;
        }
        let folded = entries.get(shown..).unwrap_or_default();
        if folded.is_empty() {
            return Ok(());
        }
        let findings: usize = folded.iter().map(|entry| entry.findings.len()).sum();
        self.line(&self.paint.dim(&format!("  and {} more: --all", count(findings, "finding"))))
    }

    fn entry(&mut self, report: &ScanReport, entry: &Entry<'_>) -> io::Result<()> {
        let Some(first) = entry.findings.first() else { return Ok(()) };
        self.entry_title(first, entry.worst)?;
        let shown = if self.options.all { entry.findings.len() } else { MAX_PLACES };
        for finding in entry.findings.iter().take(shown) {
            self.place(report, finding)?;
        }
        let folded = entry.findings.len().saturating_sub(shown);
        if folded > 0 {
            self.dim_line(&format!("and {} more: --all", count(folded, "place")))?;
        }
        match fix(first) {
            Some(fix) => self.wrapped(&format!("fix: {}", clean(&fix))),
            None => Ok(()),
        }
    }

    /// Severity, title, and the ids that ignore files and policies use.
    fn entry_title(&mut self, finding: &Finding, severity: Severity) -> io::Result<()> {
        let ids: Vec<_> = [&finding.id].into_iter().chain(finding.aliases()).collect();
        let ids = ids.iter().map(|id| clean(id)).collect::<Vec<_>>().join(", ");
        let title = clean(&finding.title);
        let severity_text = format!("{:<10}", severity.as_str().to_uppercase());
        let start =
            format!("  {}{}", self.gate(finding), self.paint.severity(severity, &severity_text));
        let room = self.width.saturating_sub(2 + self.gate_width() + 10 + 2);
        if title.is_empty() {
            return self.line(&format!("{start}  {}", fit(&ids, room)));
        }
        let title = fit(&title, room).into_owned();
        if width(&title) + width(&ids) + 4 <= room {
            let ids = self.paint.dim(&format!("({ids})"));
            return self.line(&format!("{start}  {title}  {ids}"));
        }
        self.line(&format!("{start}  {title}"))?;
        self.dim_line(&ids)
    }

    /// Where, which text, and what brought it.
    fn place(&mut self, report: &ScanReport, finding: &Finding) -> io::Result<()> {
        let room = self.width.saturating_sub(INDENT);
        let text = excerpt(finding).unwrap_or(&finding.evidence);
        let text = clean(text);
        let layer = finding.location.as_ref().and_then(|location| location.layer);
        let is_secret = matches!(finding.detail, Detail::Secret(_));
        // Of files that are checked one by one, the number of the layer says enough.
        let suffix = layer.filter(|_| !is_secret).map(|l| format!(" (layer {})", layer_number(l)));
        match place(finding).map(|place| place + &suffix.unwrap_or_default()) {
            Some(place) => {
                let place = fit_end(&clean(&place), room).into_owned();
                let left = room.saturating_sub(width(&place) + 2);
                if width(&fit(&text, left)) == width(&fit(&text, room)) {
                    self.line(&format!("    {place}  {}", self.paint.dim(&text)))?;
                } else {
                    self.line(&format!("    {place}"))?;
                    self.dim_line(&text)?;
                }
            }
            None if finding.evidence.is_empty() => self.wrapped(&text)?,
            None => self.wrapped(&clean(&finding.evidence))?,
        }
        if self.options.all && place_is_all(finding) {
            self.wrapped(&clean(&finding.evidence))?;
        }
        self.brought_by(report, finding)
    }

    fn brought_by(&mut self, report: &ScanReport, finding: &Finding) -> io::Result<()> {
        let layer = finding.location.as_ref().and_then(|location| location.layer);
        if let (Some(layer), Detail::Secret(_)) = (layer, &finding.detail) {
            let created_by = created_by(report, layer).unwrap_or_default();
            self.dim_line(&format!("layer {}: {}", layer_number(layer), clean(created_by)))?;
        }
        if let Some(removed) = removed(finding) {
            let removed = fit(&removed, self.width.saturating_sub(INDENT)).into_owned();
            self.line(&format!("    {}", self.paint.style(WARNING, &removed)))?;
        }
        match &finding.owner {
            Some(owner) if finding.owner != report.owner => {
                self.dim_line(&format!("owner {}", clean(&owner.name)))
            }
            _ => Ok(()),
        }
    }

    fn wrapped(&mut self, text: &str) -> io::Result<()> {
        let room = self.width.saturating_sub(INDENT);
        crate::text::wrap(text, room, 3).iter().try_for_each(|l| self.line(&format!("    {l}")))
    }

    fn dim_line(&mut self, text: &str) -> io::Result<()> {
        let text = fit(text, self.width.saturating_sub(INDENT)).into_owned();
        self.line(&format!("    {}", self.paint.dim(&text)))
    }
}

/// Whether place and text were shown and the evidence was not.
fn place_is_all(finding: &Finding) -> bool {
    place(finding).is_some() && excerpt(finding).is_some() && !finding.evidence.is_empty()
}

/// Gathers findings that differ in their place only, in the order of the first of each; what the
/// policy objects to goes first.
fn entries<'a>(findings: &[&'a Finding]) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut by_key = HashMap::new();
    for finding in findings {
        let remediation = finding.remediation.as_deref();
        let key = (finding.id.as_str(), finding.title.as_str(), objection(finding), remediation);
        let at = *by_key.entry(key).or_insert(entries.len());
        if at == entries.len() {
            entries.push(Entry { findings: Vec::new(), worst: finding.severity });
        }
        if let Some(entry) = entries.get_mut(at) {
            entry.findings.push(finding);
            entry.worst = entry.worst.max(finding.severity);
        }
    }
    entries
        .sort_by_key(|entry| std::cmp::Reverse(entry.findings.first().and_then(|f| objection(f))));
    entries
}
