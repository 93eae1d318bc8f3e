//! What stands in `integrations/`, run as its host would run it.

mod container;
mod github;
mod gitlab;
mod pre_commit;

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

use crate::support::{Run, World};

/// The repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A file of the repository.
fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// A YAML file of the repository.
fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs a script in the directory of the world; `farguard` is on the `PATH`.
fn shell(world: &World, program: &str, script: &str, environment: &[(String, String)]) -> Run {
    let path = format!("{}:/usr/bin:/bin", world.path("bin").display());
    let output = Command::new(program)
        .args(["-euc", script])
        .current_dir(world.path(""))
        .env_clear()
        .env("PATH", path)
        .env("HOME", world.path("home"))
        .env("FARGUARD_DB", world.path("advisories.db"))
        .env("FARGUARD_CACHE_DIR", world.path("cache"))
        .envs(environment.iter().cloned())
        .output()
        .unwrap();
    Run::of(&output, &world.path(""))
}

/// A world with `bin/farguard`, which runs the real one but fetches no advisories.
fn world() -> World {
    let world = World::new();
    let real = env!("CARGO_BIN_EXE_farguard");
    world.write(
        "bin/farguard",
        &format!(
            "#!/bin/sh\necho \"$@\" >>'{}'\n[ \"$1\" = db ] || exec '{real}' \"$@\"\n",
            world.path("calls").display()
        ),
    );
    let program = world.path("bin/farguard");
    fs::set_permissions(program, fs::Permissions::from_mode(0o755)).unwrap();
    world
}

/// The text with every `${{ NAME }}` replaced by its value.
fn expand(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut parts = text.split("${{");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once("}}").unwrap();
        out.push_str(values.get(name.trim()).unwrap_or_else(|| panic!("no value for {name}")));
        out.push_str(rest);
    }
    out
}

/// `NAME=VALUE` lines, as steps write their outputs.
fn assignments(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| line.split_once('=').map(|(name, value)| (name.into(), value.into()));
    text.lines().filter_map(pair).collect()
}

/// Whether a program is there that `tests/setup.sh` installs.
fn installed(path: &Path) -> bool {
    let is_there = path.exists();
    if !is_there {
        println!("skipped: {} is not installed; run tests/setup.sh", path.display());
    }
    is_there
}
