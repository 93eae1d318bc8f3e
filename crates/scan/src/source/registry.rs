//! Images in registries, over the distribution API.
//!
//! Everything that a registry sends is proven by its digest. Nothing that it sends makes us show
//! a credential to somebody else.

mod attachments;
mod auth;
mod blob;
mod challenge;
mod client;
mod credential;
mod docker_config;
mod error;
mod reference;
mod transport;
mod url;

use std::sync::Arc;

use farguard_model::{Problem, TargetInfo, TargetKind};

pub use self::transport::roots;
use self::{blob::Blob, client::Client};
pub use self::{
    challenge::Challenge,
    credential::{Credential, CredentialProvider, Secret},
    docker_config::CredentialFiles,
    error::RegistryError,
    reference::{Reference, ReferenceError},
    transport::Patience,
};
use super::{
    Image, ImageSource, LayerBytes, SourceError,
    attachments::Attachments,
    config::ImageConfig,
    digest::Digest,
    manifest::{self, Descriptor, Manifest, ManifestError},
    platform::Platform,
};

/// How deep indexes may lie in indexes.
const MAX_INDEX_DEPTH: usize = 4;

/// How to speak with a registry.
#[derive(Debug, Clone, Default)]
pub struct RegistryOptions {
    /// The platform to take from an index; absent, [`Platform::defaults`].
    pub platform: Option<Platform>,
    /// Speak HTTP without TLS.
    pub plain_http: bool,
    /// The credential that the user gives; no other is tried then.
    pub credential: Option<Credential>,
    /// Files with credentials.
    pub files: CredentialFiles,
    /// Others who may know a credential, asked after the files.
    pub providers: Vec<Arc<dyn CredentialProvider>>,
    /// Use the proxy that the environment names (`HTTPS_PROXY`, `NO_PROXY`).
    pub proxy_from_environment: bool,
    /// Timeouts and attempts.
    pub patience: Patience,
}

impl RegistryOptions {
    /// Options with the credential files and the proxy that the environment names.
    #[must_use]
    pub fn from_environment() -> Self {
        let files = CredentialFiles::from_environment();
        Self { files, proxy_from_environment: true, ..Self::default() }
    }
}

/// An image in a registry; its layers are fetched when they are opened.
#[derive(Debug)]
pub struct RegistryImage {
    client: Arc<Client>,
    image: Image,
    layers: Vec<Descriptor>,
    /// The image, then the indexes that it was chosen from.
    subjects: Vec<Digest>,
}

impl RegistryImage {
    /// Fetches the manifest and the configuration of an image.
    ///
    /// # Errors
    /// [`RegistryError`], when the registry does not give them or gives something else.
    pub fn open(reference: &Reference, options: RegistryOptions) -> Result<Self, RegistryError> {
        let wanted = options.platform.clone();
        let client = Client::new(reference.clone(), options);
        let unusable = |source| RegistryError::Manifest { image: reference.to_string(), source };

        let (subjects, config, layers) = resolve(&client, reference, wanted.as_ref())?;
        let bytes = client.small_blob(&config)?;
        let details = ImageConfig::parse(&bytes).map_err(unusable)?;
        if let Some((wanted, offered)) = wanted.as_ref().zip(details.platform.as_ref())
            && !wanted.accepts(offered)
        {
            let (wanted, available) = (wanted.to_string(), offered.to_string());
            return Err(unusable(ManifestError::Platform { wanted, available }));
        }
        let infos = details.layers(&layers).map_err(unusable)?;
        let image = Image {
            problems: absent_foreign_layers(&client, &layers)?,
            layers: infos,
            config: details.run,
            target: TargetInfo {
                name: reference.to_string(),
                kind: TargetKind::Registry,
                digest: subjects.first().map(Digest::to_string),
                image_id: Some(config.digest.to_string()),
                platform: details.platform.map(|platform| platform.to_string()),
                labels: details.labels,
                built: details.created,
            },
        };
        Ok(Self { client: Arc::new(client), image, layers, subjects })
    }
}

impl ImageSource for RegistryImage {
    fn image(&self) -> &Image {
        &self.image
    }

    fn attachments(&self) -> Option<&dyn Attachments> {
        Some(self)
    }

    fn open_layer(&self, index: usize) -> Result<LayerBytes, SourceError> {
        let Some(layer) = self.layers.get(index) else {
            return Err(SourceError::Invalid(format!("there is no layer {index}")));
        };
        let label = format!("layer {index} (`{}`)", layer.digest);
        let blob = Blob::open(Arc::clone(&self.client), layer, label.clone())
            .map_err(|error| SourceError::Invalid(format!("cannot fetch {label}: {error}")))?;
        Ok(LayerBytes::Stream(Box::new(blob)))
    }
}

/// Follows indexes down to the image: its digest, then those of the indexes, the nearest first; its
/// configuration and its layers.
fn resolve(
    client: &Client,
    reference: &Reference,
    wanted: Option<&Platform>,
) -> Result<(Vec<Digest>, Descriptor, Vec<Descriptor>), RegistryError> {
    let unusable = |source| RegistryError::Manifest { image: reference.to_string(), source };
    let wishes = wanted.map_or_else(Platform::defaults, |platform| vec![platform.clone()]);

    let mut bytes = client.manifest(reference.manifest_key())?;
    let mut digests = vec![match reference.digest() {
        Some(digest) => client.verify(&bytes, digest, "manifest").map(|()| digest.clone())?,
        None => Digest::sha256(&bytes),
    }];
    for _ in 0..MAX_INDEX_DEPTH {
        match Manifest::parse(&bytes).map_err(unusable)? {
            Manifest::Image { config, layers } => return Ok((digests, config, layers)),
            Manifest::Index(manifests) => {
                let chosen = manifest::select(&manifests, &wishes).map_err(unusable)?;
                bytes = client.described_manifest(chosen)?;
                digests.insert(0, chosen.digest.clone());
            }
        }
    }
    Err(unusable(ManifestError::Malformed("its indexes lie too deep in each other".to_owned())))
}

/// Registries need not hold foreign layers, and elsewhere we do not go to fetch them.
fn absent_foreign_layers(
    client: &Client,
    layers: &[Descriptor],
) -> Result<Vec<Problem>, RegistryError> {
    let mut problems = Vec::new();
    for (index, layer) in layers.iter().enumerate().filter(|(_, layer)| layer.is_foreign()) {
        if !client.has_blob(&layer.digest)? {
            let message =
                format!("the registry holds no copy of foreign layer {index} (`{}`)", layer.digest);
            let mut problem = Problem::new("foreign-layer", message);
            problem.layer = u32::try_from(index).ok();
            problems.push(problem);
        }
    }
    Ok(problems)
}
