//! The rules over real records, where these are at hand: attacks with names, and a day with both
//! attack and noise.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    io::Read,
    path::PathBuf,
};

use flate2::read::MultiGzDecoder;
use serde_json::Value;

use crate::support::{Fired, load, root, run};

/// Fewer alerts than one in so many records of a day.
const RECORDS_FOR_AN_ALERT: usize = 100;

/// Rules that are about everything, and so are no detection of a technique.
const GENERIC: [&str; 2] = ["Refused many different calls", "A user looks around in the account"];

/// Steps of the attack day that have to be told.
const STEPS: [&str; 8] = [
    "A trail leaves out events",
    "A trail was deleted",
    "An account tried to leave the organization",
    "Many secrets were read by one caller",
    "Objects of a bucket expire within days",
    "User data of several instances was read",
    "VPC flow logs were deleted",
    "Windows passwords of several instances were asked for",
];

/// The lines of a data set; `None` where it is not at hand.
fn lines(name: &str) -> Option<Vec<Value>> {
    let data = env::var_os("FARGUARD_CONFORMANCE")
        .map_or_else(|| root().join("../shared"), PathBuf::from)
        .join("data/cloudtrail")
        .join(name);
    let Ok(bytes) = fs::read(&data) else {
        eprintln!("skipped: there is no {}", data.display());
        return None;
    };
    let mut text = String::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn told(fired: &[Fired]) -> BTreeSet<&str> {
    fired.iter().map(|(_, rule)| rule.as_str()).collect()
}

#[test]
fn every_technique_is_found_by_a_rule_of_its_own() {
    let Some(lines) = lines("stratus-labelled.jsonl.gz") else { return };
    let rules = &load().rules;
    let mut techniques: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for line in &lines {
        techniques.entry(line["technique"].as_str().unwrap()).or_default().push(line);
    }
    for (technique, lines) in techniques {
        let records: Vec<String> = lines.iter().map(|line| line["event"].to_string()).collect();
        let mut fired = run(rules, &records);
        let signal = |at: usize| lines[at]["role"] == "signal";
        if (0..lines.len()).any(signal) {
            fired.retain(|(at, _)| signal(*at));
        }
        fired.retain(|(_, rule)| !GENERIC.contains(&rule.as_str()));
        assert!(!fired.is_empty(), "{technique} is not found");
    }
}

#[test]
fn a_day_of_attack_tells_its_steps_and_little_else() {
    let Some(lines) = lines("invictus.jsonl.gz") else { return };
    let records: Vec<String> = lines.iter().map(Value::to_string).collect();
    let fired = run(&load().rules, &records);
    let (alerts, records) = (fired.len(), records.len());
    assert!(alerts * RECORDS_FOR_AN_ALERT < records, "{alerts} alerts for {records} records");
    let told = told(&fired);
    for step in STEPS {
        assert!(told.contains(step), "{step}: {told:?}");
    }
}

#[test]
fn one_call_of_each_kind_sets_off_little() {
    let Some(lines) = lines("traildiscover.jsonl.gz") else { return };
    let records: Vec<String> = lines.iter().map(Value::to_string).collect();
    let rules = &load().rules;
    for (line, record) in lines.iter().zip(records) {
        let fired = run(rules, &[record]);
        let reads = ["Describe", "List", "Lookup", "Search"];
        let name = line["eventName"].as_str().unwrap();
        if reads.iter().any(|read| name.starts_with(read)) {
            assert_eq!(fired, [], "{name}");
        }
    }
}
