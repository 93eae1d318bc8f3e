//! The container that the process is in, or that the event tells of.

use std::collections::BTreeMap;

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::RequiredKey,
        FieldType::{Abstime, Bool, Charbuf, Reltime},
    },
};

use super::{Row, lookup::thread, proc, text::Text};
use crate::{
    state::{Container, Mount},
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new(
        "container.id",
        Charbuf,
        id,
        "short id of the container (12 characters), `host` outside of containers",
    ),
    Row::new(
        "container.full_id",
        Charbuf,
        |view, _, _| text(view, |it| &it.full_id),
        "full id of the container",
    ),
    Row::new(
        "container.name",
        Charbuf,
        |view, _, _| text(view, |it| &it.name),
        "name of the container, `host` outside of containers",
    ),
    Row::new(
        "container.image",
        Charbuf,
        |view, _, _| text(view, |it| &it.image),
        "image as it was asked for",
    ),
    Row::new(
        "container.image.id",
        Charbuf,
        |view, _, _| text(view, |it| &it.image_id),
        "id of the image",
    ),
    Row::new(
        "container.image.repository",
        Charbuf,
        |view, _, _| text(view, |it| &it.repository),
        "repository of the image",
    ),
    Row::new(
        "container.image.tag",
        Charbuf,
        |view, _, _| text(view, |it| &it.tag),
        "tag of the image",
    ),
    Row::new(
        "container.image.digest",
        Charbuf,
        |view, _, _| text(view, |it| &it.digest),
        "digest of the image in its registry",
    ),
    Row::new(
        "container.type",
        Charbuf,
        |view, _, _| about(view).map(|it| it.kind).into(),
        "what runs the container: `docker`, `cri-o`, `containerd` and others",
    ),
    Row::new(
        "container.privileged",
        Bool,
        |view, _, _| about(view).map(|it| it.is_privileged).into(),
        "whether the container is privileged",
    ),
    Row::new(
        "container.mounts",
        Charbuf,
        mounts,
        "all mounts, separated by commas: `SOURCE:DESTINATION:MODE:WRITABLE:PROPAGATION`",
    ),
    Row::new(
        "container.mount",
        Charbuf,
        |view, arg, bump| mount(view, arg, |it| &it.source, |it| shown(it, bump)),
        "one mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::new(
        "container.mount.source",
        Charbuf,
        |view, arg, _| mount(view, arg, |it| &it.destination, |it| Value::from(&*it.source)),
        "source of a mount, by number or by destination, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::new(
        "container.mount.dest",
        Charbuf,
        |view, arg, _| mount(view, arg, |it| &it.source, |it| Value::from(&*it.destination)),
        "destination of a mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::new(
        "container.mount.mode",
        Charbuf,
        |view, arg, _| mount(view, arg, |it| &it.source, |it| Value::from(&*it.mode)),
        "mode of a mount, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::new(
        "container.mount.rdwr",
        Charbuf,
        |view, arg, _| mount(view, arg, |it| &it.source, writable),
        "whether a mount may be written to, by number or by source, which may be a pattern",
    )
    .arg(RequiredKey),
    Row::new(
        "container.mount.propagation",
        Charbuf,
        |view, arg, _| mount(view, arg, |it| &it.source, |it| Value::from(&*it.propagation)),
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
        "when the first process of the pid namespace started: nanoseconds since 1970",
    ),
    Row::new("container.duration", Reltime, duration, "nanoseconds since `container.start_ts`"),
    Row::new(
        "container.ip",
        Charbuf,
        |view, _, _| text(view, |it| &it.ip),
        "address of the container",
    ),
    Row::new(
        "container.cni.json",
        Charbuf,
        |view, _, _| text(view, |it| &it.cni_json),
        "what the network plugin said of the container, as JSON",
    ),
    Row::new(
        "container.host_pid",
        Bool,
        |view, _, _| shares_host(view, |[pid, _, _]| pid),
        "whether it shares the pid namespace of the host",
    ),
    Row::new(
        "container.host_network",
        Bool,
        |view, _, _| shares_host(view, |[_, network, _]| network),
        "whether it shares the network namespace of the host",
    ),
    Row::new(
        "container.host_ipc",
        Bool,
        |view, _, _| shares_host(view, |[_, _, ipc]| ipc),
        "whether it shares the IPC namespace of the host",
    ),
    Row::new(
        "container.label",
        Charbuf,
        |view, arg, _| label(view, &arg.text),
        "one label of the container: `container.label.maintainer`",
    )
    .arg(RequiredKey)
    .dotted(),
    Row::new(
        "container.labels",
        Charbuf,
        |view, _, bump| labels(about(view).map(|it| &it.labels), bump),
        "all labels: `NAME:VALUE, NAME:VALUE`",
    ),
];

/// The container that the event tells of, else the one of the process; the host for none.
pub(super) fn about<'e>(view: &'e View<'e>) -> Option<&'e Container> {
    let of_thread = || view.state.container(&view.thread?.container_id);
    view.state.told_container().or_else(of_thread)
}

fn text<'e>(view: &'e View<'e>, get: fn(&'e Container) -> &'e str) -> Value<'e> {
    about(view).map(get).into()
}

fn shares_host<'e>(view: &'e View<'e>, get: fn([bool; 3]) -> bool) -> Value<'e> {
    about(view).map(|it| get(it.shares_host)).into()
}

fn id<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    match about(view) {
        Some(container) => Value::from(&*container.id),
        None => thread(view, |thread| Value::Text(&thread.container_id)),
    }
}

/// A mount as one text.
fn shown<'e>(mount: &Mount, bump: &'e Bump) -> Value<'e> {
    let mut made = Text::new(bump);
    show(mount, &mut made);
    made.value()
}

fn show(mount: &Mount, out: &mut Text<'_>) {
    let Mount { source, destination, mode, is_writable, propagation } = mount;
    out.print(format_args!("{source}:{destination}:{mode}:{is_writable}:{propagation}"));
}

fn writable<'e>(mount: &Mount) -> Value<'e> {
    if mount.is_writable { "true".into() } else { "false".into() }
}

fn mounts<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let Some(container) = about(view) else { return Value::Null };
    let mut made = Text::new(bump);
    for mount in &container.mounts {
        made.push(if made.is_empty() { b"" } else { b"," });
        show(mount, &mut made);
    }
    made.value()
}

/// Something of the mount with a number, or of the first whose path matches a pattern.
fn mount<'e>(
    view: &'e View<'e>,
    arg: &Arg,
    path: fn(&Mount) -> &str,
    get: impl FnOnce(&'e Mount) -> Value<'e>,
) -> Value<'e> {
    let mounts = about(view).map_or(&[][..], |container| &container.mounts);
    let found = match arg.index {
        Some(index) => usize::try_from(index).ok().and_then(|index| mounts.get(index)),
        None => mounts.iter().find(|it| matches(arg.text.as_bytes(), path(it).as_bytes())),
    };
    found.map_or(Value::Null, get)
}

/// Whether a text matches a pattern, in which `*` stands for anything and `?` for any byte.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    let (mut pattern, mut text) = (pattern, text);
    // Where to go on when what follows the last `*` does not fit here.
    let mut again: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, text) {
            ([], []) => return true,
            ([b'*', rest @ ..], _) => {
                again = Some((rest, text));
                pattern = rest;
            }
            ([b'?', rest @ ..], [_, after @ ..]) => (pattern, text) = (rest, after),
            ([one, rest @ ..], [byte, after @ ..]) if one == byte => {
                (pattern, text) = (rest, after);
            }
            _ => match again {
                Some((rest, [_, after @ ..])) => {
                    again = Some((rest, after));
                    (pattern, text) = (rest, after);
                }
                _ => return false,
            },
        }
    }
}

/// A label of the container.
pub(super) fn label<'e>(view: &'e View<'e>, name: &str) -> Value<'e> {
    about(view).and_then(|it| it.labels.get(name)).map(String::as_str).into()
}

/// All labels but those that Kubernetes gives itself.
pub(super) fn labels<'e>(labels: Option<&BTreeMap<String, String>>, bump: &'e Bump) -> Value<'e> {
    let Some(labels) = labels else { return Value::Null };
    let mut made = Text::new(bump);
    for (name, value) in labels {
        if name.starts_with("annotation.") || name.starts_with("io.kubernetes.") {
            continue;
        }
        made.push(if made.is_empty() { b"" } else { b", " }).push(name.as_bytes());
        if !value.is_empty() {
            made.push(b":").push(value.as_bytes());
        }
    }
    made.value()
}

fn start_ts<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    started(view).into()
}

fn duration<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    started(view).and_then(|from| view.event.time_ns.checked_sub(from)).into()
}

/// When the first process of the pid namespace started.
fn started(view: &View<'_>) -> Option<u64> {
    proc::known(view.thread?.pidns_init_start_time_ns)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_found_by_patterns() {
        for (pattern, text, expect) in [
            ("/etc", "/etc", true),
            ("/etc", "/etc/x", false),
            ("/proc*", "/proc/1", true),
            ("*/x", "/a/b/x", true),
            ("/a?c", "/abc", true),
            ("/a?c", "/ac", false),
            ("*a*b", "xaxxb", true),
            ("*a*b", "xaxxbc", false),
            ("", "", true),
            ("*", "", true),
        ] {
            assert_eq!(matches(pattern.as_bytes(), text.as_bytes()), expect, "{pattern} {text}");
        }
    }
}
