//! Buckets.

use super::{ACCOUNT, aws::Aws, ids, key, log};

#[test]
fn buckets_are_read_in_the_order_of_time() {
    let Some(aws) = Aws::start() else { return };
    let when = "2026-11-22T10:00:00Z";
    for (prefix, account, region, time, id) in [
        ("p/", ACCOUNT, "eu-west-1", "22T1000", "a"),
        ("p/", "222222222222", "us-east-1", "22T0900", "b"),
        ("p/", ACCOUNT, "eu-west-1", "21T0900", "c"),
        ("", "333333333333", "eu-west-1", "22T0800", "d"),
    ] {
        // The second prefix is that of an organization.
        let key = key(account, region, time, id);
        let key = match prefix {
            "" => key.replace("AWSLogs/", "AWSLogs/o-abc123/"),
            prefix => format!("{prefix}{key}"),
        };
        aws.put("logs", &key, &log(&[id], when));
    }
    aws.put(
        "logs",
        "p/AWSLogs/111111111111/Config/eu-west-1/2026/11/22/x.json.gz",
        &log(&["no"], when),
    );
    let check = |trail: &str, more: &[&str], expect: &[&str]| {
        let run = aws.detect(trail, more);
        assert_eq!(ids(&run), expect, "{trail} {more:?}: {}", run.stderr);
    };
    check("s3://logs/p/", &[], &["c", "b", "a"]);
    check("s3://logs/p", &["--workers", "1"], &["c", "b", "a"]);
    check("s3://logs", &[], &["d"]);
    check("s3://logs/AWSLogs/o-abc123/333333333333/", &[], &["d"]);
    check("s3://logs/p/AWSLogs/", &["--account", ACCOUNT], &["c", "a"]);
    check("s3://logs/p/AWSLogs/111111111111/CloudTrail/eu-west-1/2026/11/22/", &[], &["a"]);
    let one = format!("s3://logs/p/{}", key(ACCOUNT, "eu-west-1", "21T0900", "c"));
    check(&one, &[], &["c"]);
    // The records say another time than the file: both have to fit.
    check("s3://logs/p/", &["--since", "2026-11-22T09:30:00Z"], &["a"]);
    let run = aws.detect("s3://nowhere/x", &[]);
    assert!(run.code == 2 && run.stderr.contains("NoSuchBucket"), "{}", run.stderr);
}

#[test]
fn jobs_over_buckets_go_on_where_the_last_one_ended() {
    let Some(aws) = Aws::start() else { return };
    let when = "2026-11-22T10:00:00Z";
    let put = |time: &str, id: &str| {
        aws.put("logs", &key(ACCOUNT, "eu-west-1", time, id), &log(&[id], when));
    };
    let detect = || ids(&aws.detect("s3://logs", &["--checkpoint", "state.json"]));
    put("22T1000", "b");
    put("22T1100", "c");
    assert_eq!(detect(), ["b", "c"]);
    put("22T1000", "a");
    put("22T1200", "d");
    assert_eq!(detect(), ["a", "d"]);
    assert_eq!(detect(), [""; 0]);
    // What cannot be read is tried again by the next job, and does not hold up the others.
    aws.put("logs", &key(ACCOUNT, "eu-west-1", "22T1300", "e"), b"\x1f\x8bdamaged");
    put("22T1301", "f");
    let run = aws.detect("s3://logs", &["--checkpoint", "state.json"]);
    assert_eq!(ids(&run), ["f"], "{}", run.stderr);
    put("22T1300", "e");
    assert_eq!(detect(), ["e"]);
    assert_eq!(detect(), [""; 0]);
}
