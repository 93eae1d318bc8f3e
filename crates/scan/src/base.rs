//! Which layers of an image come from the image that it was built on.
//!
//! Four ways to know, best first:
//! 1. the user names the base image, and its layers are the lowest ones of the image;
//! 2. the image names it in its labels, and its layers are looked up (the same proof);
//! 3. all layers of another image at hand (of the same run, of the store) are the lowest ones;
//! 4. the build history looks like two builds: a `CMD` or `ENTRYPOINT` that more layers follow.
//!
//! The first three compare digests of contents and are certain. The last is a guess and says so.

mod guess;
#[cfg(test)]
mod tests;

use farguard_model::{
    Area, BaseImage, Detail, Finding, ImageFacts, LayerInfo, Origin, Secret, SecretPlace,
    TargetInfo,
};

use crate::{
    inventory::Inventory,
    source::{config::HistoryStep, registry::Reference},
};

/// The label in which builders name the base image.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/annotations.md>
pub const BASE_NAME_LABEL: &str = "org.opencontainers.image.base.name";
/// The label in which builders give its digest.
pub const BASE_DIGEST_LABEL: &str = "org.opencontainers.image.base.digest";

/// An image that others may be built on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownImage {
    /// How to call it.
    pub name: String,
    /// Digest of its manifest, where one is known.
    pub digest: Option<String>,
    /// Digests of its uncompressed layers, lowest first.
    pub diff_ids: Vec<String>,
    /// Why it is known.
    pub known: Known,
}

impl KnownImage {
    /// An image that was opened.
    #[must_use]
    pub fn new(target: &TargetInfo, layers: &[LayerInfo], known: Known) -> Self {
        Self {
            name: target.name.clone(),
            digest: target.digest.clone(),
            diff_ids: layers.iter().map(|layer| layer.diff_id.clone()).collect(),
            known,
        }
    }
}

/// Why an image is known, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Known {
    /// The user says that it is a base image.
    Named,
    /// The image that is scanned names it in its labels.
    Labelled,
    /// It is stored beside others.
    Stored,
    /// It is scanned in the same run.
    Scanned,
}

/// What an image says of itself, with its base image if `known` or its history tell; `None` for
/// what is no image.
#[must_use]
pub fn image_facts(inventory: &Inventory, known: &[KnownImage]) -> Option<ImageFacts> {
    let config = inventory.config.as_ref()?;
    Some(ImageFacts {
        user: crate::secrets::mask(&config.user),
        exposed_ports: config.exposed_ports.clone(),
        has_health_check: config.health_check.is_some(),
        size_bytes: inventory.layers.iter().fold(0, |sum, l| l.size_bytes.saturating_add(sum)),
        base: detect(inventory, known),
        signatures: None,
    })
}

/// The image that the labels of another one name as its base, by digest where they give one.
#[must_use]
pub fn labelled(inventory: &Inventory) -> Option<Reference> {
    let name: Reference = label(inventory, BASE_NAME_LABEL)?.parse().ok()?;
    let Some(digest) = label(inventory, BASE_DIGEST_LABEL) else { return Some(name) };
    let bare = format!("{}/{}", name.domain(), name.path());
    format!("{bare}@{digest}").parse().ok()
}

/// The base image of an image.
#[must_use]
pub fn detect(inventory: &Inventory, known: &[KnownImage]) -> Option<BaseImage> {
    by_layers(inventory, known).or_else(|| by_label(inventory)).or_else(|| by_history(inventory))
}

/// Says of each finding that has a place in a layer, or in a step of the `history`, whether the base
/// image brought it. What is said already stays.
///
/// The configuration of an image as a whole is its builder's: who leaves out `USER` runs as root,
/// whatever the base image says.
pub fn attribute(findings: &mut [Finding], base: Option<&BaseImage>, history: &[HistoryStep]) {
    let Some(base) = base.filter(|base| base.layers > 0) else { return };
    let of_layer = |layer| if layer < base.layers { Origin::Base } else { Origin::Own };
    for finding in findings.iter_mut().filter(|finding| finding.origin.is_none()) {
        let layer = finding.location.as_ref().and_then(|location| location.layer);
        finding.origin = match (layer, &finding.detail) {
            (Some(layer), _) => Some(of_layer(layer)),
            (None, Detail::Secret(Secret { place: SecretPlace::ImageHistory(step), .. })) => {
                of_step(history, *step, of_layer)
            }
            (None, Detail::Misconfiguration(check)) if check.area == Area::Image => {
                Some(Origin::Own)
            }
            (None, _) => None,
        };
    }
}

/// Who wrote a step (from 1): a step that makes no layer is of the base image when a layer of it
/// follows, one's own when a layer of one's own precedes, and else nobody knows.
fn of_step(
    history: &[HistoryStep],
    step: usize,
    of_layer: impl Fn(u32) -> Origin,
) -> Option<Origin> {
    let (before, after) = history.split_at_checked(step.checked_sub(1)?)?;
    let (at, after) = after.split_first()?;
    let next = after.iter().find_map(|step| step.layer).map(&of_layer);
    let last = before.iter().rev().find_map(|step| step.layer).map(&of_layer);
    let own = last.filter(|origin| *origin == Origin::Own);
    let base = next.filter(|origin| *origin == Origin::Base);
    at.layer.map(&of_layer).or(own).or(base)
}

/// The best of the known images whose layers are the lowest ones of this one. What the user named
/// counts before labels and chance; of several, the one with the most layers.
fn by_layers(inventory: &Inventory, known: &[KnownImage]) -> Option<BaseImage> {
    let own: Vec<&str> = inventory.layers.iter().map(|layer| layer.diff_id.as_str()).collect();
    let is_base = |image: &&KnownImage| {
        let is_prefix = own.len() >= image.diff_ids.len()
            && own.iter().zip(&image.diff_ids).all(|(own, other)| own == other);
        // An image with the same layers may have other settings, but only a claim makes it a base.
        let is_below = own.len() > image.diff_ids.len() || image.known <= Known::Labelled;
        let is_itself = image.digest.is_some() && image.digest == inventory.target.digest;
        !image.diff_ids.is_empty() && is_prefix && is_below && !is_itself
    };
    let claim = |image: &KnownImage| match image.known {
        Known::Named => 2,
        Known::Labelled => 1,
        Known::Stored | Known::Scanned => 0,
    };
    let rank = |image: &&KnownImage| (claim(image), image.diff_ids.len());
    let best = known.iter().filter(is_base).max_by_key(rank)?;
    let layers = u32::try_from(best.diff_ids.len()).ok()?;
    let why = match best.known {
        Known::Named => "which `--base` names",
        Known::Labelled => "which its labels name",
        Known::Stored => "which is in the store",
        Known::Scanned => "which is scanned in the same run",
    };
    Some(BaseImage {
        name: Some(best.name.clone()),
        digest: best.digest.clone(),
        layers,
        is_guess: false,
        evidence: format!("its {layers} lowest layers are those of `{}`, {why}", best.name),
    })
}

/// What the labels name. Nothing says how many layers it has; the history may.
fn by_label(inventory: &Inventory) -> Option<BaseImage> {
    let named: Option<Reference> =
        label(inventory, BASE_NAME_LABEL).and_then(|name| name.parse().ok());
    let digest = label(inventory, BASE_DIGEST_LABEL)
        .filter(|digest| digest.parse::<crate::source::digest::Digest>().is_ok());
    if named.is_none() && digest.is_none() {
        return None;
    }
    let guess = by_history(inventory);
    let layers = guess.as_ref().map_or(0, |guess| guess.layers);
    let evidence = match guess {
        Some(guess) => format!("its labels name it; how many layers it has is {}", guess.evidence),
        None => "its labels name it; which layers it has is not known: `--base` compares them"
            .to_owned(),
    };
    let name = named.map(|name| name.to_string());
    let digest = digest.map(str::to_owned);
    Some(BaseImage { name, digest, layers, is_guess: true, evidence })
}

fn by_history(inventory: &Inventory) -> Option<BaseImage> {
    let config = inventory.config.as_ref()?;
    let guess = guess::boundary(&config.history)?;
    let evidence = format!(
        "a guess from the build history: step {} (`{}`) ends an image, and {} later steps add layers",
        guess.step, guess.keyword, guess.above
    );
    let layers = guess.layers;
    Some(BaseImage { name: None, digest: None, layers, is_guess: true, evidence })
}

fn label<'a>(inventory: &'a Inventory, name: &str) -> Option<&'a str> {
    let mut labels = inventory.target.labels.iter();
    labels.find(|(known, _)| known == name).map(|(_, value)| value.trim())
}
