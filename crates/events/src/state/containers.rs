//! What is known about containers beyond their id: who runs them tells it while events are recorded.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde_json::Value;

use super::State;
use crate::{Event, Kind, table::kind};

/// Longest description of a container that is read, in bytes.
const MAX_JSON: usize = 256 * 1024;
/// Most bytes that descriptions of containers may have had together.
const LIMIT: usize = 64 << 20;
/// The events that told of containers before they were asynchronous ones.
const CONTAINER_JSON_E: Kind = Kind(272);

/// Names of the kinds of containers by their numbers.
///
/// # Source
/// `container_type` of the container plugin (falcosecurity/plugins).
const KINDS: [&str; 12] = [
    "docker",
    "lxc",
    "libvirt-lxc",
    "mesos",
    "rkt",
    "",
    "cri",
    "containerd",
    "cri-o",
    "bpm",
    "",
    "podman",
];

/// A container, as whoever runs it describes it. What is not known is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Container {
    /// Short id, as [`Thread::container_id`](super::Thread::container_id) has it.
    pub id: String,
    /// Full id.
    pub full_id: String,
    /// Name.
    pub name: String,
    /// What runs it: `docker`, `containerd`.
    pub kind: &'static str,
    /// Image as it was asked for: `nginx:1.27`.
    pub image: String,
    /// Id of the image.
    pub image_id: String,
    /// Repository of the image.
    pub repository: String,
    /// Tag of the image.
    pub tag: String,
    /// Digest of the image in its registry.
    pub digest: String,
    /// Whether it is privileged.
    pub is_privileged: bool,
    /// Whether it shares namespaces of the host: pid, network, IPC.
    pub shares_host: [bool; 3],
    /// Its address.
    pub ip: String,
    /// What the network plugin said, as JSON.
    pub cni_json: String,
    /// Mounts, in their order.
    pub mounts: Vec<Mount>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Full id of the container that holds its pod together.
    pub sandbox_id: String,
    /// Labels of its pod.
    pub pod_labels: BTreeMap<String, String>,
}

/// A mount of a container.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mount {
    /// Path on the host.
    pub source: String,
    /// Path in the container.
    pub destination: String,
    /// Mode.
    pub mode: String,
    /// Whether the container may write to it.
    pub is_writable: bool,
    /// How mounts below it spread.
    pub propagation: String,
}

static HOST: LazyLock<Container> = LazyLock::new(|| Container {
    id: "host".to_owned(),
    full_id: "host".to_owned(),
    name: "host".to_owned(),
    kind: "host",
    ..Container::default()
});

impl Container {
    /// What stands for the host, where a container is asked for.
    #[must_use]
    pub fn host() -> &'static Self {
        &HOST
    }

    /// Reads a description: `{"container": {"id": ..., "image": ..., "Mounts": [...], ...}}`.
    ///
    /// # Source
    /// `container_info_json.cpp` of the container plugin (falcosecurity/plugins).
    #[must_use]
    pub fn from_json(json: &[u8]) -> Option<Self> {
        if json.len() > MAX_JSON {
            return None;
        }
        let json: Value = serde_json::from_slice(json).ok()?;
        let json = json.get("container")?;
        let text = |key| text(json, key);
        let is = |key| json.get(key).and_then(Value::as_bool).unwrap_or_default();
        let kind = json.get("type").and_then(Value::as_u64).and_then(|kind| kind.try_into().ok());
        let mounts = json.get("Mounts").and_then(Value::as_array);
        Some(Self {
            id: Some(text("id")).filter(|id| !id.is_empty())?,
            full_id: text("full_id"),
            name: text("name"),
            kind: kind.and_then(|kind: usize| KINDS.get(kind)).copied().unwrap_or_default(),
            image: text("image"),
            image_id: text("imageid"),
            repository: text("imagerepo"),
            tag: text("imagetag"),
            digest: text("imagedigest"),
            is_privileged: is("privileged"),
            shares_host: [is("host_pid"), is("host_network"), is("host_ipc")],
            ip: text("ip"),
            cni_json: text("cni_json"),
            mounts: mounts.into_iter().flatten().map(mount).collect(),
            labels: labels(json, "labels"),
            sandbox_id: text("pod_sandbox_id"),
            pod_labels: labels(json, "pod_sandbox_labels"),
        })
    }
}

fn text(json: &Value, key: &str) -> String {
    json.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn mount(json: &Value) -> Mount {
    Mount {
        source: text(json, "Source"),
        destination: text(json, "Destination"),
        mode: text(json, "Mode"),
        is_writable: json.get("RW").and_then(Value::as_bool).unwrap_or_default(),
        propagation: text(json, "Propagation"),
    }
}

fn labels(json: &Value, key: &str) -> BTreeMap<String, String> {
    let labels = json.get(key).and_then(Value::as_object).into_iter().flatten();
    labels.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect()
}

/// Containers by id.
#[derive(Debug, Default)]
pub(super) struct Containers {
    /// With the length of its description.
    known: HashMap<Vec<u8>, (Container, usize)>,
    /// Bytes of all descriptions.
    used: usize,
}

impl Containers {
    /// Adds or replaces one, with the length of its description. `false` when there is no room.
    fn add(&mut self, container: Container, length: usize) -> bool {
        let id = container.id.clone().into_bytes();
        let before = self.known.get(&id).map_or(0, |(_, length)| *length);
        let used = self.used.saturating_sub(before).saturating_add(length);
        if used > LIMIT {
            return false;
        }
        self.used = used;
        self.known.insert(id, (container, length));
        true
    }
}

/// The description that an event carries.
fn description<'a>(event: &Event<'a>) -> Option<&'a [u8]> {
    let description = match event.kind {
        kind::ASYNCEVENT_E if event.params.text(1) == Some(b"container") => event.params.get(2),
        kind::CONTAINER_JSON_2_E | CONTAINER_JSON_E => event.params.get(0),
        _ => None,
    };
    description.map(|json| json.strip_suffix(b"\0").unwrap_or(json))
}

impl State {
    /// Learns of a container, if the event tells of one. Gives its id.
    pub(super) fn learn_container(&mut self, event: &Event<'_>) -> Option<Box<[u8]>> {
        let json = description(event)?;
        let container = Container::from_json(json);
        let id: Option<Box<[u8]>> = container.as_ref().map(|it| it.id.as_bytes().into());
        let kept = container.is_some_and(|container| self.containers.add(container, json.len()));
        self.lost.containers += u64::from(!kept);
        id.filter(|_| kept)
    }

    /// Adds or replaces a container.
    pub fn add_container(&mut self, container: Container) {
        self.lost.containers += u64::from(!self.containers.add(container, 0));
    }

    /// A container by its short id; the host for none.
    #[must_use]
    pub fn container(&self, id: &[u8]) -> Option<&Container> {
        if id.is_empty() {
            return Some(Container::host());
        }
        self.containers.known.get(id).map(|(container, _)| container)
    }

    /// The container that the current event tells of.
    #[must_use]
    pub fn told_container(&self) -> Option<&Container> {
        self.now.container.as_deref().and_then(|id| self.container(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::build::EventBuilder;

    const JSON: &str = r#"{"container": {"id": "32a1026ccb88", "name": "web", "type": 7,
        "image": "nginx:1", "imagerepo": "nginx", "imagetag": "1", "privileged": true,
        "Mounts": [{"Source": "/a", "Destination": "/b", "RW": true, "Mode": "ro",
        "Propagation": "rprivate"}, 7], "labels": {"a": "b", "n": 1}, "host_ipc": true,
        "pod_sandbox_labels": null}}"#;

    #[test]
    fn descriptions_are_read() {
        let container = Container::from_json(JSON.as_bytes()).unwrap();
        assert_eq!((container.name.as_str(), container.kind), ("web", "containerd"));
        assert_eq!((container.mounts.len(), container.mounts[0].is_writable), (2, true));
        assert_eq!(container.shares_host, [false, false, true]);
        assert_eq!(container.labels.len(), 1, "what is no text is no label");
        for json in ["", "{}", r#"{"container": []}"#, r#"{"container": {"name": "x"}}"#, "[[["] {
            assert_eq!(Container::from_json(json.as_bytes()), None, "{json}");
        }
    }

    #[test]
    fn there_is_room_for_so_much_and_no_more() {
        let mut containers = Containers::default();
        let container = |id: &str| Container { id: id.to_owned(), ..Container::default() };
        assert!(containers.add(container("a"), LIMIT / 2));
        assert!(containers.add(container("a"), LIMIT), "replaced");
        assert!(!containers.add(container("b"), 1) && containers.known.len() == 1);
        let long = format!("{{\"container\": {{\"id\": \"{}\"}}}}", "x".repeat(MAX_JSON));
        assert_eq!(Container::from_json(long.as_bytes()), None);
    }

    #[test]
    fn events_tell_of_containers() {
        let mut state = State::default();
        let name = |state: &State| state.container(b"32a1026ccb88").map(|it| it.name.clone());
        assert_eq!((name(&state), state.container(b"").unwrap().name.as_str()), (None, "host"));
        let json = JSON.as_bytes();
        for event in [
            EventBuilder::new(kind::ASYNCEVENT_E).u32(0).text(b"other").text(json),
            EventBuilder::new(kind::ASYNCEVENT_E).u32(0).text(b"container").text(b"{"),
        ] {
            state.enter(&event.event());
            assert_eq!((name(&state), state.told_container()), (None, None));
        }
        assert_eq!(state.lost().containers, 1, "the one that cannot be read");
        let event = EventBuilder::new(kind::ASYNCEVENT_E).u32(0).text(b"container").text(json);
        state.enter(&event.event());
        assert_eq!(name(&state).as_deref(), Some("web"));
        assert!(state.told_container().is_some());
        state.enter(&EventBuilder::new(kind::CONTAINER_JSON_2_E).text(json).event());
        assert!(state.told_container().is_some());
        state.enter(&EventBuilder::new(kind::CLOSE_X).event());
        assert!(state.told_container().is_none());
    }
}
