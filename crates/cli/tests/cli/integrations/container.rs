//! The image of farguard itself.

use std::path::Path;

use serde_json::Value;

use super::{installed, root, shell, text, world};

/// The words of the last stage of the Dockerfile, by instruction.
fn last_stage() -> Vec<(String, String)> {
    let text = text("integrations/container/Dockerfile").replace("\\\n", " ");
    let (_, stage) = text.rsplit_once("\nFROM ").unwrap();
    let instruction = |line: &str| {
        let (name, words) = line.trim().split_once(' ')?;
        (!name.starts_with('#')).then(|| (name.to_owned(), words.trim().to_owned()))
    };
    stage.lines().skip(1).filter_map(instruction).collect()
}

#[test]
fn the_image_that_the_script_builds_is_that_of_the_dockerfile() {
    if !installed(Path::new("/usr/bin/umoci")) {
        return;
    }
    let world = world();
    let script = root().join("integrations/container/build.sh");
    let built = shell(&world, "bash", &format!("'{}' bin/farguard image:1", script.display()), &[]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    let scan =
        ["scan", "image", "--scanners", "checks,secrets", "--allow-gaps", "--format", "json"];
    let scanned = world.farguard(&[&scan[..], &["--fail-on", "medium"]].concat());
    assert_eq!(scanned.code, 0, "{}{}", scanned.stdout, scanned.stderr);
    let report: Value = serde_json::from_str(&scanned.stdout).unwrap();
    let report = &report["reports"][0];

    let stage = last_stage();
    let of = |name: &str| {
        let found = stage.iter().find(|(instruction, _)| instruction == name);
        found.map(|(_, words)| words.as_str()).unwrap()
    };
    assert_eq!(report["image"]["user"], of("USER"));
    let labels = of("LABEL");
    for label in report["target"]["labels"].as_array().unwrap() {
        let [name, value] = [&label["key"], &label["value"]].map(|text| text.as_str().unwrap());
        assert!(labels.contains(&format!("{name}=\"{value}\"")), "{name}");
    }
    let config = shell(
        &world,
        "bash",
        "grep --recursive --files-with-matches Entrypoint image/blobs | xargs cat",
        &[],
    );
    let config: Value = serde_json::from_str(&config.stdout).unwrap();
    assert_eq!(config["config"]["Entrypoint"].to_string(), of("ENTRYPOINT").replace(", ", ","));
    assert_eq!(config["config"]["WorkingDir"], of("WORKDIR"));
    assert_eq!(config["config"]["Env"][0], of("ENV"));
}

#[test]
fn the_dockerfile_passes_our_own_checks() {
    let path = root().join("integrations/container/Dockerfile").display().to_string();
    let scan = ["scan", &path, "--scanners", "checks,secrets", "--fail-on", "low"];
    let scanned = world().farguard(&scan);
    assert_eq!(scanned.code, 0, "{}{}", scanned.stdout, scanned.stderr);
}
