//! Which layer brought what, as bars on one scale.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use farguard_model::{ScanReport, Severity};

use super::escape;
use crate::text::{count, thousands};

/// What one layer brought.
#[derive(Debug, Default)]
struct Load {
    packages: usize,
    findings: BTreeMap<Severity, usize>,
}

impl Load {
    fn total(&self) -> usize {
        self.findings.values().sum()
    }
}

pub(super) fn write(report: &ScanReport, out: &mut dyn Write) -> io::Result<()> {
    if report.layers.is_empty() {
        return Ok(());
    }
    let loads = loads(report);
    let most = loads.iter().map(Load::total).max().unwrap_or_default().max(1);
    writeln!(
        out,
        r#"<section class="card"><h2>Layers <small>lowest first: which build instruction brought what</small></h2><ol class="layers">"#
    )?;
    for (i, (layer, load)) in report.layers.iter().zip(&loads).enumerate() {
        let created_by = layer.created_by.as_deref().unwrap_or("no build instruction recorded");
        writeln!(
            out,
            r#"<li><span class="index"><span class="vh">Layer </span>{}</span><div><code title="{created}">{created}</code><span class="soft">{} · {}</span></div><div>{}<span class="soft">{}</span></div></li>"#,
            i + 1,
            size(layer.size_bytes),
            count(load.packages, "package"),
            bar(load, most),
            words(load),
            created = escape(created_by),
        )?;
    }
    writeln!(out, "</ol></section>")
}

fn loads(report: &ScanReport) -> Vec<Load> {
    let mut loads: Vec<Load> = report.layers.iter().map(|_| Load::default()).collect();
    let at = |layer: Option<u32>| layer.and_then(|layer| usize::try_from(layer).ok());
    for package in &report.packages {
        if let Some(load) = at(package.layer).and_then(|i| loads.get_mut(i)) {
            load.packages += 1;
        }
    }
    for finding in report.active_findings() {
        let package = finding.vulnerability().and_then(|v| report.packages.get(v.package));
        let located = finding.location.as_ref().and_then(|location| location.layer);
        let layer = at(package.map_or(located, |package| package.layer));
        if let Some(load) = layer.and_then(|i| loads.get_mut(i)) {
            *load.findings.entry(finding.severity).or_default() += 1;
        }
    }
    loads
}

/// The numbers are in words beside it, so that the picture can be passed over.
fn bar(load: &Load, most: usize) -> String {
    let mut x = 0;
    let mut rects = String::new();
    for (severity, number) in load.findings.iter().rev() {
        rects +=
            &format!(r#"<rect class="{severity}" x="{x}" y="0" width="{number}" height="1"/>"#);
        x += number;
    }
    format!(
        r#"<svg class="bar" viewBox="0 0 {most} 1" preserveAspectRatio="none" aria-hidden="true">{rects}</svg>"#
    )
}

fn words(load: &Load) -> String {
    let worst_first = load.findings.iter().rev();
    let words: Vec<_> = worst_first.map(|(s, n)| format!("{} {s}", thousands(*n))).collect();
    if words.is_empty() { "no findings".to_owned() } else { words.join(", ") }
}

/// `49 MB`, in the units of a thousand that registries use.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{}.{} GB", bytes / 1_000_000_000, bytes / 100_000_000 % 10),
    }
}
