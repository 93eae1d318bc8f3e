//! A small image, and what it takes to open it.

use std::{io::Read, time::Duration};

use farguard_scan::source::{
    ImageSource, LayerBytes,
    digest::Digest,
    registry::{Credential, Patience, RegistryError, RegistryImage, RegistryOptions, Secret},
};

use super::server::{Reply, Request};

pub(crate) const OCI_MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub(crate) const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";

/// The documents and layers of an image.
#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) config: String,
    pub(crate) manifest: String,
    pub(crate) layers: Vec<Vec<u8>>,
}

impl Fixture {
    pub(crate) fn new(layers: &[&[u8]]) -> Self {
        Self::with_layer_type(layers, LAYER)
    }

    pub(crate) fn with_layer_type(layers: &[&[u8]], layer_type: &str) -> Self {
        Self::for_architecture(layers, layer_type, "amd64")
    }

    pub(crate) fn for_architecture(layers: &[&[u8]], layer_type: &str, architecture: &str) -> Self {
        Self::configured(layers, layer_type, architecture, "{}")
    }

    /// With how containers run, in JSON.
    pub(crate) fn configured(
        layers: &[&[u8]],
        layer_type: &str,
        architecture: &str,
        run: &str,
    ) -> Self {
        let diff_ids: Vec<_> =
            layers.iter().map(|l| format!("\"{}\"", Digest::sha256(l))).collect();
        let config = format!(
            r#"{{"os":"linux","architecture":"{architecture}","config":{run},"rootfs":{{"diff_ids":[{}]}}}}"#,
            diff_ids.join(",")
        );
        let descriptor = |kind: &str, bytes: &[u8]| {
            let (digest, size) = (Digest::sha256(bytes), bytes.len());
            format!(r#"{{"mediaType":"{kind}","digest":"{digest}","size":{size}}}"#)
        };
        let entries: Vec<_> = layers.iter().map(|l| descriptor(layer_type, l)).collect();
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}","config":{},"layers":[{}]}}"#,
            descriptor("application/vnd.oci.image.config.v1+json", config.as_bytes()),
            entries.join(",")
        );
        Self { config, manifest, layers: layers.iter().map(|l| l.to_vec()).collect() }
    }

    pub(crate) fn digest(&self) -> Digest {
        Digest::sha256(self.manifest.as_bytes())
    }

    /// Answers as a decent registry does.
    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let key = request.path.rsplit('/').next().unwrap();
        if request.path.contains("/manifests/") {
            return Reply::new(200, self.manifest.as_str()).header("content-type", OCI_MANIFEST);
        }
        let blobs = self.layers.iter().map(Vec::as_slice).chain([self.config.as_bytes()]);
        match blobs.into_iter().find(|blob| Digest::sha256(blob).as_str() == key) {
            Some(blob) => Reply::new(200, blob),
            None => Reply::new(404, r#"{"errors":[{"code":"BLOB_UNKNOWN","message":"x"}]}"#),
        }
    }

    pub(crate) fn is_layer(&self, request: &Request) -> bool {
        self.layers.iter().any(|layer| request.path.ends_with(Digest::sha256(layer).as_str()))
    }
}

/// Options that do not wait long and use plain HTTP.
pub(crate) fn options() -> RegistryOptions {
    RegistryOptions {
        plain_http: true,
        platform: Some("linux/amd64".parse().unwrap()),
        patience: Patience {
            connect: Duration::from_secs(5),
            response: Duration::from_secs(1),
            idle: Duration::from_millis(300),
            attempts: 3,
            pause: Duration::from_millis(5),
            max_pause: Duration::from_millis(50),
            budget: Duration::from_secs(5),
        },
        ..RegistryOptions::default()
    }
}

pub(crate) fn credential(username: &str, password: &str) -> Option<Credential> {
    let password = Secret::new(password);
    Some(Credential::Basic { username: username.to_owned(), password })
}

pub(crate) fn open(
    address: &str,
    options: RegistryOptions,
) -> Result<RegistryImage, RegistryError> {
    RegistryImage::open(&format!("{address}/app:1").parse().unwrap(), options)
}

/// Reads all layers, or tells the first error.
pub(crate) fn pull(address: &str, options: RegistryOptions) -> Result<Vec<Vec<u8>>, String> {
    let image = open(address, options).map_err(|error| error.to_string())?;
    (0..image.image().layers.len()).map(|index| layer(&image, index)).collect()
}

pub(crate) fn layer(image: &RegistryImage, index: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    match image.open_layer(index).map_err(|error| error.to_string())? {
        LayerBytes::Stream(mut stream) => {
            stream.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        }
        LayerBytes::Range { .. } => panic!("a registry has no local files"),
    }
    Ok(bytes)
}
