//! The container that the process is in.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::RequiredKey,
        FieldType::{Abstime, Bool, Charbuf, Reltime},
    },
};

use super::{Row, lookup::thread, proc};
use crate::view::View;

pub(super) static FIELDS: &[Row] = &[
    Row::new(
        "container.id",
        Charbuf,
        id,
        "short id of the container (12 characters), `host` outside of containers",
    ),
    Row::known("container.full_id", Charbuf, "full id of the container"),
    Row::new(
        "container.name",
        Charbuf,
        name,
        "`host` outside of containers; the name of a container is not known",
    ),
    Row::known("container.image", Charbuf, "image with its tag"),
    Row::known("container.image.id", Charbuf, "id of the image"),
    Row::known("container.image.repository", Charbuf, "repository of the image"),
    Row::known("container.image.tag", Charbuf, "tag of the image"),
    Row::known("container.image.digest", Charbuf, "digest of the image in its registry"),
    Row::known(
        "container.type",
        Charbuf,
        "what runs the container: `docker`, `cri-o`, `containerd` and others",
    ),
    Row::known("container.privileged", Bool, "whether the container is privileged"),
    Row::known(
        "container.mounts",
        Charbuf,
        "all mounts: `SOURCE:DESTINATION:MODE:WRITABLE:PROPAGATION`",
    ),
    Row::known(
        "container.mount",
        Charbuf,
        "one mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known(
        "container.mount.source",
        Charbuf,
        "source of a mount, by number or by destination, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known(
        "container.mount.dest",
        Charbuf,
        "destination of a mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known(
        "container.mount.mode",
        Charbuf,
        "mode of a mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known(
        "container.mount.rdwr",
        Charbuf,
        "whether a mount may be written to, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known(
        "container.mount.propagation",
        Charbuf,
        "propagation of a mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::known("container.healthcheck", Charbuf, "health check of the container"),
    Row::known("container.liveness_probe", Charbuf, "liveness probe of the container"),
    Row::known("container.readiness_probe", Charbuf, "readiness probe of the container"),
    Row::new(
        "container.start_ts",
        Abstime,
        start_ts,
        "when the container started: nanoseconds since 1970",
    ),
    Row::new("container.duration", Reltime, duration, "nanoseconds since the container started"),
    Row::known("container.ip", Charbuf, "IPv4 address of the container"),
    Row::known(
        "container.cni.json",
        Charbuf,
        "what the network plugin said of the container, as JSON",
    ),
    Row::known("container.host_pid", Bool, "whether it shares the pid namespace of the host"),
    Row::known(
        "container.host_network",
        Bool,
        "whether it shares the network namespace of the host",
    ),
    Row::known("container.host_ipc", Bool, "whether it shares the IPC namespace of the host"),
    Row::known(
        "container.label",
        Charbuf,
        "one label of the container: `container.label.maintainer`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::known("container.labels", Charbuf, "all labels: `NAME:VALUE, NAME:VALUE`"),
];

fn id<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| match &*thread.container_id {
        [] => "host".into(),
        id => Value::Text(id),
    })
}

fn name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| thread.container_id.is_empty().then_some("host").into())
}

fn start_ts<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    started(view).into()
}

fn duration<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    started(view).and_then(|from| view.event.time_ns.checked_sub(from)).into()
}

/// When the first process of the container started.
fn started(view: &View<'_>) -> Option<u64> {
    let thread = view.thread.filter(|thread| !thread.container_id.is_empty())?;
    proc::known(thread.pidns_init_start_time_ns)
}
