//! The image configuration: platform, labels, and the history of each layer.

mod run;

use farguard_model::LayerInfo;
use serde::Deserialize;
use serde_json::Value;

pub use run::{HistoryStep, RunConfig};
use run::{RawHistory, RawRunConfig};

use super::{
    digest::{Digest, shortened},
    manifest::{Descriptor, ManifestError},
    platform::Platform,
};

/// The most that is kept of one build instruction, in characters.
const MAX_INSTRUCTION_CHARS: usize = 4_096;

/// What the configuration of an image tells.
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/config.md>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageConfig {
    /// Absent when the configuration does not say it.
    pub platform: Option<Platform>,
    /// Labels, sorted.
    pub labels: Vec<(String, String)>,
    /// When the image says it was built.
    pub created: Option<String>,
    /// Digests of the uncompressed layers, lowest first.
    pub diff_ids: Vec<Digest>,
    /// The build instruction of each layer, cleaned; shorter than `diff_ids` when unknown.
    pub created_by: Vec<Option<String>>,
    /// How containers of it run, and how it was built.
    pub run: RunConfig,
}

#[derive(Deserialize)]
struct RawConfig {
    os: Option<String>,
    architecture: Option<String>,
    variant: Option<String>,
    created: Option<String>,
    config: Option<RawRunConfig>,
    rootfs: Option<RawRootfs>,
    history: Option<Vec<RawHistory>>,
}

#[derive(Deserialize)]
struct RawRootfs {
    diff_ids: Option<Vec<String>>,
}

impl ImageConfig {
    /// Reads the configuration of an image.
    ///
    /// # Errors
    /// [`ManifestError::Malformed`], with the reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        let bad = |error: &dyn std::fmt::Display| {
            ManifestError::Malformed(format!("its image configuration: {error}"))
        };
        let raw: RawConfig = serde_json::from_slice(bytes).map_err(|error| bad(&error))?;
        let Some(diff_ids) = raw.rootfs.and_then(|rootfs| rootfs.diff_ids) else {
            return Err(bad(&"it lists no `rootfs.diff_ids`"));
        };
        let history = raw.history.unwrap_or_default();
        let layers = history.iter().filter(|step| !step.empty_layer);
        let created_by = layers.map(|step| step.created_by.as_deref().map(instruction)).collect();
        let config = raw.config.unwrap_or_default();
        let labels = labels(&config);
        Ok(Self {
            platform: raw.os.zip(raw.architecture).map(|(os, architecture)| Platform {
                os: shortened(&os),
                architecture: shortened(&architecture),
                variant: raw.variant.map(|variant| shortened(&variant)),
            }),
            labels: labels.clone(),
            created: raw.created.map(|created| shortened(&created)),
            diff_ids: diff_ids
                .iter()
                .map(|id| id.parse().map_err(|error| bad(&error)))
                .collect::<Result<_, _>>()?,
            created_by,
            run: RunConfig::new(config, labels, history, diff_ids.len()),
        })
    }

    /// The layers of the manifest together with what is told of them here.
    ///
    /// # Errors
    /// [`ManifestError::Malformed`], when the two disagree on how many there are.
    pub fn layers(&self, stored: &[Descriptor]) -> Result<Vec<LayerInfo>, ManifestError> {
        if stored.len() != self.diff_ids.len() {
            return Err(ManifestError::Malformed(format!(
                "it lists {} layers and its image configuration {}",
                stored.len(),
                self.diff_ids.len()
            )));
        }
        let info = |(index, (layer, diff_id)): (usize, (&Descriptor, &Digest))| LayerInfo {
            digest: Some(layer.digest.to_string()),
            diff_id: diff_id.to_string(),
            created_by: self.instruction_of(index),
            size_bytes: layer.size,
        };
        Ok(stored.iter().zip(&self.diff_ids).enumerate().map(info).collect())
    }

    /// The build instruction that made layer `index`, cleaned; `None` when the history does not
    /// fit the layers and would name the wrong one.
    #[must_use]
    pub fn instruction_of(&self, index: usize) -> Option<String> {
        if self.created_by.len() != self.diff_ids.len() {
            return None;
        }
        self.created_by.get(index).cloned().flatten().filter(|text| !text.is_empty())
    }
}

fn labels(config: &RawRunConfig) -> Vec<(String, String)> {
    let text = |value: &Option<Value>| match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    config.labels.iter().flatten().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// The line of the build file, without the shell that `docker build` wraps around it.
pub(crate) fn instruction(created_by: &str) -> String {
    const SHELL: &str = "/bin/sh -c ";
    let text = created_by.trim().trim_end_matches("# buildkit").trim_end();
    let line = if let Some(rest) = text.strip_prefix(SHELL) {
        match rest.trim_start().strip_prefix("#(nop)") {
            Some(instruction) => instruction.trim().to_owned(),
            None => format!("RUN {}", rest.trim()),
        }
    } else if let Some(rest) = text.strip_prefix("RUN ") {
        // Build arguments are counted in front of the shell: `RUN |1 NAME=value /bin/sh -c ...`.
        let wrapped = rest.starts_with(SHELL) || rest.starts_with('|');
        match rest.split_once(SHELL).filter(|_| wrapped) {
            Some((_, command)) => format!("RUN {}", command.trim()),
            None => text.to_owned(),
        }
    } else if text.starts_with('|')
        && let Some((_, command)) = text.split_once(SHELL)
    {
        format!("RUN {}", command.trim())
    } else {
        text.to_owned()
    };
    line.chars().take(MAX_INSTRUCTION_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn instructions_lose_their_wrapping() {
        let check = |raw: &str, expect: &str| assert_eq!(instruction(raw), expect);
        check("/bin/sh -c #(nop)  CMD [\"bash\"]", "CMD [\"bash\"]");
        check("/bin/sh -c apt-get update", "RUN apt-get update");
        check("RUN /bin/sh -c apk add curl # buildkit", "RUN apk add curl");
        check("RUN |2 A=1 B=2 /bin/sh -c make # buildkit", "RUN make");
        check("|1 A=1 /bin/sh -c make", "RUN make");
        check("COPY /app /app # buildkit", "COPY /app /app");
        check("RUN echo /bin/sh -c x", "RUN echo /bin/sh -c x");
        check("bazel build ...", "bazel build ...");
    }

    #[test]
    fn history_follows_the_layers() {
        let json = format!(
            r#"{{"os":"linux","architecture":"arm64","variant":"v8","created":"2024-01-01T00:00:00Z",
                "config":{{"Labels":{{"b":"2","a":null}}}},
                "rootfs":{{"type":"layers","diff_ids":["{EMPTY}","{EMPTY}"]}},
                "history":[{{"created_by":"COPY a"}},{{"created_by":"ENV x","empty_layer":true}},
                           {{"created_by":"COPY b"}}]}}"#
        );
        let config = ImageConfig::parse(json.as_bytes()).unwrap();
        assert_eq!(config.platform.as_ref().unwrap().to_string(), "linux/arm64/v8");
        assert_eq!(config.labels, [("a".into(), String::new()), ("b".into(), "2".into())]);
        assert_eq!(config.instruction_of(1).as_deref(), Some("COPY b"));
        assert_eq!(config.instruction_of(2), None);
        assert!(config.layers(&[]).unwrap_err().to_string().contains("0 layers"));
    }

    #[test]
    fn a_history_that_does_not_fit_names_nothing() {
        let json = format!(
            r#"{{"rootfs":{{"diff_ids":["{EMPTY}"]}},
                "history":[{{"created_by":"COPY a"}},{{"created_by":"COPY b"}}]}}"#
        );
        assert_eq!(ImageConfig::parse(json.as_bytes()).unwrap().instruction_of(0), None);
    }

    #[test]
    fn damage_is_named() {
        for json in ["", "{}", r#"{"rootfs":{"diff_ids":["x"]}}"#, r#"{"rootfs":[]}"#] {
            let message = ImageConfig::parse(json.as_bytes()).unwrap_err().to_string();
            assert!(message.contains("image configuration"), "{message}");
        }
    }
}
