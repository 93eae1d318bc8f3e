//! `farguard detect --trail` as a user runs it: over files, and over the S3 and SQS of moto.

mod aws;
mod bucket;
mod digests;
mod local;
mod queue;

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use crate::support::{Run, World};

/// One rule that fires on `StopLogging` and says which record it was.
const RULES: &str = "
- rule: Logging stopped
  desc: Somebody turned a trail off.
  condition: ct.name = StopLogging
  output: logging stopped (id=%ct.id)
  priority: WARNING
  source: aws_cloudtrail
  tags: [aws]
";

const ACCOUNT: &str = "111111111111";

/// A directory with the rules.
fn world() -> World {
    let world = World::empty();
    world.write("rules.yaml", RULES);
    world
}

/// The flags of every job here, and these.
fn args<'a>(trail: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let own = ["detect", "--no-builtin-rules", "--rules", "rules.yaml", "--trail", trail];
    own.into_iter().chain(more.iter().copied()).collect()
}

/// A record of that id; with an `x` in it, one that no rule is about.
fn record(id: &str, time: &str) -> Value {
    let name = if id.contains('x') { "DescribeTrails" } else { "StopLogging" };
    json!({
        "eventVersion": "1.08", "eventTime": time, "eventName": name, "eventID": id,
        "eventSource": "cloudtrail.amazonaws.com", "awsRegion": "eu-west-1",
        "recipientAccountId": ACCOUNT, "userIdentity": {"type": "Root"},
    })
}

/// A log file with records of these ids, at the time of the file.
fn log(ids: &[&str], time: &str) -> Vec<u8> {
    let records: Vec<Value> = ids.iter().map(|id| record(id, time)).collect();
    gzip(json!({ "Records": records }).to_string().as_bytes())
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// `AWSLogs/.../111111111111_CloudTrail_REGION_20261122THHMMZ_ID.json.gz`
fn key(account: &str, region: &str, time: &str, id: &str) -> String {
    let (day, _) = time.split_once('T').unwrap();
    format!(
        "AWSLogs/{account}/CloudTrail/{region}/2026/11/{day}/\
         {account}_CloudTrail_{region}_202611{time}Z_{id}.json.gz"
    )
}

/// The ids of the records that alerts are about, in their order.
fn ids(run: &Run) -> Vec<String> {
    let id = |line: &str| line.split_once("(id=")?.1.split_once(')').map(|(id, _)| id.to_owned());
    run.stdout.lines().filter_map(id).collect()
}
