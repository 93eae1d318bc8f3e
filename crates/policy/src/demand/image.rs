//! What is demanded of an image itself: where it is from, what it says of itself, who signed it.

use farguard_model::{BaseImage, Signature};

use super::{List, Unmet, some_of};
use crate::{
    facts::{days_between, moment},
    glob::Patterns,
    target::{ImageName, Target},
};

pub(super) fn base(list: &List, target: &Target<'_>) -> Option<Unmet> {
    let base = target.report.image.as_ref().and_then(|image| image.base.as_ref());
    let names = base.map(names_of).unwrap_or_default();
    let shown = some_of(names.iter().take(1).map(String::as_str));
    let fits = |patterns: &Patterns| names.iter().any(|name| patterns.matches(name));
    let unmet = match list {
        // A digest alone says which image is allowed, not which forbidden name it has.
        _ if names.is_empty() => return Some(unknown_base(base)),
        List::Forbidden(_) if base.is_some_and(|base| base.name.is_none()) => {
            return Some(unknown_base(base));
        }
        List::Forbidden(patterns) if fits(patterns) => Unmet {
            id: "forbidden-base-image",
            title: "the base image is forbidden".to_owned(),
            evidence: format!("the base image is {shown}, and {} is forbidden", patterns.shown()),
            ..Unmet::default()
        },
        List::Allowed(patterns) if !fits(patterns) => Unmet {
            id: "base-image-not-allowed",
            title: "the base image is not among those allowed".to_owned(),
            evidence: format!("the base image is {shown}, allowed is {}", patterns.shown()),
            ..Unmet::default()
        },
        List::Forbidden(_) | List::Allowed(_) => return None,
    };
    Some(Unmet { remediation: "build on another image".to_owned(), ..unmet })
}

/// Every way to write a base image.
fn names_of(base: &BaseImage) -> Vec<String> {
    let mut names: Vec<String> =
        base.name.iter().flat_map(|name| ImageName::parse(name).all()).collect();
    names.extend(base.digest.clone());
    names
}

fn unknown_base(base: Option<&BaseImage>) -> Unmet {
    let evidence = match base {
        Some(base) => format!("the base image has no known name: {}", base.evidence),
        None => "nothing says which image it was built on".to_owned(),
    };
    Unmet {
        id: "unknown-base-image",
        title: "the base image is not known".to_owned(),
        evidence,
        remediation: "set the label `org.opencontainers.image.base.name` when building".to_owned(),
        ..Unmet::default()
    }
}

pub(super) fn registry(list: &List, target: &Target<'_>) -> Option<Unmet> {
    // What was never pulled has no registry yet.
    let registry = target.image.registry?;
    let unmet = match list {
        List::Forbidden(patterns) if patterns.matches(registry) => Unmet {
            id: "forbidden-registry",
            title: format!("registry `{registry}` is forbidden"),
            evidence: format!("it comes from `{registry}`, and {} is forbidden", patterns.shown()),
            ..Unmet::default()
        },
        List::Allowed(patterns) if !patterns.matches(registry) => Unmet {
            id: "registry-not-allowed",
            title: format!("registry `{registry}` is not among those allowed"),
            evidence: format!("it comes from `{registry}`, allowed is {}", patterns.shown()),
            ..Unmet::default()
        },
        List::Forbidden(_) | List::Allowed(_) => return None,
    };
    Some(Unmet { remediation: "copy it to a registry that is allowed".to_owned(), ..unmet })
}

pub(super) fn labels(labels: &[(String, Patterns)], target: &Target<'_>) -> Vec<Unmet> {
    let unmet = labels.iter().filter_map(|(name, patterns)| {
        let (title, evidence) = match target.label(name) {
            Some(value) if patterns.matches(value) => return None,
            // The value stays unsaid: labels hold what people should not have put there.
            Some(_) => (
                format!("label `{name}` has another value than asked for"),
                format!("the value of label `{name}` does not fit {}", patterns.shown()),
            ),
            None => {
                (format!("label `{name}` is missing"), format!("the image has no label `{name}`"))
            }
        };
        Some(Unmet {
            id: "missing-label",
            title,
            evidence,
            remediation: format!("add `LABEL {name}=...` to the build file"),
            key: name.clone(),
            ..Unmet::default()
        })
    });
    unmet.collect()
}

pub(super) fn size(maximum: u64, target: &Target<'_>) -> Option<Unmet> {
    let layers =
        || target.report.layers.iter().map(|layer| layer.size_bytes).fold(0, u64::saturating_add);
    let size = target.report.image.as_ref().map_or(0, |image| image.size_bytes).max(layers());
    (size > maximum).then(|| Unmet {
        id: "image-too-large",
        title: "the image is larger than allowed".to_owned(),
        evidence: format!(
            "its layers have {}, allowed are {}",
            megabytes(size),
            megabytes(maximum)
        ),
        remediation: "leave build tools and caches out, or build on a smaller image".to_owned(),
        ..Unmet::default()
    })
}

/// Bytes as megabytes with one decimal.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes / 100_000;
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

pub(super) fn age(maximum_days: u32, target: &Target<'_>) -> Option<Unmet> {
    /// Builders that are reproducible write a date long before there were containers.
    const FIRST_YEAR: i16 = 2000;
    let built = target.report.target.built.as_deref().and_then(moment);
    let is_real =
        |built: &jiff::Timestamp| built.to_zoned(jiff::tz::TimeZone::UTC).year() >= FIRST_YEAR;
    let Some(built) = built.filter(is_real) else {
        return Some(Unmet {
            id: "unknown-image-age",
            title: "the age of the image is not known".to_owned(),
            evidence: "it does not say when it was built".to_owned(),
            remediation: "have the builder write the date, as with `SOURCE_DATE_EPOCH`".to_owned(),
            ..Unmet::default()
        });
    };
    let days = days_between(built, target.report.created);
    (days > i64::from(maximum_days)).then(|| Unmet {
        id: "image-too-old",
        title: "the image is older than allowed".to_owned(),
        evidence: format!("it was built {days} days ago, allowed are {maximum_days}"),
        remediation: "build it again, on a current base image".to_owned(),
        ..Unmet::default()
    })
}

pub(super) fn signature(
    target: &Target<'_>,
    is_trusted: impl Fn(&Signature) -> bool,
) -> Option<Unmet> {
    let signatures = target.report.image.as_ref().and_then(|image| image.signatures.as_ref());
    let Some(signatures) = signatures else {
        return Some(Unmet {
            id: "signature-not-checked",
            title: "nobody looked for signatures".to_owned(),
            evidence: "a signature is required, and this scan looked for none".to_owned(),
            remediation: "scan the image in its registry, with a key or an identity to trust"
                .to_owned(),
            ..Unmet::default()
        });
    };
    let signed: Vec<&Signature> = signatures.iter().filter(|one| one.vouches()).collect();
    if signed.iter().any(|one| one.verified && is_trusted(one)) {
        return None;
    }
    let evidence = match signed.first() {
        Some(one) if one.verified => {
            format!("it is signed by `{}`, who is not who has to sign it", one.signer)
        }
        Some(one) => format!("a signature is there and not verified: {}", one.evidence),
        None => "no signature is attached to it".to_owned(),
    };
    Some(Unmet {
        id: "image-not-signed",
        title: "the image has no signature that counts".to_owned(),
        evidence,
        remediation: "sign it after pushing, as with `cosign sign`".to_owned(),
        ..Unmet::default()
    })
}
