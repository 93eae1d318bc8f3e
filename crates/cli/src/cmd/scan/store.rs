//! Keeps what was found for `farguard rescan`.

use std::path::Path;

use anyhow::{Context, Error, Result};
use farguard_model::ScanReport;
use farguard_report::{Format, RenderOptions, render};
use farguard_scan::{
    base::{Known, KnownImage},
    store::Store,
};

use crate::terminal::Terminal;

/// The images in a store, on which those of this run may be built. Makes the store when it is not
/// there, so that a directory that cannot be one is refused before anything is scanned.
pub(super) fn images(directory: Option<&Path>) -> Result<Vec<KnownImage>> {
    let Some(directory) = directory else { return Ok(Vec::new()) };
    let store = Store::create(directory)?;
    let known = store.images().map(|image| KnownImage {
        name: image.names.into_iter().next().unwrap_or_default(),
        digest: image.digest,
        diff_ids: image.diff_ids,
        known: Known::Stored,
    });
    Ok(known.collect())
}

/// Stores each report; false when one could not be, which is printed.
pub(super) fn keep(
    directory: Option<&Path>,
    reports: &[ScanReport],
    terminal: &Terminal,
) -> Result<bool> {
    let Some(directory) = directory else { return Ok(true) };
    let store = Store::create(directory)?;
    let mut all_kept = true;
    // What has no packages has nothing to hold against advisories: build files, images that could
    // not be had.
    for report in reports.iter().filter(|report| !report.packages.is_empty()) {
        let kept = sbom(report).and_then(|sbom| Ok(store.put(report, &sbom)?));
        if let Err(error) = kept {
            let name = &report.target.name;
            terminal.error(&error.context(format!("cannot store what was found in `{name}`")));
            all_kept = false;
        }
    }
    Ok(all_kept)
}

/// The bill of materials alone: findings age, and are in the verdict; labels and build steps are
/// not needed, and where secrets would be.
fn sbom(report: &ScanReport) -> Result<Vec<u8>, Error> {
    let mut target = report.target.clone();
    target.labels.clear();
    let mut bare = ScanReport::new(report.created, target);
    bare.os.clone_from(&report.os);
    bare.packages.clone_from(&report.packages);
    bare.layers.clone_from(&report.layers);
    bare.layers.iter_mut().for_each(|layer| layer.created_by = None);
    let format: Format = "cyclonedx".parse()?;
    let mut bytes = Vec::new();
    render(format, &[bare], &RenderOptions::default(), &mut bytes)
        .context("cannot write the bill of materials")?;
    Ok(bytes)
}
