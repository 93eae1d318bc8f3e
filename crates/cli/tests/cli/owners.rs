//! Owners as a user sees them.

use crate::support::{Run, World};

fn owner(run: &Run) -> (String, String) {
    let answer: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
    let owner = &answer["reports"][0]["owner"];
    let text = |name: &str| owner[name].as_str().unwrap_or_default().to_owned();
    (text("name"), text("source"))
}

#[test]
fn the_owners_file_is_read_when_it_is_there() {
    let world = World::new();
    world.write(".farguardowners", "# who\n* @everybody\n/rootfs/ @system @ops\n");
    let run = world.farguard(&["scan", "rootfs", "--format", "json"]);
    assert_eq!(owner(&run), ("@system, @ops".into(), "`.farguardowners` line 3".into()));
    let run = world.farguard(&["scan", "rootfs", "--format", "json", "--owner", "@me"]);
    assert_eq!(owner(&run), ("@me".into(), "--owner".into()));
}

#[test]
fn paths_begin_where_a_codeowners_file_lets_them_begin() {
    let world = World::new();
    world.write(".github/CODEOWNERS", "/rootfs @system\n");
    let run =
        world.farguard(&["scan", "rootfs", "--format", "json", "--owners", ".github/CODEOWNERS"]);
    assert_eq!(owner(&run).0, "@system");
}

#[test]
fn mistakes_stop_the_run_and_are_named() {
    let world = World::new();
    world.write("owners", "imge:shop @x\n");
    let run = world.farguard(&["scan", "rootfs", "--owners", "owners"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("owners:1:1: error: `imge:` is no kind of line"), "{}", run.stderr);
    let run = world.farguard(&["scan", "rootfs", "--owners", "none"]);
    assert!(run.stderr.contains("cannot read owners file `none`"), "{}", run.stderr);
}
