//! A real registry, with a password and without.

use super::{daemon::Registry, fixture::OCI_MANIFEST, image};
use crate::support::{Run, World};

const OCI_INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// Expects a list of packages with this one.
fn lists(run: &Run, package: &str) {
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains(package), "{}", run.stdout);
}

/// Expects an error that says all of this.
fn fails(run: &Run, expect: &[&str]) {
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    for text in expect {
        assert!(run.stderr.contains(text), "{text} not in\n{}", run.stderr);
    }
}

const FORMAT: [&str; 4] = ["--packages-only", "--format", "cyclonedx", "--allow-gaps"];

fn scan(world: &World, target: &str, flags: &[&str]) -> Run {
    world.farguard(&[&["scan", target], &FORMAT[..], flags].concat())
}

#[test]
fn a_registry_without_a_password() {
    let Some(registry) = Registry::start(false) else { return };
    let fixture = image("tool", "amd64");
    registry.push("1", &fixture);
    let world = World::new();
    let amd64 = ["--plain-http", "--platform", "linux/amd64"];

    let name = format!("{}/app:1", registry.address);
    lists(&scan(&world, &name, &amd64), "pkg:deb/");
    let by_digest = format!("{}/app@{}", registry.address, fixture.digest());
    lists(&scan(&world, &by_digest, &amd64), "tool");
    fails(&scan(&world, &name, &[]), &["does not speak TLS", "`--plain-http`"]);
    let absent = format!("{}/app:2", registry.address);
    fails(&scan(&world, &absent, &["--plain-http"]), &["has no manifest `2` of `app`"]);

    let address = registry.address.clone();
    drop(registry);
    let run = scan(&world, &name, &["--plain-http"]);
    fails(&run, &[&format!("cannot reach `{address}`"), "refused"]);
}

#[test]
fn a_registry_with_a_password() {
    let Some(registry) = Registry::start(true) else { return };
    registry.push("1", &image("tool", "amd64"));
    let world = World::new();
    let name = format!("{}/app:1", registry.address);
    let flags = ["--plain-http", "--platform", "linux/amd64", "--username", "u", "-v"];
    let args = [&["scan", &name], &FORMAT[..], &flags, &["--password-stdin"]].concat();

    lists(&world.farguard_reading(&args, "hunter2\n"), "tool");
    let run = world.farguard_reading(&args, "hunter3");
    fails(&run, &["does not let us read `app`", "the given credential", "401 Unauthorized"]);
    for secret in ["hunter3", "dTpodW50ZXIz"] {
        assert!(!run.stderr.contains(secret), "{}", run.stderr);
    }
    fails(&world.farguard_reading(&args, "\n"), &["the password on standard input is empty"]);
    fails(&scan(&world, &name, &["--plain-http"]), &["a name and a password are asked for"]);

    // As `docker login` leaves it.
    let config = r#"{"auths":{"ADDRESS":{"auth":"dTpodW50ZXIy"}}}"#;
    world.write("docker/config.json", &config.replace("ADDRESS", &registry.address));
    let directory = world.path("docker");
    let args = [&["scan", &name], &FORMAT[..], &flags[..3]].concat();
    let run = world.farguard_with(&args, &[("DOCKER_CONFIG", directory.to_str().unwrap())]);
    lists(&run, "tool");
}

#[test]
fn the_platform_is_chosen_from_an_index() {
    let Some(registry) = Registry::start(false) else { return };
    let mut entries = Vec::new();
    for architecture in ["amd64", "arm64"] {
        let fixture = image(&format!("only-on-{architecture}"), architecture);
        registry.push(architecture, &fixture);
        entries.push(format!(
            r#"{{"mediaType":"{OCI_MANIFEST}","digest":"{}","size":{},
                "platform":{{"os":"linux","architecture":"{architecture}"}}}}"#,
            fixture.digest(),
            fixture.manifest.len()
        ));
    }
    let entries = entries.join(",");
    let index =
        format!(r#"{{"schemaVersion":2,"mediaType":"{OCI_INDEX}","manifests":[{entries}]}}"#);
    registry.push_manifest("1", OCI_INDEX, &index);

    let world = World::new();
    let name = format!("{}/app:1", registry.address);
    let on = |platform| scan(&world, &name, &["--plain-http", "--platform", platform]);
    lists(&on("linux/amd64"), "only-on-amd64");
    lists(&on("linux/arm64"), "only-on-arm64");
    fails(&on("linux/s390x"), &["no image for `linux/s390x`", "linux/amd64", "linux/arm64"]);
    fails(&on("linux"), &["`linux`"]);
}
