use super::*;
use crate::matcher::{
    match_inventory,
    suppress::{Ignored, ignore},
    tests::{Table, advisory, inventory, options, pypi},
};

/// Matches two CVEs in each of two packages, with the rules of `text`.
fn run(file: &str, text: &str) -> (Vec<Finding>, Ignored) {
    let table = Table::default()
        .with("PyPI", "a", advisory("CVE-2024-1", "2"))
        .with("PyPI", "b", advisory("CVE-2024-1", "2"))
        .with("PyPI", "b", advisory("CVE-2024-2", "2"));
    let packages = inventory(None, vec![pypi("a", "1"), pypi("b", "1")]);
    let mut findings = match_inventory(&packages, &table, &options()).unwrap().findings;
    let rules = IgnoreRules::parse(file, text).unwrap();
    let ignored = ignore(&mut findings, &rules, options().now);
    (findings, ignored)
}

/// The active findings that are left, as `id package`.
fn active(findings: &[Finding]) -> Vec<String> {
    let active = findings.iter().filter(|finding| finding.suppression.is_none());
    let mut names: Vec<_> = active.map(|f| format!("{} {}", f.id, f.subject.name)).collect();
    names.sort();
    names
}

#[track_caller]
fn check(rule: &str, expect: &[&str]) {
    let text = format!("[[ignore]]\nreason = \"r\"\n{rule}\n");
    assert_eq!(active(&run(".farguardignore", &text).0), expect, "{rule}");
}

#[test]
fn rules_name_ids_packages_and_paths() {
    check("id = 'CVE-2024-1'", &["CVE-2024-2 b"]);
    check("id = 'cve-2024-1'\npackage = 'a*'", &["CVE-2024-1 b", "CVE-2024-2 b"]);
    check("id = 'CVE-2024-1'\npurl = 'pkg:pypi/b@*'", &["CVE-2024-1 a", "CVE-2024-2 b"]);
    check("id = 'CVE-2024-1'\npath = '/usr/lib/python3/a/*'", &["CVE-2024-1 b", "CVE-2024-2 b"]);
    check("id = 'CVE-2024-9'", &["CVE-2024-1 a", "CVE-2024-1 b", "CVE-2024-2 b"]);
}

#[test]
fn an_expired_rule_does_not_count_and_says_so() {
    // The scan runs on 2025-01-01: the last day still counts.
    check("id = 'CVE-2024-1'\nexpires = 2025-01-01", &["CVE-2024-2 b"]);
    check("id = 'CVE-2024-1'\nexpires = '2025-01-01'", &["CVE-2024-2 b"]);
    let text = "[[ignore]]\nid = 'CVE-2024-2'\nreason = 'r'\nexpires = 2024-12-31\n";
    let (findings, ignored) = run(".farguardignore", text);
    assert_eq!(active(&findings).len(), 3);
    assert_eq!(
        ignored.problems[0].message,
        "`.farguardignore` line 1: `CVE-2024-2` was to be ignored until 2024-12-31 and counts again"
    );
}

#[test]
fn rules_that_match_nothing_are_noted() {
    let text =
        "[[ignore]]\nid = 'CVE-2024-1'\nreason = 'r'\n\n[[ignore]]\nid = 'CVE-1'\nreason = 'r'\n";
    let (_, ignored) = run(".farguardignore", text);
    assert_eq!(ignored.notes, ["`.farguardignore` line 5: `CVE-1` matches no finding"]);
    assert_eq!(ignored.problems, []);
}

#[test]
fn plain_lists_are_read() {
    let text = "# accepted\nCVE-2024-1 # why\n\nCVE-2024-2 exp:2024-01-01\n";
    let (findings, ignored) = run("dir/.trivyignore", text);
    assert_eq!(active(&findings), ["CVE-2024-2 b"]);
    assert_eq!(ignored.problems.len(), 1);
}

#[test]
fn mistakes_are_named_with_their_line() {
    let check = |file: &str, text: &str, expect: &str| {
        let error = IgnoreRules::parse(file, text).unwrap_err();
        assert_eq!(error.to_string(), expect);
    };
    check(
        ".farguardignore",
        "[[ignore]]\nid = 'CVE-1'\nreson = 'x'\n",
        "cannot read ignore file `.farguardignore`, line 3: unknown key `reson`: did you mean \
         `reason`?",
    );
    check(
        "f",
        "[[ignore]]\nid = 'CVE-1'\nreason = 'x'\ncolour = 1\n",
        "cannot read ignore file `f`, line 4: unknown key `colour`: an entry has id, package, purl, \
         path, reason, expires",
    );
    check(
        "f",
        "[[ignore]]\nid = 'CVE-1'\n",
        "cannot read ignore file `f`, line 1: missing field `reason`",
    );
    check(
        "f",
        "\n[[ignore]]\nid = 'CVE-1'\nreason = ' '\n",
        "cannot read ignore file `f`, line 2: `reason` of `CVE-1` is empty",
    );
    check(
        "f",
        "[[ignore]]\nid = 'CVE-1'\nreason = 'x'\nexpires = 'soon'\n",
        "cannot read ignore file `f`, line 1: `expires` of `CVE-1` is `soon`, not a date like \
         2026-12-31",
    );
    check(
        ".trivyignore",
        "CVE-1\nCVE-2 until:tomorrow\n",
        "cannot read ignore file `.trivyignore`, line 2: `until:tomorrow` is not an expiry like \
         `exp:2026-12-31`",
    );
}

#[test]
fn every_rule_of_a_long_file_knows_its_line() {
    let text = "[[ignore]]\nid = 'CVE-1'\nreason = 'r'\n".repeat(5_000);
    let rules = IgnoreRules::parse(".farguardignore", &text).unwrap();
    let lines: Vec<usize> = rules.rules().iter().map(|rule| rule.line).collect();
    assert_eq!(lines, (0..5_000).map(|n| 3 * n + 1).collect::<Vec<_>>());
}
