//! The pod that the container belongs to.

use std::collections::BTreeMap;

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{Arg, ArgRule::RequiredKey, FieldType::Charbuf},
};

use super::{Row, container};
use crate::{state::Container, view::View};

/// Characters of a short id.
const SHORT: usize = 12;

pub(super) static FIELDS: &[Row] = &[
    Row::new(
        "k8s.pod.name",
        Charbuf,
        |view, _, _| container::label(view, "io.kubernetes.pod.name"),
        "name of the pod",
    ),
    Row::new(
        "k8s.ns.name",
        Charbuf,
        |view, _, _| container::label(view, "io.kubernetes.pod.namespace"),
        "namespace of the pod",
    ),
    Row::new(
        "k8s.pod.id",
        Charbuf,
        |view, _, _| container::label(view, "io.kubernetes.pod.uid"),
        "the same as `k8s.pod.uid`",
    ),
    Row::new(
        "k8s.pod.uid",
        Charbuf,
        |view, _, _| container::label(view, "io.kubernetes.pod.uid"),
        "unique id of the pod",
    ),
    Row::new(
        "k8s.pod.sandbox_id",
        Charbuf,
        sandbox_id,
        "short id of the container that holds the pod together",
    ),
    Row::new(
        "k8s.pod.full_sandbox_id",
        Charbuf,
        |view, _, _| container::about(view).map(|it| &*it.sandbox_id).into(),
        "full id of the container that holds the pod together",
    ),
    Row::new(
        "k8s.pod.label",
        Charbuf,
        |view, arg, _| {
            pod_labels(view).and_then(|all| all.get(&arg.text)).map(String::as_str).into()
        },
        "one label of the pod: `k8s.pod.label.app`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::new(
        "k8s.pod.labels",
        Charbuf,
        |view, _, bump| container::labels(pod_labels(view), bump),
        "all labels of the pod",
    ),
    Row::new(
        "k8s.pod.ip",
        Charbuf,
        |view, _, _| pod(view).map(|it| &*it.ip).into(),
        "IPv4 address of the pod",
    ),
    Row::new(
        "k8s.pod.cni.json",
        Charbuf,
        |view, _, _| pod(view).map(|it| &*it.cni_json).into(),
        "what the network plugin said of the pod, as JSON",
    ),
    Row::known("k8s.rc.name", Charbuf, "name of the replication controller"),
    Row::known("k8s.rc.id", Charbuf, "id of the replication controller"),
    Row::known("k8s.rc.label", Charbuf, "one label of the replication controller")
        .arg(RequiredKey)
        .dotted(),
    Row::known("k8s.rc.labels", Charbuf, "all labels of the replication controller"),
    Row::known("k8s.svc.name", Charbuf, "name of the service"),
    Row::known("k8s.svc.id", Charbuf, "id of the service"),
    Row::known("k8s.svc.label", Charbuf, "one label of the service").arg(RequiredKey).dotted(),
    Row::known("k8s.svc.labels", Charbuf, "all labels of the service"),
    Row::known("k8s.ns.id", Charbuf, "id of the namespace"),
    Row::known("k8s.ns.label", Charbuf, "one label of the namespace").arg(RequiredKey).dotted(),
    Row::known("k8s.ns.labels", Charbuf, "all labels of the namespace"),
    Row::known("k8s.rs.name", Charbuf, "name of the replica set"),
    Row::known("k8s.rs.id", Charbuf, "id of the replica set"),
    Row::known("k8s.rs.label", Charbuf, "one label of the replica set").arg(RequiredKey).dotted(),
    Row::known("k8s.rs.labels", Charbuf, "all labels of the replica set"),
    Row::known("k8s.deployment.name", Charbuf, "name of the deployment"),
    Row::known("k8s.deployment.id", Charbuf, "id of the deployment"),
    Row::known("k8s.deployment.label", Charbuf, "one label of the deployment")
        .arg(RequiredKey)
        .dotted(),
    Row::known("k8s.deployment.labels", Charbuf, "all labels of the deployment"),
];

fn short(id: &str) -> &str {
    id.get(..SHORT).unwrap_or(id)
}

fn sandbox_id<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    container::about(view).map(|it| short(&it.sandbox_id)).into()
}

/// The container that knows the network of the pod: itself, or the one that holds the pod together.
fn pod<'e>(view: &'e View<'e>) -> Option<&'e Container> {
    let container = container::about(view)?;
    if !container.cni_json.is_empty() {
        return Some(container);
    }
    let sandbox = short(&container.sandbox_id);
    view.state.container(sandbox.as_bytes()).filter(|_| !sandbox.is_empty())
}

fn pod_labels<'e>(view: &'e View<'e>) -> Option<&'e BTreeMap<String, String>> {
    pod(view).or_else(|| container::about(view)).map(|it| &it.pod_labels)
}
