//! An OCI image layout, in a directory or in a tar.
//!
//! # Source
//! <https://github.com/opencontainers/image-spec/blob/main/image-layout.md>

mod attachments;

use std::path::{Path, PathBuf};

use farguard_model::{Problem, TargetInfo, TargetKind};
use serde::Deserialize;

use super::{
    Image, ImageSource, LayerBytes, SourceError,
    archive::{Archive, Place},
    attachments::Attachments,
    config::ImageConfig,
    digest::Digest,
    manifest::{Descriptor, MAX_DOCUMENT_BYTES, Manifest, select},
    platform::Platform,
    range,
};

/// Indexes within indexes.
const MAX_DEPTH: usize = 8;
/// Most names that a message lists.
const MAX_LISTED: usize = 20;

/// One image of a layout.
#[derive(Debug)]
pub struct OciLayout {
    image: Image,
    /// The layers; none where a foreign layer has no copy.
    layers: Vec<(Option<Place>, Digest)>,
    blobs: Blobs,
    /// What `index.json` lists.
    names: Vec<Named>,
    /// The image, then the indexes that it was chosen from.
    subjects: Vec<Digest>,
}

/// Where the blobs are.
#[derive(Debug)]
enum Blobs {
    Directory(PathBuf),
    Archive(Archive),
}

impl Blobs {
    fn place(&self, name: &str) -> std::io::Result<Option<Place>> {
        match self {
            Self::Archive(archive) => Ok(archive.place(name)),
            Self::Directory(root) => match Place::of_file(&root.join(name)) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
                result => result.map(Some),
            },
        }
    }

    fn blob(&self, digest: &Digest) -> Result<Option<Place>, SourceError> {
        let path = format!("blobs/{}", digest.as_str().replacen(':', "/", 1));
        self.place(&path)
            .map_err(|source| SourceError::Io { what: format!("blob `{digest}`"), source })
    }

    /// A manifest or configuration, proven to be the one that is meant.
    fn document(&self, digest: &Digest) -> Result<Vec<u8>, SourceError> {
        let place = self
            .blob(digest)?
            .ok_or_else(|| SourceError::Invalid(format!("the layout has no blob `{digest}`")))?;
        let bytes = place
            .read(MAX_DOCUMENT_BYTES)
            .map_err(|source| SourceError::Io { what: format!("blob `{digest}`"), source })?;
        if !digest.matches(&bytes) {
            let text = format!("the content of blob `{digest}` has another digest");
            return Err(SourceError::Invalid(text));
        }
        Ok(bytes)
    }
}

/// The names that `index.json` gives its manifests; all else is read by [`Manifest`].
#[derive(Deserialize)]
struct Names {
    manifests: Vec<Named>,
}

#[derive(Debug, Deserialize)]
struct Named {
    digest: String,
    #[serde(default)]
    annotations: std::collections::BTreeMap<String, serde_json::Value>,
}

impl Named {
    fn names(&self) -> impl Iterator<Item = &str> {
        ["org.opencontainers.image.ref.name", "io.containerd.image.name"]
            .into_iter()
            .filter_map(|key| self.annotations.get(key)?.as_str())
    }
}

impl OciLayout {
    /// Opens an image of the layout at `path`, a directory or a tar. `tag` chooses by name, and
    /// `platforms` among what is left: the first that there is.
    ///
    /// # Errors
    /// When a file is absent or malformed, has another digest, or nothing is what was asked for.
    pub fn open(
        path: &Path,
        tag: Option<&str>,
        platforms: &[Platform],
        name: &str,
    ) -> Result<Self, SourceError> {
        let bad = |text: String| SourceError::Invalid(format!("`{}`: {text}", path.display()));
        let blobs = if path.is_dir() {
            Blobs::Directory(path.to_owned())
        } else {
            Blobs::Archive(Archive::open(path)?)
        };
        let io = |source| SourceError::Io { what: format!("`{}`", path.display()), source };
        let index = blobs.place("index.json").map_err(io)?;
        let index = index.ok_or_else(|| bad("no `index.json` in the layout".into()))?;
        let index = index.read(MAX_DOCUMENT_BYTES).map_err(io)?;
        let manifests = named(&index, tag).map_err(bad)?;
        let names = serde_json::from_slice(&index)
            .map_or_else(|_| Vec::new(), |names: Names| names.manifests);
        let (subjects, manifest) = resolve(&blobs, manifests, platforms).map_err(|error| {
            bad(match error {
                SourceError::Invalid(text) => text,
                other => other.to_string(),
            })
        })?;
        let Manifest::Image { config, layers: stored } = manifest else {
            return Err(bad("indexes are nested too deeply".into()));
        };
        let config_bytes = blobs.document(&config.digest)?;
        let image_id = config.digest;
        let config = ImageConfig::parse(&config_bytes).map_err(|e| bad(e.to_string()))?;
        let infos = config.layers(&stored).map_err(|e| bad(e.to_string()))?;
        let (layers, mut problems) = places(&blobs, &stored)?;
        if let Blobs::Archive(archive) = &blobs {
            problems.extend(archive.problem.clone());
        }
        let target = TargetInfo {
            name: name.to_owned(),
            kind: TargetKind::OciLayout,
            digest: subjects.first().map(Digest::to_string),
            image_id: Some(image_id.to_string()),
            platform: config.platform.map(|platform| platform.to_string()),
            labels: config.labels,
            built: config.created,
        };
        let image = Image { target, layers: infos, config: config.run, problems };
        Ok(Self { image, layers, blobs, names, subjects })
    }
}

/// The manifests of an index that have the wanted name.
fn named(index: &[u8], tag: Option<&str>) -> Result<Vec<Descriptor>, String> {
    let unreadable = |error: &dyn std::fmt::Display| format!("cannot read `index.json`: {error}");
    let Manifest::Index(manifests) = Manifest::parse(index).map_err(|e| unreadable(&e))? else {
        return Err("`index.json` is no index".to_owned());
    };
    let Some(tag) = tag else { return Ok(manifests) };
    let names: Names = serde_json::from_slice(index).map_err(|error| unreadable(&error))?;
    let is_it = |name: &str| name == tag || name.rsplit_once(':').is_some_and(|(_, t)| t == tag);
    let wanted: Vec<&str> = names
        .manifests
        .iter()
        .filter(|named| named.digest == tag || named.names().any(is_it))
        .map(|named| named.digest.as_str())
        .collect();
    let found: Vec<Descriptor> =
        manifests.into_iter().filter(|m| wanted.contains(&m.digest.as_str())).collect();
    if found.is_empty() {
        let known: Vec<&str> =
            names.manifests.iter().flat_map(Named::names).take(MAX_LISTED).collect();
        return Err(format!("no image `{tag}` in the layout; there is `{}`", known.join("`, `")));
    }
    Ok(found)
}

/// Follows indexes to the one image that is meant. Its digest comes first, then those of the indexes.
fn resolve(
    blobs: &Blobs,
    mut manifests: Vec<Descriptor>,
    platforms: &[Platform],
) -> Result<(Vec<Digest>, Manifest), SourceError> {
    let invalid = |text: String| SourceError::Invalid(text);
    let mut digests = Vec::new();
    let mut depth = 0;
    loop {
        let chosen = match manifests.as_slice() {
            [only] => only,
            several => choose(blobs, several, platforms)?,
        };
        let document = blobs.document(&chosen.digest)?;
        digests.insert(0, chosen.digest.clone());
        match Manifest::parse(&document).map_err(|error| invalid(error.to_string()))? {
            Manifest::Index(inner) if depth < MAX_DEPTH => manifests = inner,
            manifest => return Ok((digests, manifest)),
        }
        depth += 1;
    }
}

/// Picks by platform. Several tools do not write the platform into the index of a layout: it is
/// in the configuration of each image then.
fn choose<'a>(
    blobs: &Blobs,
    manifests: &'a [Descriptor],
    platforms: &[Platform],
) -> Result<&'a Descriptor, SourceError> {
    let invalid = |text: String| SourceError::Invalid(text);
    let mut described: Vec<Descriptor> = manifests.to_vec();
    for manifest in described.iter_mut().filter(|m| m.platform.is_none()).take(MAX_LISTED) {
        manifest.platform = platform_of(blobs, &manifest.digest);
    }
    let chosen = select(&described, platforms).map_err(|error| invalid(error.to_string()))?;
    let rivals = described
        .iter()
        .filter(|other| other.platform == chosen.platform && other.digest != chosen.digest)
        .count();
    if rivals > 0 {
        let text = "several images for one platform in the layout; add `#TAG` or `#DIGEST`".into();
        return Err(invalid(text));
    }
    let at = manifests.iter().find(|manifest| manifest.digest == chosen.digest);
    at.ok_or_else(|| invalid("the layout is empty".to_owned()))
}

fn platform_of(blobs: &Blobs, digest: &Digest) -> Option<Platform> {
    let Manifest::Image { config, .. } = Manifest::parse(&blobs.document(digest).ok()?).ok()?
    else {
        return None;
    };
    ImageConfig::parse(&blobs.document(&config.digest).ok()?).ok()?.platform
}

type Layers = Vec<(Option<Place>, Digest)>;

fn places(blobs: &Blobs, stored: &[Descriptor]) -> Result<(Layers, Vec<Problem>), SourceError> {
    let mut layers = Vec::new();
    let mut problems = Vec::new();
    for (index, layer) in stored.iter().enumerate() {
        let place = blobs.blob(&layer.digest)?;
        // A plain layer is sought in, not hashed: only its length tells that it was cut off.
        if let Some(len) = place.as_ref().map(|place| place.len).filter(|&len| len != layer.size) {
            return Err(SourceError::Invalid(format!(
                "layer `{}` has {len} bytes in the layout, and should have {}",
                layer.digest, layer.size
            )));
        }
        if place.is_none() {
            let text = format!("the layout has no copy of layer `{}`", layer.digest);
            if !layer.is_foreign() {
                return Err(SourceError::Invalid(text));
            }
            let mut problem = Problem::new("foreign-layer", text);
            problem.layer = u32::try_from(index).ok();
            problems.push(problem);
        }
        layers.push((place, layer.digest.clone()));
    }
    Ok((layers, problems))
}

impl ImageSource for OciLayout {
    fn image(&self) -> &Image {
        &self.image
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }

    fn open_layer(&self, index: usize) -> Result<LayerBytes, SourceError> {
        match self.layers.get(index) {
            Some((Some(place), digest)) => Ok(range(place, Some(digest))),
            _ => Err(SourceError::Invalid(format!("layer number {index} is not in the layout"))),
        }
    }

    fn layer_identity(&self, index: usize) -> Option<String> {
        let (place, digest) = self.layers.get(index)?;
        super::place_identity(place.as_ref()?, Some(digest))
    }
}
