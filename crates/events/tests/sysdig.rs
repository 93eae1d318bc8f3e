//! Fields of the events of captures, beside what sysdig 0.29.3 of Debian prints of the same events.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test panics when what it reads is missing, and tells what it skipped"
)]

use std::{
    collections::HashMap,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use bumpalo::Bump;
use farguard_events::{
    State, Syscalls, View,
    capture::{Item, Reader},
};
use farguard_rules::{Arg, Field, Source, Value};

/// What both print alike, but for what [`differs`] names.
#[rustfmt::skip]
const FIELDS: &[&str] = &[
    "evt.type", "evt.cpu", "evt.time", "evt.time.s", "evt.datetime", "evt.rawtime.s",
    "evt.category", "evt.res", "evt.rawres", "evt.is_io", "evt.is_io_read",
    "evt.is_io_write", "evt.io_dir", "evt.is_wait", "evt.is_syslog", "evt.count", "evt.dir",
    "evt.count.exit", "evt.is_open_read", "evt.is_open_write", "evt.is_open_exec", "evt.buflen",
    "evt.abspath", "evt.args", "syscall.type",
    "fd.num", "fd.type", "fd.typechar", "fd.name", "fd.directory", "fd.filename", "fd.cip", "fd.sip",
    "fd.lip", "fd.rip", "fd.cport", "fd.sport", "fd.lport", "fd.rport", "fd.l4proto",
    "fd.sockfamily", "fd.uid", "fd.containername", "fd.containerdirectory",
    "fd.lproto", "fd.rproto", "fd.connected",
    "fdlist.nums", "fdlist.names", "fdlist.cips", "fdlist.sips", "fdlist.cports", "fdlist.sports",
    "proc.pid", "proc.exe", "proc.name", "proc.args", "proc.cmdline", "proc.exeline", "proc.env",
    "proc.cwd", "proc.exepath", "proc.ppid", "proc.pname", "proc.pcmdline",
    "proc.aname[0]", "proc.aname[1]", "proc.aname[2]", "proc.apid[1]", "proc.apid[3]", "proc.sid",
    "proc.sname", "proc.tty", "proc.vpgid", "proc.loginshellid", "proc.duration",
    "proc.fdopencount", "proc.fdlimit", "proc.vmsize", "proc.vmrss", "proc.vmswap",
    "proc.is_exe_writable", "proc.nthreads",
    "thread.tid", "thread.ismain", "thread.pfmajor", "thread.pfminor", "thread.cgroups",
    "thread.cgroup.cpu", "thread.vmsize", "thread.vmrss",
    "user.uid", "user.name", "user.homedir", "user.shell", "user.loginuid", "user.loginname",
    "group.gid", "group.name", "container.id", "container.name",
];

/// Captures that are compared. Others are newer than sysdig 0.29.3, which knows some of their events
/// and parameters by other names, or not at all.
const CAPTURES: &[&str] = &[
    "cat_write.scap",
    "curl_google.scap",
    "open-multiple-files.scap",
    "ping_sendto.scap",
    "single_ipv6_conn.scap",
    "test_ipv6_client.scap",
];

/// Events of one capture on one processor have different times.
type Key = (u64, u16);

/// What is known to differ, since libs has changed after sysdig 0.29.3.
fn differs(kind: &str, field: &str, view: &View<'_>, theirs: &str) -> bool {
    let Some(thread) = view.thread else { return false };
    // Of a thread that is known by its calls only, nothing is guessed.
    let is_bare = thread.pid < 0;
    let family = field.split('.').next().unwrap_or_default();
    match field {
        _ if is_bare && matches!(family, "proc" | "thread") => true,
        // Its descriptors neither.
        _ if is_bare && family == "fd" => true,
        "evt.category" | "evt.buflen" if is_bare => true,
        // Calls without an event of their own are of no category.
        "evt.category" => theirs != "file" && theirs != "net",
        "evt.type" => theirs == "<unknown>",
        "syscall.type" => theirs == "<unknown>" || kind == "procexit",
        // The parent of a thread is that of its process.
        "proc.pname" | "proc.pcmdline" => thread.tid != thread.pid,
        // A thread that ends is not counted any more.
        "proc.nthreads" => kind == "procexit",
        // 32 bits.
        "group.gid" => theirs == "8589934591",
        // A peer that `connect` named a second time is the new one.
        "fd.sip" | "fd.rip" | "fd.sport" | "fd.rport" | "fd.rproto" | "fd.name"
        | "fd.containername" => kind == "mmap" || theirs.contains("::1") || theirs == "2345",
        // Which end is ours is known from who connected, not from the list of interfaces.
        "fd.lip" | "fd.lport" | "fd.lproto" => kind == "read",
        // It tells its descriptor since calls are one event.
        _ => family == "fd" && kind == "mmap",
    }
}

/// Whether what the end of a call said is among what one event says. Long buffers were cut.
fn are_among(theirs: &str, ours: &str, kind: &str) -> bool {
    let mut arguments = theirs.split(' ').map(|part| part.trim_end_matches("..."));
    arguments.all(|part| ours.contains(part) || (kind == "mmap" && part.starts_with("res=")))
}

fn find(name: &str) -> (&'static Field<Syscalls>, Arg) {
    let find = |name: &str| Syscalls::fields().iter().find(|field| field.def.name == name);
    let (name, arg) = match (find(name), name.split_once('[')) {
        (Some(_), _) => (name, ""),
        (None, Some((name, arg))) => (name, arg.trim_end_matches(']')),
        (None, None) => name.rsplit_once('.').unwrap(),
    };
    (find(name).unwrap(), Arg::new(arg))
}

fn print(value: Value<'_>) -> String {
    match value {
        Value::Null => "<NA>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(value) | Value::Bytes(value) => String::from_utf8_lossy(value).into_owned(),
        Value::Ip(value) => value.to_string(),
        Value::List(values) => values.iter().map(|value| print(*value)).collect(),
    }
}

/// What sysdig prints of each event; `None` without sysdig.
fn sysdig(capture: &Path) -> Option<HashMap<Key, Vec<String>>> {
    const FIELD: char = '\u{1f}';
    const EVENT: char = '\u{1e}';
    let fields: String = FIELDS.iter().map(|name| format!("{FIELD}%{name}")).collect();
    let format = format!("*{EVENT}%evt.rawtime{FIELD}%evt.cpu{fields}");
    let mut command = Command::new("sysdig");
    command.env("TZ", "UTC").arg("-r").arg(capture).arg("-p").arg(format);
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let events = text.split(EVENT).filter(|event| !event.is_empty()).map(|event| {
        let mut parts = event.trim_end_matches('\n').split(FIELD).map(str::to_owned);
        let time = parts.next().unwrap().parse().unwrap();
        let cpu = parts.next().unwrap().parse().unwrap();
        ((time, cpu), parts.collect())
    });
    Some(events.collect())
}

/// Compares one event; tells what differs.
fn compare(view: &View<'_>, theirs: &[String], failed: &mut Vec<String>) {
    let (bump, none) = (Bump::new(), Arg::new(""));
    let kind = print((find("evt.type").0.extract)(view, &none, &bump));
    for (name, theirs) in FIELDS.iter().zip(theirs) {
        let (field, arg) = find(name);
        let ours = print((field.extract)(view, &arg, &bump));
        let same = match *name {
            "evt.args" => are_among(theirs, &ours, &kind),
            _ => ours == *theirs,
        };
        if !same && !differs(&kind, name, view, theirs) {
            let num = view.event.num;
            failed.push(format!("{num} {kind} {name}:\n  {ours:?}, sysdig\n  {theirs:?}"));
        }
    }
}

#[test]
fn fields_are_what_sysdig_prints() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("FARGUARD_CONFORMANCE").unwrap_or_else(|| beside.into());
    for name in CAPTURES {
        let path = PathBuf::from(&root).join("conformance/captures").join(name);
        let (Ok(_), Some(theirs)) = (fs::metadata(&path), sysdig(&path)) else {
            eprintln!("skipped: no sysdig, or no {name}");
            continue;
        };
        let mut reader = Reader::new(File::open(&path).unwrap()).unwrap();
        let mut state = State::default();
        let (mut compared, mut failed) = (0, Vec::new());
        while let Some(item) = reader.read().unwrap() {
            let (event, shown) = match item {
                Item::Event(event) => (event, true),
                Item::StateOnly(event) => (event, false),
                Item::Head(head) => {
                    state.take(head);
                    continue;
                }
            };
            state.enter(&event);
            let theirs = theirs.get(&(event.time_ns, event.cpu)).filter(|_| shown);
            if let Some(theirs) = theirs {
                compared += 1;
                compare(&state.view(&event), theirs, &mut failed);
            }
            state.leave(&event);
        }
        assert!(compared > 5, "{name}: {compared} events");
        let first = failed.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
        assert!(failed.is_empty(), "{name}: {} of {compared} events\n{first}", failed.len());
    }
}
