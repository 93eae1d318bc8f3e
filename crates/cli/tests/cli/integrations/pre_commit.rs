//! The hooks, run by the real `pre-commit` in a repository of Git.

use std::path::PathBuf;

use super::{installed, root, shell, text, world};
use crate::support::{Run, World};

fn pre_commit() -> PathBuf {
    root().join("target/test-venv/bin/pre-commit")
}

/// Runs a script with an identity for Git.
fn run(world: &World, script: &str) -> Run {
    let cache = world.path("hooks-cache").display().to_string();
    let mut environment = vec![("PRE_COMMIT_HOME".to_owned(), cache)];
    for role in ["AUTHOR", "COMMITTER"] {
        environment.push((format!("GIT_{role}_NAME"), "t".to_owned()));
        environment.push((format!("GIT_{role}_EMAIL"), "t@example.com".to_owned()));
    }
    shell(world, "bash", script, &environment)
}

/// A repository with our hooks, and a project that uses them as our example says.
fn project(world: &World) {
    world.write("hooks/.pre-commit-hooks.yaml", &text(".pre-commit-hooks.yaml"));
    let commit = "git init -q hooks; git -C hooks add .; git -C hooks commit -qm hooks; \
                  git -C hooks rev-parse HEAD; git init -q project";
    let rev = run(world, commit);
    assert_eq!(rev.code, 0, "{}", rev.stderr);
    let config = text("integrations/pre-commit/pre-commit-config.yaml")
        .replace("https://github.com/farguard/farguard", &world.path("hooks").display().to_string())
        .replace("v0.1.0", rev.stdout.trim());
    world.write("project/.pre-commit-config.yaml", &config);
}

#[test]
fn hooks_stop_bad_files_and_let_good_ones_pass() {
    if !installed(&pre_commit()) {
        return;
    }
    let world = world();
    project(&world);
    let hook = |files: &[(&str, &str)]| {
        for (path, content) in files {
            world.write(&format!("project/{path}"), content);
        }
        run(&world, &format!("cd project; git add .; '{}' run --all-files", pre_commit().display()))
    };
    let bad =
        "FROM debian:12\nADD https://example.com/install.sh /\nENV API_KEY=x\nRUN sudo make\n";
    let good = "FROM debian:12.11@sha256:0000000000000000000000000000000000000000000000000000000000000000\n\
                USER 1000:1000\nHEALTHCHECK NONE\nENTRYPOINT [\"/bin/true\"]\n";
    let policy = "name: ours\nrules:\n  - id: severe\n    fail:\n      - severty: high\n";

    let stopped = hook(&[("Containerfile", bad), ("app/Dockerfile.dev", good), ("README.md", "x")]);
    assert_eq!(stopped.code, 1, "{}{}", stopped.stdout, stopped.stderr);
    assert!(
        stopped.stdout.contains("farguard (Dockerfiles)")
            && stopped.stdout.contains("Containerfile")
    );
    let stopped = hook(&[("Containerfile", good), ("farguard-policy.yaml", policy)]);
    assert_eq!(stopped.code, 1, "{}{}", stopped.stdout, stopped.stderr);
    assert!(stopped.stdout.contains("severty"), "{}", stopped.stdout);
    let calls = world.read("calls");
    assert!(calls.contains("app/Dockerfile.dev") && !calls.contains("README"), "{calls}");
    let passed = hook(&[("farguard-policy.yaml", &text("content/policies/standard.yaml"))]);
    assert_eq!(passed.code, 0, "{}{}", passed.stdout, passed.stderr);
}
