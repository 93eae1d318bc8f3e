//! Policies as a user applies them, checks them and has them explained.

use crate::support::World;

/// `glibc` is high, fixed, and published in 2023; `jinja2` is medium and unfixed.
const SCAN: [&str; 4] = ["scan", "rootfs:rootfs", "--scanners", "vulnerabilities"];

fn scan(world: &World, more: &[&str]) -> (i32, String, String) {
    let run = world.farguard(&[&SCAN, more].concat());
    (run.code, run.stdout, run.stderr)
}

/// Exit code under a policy with these rules, on vulnerabilities only.
fn check(rules: &str, flags: &[&str], expect: i32) {
    let world = World::new();
    world.write("p.yaml", &format!("name: p\nrules:\n{rules}"));
    let (code, _, stderr) = scan(&world, &[&["--policy", "p.yaml"], flags].concat());
    assert_eq!(code, expect, "{rules}\n{stderr}");
}

#[test]
fn the_policy_decides_in_place_of_the_threshold() {
    let vulnerable = "  - id: r\n    OUTCOME: [{kind: vulnerability, severity: high}]\n";
    check(&vulnerable.replace("OUTCOME", "fail"), &[], 1);
    check(&vulnerable.replace("OUTCOME", "warn"), &[], 0);
    check(&vulnerable.replace("OUTCOME", "pass"), &[], 0);
    let graced = "  - id: r\n    fail: [{kind: vulnerability, grace-days: DAYS}]\n";
    check(&graced.replace("DAYS", "30"), &[], 1);
    check(&graced.replace("DAYS", "300000"), &[], 0);
}

#[test]
fn selections_see_the_flags() {
    let rule =
        |when: &str| format!("  - id: r\n    when: {when}\n    fail: [{{exploited: false}}]\n");
    check(&rule("{workflow: deploy}"), &[], 0);
    check(&rule("{workflow: deploy}"), &["--workflow", "deploy"], 1);
    check(&rule("{application: shop}"), &["--application", "shop"], 1);
    check(&rule("{source: in-house}"), &[], 0);
    check(&rule("{source: in-house}"), &["--in-house", "*rootfs*"], 1);
}

#[test]
fn what_nobody_looked_for_is_no_pass() {
    check("  - id: r\n    fail: [{kind: secret}]\n", &[], 2);
    check("  - id: r\n    fail: [{kind: secret}]\n", &["--allow-gaps"], 0);
}

#[test]
fn decisions_are_in_the_report() {
    let world = World::new();
    world.write("p.yaml", "name: mine\nrules:\n  - {id: sandbox, fail: [{id: CVE-2099-0001}]}\n");
    let (code, stdout, _) = scan(&world, &["--policy", "p.yaml", "--format", "json"]);
    assert_eq!(code, 1);
    assert!(stdout.contains("\"rule\": \"sandbox\""), "{stdout}");
    assert!(stdout.contains("\"policy\": \"mine\""), "{stdout}");
}

#[test]
fn built_in_policies_have_no_mistakes_and_run() {
    let world = World::new();
    let list = world.farguard(&["policy", "list"]);
    assert_eq!(list.code, 0, "{}", list.stderr);
    for name in ["permissive", "standard", "strict"] {
        assert!(list.stdout.contains(name), "{}", list.stdout);
        let check = world.farguard(&["policy", "check", name]);
        assert_eq!(check.code, 0, "{}", check.stdout);
        assert!(check.stdout.starts_with(&format!("{name}: ok; ")), "{}", check.stdout);
        let shown = world.farguard(&["policy", "show", name]);
        world.write("copy.yaml", &shown.stdout);
        assert_eq!(world.farguard(&["policy", "check", "copy.yaml"]).code, 0);
        let (code, ..) = scan(&world, &["--policy", name, "--allow-gaps"]);
        assert_eq!(code, i32::from(name != "permissive"), "{name}");
    }
    assert_eq!(world.farguard(&["policy", "show", "lax"]).code, 2);
}

#[test]
fn mistakes_are_shown_with_their_line() {
    let world = World::new();
    world.write("p.yaml", "name: p\nrules:\n  - id: a\n    fail:\n      - severty: high\n");
    let run = world.farguard(&["policy", "check", "p.yaml"]);
    assert_eq!(run.code, 1);
    let expect = "error: unknown key `severty` in a condition\n \
                  --> p.yaml:5:9\n5 |       - severty: high\n  |         ^^^^^^^\n  \
                  help: did you mean `severity`?\n\np.yaml: 1 error to put right\n";
    assert_eq!(run.stdout, expect);
    let json = world.farguard(&["policy", "check", "p.yaml", "--format", "json"]);
    assert_eq!(json.code, 1);
    assert!(json.stdout.contains("\"column\": 9"), "{}", json.stdout);
    let (code, _, stderr) = scan(&world, &["--policy", "p.yaml"]);
    assert_eq!(code, 2);
    assert!(stderr.contains("p.yaml:5:9: error: unknown key `severty`"), "{stderr}");
}

#[test]
fn a_policy_that_is_not_there_is_an_error_of_its_own() {
    let world = World::new();
    let run = world.farguard(&["policy", "check", "standart"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("built in are permissive, standard, strict"), "{}", run.stderr);
    assert_eq!(scan(&world, &["--policy", "standart"]).0, 2);
    let both = scan(&world, &["--policy", "standard", "--fail-on", "high"]);
    assert_eq!(both.0, 2);
    assert!(both.2.contains("cannot be used with"), "{}", both.2);
}

#[test]
fn explain_says_which_rule_decides_and_which_do_not_match() {
    let world = World::new();
    world.write(
        "p.yaml",
        "name: p\nrules:\n  - {id: exploited, fail: [{exploited: true}]}\n  \
         - {id: fixable, fail: [{severity: high, fix: available}]}\n  \
         - {id: at-runtime, when: {workflow: runtime}, warn: [{severity: low}]}\n",
    );
    let run = world.farguard(&["policy", "explain", "rootfs:rootfs", "--policy", "p.yaml"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    for line in [
        "rootfs by policy p",
        "   4: fail      fixable     decides 1 finding",
        "not for this target: workflow is `build`, not `runtime`",
        "FAIL by fixable: 1 finding",
        "severity is high, a fix is available",
        "PASS no rule speaks of",
        "    exploited  not known to be exploited",
        "    fixable  severity is medium, not high or worse",
    ] {
        assert!(run.stdout.contains(line), "{line} not in\n{}", run.stdout);
    }
    assert!(run.stdout.lines().all(|line| line.chars().count() <= 100), "{}", run.stdout);
    assert_eq!(world.farguard(&["policy", "explain", "rootfs:rootfs"]).code, 2);
}

#[test]
fn build_files_are_judged_too() {
    let world = World::new();
    world.write("Dockerfile", "FROM debian:12\nRUN curl http://x.example/i.sh | sh\n");
    let run = world.farguard(&["scan", "Dockerfile", "--policy", "permissive"]);
    assert_ne!(run.code, 2, "{}", run.stderr);
}

#[test]
fn rules_see_owners_and_a_baseline_excuses_findings_but_no_demands() {
    let world = World::new();
    let rule = "name: p\nrules:\n  - id: r\n    when: {owner: team-a}\n    fail: [CONDITION]\n";
    let check = |condition: &str, expect: i32| {
        world.write("p.yaml", &rule.replace("CONDITION", condition));
        let args = ["--policy", "p.yaml", "--owner", "team-a", "--allow-gaps"];
        let (code, stdout, _) = scan(&world, &[&args[..], &["--format", "json"]].concat());
        assert_eq!(code, 1, "{stdout}");
        world.write("old.json", &stdout);
        let (code, stdout, _) = scan(&world, &[&args[..], &["--baseline", "old.json"]].concat());
        assert_eq!(code, expect, "{stdout}");
    };
    check("{severity: high}", 0);
    check("{forbidden-packages: 'libc*'}", 1);
}
