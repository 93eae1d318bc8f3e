//! The composite action: its steps, in order, with what the runner would set.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{assignments, expand, root, shell, world, yaml};
use crate::support::{Run, World};

/// What a run of the action left.
struct Outcome {
    run: Run,
    outputs: BTreeMap<String, String>,
    summary: String,
}

/// Runs the steps with these inputs; the first that fails ends it.
fn act(world: &World, inputs: &[(&str, &str)]) -> Outcome {
    let action = yaml("integrations/github/action.yml");
    let mut values = BTreeMap::new();
    for (name, input) in action["inputs"].as_object().unwrap() {
        let given = inputs.iter().find(|(key, _)| key == name).map(|(_, value)| *value);
        let value = given.or(input["default"].as_str());
        let value = value.unwrap_or_else(|| panic!("`{name}` is required"));
        values.insert(format!("inputs.{name}"), value.to_owned());
    }
    let action_path = root().join("integrations/github").display().to_string();
    values.insert("github.action_path".to_owned(), action_path);
    world.write("summary", "");
    let mut run = None;
    for step in action["runs"]["steps"].as_array().unwrap() {
        world.write("output", "");
        let file = |name: &str| world.path(name).display().to_string();
        let mut environment = vec![
            ("GITHUB_OUTPUT".to_owned(), file("output")),
            ("GITHUB_STEP_SUMMARY".to_owned(), file("summary")),
            ("RUNNER_TEMP".to_owned(), file("")),
        ];
        for (name, value) in step["env"].as_object().unwrap() {
            environment.push((name.clone(), expand(value.as_str().unwrap(), &values)));
        }
        let id = step["id"].as_str().unwrap();
        let done = shell(
            world,
            step["shell"].as_str().unwrap(),
            step["run"].as_str().unwrap(),
            &environment,
        );
        for (name, value) in assignments(&world.read("output")) {
            values.insert(format!("steps.{id}.outputs.{name}"), value);
        }
        let failed = done.code != 0;
        run = Some(done);
        if failed {
            break;
        }
    }
    let output = |(name, output): (&String, &Value)| {
        let value = output["value"].as_str().unwrap();
        let is_known = values.keys().any(|key| value.contains(key.as_str()));
        is_known.then(|| (name.clone(), expand(value, &values)))
    };
    let outputs = action["outputs"].as_object().unwrap().iter().filter_map(output).collect();
    Outcome { run: run.unwrap(), outputs, summary: world.read("summary") }
}

#[test]
fn an_image_that_fails_is_annotated_and_summarised() {
    let world = world();
    let binary = world.path("bin/farguard").display().to_string();
    let base = [("target", "rootfs"), ("binary", binary.as_str()), ("fail-on", "low")];
    let outcome = act(&world, &base);
    assert_eq!(outcome.run.code, 1, "{}{}", outcome.run.stdout, outcome.run.stderr);
    assert!(outcome.run.stdout.contains("::error"), "{}", outcome.run.stdout);
    assert!(outcome.summary.contains("CVE-2023-4911"), "{}", outcome.summary);
    assert_eq!(outcome.outputs["verdict"], "fail");
    assert_eq!(outcome.outputs["exit-code"], "1");
    for (output, expect) in [("sarif", "\"2.1.0\""), ("report", "\"schema_version\"")] {
        assert!(world.read(&outcome.outputs[output]).contains(expect), "{output}");
    }
    assert!(world.read("calls").contains("db update"));

    let lenient = act(&world, &[&base[..], &[("enforce", "false")]].concat());
    assert_eq!((lenient.run.code, lenient.outputs["verdict"].as_str()), (0, "fail"));
    let policy = [("policy", "permissive"), ("update-database", "false"), ("args", "  --all\n\n")];
    let by_policy = act(&world, &[&base[..], &policy].concat());
    assert!(by_policy.outputs.contains_key("verdict"), "{}", by_policy.run.stderr);
    let calls = world.read("calls");
    let last = calls.lines().last().unwrap();
    assert!(last.contains("--policy permissive --workflow build --all -- rootfs"), "{last}");
}

#[test]
fn inputs_are_never_run() {
    let world = world();
    let binary = world.path("bin/farguard").display().to_string();
    let hostile = "rootfs\"; touch pwned; $(touch pwned) `touch pwned`";
    let outcome = act(
        &world,
        &[
            ("target", hostile),
            ("policy", "$(touch pwned)"),
            ("args", "$(touch pwned)\n; touch pwned"),
            ("binary", &binary),
        ],
    );
    assert_eq!((outcome.run.code, outcome.outputs["verdict"].as_str()), (2, "unknown"));
    assert!(!world.path("pwned").exists());
    let action = yaml("integrations/github/action.yml");
    for step in action["runs"]["steps"].as_array().unwrap() {
        assert!(!step["run"].as_str().unwrap().contains("${{"), "{step}");
        assert_eq!(step["uses"], Value::Null, "an action of others would have to be pinned");
    }
}

#[test]
fn a_release_is_downloaded_and_its_digest_is_checked() {
    let world = world();
    let packed = "tar --create --gzip --file release.tar.gz --directory bin farguard && \
                  sha256sum release.tar.gz | cut --delimiter=' ' --fields=1";
    let digest = shell(&world, "bash", packed, &[]).stdout.trim().to_owned();
    let url = format!("file://{}", world.path("release.tar.gz").display());
    let base = [("target", "rootfs"), ("download-url", url.as_str()), ("fail-on", "never")];
    let good = act(&world, &[&base[..], &[("sha256", &digest)]].concat());
    assert_eq!(good.run.code, 0, "{}{}", good.run.stdout, good.run.stderr);
    assert_eq!(good.outputs["verdict"], "pass");
    let bad = act(&world, &[&base[..], &[("sha256", &"0".repeat(64))]].concat());
    assert_eq!(bad.run.code, 2);
    assert!(bad.run.stdout.contains("another digest"), "{}", bad.run.stdout);
    let absent = act(&world, &[("target", "x"), ("download-url", "file:///absent")]);
    assert_ne!(absent.run.code, 0);
    let nothing = act(&world, &[("target", " \n"), ("binary", "bin/farguard")]);
    assert!(nothing.run.code == 2 && nothing.run.stdout.contains("names nothing to scan"));
}
