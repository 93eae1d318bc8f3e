//! A secret that is in an image is in no report of it.

use std::process::Command;

use crate::support::World;

const PASSWORD: &str = "qX7vN2mKz4tR";

/// An archive that has it in a file, the environment, a label, a build argument and a command.
fn image(world: &World) {
    world.write("layer/app/.env", &format!("DB_PASSWORD={PASSWORD}\n"));
    tar(world, "layer", "layer.tar", &["app"]);
    world.write(
        "manifest.json",
        r#"[{"Config":"config.json","RepoTags":null,"Layers":["layer.tar"]}]"#,
    );
    let diff_id = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
    world.write(
        "config.json",
        &format!(
            r#"{{"os": "linux", "architecture": "amd64",
                "config": {{"Env": ["DB_PASSWORD={PASSWORD}"], "User": "app",
                            "Cmd": ["sh", "-c", "run --db-password {PASSWORD}"],
                            "Labels": {{"app.password": "{PASSWORD}", "note": "use {PASSWORD}"}}}},
                "history": [
                    {{"created_by": "ARG DB_PASSWORD={PASSWORD}", "empty_layer": true}},
                    {{"created_by": "RUN |1 DB_PASSWORD={PASSWORD} /bin/sh -c curl -u me:{PASSWORD} https://host/"}}
                ],
                "rootfs": {{"type": "layers", "diff_ids": ["{diff_id}"]}}}}"#
        ),
    );
    tar(world, "", "image.tar", &["manifest.json", "config.json", "layer.tar"]);
}

fn tar(world: &World, directory: &str, archive: &str, names: &[&str]) {
    let mut tar = Command::new("tar");
    tar.arg("-C").arg(world.path(directory)).arg("-cf").arg(world.path(archive)).args(names);
    assert!(tar.status().unwrap().success());
}

#[test]
fn no_format_shows_a_secret() {
    let world = World::new();
    image(&world);
    // Every format that there is, from the error that lists them.
    let refused = world.farguard(&["scan", "image.tar", "--format", "?"]).stderr;
    let formats: Vec<&str> = refused
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
        .filter(|word| {
            world.farguard(&["scan", "image.tar", "--allow-gaps", "--format", word]).code < 2
        })
        .collect();
    for expected in ["table", "json", "sarif", "cyclonedx", "spdx", "junit", "markdown", "html"] {
        assert!(formats.contains(&expected), "{expected} not in {formats:?}: {refused}");
    }
    for format in formats {
        let run =
            world.farguard(&["scan", "image.tar", "--allow-gaps", "--all", "--format", format]);
        assert!(!run.stdout.contains(PASSWORD), "{format}:\n{}", run.stdout);
        assert!(!run.stderr.contains(PASSWORD), "{format}:\n{}", run.stderr);
    }
}

#[test]
fn secrets_fail_a_scan_and_can_be_ignored_or_left_out() {
    let world = World::new();
    image(&world);
    let check = |args: &[&str], expect: i32| {
        let mut all = vec!["scan", "image.tar", "--allow-gaps"];
        all.extend(args);
        let run = world.farguard(&all);
        assert_eq!(run.code, expect, "{args:?}\n{}{}", run.stdout, run.stderr);
        run.stdout
    };
    let found = check(&["--scanners", "secrets", "--format", "json"], 1);
    for expected in
        ["plaintext-password", "command-line-password", "app/.env", "DB_PASSWORD=********"]
    {
        assert!(found.contains(expected), "{expected} not in\n{found}");
    }
    check(&["--scanners", "vulnerabilities"], 0);
    world.write("app/.env", &format!("DB_PASSWORD={PASSWORD} # farguard:ignore\n"));
    world.write("own/.env", &format!("DB_PASSWORD={PASSWORD}\n"));
    let source = |args: &[&str]| {
        let mut all = vec!["scan", "source:own", "--allow-gaps", "--scanners", "secrets"];
        all.extend(args);
        world.farguard(&all).code
    };
    assert_eq!(source(&[]), 1);
    world.write(
        "ignore.toml",
        "[[ignore]]\nid = \"plaintext-password\"\npath = \".env\"\nreason = \"local only\"\n",
    );
    assert_eq!(source(&["--ignore-file", "ignore.toml"]), 0);
    assert_eq!(
        world.farguard(&["scan", "source:app", "--allow-gaps", "--scanners", "secrets"]).code,
        0
    );
}
