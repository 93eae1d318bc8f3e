//! What was scanned, with what, and how bad it is.

use std::io;

use farguard_model::{DatabaseInfo, ScanReport};
use jiff::Timestamp;

use super::{
    Page,
    paint::{ALARM, GOOD, HEADING, WARNING},
};
use crate::{
    describe::{
        all_clear, baseline, has_packages, kinds, matched, not_looked_for, not_scanned,
        only_listed, origins,
    },
    summary::Summary,
    text::{clean, count, fit, thousands, width, wrap},
};

impl Page<'_> {
    pub(super) fn header(&mut self, report: &ScanReport, summary: &Summary) -> io::Result<()> {
        let name = clean(&report.target.name);
        self.line(&self.paint.style(HEADING, &fit(&name, self.width)))?;
        self.facts(&target_facts(report))?;
        if let Some(database) = report.database.as_ref().filter(|_| matched(report)) {
            self.facts(&database_facts(database, report.created))?;
            if database.sample {
                let warning = "SAMPLE advisory database: for demonstration only, not fit for \
                               decisions";
                for line in wrap(warning, self.width, 3) {
                    self.line(&self.paint.style(WARNING, &line))?;
                }
            }
        }
        if not_scanned(report) {
            return Ok(());
        }
        self.blank()?;
        if only_listed(report) {
            return Ok(());
        }
        self.overview(report, summary)
    }

    /// How bad it is, of which kinds, and who brought it.
    fn overview(&mut self, report: &ScanReport, summary: &Summary) -> io::Result<()> {
        self.counts(summary)?;
        let kinds = kinds(summary);
        // One kind alone is what the sections say anyway.
        if summary.active > summary.vulnerabilities {
            self.plain_line(&kinds.join(" · "))?;
        }
        if let Some(origins) = origins(report, summary) {
            self.plain_line(&origins)?;
        }
        if let Some(compared) = baseline(report) {
            self.plain_line(&compared)?;
        }
        let missing = not_looked_for(report);
        if missing.is_empty() {
            return Ok(());
        }
        let line = format!("not looked for: {}", missing.join(", "));
        self.line(&self.paint.style(WARNING, &fit(&line, self.width)))
    }

    /// What was looked for and not found: green only when nothing went unseen.
    pub(super) fn all_clear(&mut self, report: &ScanReport, summary: &Summary) -> io::Result<()> {
        let sentences = all_clear(report, summary).join(" ");
        if sentences.is_empty() {
            return Ok(());
        }
        self.blank()?;
        let clean = summary.active == 0 && report.problems.is_empty();
        for line in wrap(&sentences, self.width, 3) {
            let line = if clean { self.paint.style(GOOD, &line) } else { line };
            self.line(&line)?;
        }
        Ok(())
    }

    fn plain_line(&mut self, text: &str) -> io::Result<()> {
        let text = clean(text);
        self.line(&fit(&text, self.width))
    }

    /// Facts side by side as long as they fit, then on the next line.
    fn facts(&mut self, facts: &[String]) -> io::Result<()> {
        const SEPARATOR: &str = " · ";
        let mut line = String::new();
        for fact in facts {
            let fact = clean(fact);
            let fact = fit(&fact, self.width);
            if !line.is_empty() && width(&line) + width(SEPARATOR) + width(&fact) > self.width {
                self.line(&self.paint.dim(&line))?;
                line.clear();
            }
            if !line.is_empty() {
                line.push_str(SEPARATOR);
            }
            line.push_str(&fact);
        }
        if line.is_empty() { Ok(()) } else { self.line(&self.paint.dim(&line)) }
    }

    fn counts(&mut self, summary: &Summary) -> io::Result<()> {
        let mut line = String::new();
        let mut used = 0;
        for (severity, number) in summary.by_severity() {
            let text = format!("{} {severity}", thousands(number));
            if used > 0 && used + 3 + width(&text) > self.width {
                self.line(&line)?;
                line.clear();
                used = 0;
            }
            if used > 0 {
                line.push_str("   ");
                used += 3;
            }
            used += width(&text);
            line += &if number == 0 {
                self.paint.dim(&text)
            } else {
                self.paint.severity(severity, &text)
            };
        }
        self.line(&line)?;
        if summary.exploited > 0 {
            let text = format!("{} KNOWN TO BE EXPLOITED", thousands(summary.exploited));
            self.line(&self.paint.style(ALARM, &text))?;
        }
        Ok(())
    }
}

fn target_facts(report: &ScanReport) -> Vec<String> {
    let target = &report.target;
    let mut facts = Vec::new();
    facts.extend(target.digest.clone());
    facts.extend(target.platform.clone());
    facts.extend(report.os.as_ref().map(|os| os.pretty_name.clone()));
    if has_packages(report) && !not_scanned(report) {
        facts.push(count(report.packages.len(), "package"));
    }
    if !report.layers.is_empty() {
        facts.push(count(report.layers.len(), "layer"));
    }
    if let Some(built) = &target.built {
        facts.push(format!("image built {}", built.split('T').next().unwrap_or(built)));
    }
    if let Some(owner) = &report.owner {
        facts.push(format!("owner {} ({})", owner.name, owner.source));
    }
    facts
}

fn database_facts(database: &DatabaseInfo, now: Timestamp) -> Vec<String> {
    let mut facts = vec![
        format!("advisories of {}, {}", day(database.built), age(database.built, now)),
        usize::try_from(database.advisories)
            .map_or_else(|_| database.advisories.to_string(), |n| count(n, "record")),
    ];
    match database.sources.as_slice() {
        [] => {}
        sources if sources.len() <= 4 => facts.push(sources.join(", ")),
        sources => facts.push(count(sources.len(), "source")),
    }
    facts
}

fn day(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d").to_string()
}

fn age(built: Timestamp, now: Timestamp) -> String {
    match now.duration_since(built).as_hours() / 24 {
        ..=0 => "less than a day old".to_owned(),
        1 => "1 day old".to_owned(),
        days => format!("{days} days old"),
    }
}
