//! The pod that the container belongs to.

use farguard_rules::field::{ArgRule::RequiredKey, FieldType::Charbuf};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("k8s.pod.name", Charbuf, "name of the pod"),
    Row::known("k8s.ns.name", Charbuf, "namespace of the pod"),
    Row::known("k8s.pod.id", Charbuf, "the same as `k8s.pod.uid`"),
    Row::known("k8s.pod.uid", Charbuf, "unique id of the pod"),
    Row::known(
        "k8s.pod.sandbox_id",
        Charbuf,
        "short id of the container that holds the pod together",
    ),
    Row::known(
        "k8s.pod.full_sandbox_id",
        Charbuf,
        "full id of the container that holds the pod together",
    ),
    Row::known("k8s.pod.label", Charbuf, "one label of the pod: `k8s.pod.label.app`")
        .arg(RequiredKey)
        .dotted(),
    Row::known("k8s.pod.labels", Charbuf, "all labels of the pod"),
    Row::known("k8s.pod.ip", Charbuf, "IPv4 address of the pod"),
    Row::known("k8s.pod.cni.json", Charbuf, "what the network plugin said of the pod, as JSON"),
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
