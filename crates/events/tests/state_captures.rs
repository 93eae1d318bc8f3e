//! Captures replayed beside sysdig: after every event both know the same.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test panics when what it reads is missing, and says what it skips"
)]

#[path = "support/fields.rs"]
mod fields;

use std::{
    collections::BTreeMap,
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use farguard_events::{
    State, View,
    capture::{Item, Reader},
    state::{FdKind, l4},
    table::kind,
};

/// What is compared, in the words of sysdig.
const FIELDS: &[&str] = &[
    "thread.tid",
    "proc.pid",
    "proc.name",
    "proc.exe",
    "proc.args",
    "proc.exepath",
    "proc.cwd",
    "proc.ppid",
    "proc.pname",
    "user.uid",
    "group.gid",
    "user.name",
    "container.id",
    "group.name",
    "proc.cmdline",
    "proc.pcmdline",
    "proc.sid",
    "proc.sname",
    "proc.aname[1]",
    "proc.aname[2]",
    "proc.aname[3]",
    "proc.apid[1]",
    "proc.loginshellid",
    "proc.duration",
    "proc.fdopencount",
    "proc.fdlimit",
    "proc.vmsize",
    "proc.vmrss",
    "proc.env",
    "proc.is_exe_writable",
    "thread.ismain",
    "fd.num",
    "fd.name",
    "fd.typechar",
    "fd.type",
    "fd.directory",
    "fd.filename",
    "fd.cip",
    "fd.sip",
    "fd.rip",
    "fd.sport",
    "fd.rport",
    "fd.l4proto",
];

fn captures() -> Option<Vec<PathBuf>> {
    let root = env::var("FARGUARD_CONFORMANCE").map_or_else(
        |_| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).into(),
        PathBuf::from,
    );
    let dirs = ["conformance/captures", "captures"].map(|dir| root.join(dir));
    let dir = dirs.into_iter().find(|dir| dir.is_dir())?;
    let mut files: Vec<_> = fs::read_dir(dir).ok()?.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "scap"));
    files.sort();
    Some(files)
}

/// What sysdig 0.29 knows otherwise than today's libs do, and we with them.
fn is_known(field: &str, view: &View<'_>) -> bool {
    let event = view.event;
    let failed = event.params.i64(0).is_none_or(|res| res < 0);
    let Some(thread) = view.thread else { return true };
    let socket = view.fd.and_then(|(_, fd)| fd).filter(|fd| fd.kind.is_inet());
    match field {
        // It makes processes of threads of which it knows nothing, and does not complete sockets
        // that it missed.
        _ if thread.is_bare() => true,
        // It does not yet take the end of `mmap` as being about a descriptor.
        _ if field.starts_with("fd.") && matches!(event.kind, kind::MMAP_X | kind::MMAP2_X) => true,
        // It names sockets that could not connect, and does not connect datagrams over IPv6 again.
        "fd.name" if event.kind == kind::CONNECT_X && failed => true,
        "fd.name" | "fd.rip" | "fd.rport" | "fd.sip" | "fd.sport" => {
            socket.is_some_and(|fd| fd.kind == FdKind::Ipv6Socket && fd.socket.l4 == l4::UDP)
        }
        // It prints numbers that it does not know as 8 bytes of which it knows 4.
        "group.gid" => {
            thread.gid == u32::MAX || matches!(event.kind, kind::FUTEX_X | kind::SCHEDSWITCH_6_E)
        }
        // It takes the main thread as the parent of other threads; today's takes its parent.
        "proc.pname" | "proc.pcmdline" => !thread.is_main(),
        _ => false,
    }
}

/// What sysdig prints for each event, by when and on which processor it happened.
fn sysdig(file: &Path) -> Option<BTreeMap<(u64, u16), Vec<String>>> {
    let fields: Vec<String> = FIELDS.iter().map(|field| format!("%{field}")).collect();
    let format = format!("*%evt.rawtime\t%evt.cpu\t{}", fields.join("\t"));
    let output = Command::new("sysdig").arg("-r").arg(file).args(["-p", &format]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let (time, cpu) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        Some(((time, cpu), parts.map(str::to_owned).collect()))
    };
    Some(text.lines().filter_map(line).collect())
}

#[test]
fn after_every_event_the_state_is_that_of_sysdig() {
    let Some(files) = captures() else {
        println!("skipped: no conformance data beside the repository");
        return;
    };
    let mut differences: BTreeMap<(&str, String), (u64, String)> = BTreeMap::new();
    let mut compared = 0_u64;
    for file in files {
        let Some(theirs) = sysdig(&file) else {
            println!("skipped: no sysdig here");
            return;
        };
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        if name == "newstyle.scap" {
            println!("skipped {name}: its events are younger than sysdig 0.29");
            continue;
        }
        let mut reader = Reader::new(File::open(&file).unwrap()).unwrap();
        let mut state = State::default();
        while let Some(item) = reader.read().unwrap() {
            let event = match item {
                Item::Head(head) => {
                    state.take(head);
                    continue;
                }
                // Starts of calls, of which rules see nothing.
                Item::StateOnly(event) => {
                    state.enter(&event);
                    state.leave(&event);
                    continue;
                }
                Item::Event(event) => event,
            };
            state.enter(&event);
            let view = state.view(&event);
            if let Some(expect) = theirs.get(&(event.time_ns, event.cpu)) {
                for (field, theirs) in FIELDS.iter().zip(expect) {
                    let ours = fields::field(&view, field);
                    compared += 1;
                    if ours != *theirs && !is_known(field, &view) {
                        let place = format!(
                            "{} kind {}: `{theirs}`, we say `{ours}`",
                            event.num, event.kind.0
                        );
                        let entry = differences.entry((*field, name.clone()));
                        entry.or_insert((0, place)).0 += 1;
                    }
                }
            }
            state.leave(&event);
        }
        assert!(state.lost().is_nothing());
    }
    println!("compared {compared} values");
    for ((field, file), (count, first)) in &differences {
        println!("{field} {file}: {count} differ, the first at {first}");
    }
    assert!(differences.is_empty());
}
