//! Captures as a user sees them, beside what sysdig makes of them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use farguard_events::{Event, Kind, build::EventBuilder, capture::Writer, table::kind};

use crate::support::World;

const FIXTURE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/captures/containers.scap.gz");

/// What sysdig prints of a capture, or says that is wrong with it; `None`, with the reason printed,
/// where there is no sysdig.
fn try_sysdig(path: &str, format: &str, condition: &str) -> Option<Result<String, String>> {
    let arguments = ["-r", path, "-p", format, condition];
    match Command::new("sysdig").args(arguments).env("TZ", "UTC").output() {
        Ok(output) => {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            let is_read = output.status.success();
            Some(if is_read { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) })
        }
        Err(error) => {
            println!("skipped: sysdig cannot be run: {error}");
            None
        }
    }
}

/// What sysdig prints of a capture that it has to be able to read.
fn sysdig(path: &str, format: &str, condition: &str) -> Option<String> {
    Some(try_sysdig(path, format, condition)?.unwrap())
}

/// The columns that both print alike.
const COLUMNS: &str =
    "%evt.num %evt.rawtime %evt.cpu %proc.name %proc.pname %thread.tid %evt.type %fd.name";

fn show(world: &World, path: &str, further: &[&str]) -> String {
    let run = world.farguard(&[&["capture", "show", path, "--print", COLUMNS], further].concat());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    run.stdout
}

#[test]
fn events_are_those_that_sysdig_shows() {
    let world = World::new();
    let ours = show(&world, FIXTURE, &[]);
    assert_eq!(ours.lines().count(), 400);
    if let Some(theirs) = sysdig(FIXTURE, &format!("*{COLUMNS}"), "evt.num > 0") {
        // Starts of calls do not tell newer readers anything, so descriptors are compared where
        // sysdig knows them without.
        let columns = |text: &str| -> Vec<String> {
            text.lines().map(|line| line.split(' ').take(7).collect::<Vec<_>>().join(" ")).collect()
        };
        assert_eq!(columns(&ours), columns(&theirs));
    }
}

/// Captures that other programs wrote, where they are given.
fn given() -> Vec<PathBuf> {
    let directory = env::var("FARGUARD_CONFORMANCE")
        .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared").to_owned());
    let Ok(entries) = fs::read_dir(Path::new(&directory).join("conformance/captures")) else {
        println!("skipped: there are no captures in `{directory}`");
        return Vec::new();
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

#[test]
fn captures_of_older_versions_show_what_sysdig_shows_of_them() {
    let world = World::new();
    for path in given() {
        let path = path.to_str().unwrap();
        let columns = "%evt.rawtime %evt.cpu %proc.name %thread.tid %evt.type";
        // Ends of calls, and what is neither: starts are part of ends here.
        let condition = "evt.dir = < or evt.type in (procexit, switch, signaldeliver, drop)";
        let theirs = match try_sysdig(path, &format!("*{columns}"), condition) {
            None => return,
            // It stops at a gzip header with a comment, for one.
            Some(Err(said)) => {
                println!("skipped: sysdig cannot read `{path}`: {said}");
                continue;
            }
            Some(Ok(theirs)) => theirs,
        };
        let run = world.farguard(&["capture", "show", path, "--print", columns]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{path}");
        // What sysdig does not know yet it leaves out; everything else comes in the same order.
        let mut ours = run.stdout.lines();
        for line in theirs.lines() {
            let line = line.replace("<unknown>", "unknown");
            assert!(ours.any(|own| own == line), "{path}: `{line}` is not shown");
        }
    }
}

#[test]
fn lists_are_cut_filtered_and_printed_as_asked() {
    let world = World::new();
    let condition = "evt.type = execve";
    let run = world.farguard(&["capture", "show", FIXTURE, "-F", condition, "-c", "1"]);
    let line = run.stdout.trim_end();
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(line.contains(" < execve res=0 exe="), "{line}");
    let json = ["--format", "json", "--print", "%proc.name %evt.num %user.name"];
    let run = world.farguard(&[&["capture", "show", FIXTURE, "-F", condition], &json[..]].concat());
    for line in run.stdout.lines() {
        let fields: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(fields["evt.num"].is_u64() && fields["proc.name"].is_string(), "{line}");
    }
}

#[test]
fn what_is_cut_shows_the_same_of_what_is_left() {
    let world = World::new();
    let condition = "evt.type in (read, write) and fd.name startswith /usr and proc.name != sshd";
    let run = world.farguard(&["capture", "filter", FIXTURE, condition, "-w", "cut.scap"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let without_numbers = |text: &str| -> Vec<String> {
        text.lines().filter_map(|line| Some(line.split_once(' ')?.1.to_owned())).collect()
    };
    let whole = without_numbers(&show(&world, FIXTURE, &["--filter", condition]));
    assert!(!whole.is_empty());
    assert!(
        run.stderr.contains(&format!("{} events kept in `cut.scap`", whole.len())),
        "{}",
        run.stderr
    );
    assert_eq!(without_numbers(&show(&world, "cut.scap", &[])), whole);
    let cut = world.path("cut.scap");
    if let Some(theirs) = sysdig(cut.to_str().unwrap(), "*%evt.num %evt.type", "evt.num > 0") {
        assert_eq!(theirs.lines().count(), whole.len(), "{theirs}");
    }
}

/// A capture as drivers wrote them until 2025: the start of a call, then its end.
fn in_two_halves() -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    let mut num = 0;
    let mut write = |kind: Kind, make: &dyn Fn(EventBuilder) -> EventBuilder| {
        num += 1;
        let made = make(EventBuilder::new(kind).num(num).time_ns(num).tid(7));
        let event: Event<'_> = made.event();
        writer.event(&event).unwrap();
    };
    write(Kind(kind::OPEN_X.0 - 1), &|event| event);
    write(kind::OPEN_X, &|event| event.i64(3).text(b"/etc/hosts").u32(1).u32(0));
    write(Kind(kind::READ_X.0 - 1), &|event| event.i64(3).u32(100));
    write(kind::READ_X, &|event| event.i64(5).bytes(b"hello"));
    writer.finish().unwrap()
}

#[test]
fn calls_in_two_halves_are_shown_as_one_and_cut_as_two() {
    let world = World::new();
    fs::write(world.path("old.scap"), in_two_halves()).unwrap();
    let print = ["--print", "%evt.num %evt.type %fd.name %evt.args"];
    let shown = |path: &str| {
        let run = world.farguard(&[&["capture", "show", path], &print[..]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        run.stdout
    };
    let expect = "4 read /etc/hosts res=5 data=hello fd=3(<f>/etc/hosts) size=100\n";
    assert!(shown("old.scap").ends_with(expect), "{}", shown("old.scap"));
    let run =
        world.farguard(&["capture", "filter", "old.scap", "evt.type = read", "-w", "new.scap"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(shown("new.scap"), expect);
    let new = world.path("new.scap");
    if let Some(theirs) =
        sysdig(new.to_str().unwrap(), "%evt.dir %evt.type %fd.name", "evt.num > 0")
    {
        assert_eq!(theirs, "> read /etc/hosts\n< read /etc/hosts\n");
    }
}

#[test]
fn damage_is_told_and_the_rest_is_shown() {
    let world = World::new();
    let whole = in_two_halves();
    fs::write(world.path("cut.scap"), &whole[..whole.len() - 9]).unwrap();
    let run = world.farguard(&["capture", "show", "cut.scap"]);
    assert_eq!(run.code, 0);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
    assert!(run.stderr.contains("cut.scap: offset "), "{}", run.stderr);
    assert!(run.stderr.contains("the file ends in the middle of a block"), "{}", run.stderr);
}

#[test]
fn what_cannot_be_done_is_said() {
    let world = World::new();
    world.write("text", "this is a text, and not at all a capture");
    let check = |args: &[&str], expect: &[&str]| {
        let run = world.farguard(&[&["capture"], args].concat());
        assert_eq!(run.code, 2, "{args:?}");
        expect.iter().for_each(|text| assert!(run.stderr.contains(text), "{}", run.stderr));
    };
    check(&["show", "none"], &["cannot open `none`"]);
    check(&["show", "text"], &["cannot read `text`", "not a capture"]);
    check(&["show", FIXTURE, "-F", "proc.nme = x"], &["cannot use the condition `proc.nme = x`"]);
    check(
        &["show", FIXTURE, "-p", "%proc.nme"],
        &["cannot use the format `%proc.nme`", "proc.nme"],
    );
    check(
        &["filter", "text", "evt.num > 0", "-w", "text"],
        &["cannot write `text` while it is read"],
    );
    check(&["filter", FIXTURE, "evt.num > 0", "-w", "none/x"], &["cannot create `none/x`"]);
}
