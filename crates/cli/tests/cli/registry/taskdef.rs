//! Task definitions: every image that they name, once, and what is missing.

use serde_json::{Value, json};

use super::{
    daemon::Registry,
    fixture::{Fixture, LAYER},
    tar,
};
use crate::support::World;

const PASSWORD: &str = "rT7hGz0qWx2mK";

/// An image with a Debian package, a shell and a file that everybody may write to.
fn image(name: &str) -> Fixture {
    let status = format!(
        "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n"
    );
    let release = "ID=debian\nVERSION_ID=\"12\"\n";
    let files = [("etc/os-release", release), ("var/lib/dpkg/status", status.as_str())];
    let layer = tar::of_files(&files);
    Fixture::for_architecture(&[&layer], LAYER, "amd64")
}

struct Scanned {
    code: i32,
    reports: Vec<Value>,
    stderr: String,
}

fn scan(world: &World, definition: &Value, flags: &[&str]) -> Scanned {
    world.write("taskdef.json", &definition.to_string());
    let args = ["scan", "taskdef.json", "--plain-http", "--format", "json", "--allow-gaps"];
    let run = world.farguard(&[&args[..], flags].concat());
    assert!(!run.stdout.contains(PASSWORD) && !run.stderr.contains(PASSWORD), "{}", run.stdout);
    let reports = serde_json::from_str::<Value>(&run.stdout).map(|json| json["reports"].clone());
    let reports = reports.ok().and_then(|reports| reports.as_array().cloned()).unwrap_or_default();
    Scanned { code: run.code, reports, stderr: run.stderr }
}

fn ids(report: &Value, suppressed: bool) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    let counted = findings.filter(|finding| finding["suppression"].is_object() == suppressed);
    counted.map(|finding| finding["id"].as_str().unwrap()).collect()
}

#[test]
fn every_container_is_reported_and_its_image_pulled_once() {
    let Some(registry) = Registry::start(false) else { return };
    let fixture = image("tool");
    registry.push("1", &fixture);
    let world = World::new();
    let tagged = format!("{}/app:1", registry.address);
    let pinned = format!("{tagged}@{}", fixture.digest());
    let missing = format!("{}/app:2", registry.address);
    let definition = json!({
        "family": "shop",
        "requiresCompatibilities": ["FARGATE"],
        "containerDefinitions": [
            {"name": "web", "image": tagged, "user": "1000", "readonlyRootFilesystem": true,
             "environment": [{"name": "DB_PASSWORD", "value": PASSWORD}]},
            {"name": "worker", "image": tagged},
            {"name": "pinned", "image": pinned},
            {"name": "gone", "image": missing},
            {"name": "gone-too", "image": missing},
        ],
        "tags": [{"key": "team", "value": "shop"}]
    });
    let run = scan(&world, &definition, &["-v"]);
    let table = world.farguard(&["scan", "taskdef.json", "--plain-http", "--allow-gaps"]).stdout;
    let (_, containers) = table.split_once("\nCONTAINERS  5 containers\n").expect(&table);
    for expected in ["web ", "can move  1000", "read-only", "fixed", "gone-too   UNKNOWN"] {
        assert!(containers.contains(expected), "{expected} not in\n{containers}");
    }
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(
        run.stderr.matches("cannot scan the image of the container").count(),
        1,
        "{}",
        run.stderr
    );

    let [definition, web, worker, pinned, gone, gone_too] = run.reports.as_slice() else {
        panic!("{} reports", run.reports.len())
    };
    assert_eq!(definition["target"]["kind"], "task-definition");
    assert_eq!(ids(definition, false), ["plaintext-password"]);
    assert_eq!(definition["problems"], json!([]));
    assert_eq!(definition["scanners"], json!(["secrets"]));

    let uses = &web["container"];
    assert_eq!((&uses["name"], &uses["family"]), (&json!("web"), &json!("shop")));
    assert_eq!(
        (&uses["tag_can_move"], &pinned["container"]["tag_can_move"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(uses["effects"].as_array().unwrap().len(), 1, "{uses}");
    assert_eq!(web["target"]["digest"], fixture.digest().to_string());
    assert_eq!(ids(web, true), ["container-runs-as-root"]);
    assert!(ids(worker, false).contains(&"container-runs-as-root"));
    assert_eq!(worker["packages"][0]["name"], "tool");

    for report in [gone, gone_too] {
        assert_eq!(report["problems"][0]["code"], "image-not-scanned");
        assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{report}");
        assert_eq!(report["scanners"], json!([]));
    }
}

#[test]
fn the_platform_of_the_task_decides() {
    let Some(registry) = Registry::start(false) else { return };
    registry.push("1", &image("tool"));
    let world = World::new();
    let definition = |architecture: &str| {
        json!({
            "family": "f",
            "runtimePlatform": {"cpuArchitecture": architecture},
            "containerDefinitions":
                [{"name": "a", "image": format!("{}/app:1", registry.address)}]
        })
    };
    let run = scan(&world, &definition("X86_64"), &["--fail-on", "never"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = scan(&world, &definition("ARM64"), &["--fail-on", "never"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("no image for `linux/arm64`"), "{}", run.stderr);
}

#[test]
fn what_is_no_task_definition_is_refused_with_the_place() {
    let world = World::new();
    let definition = json!({"containerDefinitions": [{"name": "a", "image": "i", "user": 5}]});
    let run = scan(&world, &definition, &[]);
    assert_eq!((run.code, run.reports.len()), (2, 0));
    let expect =
        "task definition `taskdef.json`, line 1: `containerDefinitions[0].user` has to be a string";
    assert!(run.stderr.contains(expect), "{}", run.stderr);
}
