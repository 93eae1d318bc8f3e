//! Captures replayed beside sysdig: after every event both know the same.

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
    state::Thread,
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
    "fd.num",
    "fd.name",
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

/// What sysdig 0.29 knows otherwise, and why ours is right.
fn is_known(field: &str, view: &View<'_>) -> bool {
    let params = &view.event.params;
    match field {
        // It does not yet take the end of `mmap` as being about a descriptor.
        "fd.num" | "fd.name" if matches!(view.event.kind, kind::MMAP_X | kind::MMAP2_X) => true,
        // It names sockets that could not connect, and does not name those it missed.
        "fd.name" if view.event.kind == kind::CONNECT_X => params.i64(0).is_none_or(|res| res < 0),
        "fd.name" => view.thread.is_none_or(Thread::is_bare),
        // It makes threads of which it knows nothing processes, whose directory is empty.
        "proc.pid" | "proc.cwd" | "proc.ppid" => view.thread.is_none_or(Thread::is_bare),
        "group.gid" => view.thread.is_none_or(|thread| thread.gid == u32::MAX),
        // It takes the main thread as the parent of other threads; today's takes its parent.
        "proc.pname" => view.thread.is_none_or(|thread| !thread.is_main()),
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

/// The same of our state.
fn ours(view: &View<'_>) -> Vec<String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let none = || "<NA>".to_owned();
    let state = view.state;
    let Some(thread) = view.thread else { return vec![none(); FIELDS.len()] };
    let main = state.main(thread);
    let parent = main.and_then(|main| state.parent(main)).and_then(|parent| state.main(parent));
    let args: Vec<_> = thread.args.split(|byte| *byte == 0).map(text).collect();
    let user = state.user(b"", thread.uid);
    let number = |number: i64| number.to_string();
    let fd = view.fd.and_then(|(number, fd)| Some((number, fd?)));
    vec![
        number(thread.tid),
        number(thread.pid),
        text(&thread.comm),
        text(&thread.exe),
        args.join(" ").trim_end().to_owned(),
        text(&thread.exepath),
        text(state.cwd(thread)),
        parent.map_or_else(none, |parent| number(parent.pid)),
        parent.map_or_else(none, |parent| text(&parent.comm)),
        thread.uid.to_string(),
        thread.gid.to_string(),
        user.map_or_else(none, |user| text(&user.name)),
        if thread.container_id.is_empty() { "host".to_owned() } else { text(&thread.container_id) },
        view.fd.map_or_else(none, |(found, _)| number(found)),
        fd.map_or_else(none, |(_, fd)| text(&fd.name)),
    ]
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
                Item::Event(event) | Item::StateOnly(event) => event,
            };
            state.enter(&event);
            let view = state.view(&event);
            if let Some(expect) = theirs.get(&(event.time_ns, event.cpu)) {
                for ((field, ours), theirs) in FIELDS.iter().zip(ours(&view)).zip(expect) {
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
