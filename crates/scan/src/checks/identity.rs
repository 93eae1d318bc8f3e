//! What an image is called, how old and how large it is.

use farguard_model::{Severity, TargetKind};
use jiff::Timestamp;

use super::{
    check::{Check, Hit, Part},
    examined::Examined,
};
use crate::{base::BASE_NAME_LABEL, source::registry::Reference};

pub(super) static IMAGE_TAG_LATEST: Check = Check {
    id: "image-tag-latest",
    title: "the image is named by `latest`",
    severity: Severity::Low,
    why: "`latest` means another image tomorrow: what was scanned, what runs and what a rollback \
          brings back are not the same.",
    remediation: "give each build a tag of its own, and deploy by digest",
    controls: &[],
    aliases: &["DKL-DI-0006"],
    part: Part::Configuration,
    run: |examined| {
        let target = &examined.inventory.target;
        let is_named = target.kind == TargetKind::Registry;
        let evidence = latest(&target.name).filter(|_| is_named)?;
        Some(Hit::new(evidence))
    },
};

pub(super) static BASE_IMAGE_TAG_LATEST: Check = Check {
    id: "base-image-tag-latest",
    title: "the base image is named by `latest`",
    severity: Severity::Low,
    why: "The next build may stand on another image without anybody having changed a line.",
    remediation: "name the base image with a version and its digest in `FROM`",
    controls: &["cis-docker-1.6.0-4.2"],
    aliases: &["CIS-DI-0002"],
    part: Part::Configuration,
    run: |examined| {
        let evidence = latest(label(examined, BASE_NAME_LABEL)?)?;
        Some(Hit::new(format!("its label `{BASE_NAME_LABEL}`: {evidence}")))
    },
};

pub(super) static MISSING_STANDARD_LABELS: Check = Check {
    id: "missing-standard-labels",
    title: "the image does not say where it comes from",
    severity: Severity::Negligible,
    why: "Who finds a problem in a running image needs its source and revision to fix it, and its \
          owner to tell.",
    remediation: "set the labels in the build: `docker build --label \
                  org.opencontainers.image.revision=$(git rev-parse HEAD)`",
    controls: &[],
    aliases: &[],
    part: Part::Configuration,
    run: missing_labels,
};

pub(super) static LARGE_IMAGE: Check = Check {
    id: "large-image",
    title: "the image is larger than 1 GiB",
    severity: Severity::Negligible,
    why: "Fargate keeps no images: each task waits until all of it is pulled.",
    remediation: "build in stages, and copy what runs into a minimal image",
    controls: &[],
    aliases: &[],
    part: Part::Configuration,
    run: |examined| {
        let bytes = examined.image?.size_bytes;
        let is_large = bytes > LARGE_BYTES;
        is_large
            .then(|| Hit::new(format!("its layers take {} MiB as they are stored", bytes >> 20)))
    },
};

pub(super) static OLD_IMAGE: Check = Check {
    id: "old-image",
    title: "the image was built more than 180 days ago",
    severity: Severity::Low,
    why: "Fixes of its packages since then are not in it.",
    remediation: "rebuild the image on a current base image, and do so regularly",
    controls: &["cis-docker-1.6.0-4.4"],
    aliases: &["CIS-DI-0004"],
    part: Part::Configuration,
    run: old,
};

const LARGE_BYTES: u64 = 1 << 30;
const OLD_DAYS: i64 = 180;
/// Reproducible builds have dates long before there were images: they say nothing.
const FIRST_YEAR: i16 = 2013;

/// Labels that lead from an image to its source.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/annotations.md>
const STANDARD_LABELS: [&str; 3] = [
    "org.opencontainers.image.source",
    "org.opencontainers.image.revision",
    "org.opencontainers.image.version",
];

fn label<'a>(examined: &Examined<'a>, name: &str) -> Option<&'a str> {
    let mut labels = examined.inventory.target.labels.iter();
    labels.find(|(known, value)| known == name && !value.is_empty()).map(|(_, v)| v.as_str())
}

/// What is wrong with a name that means the latest image.
fn latest(name: &str) -> Option<String> {
    let reference: Reference = name.parse().ok()?;
    let is_latest = reference.digest().is_none() && reference.manifest_key() == "latest";
    // Only what is a reference is shown, so that nothing else slips out of a label.
    is_latest.then(|| format!("`{reference}` may be another image tomorrow"))
}

fn missing_labels(examined: &Examined<'_>) -> Option<Hit> {
    let missing = STANDARD_LABELS.iter().filter(|name| label(examined, name).is_none());
    let missing: Vec<String> = missing.map(|name| format!("`{name}`")).collect();
    (!missing.is_empty()).then(|| Hit::new(format!("it has no label {}", missing.join(", "))))
}

fn old(examined: &Examined<'_>) -> Option<Hit> {
    let built: Timestamp = examined.inventory.target.built.as_deref()?.parse().ok()?;
    let date = built.to_zoned(jiff::tz::TimeZone::UTC).date();
    let days = examined.now.duration_since(built).as_hours() / 24;
    let is_old = days > OLD_DAYS && date.year() >= FIRST_YEAR;
    is_old.then(|| Hit::new(format!("it was built on {date}, {days} days ago")))
}
