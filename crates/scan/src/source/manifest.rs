//! Manifests and indexes of docker and OCI: which blobs make an image.

use serde::Deserialize;

use super::{
    digest::{Digest, shortened},
    platform::Platform,
};

/// The most that is read of a manifest, an index or an image configuration.
pub const MAX_DOCUMENT_BYTES: u64 = 8 << 20;
/// The most layers that an image may have; docker stops at 127.
const MAX_LAYERS: usize = 4_096;
/// The most platforms that an error message lists.
const MAX_LISTED: usize = 32;

/// Media types of image manifests and indexes, as an `Accept` header asks for them.
pub const MANIFEST_TYPES: [&str; 4] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// Media types of image configurations.
const CONFIG_TYPES: [&str; 2] =
    ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"];

/// A manifest cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManifestError {
    /// It is not the JSON that it should be.
    #[error("malformed manifest: {0}")]
    Malformed(String),
    /// The format that registries stopped serving years ago.
    #[error(
        "the manifest has the obsolete docker schema 1, which names its layers by weak means; \
         push the image again with a current tool"
    )]
    Schema1,
    /// A helm chart, a signature, a bill of materials: anything that OCI registries also hold.
    #[error("not an image but an artifact of type `{0}`")]
    Artifact(String),
    /// The index has no image for the platform.
    #[error("no image for `{wanted}`; there is: {available}")]
    Platform {
        /// What was looked for, separated by commas.
        wanted: String,
        /// What there is, separated by commas.
        available: String,
    },
}

/// A blob or manifest, by its address.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/descriptor.md>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// Media type as written; may be empty.
    pub media_type: String,
    /// Address.
    pub digest: Digest,
    /// Length in bytes.
    pub size: u64,
    /// The platform, in an index.
    pub platform: Option<Platform>,
}

impl Descriptor {
    /// Whether the layer is one that registries need not hold: a base of Windows, mostly.
    #[must_use]
    pub fn is_foreign(&self) -> bool {
        self.media_type.contains(".foreign.") || self.media_type.contains(".nondistributable.")
    }
}

/// An image manifest or an index of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Manifest {
    /// One image.
    Image {
        /// Its configuration.
        config: Descriptor,
        /// Its layers, lowest first.
        layers: Vec<Descriptor>,
    },
    /// Several, one for each platform.
    Index(Vec<Descriptor>),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawManifest {
    schema_version: Option<u32>,
    media_type: Option<String>,
    artifact_type: Option<String>,
    config: Option<RawDescriptor>,
    layers: Option<Vec<RawDescriptor>>,
    manifests: Option<Vec<RawDescriptor>>,
    #[serde(rename = "fsLayers")]
    fs_layers: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawDescriptor {
    #[serde(default)]
    media_type: String,
    digest: String,
    size: u64,
    platform: Option<RawPlatform>,
    #[serde(default)]
    annotations: Option<serde_json::Map<String, serde_json::Value>>,
}

#[derive(Deserialize)]
struct RawPlatform {
    #[serde(default)]
    os: String,
    #[serde(default)]
    architecture: String,
    variant: Option<String>,
}

impl RawDescriptor {
    fn check(self) -> Result<Descriptor, ManifestError> {
        Ok(Descriptor {
            digest: self.digest.parse().map_err(|error| malformed(&error))?,
            size: self.size,
            platform: self.platform.map(|platform| Platform {
                os: shortened(&platform.os),
                architecture: shortened(&platform.architecture),
                variant: platform.variant.map(|variant| shortened(&variant)),
            }),
            media_type: self.media_type,
        })
    }

    /// BuildKit lists its provenance beside the images, under a platform of its own making.
    fn is_attestation(&self) -> bool {
        self.annotations.as_ref().is_some_and(|map| map.contains_key("vnd.docker.reference.type"))
    }
}

fn malformed(error: &dyn std::fmt::Display) -> ManifestError {
    ManifestError::Malformed(error.to_string())
}

impl Manifest {
    /// Reads a manifest of any supported kind.
    ///
    /// # Errors
    /// [`ManifestError`], when it is none, or not that of an image.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let raw: RawManifest = serde_json::from_slice(bytes).map_err(|error| malformed(&error))?;
        if raw.schema_version == Some(1) || raw.fs_layers.is_some() {
            return Err(ManifestError::Schema1);
        }
        if let Some(manifests) = raw.manifests {
            let images = manifests.into_iter().filter(|manifest| !manifest.is_attestation());
            return Ok(Self::Index(images.map(RawDescriptor::check).collect::<Result<_, _>>()?));
        }
        let (Some(config), Some(layers)) = (raw.config, raw.layers) else {
            return Err(match raw.artifact_type.or(raw.media_type) {
                Some(kind) if !MANIFEST_TYPES.contains(&kind.as_str()) => {
                    ManifestError::Artifact(shortened(&kind))
                }
                _ => malformed(&"it has no `config` and `layers`, and no `manifests`"),
            });
        };
        if !config.media_type.is_empty() && !CONFIG_TYPES.contains(&config.media_type.as_str()) {
            let kind = raw.artifact_type.as_deref().unwrap_or(&config.media_type);
            return Err(ManifestError::Artifact(shortened(kind)));
        }
        if layers.len() > MAX_LAYERS {
            return Err(malformed(&format_args!("{} layers are too many", layers.len())));
        }
        Ok(Self::Image {
            config: config.check()?,
            layers: layers.into_iter().map(RawDescriptor::check).collect::<Result<_, _>>()?,
        })
    }
}

/// Picks the image for a platform out of an index: the first of `wanted` that it has.
///
/// # Errors
/// [`ManifestError::Platform`], which lists what there is.
pub fn select<'a>(
    manifests: &'a [Descriptor],
    wanted: &[Platform],
) -> Result<&'a Descriptor, ManifestError> {
    let offers = |want: &Platform| {
        manifests.iter().find(|m| m.platform.as_ref().is_some_and(|offered| want.accepts(offered)))
    };
    if let Some(found) = wanted.iter().find_map(offers) {
        return Ok(found);
    }
    // An index of one image that does not say its platform: layouts of buildah and of bazel.
    if let [only] = manifests
        && only.platform.is_none()
    {
        return Ok(only);
    }
    let available = manifests.iter().take(MAX_LISTED).map(|manifest| match &manifest.platform {
        Some(platform) => platform.to_string(),
        None => "unnamed".to_owned(),
    });
    Err(ManifestError::Platform { wanted: join(wanted.iter()), available: join(available) })
}

fn join<T: ToString>(items: impl Iterator<Item = T>) -> String {
    let items: Vec<String> = items.map(|item| item.to_string()).collect();
    if items.is_empty() { "nothing".to_owned() } else { items.join(", ") }
}

#[cfg(test)]
mod tests;
