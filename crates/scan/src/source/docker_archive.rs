//! The tar that `docker save` and its relatives write.
//!
//! # Source
//! <https://github.com/moby/docker-image-spec/blob/main/v1.2.md#combined-image-json--filesystem-changeset-format>

use std::path::Path;

use farguard_model::{LayerInfo, TargetInfo, TargetKind};
use serde::Deserialize;

use super::{
    Image, ImageSource, LayerBytes, SourceError,
    archive::{Archive, Place},
    config::ImageConfig,
    digest::Digest,
    manifest::MAX_DOCUMENT_BYTES,
    range,
};

/// One image of a docker archive.
#[derive(Debug)]
pub struct DockerArchive {
    image: Image,
    /// The layers, with the digest that the name of a blob claims.
    layers: Vec<(Place, Option<Digest>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ManifestEntry {
    config: String,
    #[serde(default)]
    repo_tags: Option<Vec<String>>,
    layers: Vec<String>,
}

impl DockerArchive {
    /// Opens the image in the archive at `path`; `tag` chooses when there are several.
    ///
    /// # Errors
    /// When the archive cannot be read, is no image, or has no image of that tag.
    pub fn open(path: &Path, tag: Option<&str>, name: &str) -> Result<Self, SourceError> {
        let archive = Archive::open(path)?;
        let bad = |text: String| SourceError::Invalid(format!("`{}`: {text}", path.display()));
        let Some(manifest) = archive.place("manifest.json") else {
            let why = archive.problem.map_or(String::new(), |p| format!(" ({})", p.message));
            return Err(bad(format!("no `manifest.json` in the archive{why}")));
        };
        let manifest = read(&manifest, "manifest.json")?;
        let entries: Vec<ManifestEntry> = serde_json::from_slice(&manifest)
            .map_err(|error| bad(format!("cannot read `manifest.json`: {error}")))?;
        let entry = choose(entries, tag).map_err(bad)?;

        let place = |name: &str| {
            let name = name.strip_prefix("./").unwrap_or(name);
            archive.place(name).ok_or_else(|| bad(format!("no `{name}` in the archive")))
        };
        let config_bytes = read(&place(&entry.config)?, &entry.config)?;
        let image_id = Digest::sha256(&config_bytes);
        if claimed_digest(&entry.config).is_some_and(|claimed| claimed != image_id) {
            return Err(bad(format!("the digest of `{}` is `{image_id}`", entry.config)));
        }
        let config = ImageConfig::parse(&config_bytes).map_err(|error| bad(error.to_string()))?;
        if config.diff_ids.len() != entry.layers.len() {
            let (a, b) = (entry.layers.len(), config.diff_ids.len());
            return Err(bad(format!("it has {a} layers and its image configuration {b}")));
        }
        let mut layers = Vec::new();
        let mut infos = Vec::new();
        for (index, (path, diff_id)) in entry.layers.iter().zip(&config.diff_ids).enumerate() {
            let place = place(path)?;
            let digest = path.starts_with("blobs/").then(|| claimed_digest(path)).flatten();
            infos.push(LayerInfo {
                digest: digest.as_ref().map(Digest::to_string),
                diff_id: diff_id.to_string(),
                created_by: config.instruction_of(index),
                size_bytes: place.len,
            });
            layers.push((place, digest));
        }
        let target = TargetInfo {
            name: name.to_owned(),
            kind: TargetKind::DockerArchive,
            digest: None,
            image_id: Some(image_id.to_string()),
            platform: config.platform.map(|platform| platform.to_string()),
            labels: config.labels,
            built: config.created,
        };
        let problems = archive.problem.into_iter().collect();
        Ok(Self { image: Image { target, layers: infos, config: config.run, problems }, layers })
    }
}

fn read(place: &Place, name: &str) -> Result<Vec<u8>, SourceError> {
    place
        .read(MAX_DOCUMENT_BYTES)
        .map_err(|source| SourceError::Io { what: format!("`{name}`"), source })
}

fn choose(entries: Vec<ManifestEntry>, tag: Option<&str>) -> Result<ManifestEntry, String> {
    let tags: Vec<String> =
        entries.iter().flat_map(|entry| entry.repo_tags.clone().unwrap_or_default()).collect();
    let count = entries.len();
    let has_tag = |entry: &ManifestEntry, tag: &str| {
        let mut tags = entry.repo_tags.iter().flatten();
        tags.any(|known| known == tag || known.rsplit_once(':').is_some_and(|(_, t)| t == tag))
    };
    let mut found = entries.into_iter().filter(|entry| tag.is_none_or(|tag| has_tag(entry, tag)));
    let listed = tags.join("`, `");
    match (found.next(), found.next()) {
        (Some(entry), None) => Ok(entry),
        (Some(_), Some(_)) => {
            Err(format!("{count} images in the archive; add `#TAG`, one of `{listed}`"))
        }
        (None, _) if count == 0 => Err("no image in the archive".to_owned()),
        (None, _) => Err(format!("no image `{}`; there is `{listed}`", tag.unwrap_or_default())),
    }
}

/// The digest in a name such as `blobs/sha256/HEX` or `HEX.json`.
fn claimed_digest(name: &str) -> Option<Digest> {
    let file = name.rsplit('/').next()?;
    let hex = file.strip_suffix(".json").unwrap_or(file);
    format!("sha256:{hex}").parse().ok()
}

impl ImageSource for DockerArchive {
    fn image(&self) -> &Image {
        &self.image
    }

    fn open_layer(&self, index: usize) -> Result<LayerBytes, SourceError> {
        let (place, digest) = self.layers.get(index).ok_or_else(|| {
            SourceError::Invalid(format!("the image has no layer number {index}"))
        })?;
        Ok(range(place, digest.as_ref()))
    }

    fn layer_identity(&self, index: usize) -> Option<String> {
        let (place, digest) = self.layers.get(index)?;
        super::place_identity(place, digest.as_ref())
    }
}
