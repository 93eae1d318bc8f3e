//! What was scanned, with what, and how bad it is.

use std::io;

use farguard_model::{DatabaseInfo, ScanReport};
use jiff::Timestamp;

use super::{
    Page,
    paint::{ALARM, HEADING, WARNING},
};
use crate::{
    summary::Summary,
    text::{clean, count, fit, thousands, width, wrap},
};

impl Page<'_> {
    pub(super) fn header(&mut self, report: &ScanReport, summary: &Summary) -> io::Result<()> {
        let name = clean(&report.target.name);
        self.line(&self.paint.style(HEADING, &fit(&name, self.width)))?;
        self.facts(&target_facts(report))?;
        if let Some(database) = &report.database {
            self.facts(&database_facts(database, report.created))?;
            if database.sample {
                let warning = "SAMPLE advisory database: for demonstration only, not fit for \
                               decisions";
                for line in wrap(warning, self.width, 3) {
                    self.line(&self.paint.style(WARNING, &line))?;
                }
            }
        }
        self.blank()?;
        if report.database.is_some() { self.counts(summary) } else { Ok(()) }
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
        self.line(&self.paint.dim(&line))
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
    facts.push(count(report.packages.len(), "package"));
    if !report.layers.is_empty() {
        facts.push(count(report.layers.len(), "layer"));
    }
    if let Some(built) = &target.built {
        facts.push(format!("image built {}", built.split('T').next().unwrap_or(built)));
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
