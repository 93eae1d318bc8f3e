//! What to do: one row for each upgrade.

use std::io::{self, Write};

use farguard_model::ScanReport;

use super::escape::{escape, version as short};
use crate::{
    group::{Group, Upgrade},
    text::{count, percent, thousands},
};

/// The page lists every finding further down: this list is for acting on.
const MAX_UPGRADES: usize = 100;
const KEV: &str = r#" <span class="badge kev">KEV</span>"#;

pub(super) fn write(
    report: &ScanReport,
    groups: &[Group<'_>],
    out: &mut dyn Write,
) -> io::Result<()> {
    let upgrades: Vec<_> = groups.iter().filter(|g| g.upgrade != Upgrade::Unavailable).collect();
    if upgrades.is_empty() {
        return Ok(());
    }
    let fixed: usize = upgrades.iter().map(|group| group.fixable()).sum();
    writeln!(
        out,
        r#"<section class="card"><h2>What to upgrade <small>{} to fix {}</small></h2><div class="scroll"><table class="stack">
<thead><tr><th>Package</th><th>Installed</th><th>Upgrade to</th><th>Fixes</th><th>Most urgent</th><th>Brought by</th></tr></thead><tbody>"#,
        count(upgrades.len(), "package"),
        count(fixed, "vulnerability"),
    )?;
    for group in upgrades.iter().take(MAX_UPGRADES) {
        row(report, group, out)?;
    }
    writeln!(out, "</tbody></table></div>")?;
    let folded = upgrades.len().saturating_sub(MAX_UPGRADES);
    if folded > 0 {
        writeln!(out, r#"<p class="soft">…and {} more.</p>"#, count(folded, "package"))?;
    }
    writeln!(out, "</section>")
}

fn row(report: &ScanReport, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let names = escape(&group.names().join(", "));
    let kind = group.kind().map_or("", |kind| kind.as_str());
    let upgrade = match group.upgrade {
        Upgrade::To(version) => {
            format!(r#"<span class="to version mono">{}</span>"#, short(version))
        }
        Upgrade::Several => r#"<span class="soft">several versions, see below</span>"#.to_owned(),
        Upgrade::Unavailable => String::new(),
    };
    let badges: String = group
        .by_severity()
        .iter()
        .map(|(severity, n)| {
            format!(r#"<span class="badge {severity}">{} {severity}</span>"#, thousands(*n))
        })
        .collect();
    writeln!(
        out,
        r#"<tr><td class="name">{names} <span class="soft">{kind}</span></td><td data-label="Installed"><span class="version mono">{}</span></td><td data-label="Upgrade to">{upgrade}</td><td>{badges}</td><td>{}</td><td>{}</td></tr>"#,
        short(group.version()),
        urgent(group),
        origin(report, group)
    )
}

fn urgent(group: &Group<'_>) -> String {
    let Some(row) = group.rows.first() else { return String::new() };
    let kev = if row.vulnerability.kev.is_some() { KEV } else { "" };
    let mut text = format!(r#"<span class="version">{}{kev}</span>"#, short(&row.finding.id));
    if let Some(epss) = row.vulnerability.epss {
        text += &format!(r#"<p class="soft">EPSS {}</p>"#, escape(&percent(epss.score)));
    }
    text
}

fn origin(report: &ScanReport, group: &Group<'_>) -> String {
    let Some(layer) = group.layer else { return String::new() };
    let info = usize::try_from(layer).ok().and_then(|layer| report.layers.get(layer));
    let created_by = info.and_then(|info| info.created_by.as_deref()).unwrap_or_default();
    let short = crate::text::fit(created_by, 60);
    format!(
        r#"layer {} <p class="soft"><code title="{}">{}</code></p>"#,
        u64::from(layer) + 1,
        escape(created_by),
        escape(&short)
    )
}
