//! Base images that labels name, looked up in their registry.

use serde_json::Value;

use super::{
    daemon::Registry,
    fixture::{Fixture, LAYER},
    tar,
};
use crate::support::World;

#[test]
fn the_image_that_a_label_names_is_looked_up() {
    let Some(registry) = Registry::start(false) else { return };
    let lower = tar::of_files(&[("etc/os-release", "ID=debian\nVERSION_ID=12\n")]);
    let upper = tar::of_files(&[("app/config", "x")]);
    registry.push("base", &Fixture::new(&[&lower]));
    let label = |tag: &str| {
        format!(
            r#"{{"Labels":{{"org.opencontainers.image.base.name":"{}/app:{tag}"}}}}"#,
            registry.address
        )
    };
    let image = |tag| Fixture::configured(&[&lower, &upper], LAYER, "amd64", &label(tag));
    registry.push("1", &image("base"));
    registry.push("2", &image("gone"));

    let world = World::new();
    let scan = |tag: &str| {
        let name = format!("{}/app:{tag}", registry.address);
        let flags = ["--platform", "linux/amd64", "--plain-http", "--scanners", "checks"];
        let output = ["--format", "json", "--allow-gaps", "--fail-on", "never"];
        let args = [&["scan", &name, "--base", "auto"], &flags[..], &output].concat();
        let run = world.farguard(&args);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        (report["reports"][0]["image"]["base"].clone(), run.stderr)
    };
    let (base, stderr) = scan("1");
    assert_eq!((&base["layers"], stderr.as_str()), (&Value::from(1), ""));
    assert!(base["evidence"].as_str().unwrap().contains("which its labels name"), "{base}");
    assert!(base["digest"].as_str().unwrap().starts_with("sha256:"));

    let (base, stderr) = scan("2");
    assert_eq!(base["layers"], 0, "{base}");
    assert!(stderr.contains("cannot look up") && stderr.contains("app:gone"), "{stderr}");
}
