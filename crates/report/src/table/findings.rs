//! The findings: upgrades first, then what has no fix.

use std::io;

use farguard_model::{ScanReport, Severity};

use super::{
    Page,
    paint::{ALARM, GOOD, HEADING},
};
use crate::{
    describe::objection,
    group::{Group, Row, Upgrade, by_severity},
    text::{clean, count, fit, percent, thousands, width},
};

/// What the default view shows before it folds.
const MAX_UPGRADES: usize = 20;
const MAX_ROWS: usize = 8;
const MAX_UNFIXED: usize = 10;
/// A likely exploit is shown whatever its severity.
const LIKELY: f64 = 0.1;
/// Longest id that gets a column of its own: `GHSA-xxxx-xxxx-xxxx` and a little.
const MAX_ID_WIDTH: usize = 22;
/// Narrower than this, titles go to a line of their own.
const ONE_LINE_WIDTH: usize = 80;

impl Page<'_> {
    pub(super) fn findings(&mut self, report: &ScanReport, groups: &[Group<'_>]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let ids =
            groups.iter().flat_map(|group| &group.rows).map(|row| width(&clean(&row.finding.id)));
        let room = self.width.saturating_sub(self.gate_width() + 26);
        self.id_width = ids.max().unwrap_or_default().min(MAX_ID_WIDTH).min(room);
        self.id_width = self.id_width.max("VULNERABILITY".len());
        let (unfixed, upgrades): (Vec<_>, Vec<_>) =
            groups.iter().partition(|group| group.upgrade == Upgrade::Unavailable);
        self.upgrades(report, &upgrades)?;
        self.unfixed(report, &unfixed)
    }

    fn upgrades(&mut self, report: &ScanReport, groups: &[&Group<'_>]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let fixed: usize = groups.iter().map(|group| group.fixable()).sum();
        let note =
            format!("{} to fix {}", count(groups.len(), "package"), count(fixed, "vulnerability"));
        self.section("UPGRADE", &note)?;
        self.column_titles()?;
        let shown = if self.options.all { groups.len() } else { MAX_UPGRADES };
        for group in groups.iter().take(shown) {
            self.blank()?;
            self.group(report, group)?;
        }
        self.folded(groups.get(shown..).unwrap_or_default())
    }

    fn unfixed(&mut self, report: &ScanReport, groups: &[&Group<'_>]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let rows: usize = groups.iter().map(|group| group.rows.len()).sum();
        let note =
            format!("{} in {}", count(rows, "vulnerability"), count(groups.len(), "package"));
        self.section("NO FIX YET", &note)?;
        if self.options.all {
            self.column_titles()?;
            for group in groups {
                self.blank()?;
                self.group(report, group)?;
            }
            return Ok(());
        }
        for group in groups.iter().take(MAX_UNFIXED) {
            self.unfixed_line(group)?;
        }
        self.folded(groups.get(MAX_UNFIXED..).unwrap_or_default())
    }

    /// One package, what to upgrade it to, where it came from, and its vulnerabilities.
    fn group(&mut self, report: &ScanReport, group: &Group<'_>) -> io::Result<()> {
        self.group_title(group)?;
        self.origin(report, group)?;
        let (shown, hidden) = self.fold(group);
        for row in &shown {
            self.row(row, group.upgrade)?;
        }
        if hidden.is_empty() {
            return Ok(());
        }
        self.line(&self.paint.dim(&format!("  and {}: --all", severities(&by_severity(&hidden)))))
    }

    fn group_title(&mut self, group: &Group<'_>) -> io::Result<()> {
        let upgrade = match group.upgrade {
            Upgrade::To(version) => format!(" → {}", fit(&clean(version), self.width / 3)),
            Upgrade::Several | Upgrade::Unavailable => String::new(),
        };
        let version = fit(&clean(group.version()), self.width / 3).into_owned();
        let room = self.width.saturating_sub(width(&version) + width(&upgrade) + 1);
        let names = fit(&names(group), room).into_owned();
        self.line(&format!(
            "{} {version}{}",
            self.paint.style(HEADING, &names),
            self.paint.style(GOOD, &upgrade)
        ))
    }

    /// The layer, the build instruction and, for language packages, the file.
    fn origin(&mut self, report: &ScanReport, group: &Group<'_>) -> io::Result<()> {
        let mut origin = String::from("  ");
        origin += group.kind().map_or("package", |kind| kind.as_str());
        if let Some(layer) = group.layer {
            // People count from 1.
            origin += &format!(", layer {}", u64::from(layer) + 1);
            let info = usize::try_from(layer).ok().and_then(|layer| report.layers.get(layer));
            if let Some(created_by) = info.and_then(|info| info.created_by.as_deref()) {
                origin += &format!(": {}", clean(created_by));
            }
        }
        self.line(&self.paint.dim(&fit(&origin, self.width)))?;
        if group.kind().is_none_or(farguard_model::PackageType::is_os) {
            return Ok(());
        }
        let paths = group.paths();
        let more = match paths.len() {
            0 | 1 => String::new(),
            n => format!(" and {} more", n - 1),
        };
        let path = clean(paths.first().copied().unwrap_or_default()).into_owned();
        let path = fit(&path, self.width.saturating_sub(2 + width(&more)));
        self.line(&self.paint.dim(&format!("  {path}{more}")))
    }

    fn column_titles(&mut self) -> io::Result<()> {
        let gate = if self.gated { "GATE  " } else { "" };
        let mut line = format!(
            "  {gate}{:<10}  {:<id$}  KEV   EPSS",
            "SEVERITY",
            "VULNERABILITY",
            id = self.id_width
        );
        if self.width >= ONE_LINE_WIDTH {
            line += "  TITLE";
        }
        self.line(&self.paint.dim(&fit(&line, self.width)))
    }

    fn row(&mut self, row: &Row<'_>, upgrade: Upgrade<'_>) -> io::Result<()> {
        let id_width = self.id_width;
        let severity = row.finding.severity;
        let id = fit(&clean(&row.finding.id), id_width).into_owned();
        let mut line = format!(
            "  {}{}  {id}{}  ",
            self.gate(row.finding),
            self.paint.severity(severity, &format!("{:<10}", severity.as_str().to_uppercase())),
            " ".repeat(id_width.saturating_sub(width(&id)))
        );
        line += &match &row.vulnerability.kev {
            Some(_) => self.paint.style(ALARM, "KEV"),
            None => "   ".to_owned(),
        };
        let epss = row.vulnerability.epss.map(|epss| percent(epss.score)).unwrap_or_default();
        line += &format!("  {epss:>5}");
        let note = row.fix_note(upgrade).map(|note| clean(&note).into_owned());
        let title = clean(&row.finding.title);
        let text = note.map_or(title.clone().into_owned(), |note| format!("({note}) {title}"));
        if self.width >= ONE_LINE_WIDTH {
            let used = 2 + self.gate_width() + 10 + 2 + id_width + 2 + 3 + 2 + 5 + 2;
            let text = fit(&text, self.width.saturating_sub(used)).into_owned();
            return self.line(&format!("{line}  {text}"));
        }
        self.line(&line)?;
        let text = fit(&text, self.width.saturating_sub(4)).into_owned();
        self.line(&self.paint.dim(&format!("    {text}")))
    }

    /// A package without a fix, in one line.
    fn unfixed_line(&mut self, group: &Group<'_>) -> io::Result<()> {
        let ids: Vec<_> = group.rows.iter().take(3).map(|row| clean(&row.finding.id)).collect();
        let more = if group.rows.len() > ids.len() { ", …" } else { "" };
        let counts = format!("{}: {}{more}", severities(&group.by_severity()), ids.join(", "));
        let name = format!("{} {}", names(group), clean(group.version()));
        let half = (self.width / 2).saturating_sub(2);
        let name = fit(&name, half).into_owned();
        let padding = " ".repeat(half.saturating_sub(width(&name)));
        let kev =
            if group.exploited() { self.paint.style(ALARM, "KEV") + " " } else { String::new() };
        let room = self.width.saturating_sub(half + 4 + if group.exploited() { 4 } else { 0 });
        let worst = group.rows.iter().map(|row| row.finding.severity).max().unwrap_or_default();
        let counts = self.paint.severity(worst, &fit(&counts, room));
        self.line(&format!("  {name}{padding}  {kev}{counts}"))
    }

    fn folded(&mut self, groups: &[&Group<'_>]) -> io::Result<()> {
        if groups.is_empty() {
            return Ok(());
        }
        let rows: Vec<Row<'_>> =
            groups.iter().flat_map(|group| group.rows.iter().copied()).collect();
        let line = format!(
            "and {} more with {}: --all",
            count(groups.len(), "package"),
            severities(&by_severity(&rows))
        );
        self.blank()?;
        self.line(&self.paint.dim(&fit(&line, self.width)))
    }

    /// Parts the rows of a group into those shown and those folded away.
    fn fold<'a>(&self, group: &Group<'a>) -> (Vec<Row<'a>>, Vec<Row<'a>>) {
        if self.options.all {
            return (group.rows.clone(), Vec::new());
        }
        let (mut shown, mut hidden): (Vec<Row<'a>>, Vec<Row<'a>>) =
            group.rows.iter().partition(|row| urgent(row));
        if shown.is_empty() {
            shown.extend(hidden.first().copied());
            hidden = hidden.split_off(1.min(hidden.len()));
        }
        if shown.len() > MAX_ROWS {
            hidden.extend(shown.split_off(MAX_ROWS));
        }
        (shown, hidden)
    }
}

fn urgent(row: &Row<'_>) -> bool {
    row.finding.severity >= Severity::Medium
        || row.vulnerability.kev.is_some()
        || objection(row.finding).is_some()
        || row.vulnerability.epss.is_some_and(|epss| epss.score >= LIKELY)
}

/// `libssl3, openssl`, or the first three and how many more.
fn names(group: &Group<'_>) -> String {
    let names = group.names();
    let first: Vec<_> = names.iter().take(3).map(|name| clean(name)).collect();
    let mut text = first.join(", ");
    if names.len() > first.len() {
        text += &format!(" and {} more", names.len() - first.len());
        if let Some(source) = group.source_name() {
            text += &format!(" of {}", clean(source));
        }
    }
    text
}

/// `2 high, 5 low`.
fn severities(counts: &[(Severity, usize)]) -> String {
    let words: Vec<_> = counts.iter().map(|(s, n)| format!("{} {s}", thousands(*n))).collect();
    words.join(", ")
}
