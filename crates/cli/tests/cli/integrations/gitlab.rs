//! The template: its variables set, its script run by a plain shell.

use serde_json::Value;

use super::{shell, world, yaml};
use crate::support::{Run, World};

/// Runs the script of the job with the variables of the template, and these instead of them.
fn run(world: &World, variables: &[(&str, &str)]) -> Run {
    let template = yaml("integrations/gitlab/farguard.yml");
    let mut environment = Vec::new();
    for (name, value) in template["variables"].as_object().unwrap() {
        let value = value.as_str().unwrap();
        let given = variables.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        environment.push((name.clone(), given.unwrap_or(value).to_owned()));
    }
    let others = variables.iter().filter(|(name, _)| !name.starts_with("FARGUARD_"));
    environment.extend(others.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let lines = template["farguard"]["script"].as_array().unwrap();
    let script: Vec<_> = lines.iter().map(|line| line.as_str().unwrap()).collect();
    shell(world, "sh", &script.join("\n"), &environment)
}

#[test]
fn the_job_leaves_every_report_that_it_names() {
    let world = world();
    let done =
        run(&world, &[("FARGUARD_TARGET", "rootfs"), ("FARGUARD_FLAGS", "--all --allow-gaps")]);
    assert!(done.code < 2, "{}{}", done.stdout, done.stderr);
    let artifacts = &yaml("integrations/gitlab/farguard.yml")["farguard"]["artifacts"];
    let reports = artifacts["reports"].as_object().unwrap().values();
    let files = reports.chain(artifacts["paths"].as_array().unwrap());
    for file in files.map(|file| file.as_str().unwrap()) {
        serde_json::from_str::<Value>(&world.read(file)).unwrap_or_else(|e| panic!("{file}: {e}"));
    }
    assert!(world.read("gl-container-scanning-report.json").contains("\"container_scanning\""));
    assert!(world.read("calls").lines().any(|call| call.ends_with("--all --allow-gaps")));
}

#[test]
fn the_password_of_the_job_goes_to_its_own_registry_only() {
    let world = world();
    let job = [
        ("CI_REGISTRY", "registry.example.invalid"),
        ("CI_REGISTRY_USER", "job"),
        ("CI_REGISTRY_PASSWORD", "hunter2"),
    ];
    let scan = |target: &str| {
        run(&world, &[&job[..], &[("FARGUARD_TARGET", target)]].concat());
        world.read("calls").lines().last().unwrap().to_owned()
    };
    assert!(scan("registry.example.invalid/shop:1").ends_with("--username job --password-stdin"));
    assert!(!scan("registry.example.invalid.evil/shop:1").contains("--username"));
    assert!(!scan("rootfs").contains("--username"));
    assert!(!world.read("calls").contains("hunter2"));
}
