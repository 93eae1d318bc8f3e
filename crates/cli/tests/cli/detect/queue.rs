//! Queues.

use std::{
    fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{
    ACCOUNT, args,
    aws::{Aws, notification},
    ids, key, log, record,
};

const WHEN: &str = "2026-11-22T10:00:00Z";

#[test]
fn messages_of_every_kind_are_read_and_deleted() {
    let Some(aws) = Aws::start() else { return };
    aws.bucket("other");
    let plain = key(ACCOUNT, "eu-west-1", "22T1000", "a");
    let odd = format!("my logs+more/{}", key(ACCOUNT, "eu-west-1", "22T1001", "b"));
    aws.put("logs", &plain, &log(&["a1"], WHEN));
    aws.put("other", &odd, &log(&["b1"], WHEN));
    aws.put("logs", "c.json.gz", &log(&["c1"], WHEN));
    aws.put("logs", "d.json.gz", &log(&["d1"], WHEN));
    // Two buckets in one message, a key that is encoded, a digest and a file that is none of ours.
    let encoded = odd.replace('+', "%2B").replace(' ', "+");
    aws.send(&notification(&[
        ("logs", &plain),
        ("other", &encoded),
        ("logs", "AWSLogs/111111111111/elasticloadbalancing/x.log.gz"),
        ("logs", "111111111111_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261122T100000Z.json.gz"),
    ]));
    let own = json!({"s3Bucket": "logs", "s3ObjectKey": ["c.json.gz"]}).to_string();
    aws.send(&json!({"Type": "Notification", "Message": own}).to_string());
    aws.send(
        &json!({"source": "aws.s3", "detail-type": "Object Created",
                "detail": {"bucket": {"name": "logs"}, "object": {"key": "d.json.gz"}}})
        .to_string(),
    );
    aws.send(
        &json!({"detail-type": "AWS API Call via CloudTrail", "source": "aws.cloudtrail",
                "detail": record("e1", WHEN)})
        .to_string(),
    );
    aws.send(r#"{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"logs"}"#);
    let run = aws.detect("sqs://trail", &["--once"]);
    let mut found = ids(&run);
    found.sort();
    assert_eq!(found, ["a1", "b1", "c1", "d1", "e1"], "{}", run.stderr);
    assert_eq!(run.code, 1);
    assert_eq!(aws.waiting(), (0, 0));
    let run = aws.detect("sqs://123456789012/trail", &["--drain"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    let run = aws.detect("sqs://nowhere", &["--once"]);
    assert!(run.code == 2 && run.stderr.contains("sqs:GetQueueUrl was refused"), "{}", run.stderr);
}

#[test]
fn messages_whose_files_are_missing_are_kept_and_hide_no_others() {
    let Some(aws) = Aws::start() else { return };
    aws.put("logs", "a.json.gz", &log(&["a1"], WHEN));
    aws.put("logs", "b.json.gz", &log(&["b1"], WHEN));
    aws.send(&notification(&[("logs", "gone.json.gz"), ("logs", "a.json.gz")]));
    aws.send(&notification(&[("logs", "b.json.gz")]));
    let run = aws.detect("sqs://trail", &["--once"]);
    let mut found = ids(&run);
    found.sort();
    assert_eq!(found, ["a1", "b1"]);
    assert!(
        run.stderr.contains("s3://logs/gone.json.gz") && run.stderr.contains("given back"),
        "{}",
        run.stderr
    );
    assert_eq!(aws.waiting(), (0, 1), "the message is hidden for a while");
}

#[test]
fn messages_that_always_fail_are_set_aside() {
    let Some(aws) = Aws::start() else { return };
    aws.put("logs", "a.json.gz", &log(&["a1"], WHEN));
    aws.send(&notification(&[("logs", "gone.json.gz")]));
    aws.send("this is no notification");
    aws.send(&notification(&[("logs", "a.json.gz")]));
    let more = ["--once", "--max-receives", "1", "--poison", "poison"];
    let run = aws.detect("sqs://trail", &more);
    assert_eq!(ids(&run), ["a1"], "{}", run.stderr);
    assert_eq!(aws.waiting(), (0, 0));
    let mut reasons: Vec<String> = fs::read_dir(aws.world.path("poison"))
        .unwrap()
        .map(|entry| {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let message: Value = serde_json::from_str(&text).unwrap();
            message["reason"].as_str().unwrap().to_owned()
        })
        .collect();
    reasons.sort();
    assert!(reasons.len() == 2 && reasons[0].contains("it is no JSON"), "{reasons:?}");
    assert!(reasons[1].contains("gone.json.gz"), "{reasons:?}");
}

#[test]
fn messages_stay_hidden_while_they_are_worked_on_and_a_crash_keeps_them() {
    let Some(aws) = Aws::start() else { return };
    // More alerts than a pipe holds that nobody reads.
    let ids: Vec<String> = (0..20_000).map(|number| format!("a{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    aws.put("logs", "a.json.gz", &log(&ids, WHEN));
    aws.send(&notification(&[("logs", "a.json.gz")]));
    let mut job = aws
        .world
        .command(&args("sqs://trail", &["--once", "--visibility", "10"]), &aws.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(job.stdout.as_mut().unwrap()).read_line(&mut first).unwrap();
    assert!(first.contains("logging stopped"), "{first}");
    // Longer than a message is hidden at a time.
    thread::sleep(Duration::from_secs(12));
    assert_eq!(aws.waiting(), (0, 1), "its time was extended");
    job.kill().unwrap();
    job.wait().unwrap();
    assert_eq!(aws.waiting(), (0, 1), "it comes again when nobody extends its time");
}

#[test]
fn a_job_that_is_asked_to_end_finishes_what_it_has_begun() {
    let Some(aws) = Aws::start() else { return };
    aws.put("logs", "a.json.gz", &log(&["a1"], WHEN));
    aws.send(&notification(&[("logs", "a.json.gz")]));
    let job = aws
        .world
        .command(&args("sqs://trail", &[]), &aws.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while aws.waiting() != (0, 0) {
        assert!(begun.elapsed() < Duration::from_secs(60), "the message is not deleted");
        thread::sleep(Duration::from_millis(100));
    }
    let asked = Instant::now();
    Command::new("kill").args(["-TERM", &job.id().to_string()]).status().unwrap();
    let output = job.wait_with_output().unwrap();
    assert!(asked.elapsed() < Duration::from_secs(10), "it does not wait for more messages");
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("id=a1"));
}
