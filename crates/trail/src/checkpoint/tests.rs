use super::*;

const SERIES: &str = "AWSLogs/123456789012/CloudTrail/eu-west-1/";

fn key(time: &str, id: &str) -> String {
    format!("{SERIES}2026/11/22/123456789012_CloudTrail_eu-west-1_{time}_{id}.json.gz")
}

fn reread(checkpoint: &Checkpoint) -> Checkpoint {
    let json = serde_json::to_string(checkpoint).unwrap();
    serde_json::from_str::<Checkpoint>(&json).unwrap().of("s3://logs").unwrap()
}

#[test]
fn files_that_come_late_are_read_and_no_file_twice() {
    let mut checkpoint = Checkpoint::new("s3://logs");
    assert_eq!(checkpoint.resume(SERIES), None);
    checkpoint.done(&key("20261122T1000Z", "b"), 1);
    checkpoint.done(&key("20261122T1130Z", "a"), 1);
    let checkpoint = reread(&checkpoint);
    assert_eq!(checkpoint.resume(SERIES).unwrap().to_string(), "2026-11-22T09:30:00Z");
    let check = |time: &str, id: &str, expect: bool| {
        assert_eq!(checkpoint.is_done(&key(time, id), 1), expect, "{time} {id}");
    };
    check("20261122T1000Z", "b", true);
    check("20261122T1000Z", "a", false);
    check("20261122T0930Z", "late", false);
    check("20261122T0929Z", "older", true);
    check("20261122T1200Z", "new", false);
    assert!(!checkpoint.is_done(&key("20261122T1000Z", "b").replace("eu-west-1", "eu-west-2"), 1));
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut checkpoint = Checkpoint::new("s3://logs");
    for hour in 0..24 {
        for id in ["a", "b", "c"] {
            checkpoint.done(&key(&format!("20261122T{hour:02}00Z"), id), 1);
        }
    }
    assert_eq!(checkpoint.series[SERIES].done.len(), 9);
    for number in 0..MAX_ALERTS + 10 {
        assert!(checkpoint.is_new_alert("rule", 0, u64::try_from(number).unwrap()));
    }
    let mut checkpoint = reread(&checkpoint);
    assert!(!checkpoint.is_new_alert("rule", 0, 100), "remembered");
    assert!(checkpoint.is_new_alert("other rule", 0, 100));
    assert!(checkpoint.is_new_alert("rule", 1, 100), "another step");
    assert!(checkpoint.is_new_alert("rule", 0, 0), "forgotten");
}

#[test]
fn files_without_a_name_of_cloudtrail_are_known_by_path_and_size() {
    let mut checkpoint = Checkpoint::new("s3://logs");
    checkpoint.done("dir/events.jsonl", 10);
    let checkpoint = reread(&checkpoint);
    assert!(checkpoint.is_done("dir/events.jsonl", 10));
    assert!(!checkpoint.is_done("dir/events.jsonl", 11), "it has grown");
    let mut flat = Checkpoint::new("s3://logs");
    flat.done("x/123456789012_CloudTrail_eu-west-1_20261122T1000Z_a.json.gz", 1);
    assert!(flat.series.contains_key("123456789012_CloudTrail_eu-west-1_"));
}

#[test]
fn files_that_cannot_be_read_are_tried_again_but_not_for_ever() {
    let mut checkpoint = Checkpoint::new("s3://logs");
    let key = key("20261122T1000Z", "a");
    for attempt in 1..=MAX_ATTEMPTS {
        assert_eq!(checkpoint.failed(&key, 1), attempt < MAX_ATTEMPTS);
        assert!(checkpoint.is_done(&key, 1), "it does not hold up others");
    }
    assert_eq!(checkpoint.retries().count(), 0);
    checkpoint.failed("other", 1);
    checkpoint.done("other", 1);
    assert_eq!(checkpoint.retries().count(), 0);
}

#[test]
fn other_checkpoints_are_refused() {
    let other = Checkpoint::new("s3://other");
    assert_eq!(other.clone().of("s3://logs"), Err(CheckpointError::Source("s3://other".into())));
    let newer = Checkpoint { version: 9, ..other };
    assert_eq!(newer.of("s3://other"), Err(CheckpointError::Version(9)));
    assert!(serde_json::from_str::<Checkpoint>("{}").is_err());
}
