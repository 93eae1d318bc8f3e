//! Checks of images, and whether the base image or its builder is to blame.

use std::{path::Path, process::Command};

use farguard_scan::source::digest::Digest;
use serde_json::{Value, json};

use crate::support::World;

/// Writes a tar of entries `MODE PATH`; gives the digest of it.
fn layer(world: &World, name: &str, entries: &[(&str, &str)]) -> String {
    let tar = world.path(&format!("{name}.layer"));
    for (mode, path) in entries {
        world.write(&format!("{name}/{path}"), "content");
        run(Command::new("tar")
            .args(["--append", "--owner=0", "--group=0", "--mode", mode, "-C"])
            .arg(world.path(name))
            .arg("-f")
            .args([tar.as_path(), Path::new(path)]));
    }
    Digest::sha256(&std::fs::read(tar).unwrap()).to_string()
}

fn run(command: &mut Command) {
    assert!(command.status().unwrap().success(), "{command:?}");
}

/// Writes a docker archive of layers that [`layer`] has written, each with its instruction.
fn archive(world: &World, name: &str, layers: &[(&str, &str, &str)], user: &str) {
    let diff_ids: Vec<&str> = layers.iter().map(|(_, digest, _)| *digest).collect();
    let history: Vec<Value> =
        layers.iter().map(|(.., created_by)| json!({"created_by": created_by})).collect();
    let files: Vec<String> = layers.iter().map(|(layer, ..)| format!("{layer}.layer")).collect();
    let config = json!({"os": "linux", "architecture": "amd64", "config": {"User": user},
                        "history": history, "rootfs": {"diff_ids": diff_ids}});
    world.write("config.json", &config.to_string());
    let manifest = json!([{"Config": "config.json", "RepoTags": null, "Layers": files}]);
    world.write("manifest.json", &manifest.to_string());
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(world.path("")).arg("-cf").arg(world.path(name));
    run(tar.args(["manifest.json", "config.json"]).args(files));
}

/// A world with `debian.tar` and, on top of it, `app.tar`.
fn world() -> World {
    let world = World::new();
    let lower = layer(&world, "lower", &[("4755", "usr/bin/su"), ("755", "usr/bin/dash")]);
    let upper = layer(&world, "upper", &[("4755", "usr/bin/helper"), ("666", "app/data")]);
    let lower = ("lower", lower.as_str(), "/bin/sh -c #(nop) ADD file:00 in / ");
    let upper = ("upper", upper.as_str(), "ADD https://x.example/helper /usr/bin/ # buildkit");
    archive(&world, "debian.tar", &[lower], "");
    archive(&world, "app.tar", &[lower, upper], "app");
    world
}

const FLAGS: [&str; 6] = ["--scanners", "checks", "--format", "json", "--fail-on", "never"];

/// The last of the reports, which is that of `app.tar`.
fn report(world: &World, args: &[&str]) -> Value {
    let run = world.farguard(&[&["scan", "--allow-gaps"], args, &FLAGS].concat());
    assert_eq!(run.code, 0, "{}", run.stderr);
    let json: Value = serde_json::from_str(&run.stdout).unwrap();
    json["reports"].as_array().unwrap().last().unwrap().clone()
}

fn origins(report: &Value, id: &str) -> Vec<Value> {
    let findings = report["findings"].as_array().unwrap().iter();
    let mut origins: Vec<Value> =
        findings.filter(|f| f["id"] == id).map(|f| f["origin"].clone()).collect();
    origins.sort_by_key(Value::to_string);
    origins
}

#[test]
fn findings_of_the_base_image_are_told_apart() {
    let world = world();
    for (args, why) in [
        (&["app.tar", "--base", "debian.tar"][..], "which `--base` names"),
        (&["debian.tar", "app.tar"][..], "which is scanned in the same run"),
    ] {
        let report = report(&world, args);
        let base = &report["image"]["base"];
        assert_eq!(base["layers"], 1, "{base}");
        assert!(base["evidence"].as_str().unwrap().contains(why), "{base}");
        assert_eq!(origins(&report, "setuid-or-setgid-file"), ["base", "own"]);
        assert_eq!(origins(&report, "shell-in-image"), ["base"]);
        assert_eq!(origins(&report, "world-writable-file"), ["own"]);
        assert_eq!(origins(&report, "add-of-remote-file"), ["own"]);
        assert_eq!(origins(&report, "missing-health-check"), ["own"]);
    }
}

#[test]
fn without_a_known_base_image_nothing_is_claimed() {
    let world = world();
    let report = report(&world, &["app.tar"]);
    assert_eq!(report["image"]["base"], Value::Null);
    assert_eq!(origins(&report, "setuid-or-setgid-file"), [Value::Null]);
    assert_eq!(origins(&report, "container-runs-as-root"), Vec::<Value>::new());
}

#[test]
fn a_base_image_that_cannot_be_opened_is_an_error() {
    let world = world();
    let run = world.farguard(&["scan", "app.tar", "--base", "absent.tar", "--scanners", "checks"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("cannot open the base image `absent.tar`"), "{}", run.stderr);
    let run = world.farguard(&["scan", "app.tar", "--base", "rootfs", "--scanners", "checks"]);
    assert!(run.stderr.contains("`rootfs` is no image"), "{}", run.stderr);
}
