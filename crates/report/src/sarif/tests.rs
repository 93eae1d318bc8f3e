use serde_json::Value;

use super::*;
use crate::{golden, sample, schemas};

fn log(reports: &[ScanReport]) -> Value {
    serde_json::from_str(&golden::text("sarif", reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_log() {
    let text = golden::text("sarif", &[sample::compared()], &RenderOptions::default());
    golden::check("report.sarif.json", &text);
}

#[test]
fn logs_are_valid() {
    schemas::check("sarif", &log(&[sample::report(), sample::bare(), sample::hostile()]));
    schemas::check("sarif", &log(&[sample::build_file(), sample::compared()]));
    schemas::check("sarif", &log(&sample::task()));
    schemas::check("sarif", &log(&[]));
}

#[test]
fn every_target_is_a_run_with_rules_of_its_own() {
    let log = log(&[sample::report(), sample::bare()]);
    assert_eq!(log["runs"].as_array().unwrap().len(), 2);
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

#[test]
fn problems_and_suppressions_are_told() {
    let log = log(&[sample::report()]);
    let run = &log["runs"][0];
    let notifications = &run["invocations"][0]["toolExecutionNotifications"];
    assert_eq!(notifications[0]["descriptor"]["id"], "corrupt-rpm-database");
    let last = run["results"].as_array().unwrap().last().unwrap();
    assert_eq!(last["suppressions"][0]["justification"], "the parser is not compiled in");
}

#[test]
fn titles_cannot_smuggle_links_in() {
    let mut report = sample::report();
    report.findings[0].title = "see [here](https://evil.example)".into();
    let text = log(&[report])["runs"][0]["results"][0]["message"]["text"].to_string();
    assert!(!text.contains("]("), "{text}");
}

#[test]
fn the_score_agrees_with_the_severity() {
    let log = log(&[sample::gated()]);
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let properties = &rule["properties"];
        let score: f64 = properties["security-severity"].as_str().unwrap().parse().unwrap();
        let severity = farguard_model::Severity::from_cvss_score(score).to_string();
        assert_eq!(properties["tags"][2], severity, "{rule}");
    }
}

#[test]
fn findings_of_build_files_are_shown_where_they_are() {
    let log = log(&[sample::build_file()]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let add = results.iter().find(|result| result["ruleId"] == "add-instead-of-copy").unwrap();
    let place = &add["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "services/checkout/Dockerfile");
    let region =
        serde_json::json!({"startLine": 11, "startColumn": 1, "endLine": 11, "endColumn": 4});
    assert_eq!(place["region"], region);
    let change = &add["fixes"][0]["artifactChanges"][0]["replacements"][0];
    assert_eq!(change["deletedRegion"], region);
    assert_eq!(change["insertedContent"]["text"], "COPY");
}

#[test]
fn the_level_follows_the_policy() {
    let log = log(&[sample::gated()]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let check = |rule: &str, level: &str| {
        let result = results.iter().find(|result| result["ruleId"] == rule).unwrap();
        assert_eq!(result["level"], level, "{rule}");
    };
    check("missing-label", "error");
    check("container-runs-as-root", "warning");
    check("CVE-2023-5678", "note");
}

#[test]
fn a_baseline_tells_new_from_known() {
    let log = log(&[sample::compared()]);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let state = |state: &str| results.iter().filter(|r| r["baselineState"] == state).count();
    assert_eq!((state("unchanged"), state("new")), (4, results.len() - 4));
    assert_eq!(results[0]["suppressions"][0]["justification"], "in the baseline of 2026-11-01");
}

#[test]
fn the_category_outlives_tags() {
    let log = log(&sample::task());
    let ids: Vec<_> = log["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["automationDetails"]["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids[0], "farguard/registry.example.com/shop/checkout/checkout/");
    assert_eq!(ids[2], "farguard/registry.example.com/shop/checkout/migrate/");
}
