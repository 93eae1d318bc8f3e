//! How containers of an image run, and the steps that built it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The most that is kept of each list, and of each value in characters.
const MAX_ITEMS: usize = 10_000;
const MAX_VALUE_CHARS: usize = 64 << 10;

/// How containers of an image run, and how it was built.
///
/// Values may be secrets: what of them is shown goes through
/// [`secrets`](crate::secrets).
///
/// # Source
/// <https://github.com/opencontainers/image-spec/blob/main/config.md>
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunConfig {
    /// `USER` as written; empty when there is none.
    pub user: String,
    /// Environment: name and value, in the order given.
    pub env: Vec<(String, String)>,
    /// Labels, sorted: as written, unlike those of [`TargetInfo`](farguard_model::TargetInfo).
    pub labels: Vec<(String, String)>,
    /// Ports, as in `8080/tcp`, sorted.
    pub exposed_ports: Vec<String>,
    /// The words of `HEALTHCHECK`; `None` without one or with `NONE`.
    pub health_check: Option<Vec<String>>,
    /// The words of `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// The words of `CMD`.
    pub cmd: Vec<String>,
    /// Paths of `VOLUME`, sorted.
    pub volumes: Vec<String>,
    /// The steps that built it, oldest first.
    pub history: Vec<HistoryStep>,
}

/// One step of a build.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HistoryStep {
    /// As the builder wrote it, with its shell wrapper and build arguments.
    pub created_by: String,
    /// When, RFC 3339.
    pub created: Option<String>,
    /// Index of the layer that it made; `None` for steps that change the configuration only, and
    /// when the history does not fit the layers.
    pub layer: Option<u32>,
}

#[derive(Default, Deserialize)]
pub(super) struct RawRunConfig {
    #[serde(rename = "Labels")]
    pub(super) labels: Option<BTreeMap<String, Option<Value>>>,
    #[serde(rename = "User")]
    user: Option<String>,
    #[serde(rename = "Env")]
    env: Option<Vec<String>>,
    #[serde(rename = "ExposedPorts")]
    exposed_ports: Option<BTreeMap<String, Value>>,
    #[serde(rename = "Healthcheck")]
    health_check: Option<RawHealthCheck>,
    #[serde(rename = "Entrypoint")]
    entrypoint: Option<Words>,
    #[serde(rename = "Cmd")]
    cmd: Option<Words>,
    #[serde(rename = "Volumes")]
    volumes: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct RawHealthCheck {
    #[serde(rename = "Test")]
    test: Option<Vec<String>>,
}

/// A command: a list, or one string in images of old builders.
#[derive(Deserialize)]
#[serde(untagged)]
enum Words {
    List(Vec<String>),
    One(String),
}

#[derive(Deserialize)]
pub(super) struct RawHistory {
    pub(super) created_by: Option<String>,
    created: Option<String>,
    #[serde(default)]
    pub(super) empty_layer: bool,
}

impl RunConfig {
    pub(super) fn new(
        raw: RawRunConfig,
        labels: Vec<(String, String)>,
        history: Vec<RawHistory>,
        layers: usize,
    ) -> Self {
        let keys = |map: Option<BTreeMap<String, Value>>| {
            map.into_iter().flatten().map(|(key, _)| cut(&key)).take(MAX_ITEMS).collect()
        };
        let words = |words: Option<Words>| match words {
            Some(Words::List(words)) => words.iter().map(|word| cut(word)).collect(),
            Some(Words::One(word)) => vec![cut(&word)],
            None => Vec::new(),
        };
        let variable = |text: String| match text.split_once('=') {
            Some((name, value)) => (cut(name), cut(value)),
            None => (cut(&text), String::new()),
        };
        Self {
            user: cut(&raw.user.unwrap_or_default()),
            env: raw.env.into_iter().flatten().map(variable).take(MAX_ITEMS).collect(),
            labels,
            exposed_ports: keys(raw.exposed_ports),
            health_check: raw
                .health_check
                .and_then(|check| check.test)
                .filter(|words| words.first().is_some_and(|first| first != "NONE")),
            entrypoint: words(raw.entrypoint),
            cmd: words(raw.cmd),
            volumes: keys(raw.volumes),
            history: steps(history, layers),
        }
    }
}

fn steps(history: Vec<RawHistory>, layers: usize) -> Vec<HistoryStep> {
    let fits = history.iter().filter(|step| !step.empty_layer).count() == layers;
    let mut next = 0;
    let step = |raw: RawHistory| {
        let layer = (fits && !raw.empty_layer).then_some(next);
        next += u32::from(!raw.empty_layer);
        HistoryStep {
            created_by: cut(&raw.created_by.unwrap_or_default()),
            created: raw.created.map(|created| cut(&created)),
            layer,
        }
    };
    history.into_iter().map(step).take(MAX_ITEMS).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_VALUE_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(config: &str, history: &str, layers: usize) -> RunConfig {
        let config = serde_json::from_str(config).unwrap();
        RunConfig::new(config, Vec::new(), serde_json::from_str(history).unwrap(), layers)
    }

    #[test]
    fn what_containers_get_is_read() {
        let config = run(
            r#"{"User": "app", "Env": ["A=b=c", "BARE"], "ExposedPorts": {"80/tcp": {}},
                "Healthcheck": {"Test": ["CMD", "true"]}, "Entrypoint": "/bin/app",
                "Cmd": ["-v"], "Volumes": {"/data": {}}}"#,
            "[]",
            0,
        );
        assert_eq!(config.user, "app");
        assert_eq!(config.env, [("A".into(), "b=c".into()), ("BARE".into(), String::new())]);
        assert_eq!(config.exposed_ports, ["80/tcp"]);
        assert_eq!(config.health_check, Some(vec!["CMD".into(), "true".into()]));
        assert_eq!((config.entrypoint, config.cmd), (vec!["/bin/app".into()], vec!["-v".into()]));
        assert_eq!(config.volumes, ["/data"]);
        assert_eq!(run(r#"{"Healthcheck": {"Test": ["NONE"]}}"#, "[]", 0).health_check, None);
    }

    #[test]
    fn steps_name_their_layers_when_they_fit() {
        let history = r#"[{"created_by": "a"}, {"created_by": "b", "empty_layer": true},
                          {"created_by": "c"}]"#;
        let layers = |count| -> Vec<_> {
            run("{}", history, count).history.iter().map(|step| step.layer).collect()
        };
        assert_eq!(layers(2), [Some(0), None, Some(1)]);
        assert_eq!(layers(3), [None, None, None]);
    }
}
