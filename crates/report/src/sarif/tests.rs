use serde_json::Value;

use super::*;
use crate::{golden, sample, schemas};

fn log(reports: &[ScanReport]) -> Value {
    serde_json::from_str(&golden::text("sarif", reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_log() {
    let text = golden::text("sarif", &[sample::report()], &RenderOptions::default());
    golden::check("report.sarif.json", &text);
}

#[test]
fn logs_are_valid() {
    schemas::check("sarif", &log(&[sample::report(), sample::bare(), sample::hostile()]));
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
    let log = log(&[sample::report()]);
    for rule in log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap() {
        let properties = &rule["properties"];
        let score: f64 = properties["security-severity"].as_str().unwrap().parse().unwrap();
        let severity = farguard_model::Severity::from_cvss_score(score).to_string();
        assert_eq!(properties["tags"][2], severity, "{rule}");
    }
}
