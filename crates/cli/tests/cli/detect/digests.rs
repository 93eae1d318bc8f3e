//! Digests, signed with a key of the test.

use std::{
    fs,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use super::{ACCOUNT, args, aws::Aws, gzip, key, log};
use crate::support::World;

/// What CloudTrail would have written: three hours, each with a log file.
struct Delivered {
    /// Key, compressed content, signature of a digest.
    objects: Vec<(String, Vec<u8>, Option<String>)>,
}

fn openssl(args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {args:?}");
    output.stdout
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(&openssl(&["dgst", "-sha256", "-binary"], bytes))
}

fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut inflated).unwrap();
    inflated
}

fn digest_key(hour: usize) -> String {
    format!(
        "AWSLogs/{ACCOUNT}/CloudTrail-Digest/eu-west-1/2026/11/22/\
         {ACCOUNT}_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261122T{hour:02}0000Z.json.gz"
    )
}

fn log_key(hour: usize) -> String {
    key(ACCOUNT, "eu-west-1", &format!("22T{hour:02}30"), "id")
}

impl Delivered {
    /// Makes a key and leaves its public part in `keys.json`.
    fn new(world: &World) -> Self {
        let private = world.path("key.pem");
        let private = private.to_str().unwrap();
        openssl(&["genrsa", "-out", private, "2048"], b"");
        let public = openssl(&["rsa", "-in", private, "-RSAPublicKey_out", "-outform", "DER"], b"");
        let keys =
            json!({"PublicKeyList": [{"Value": STANDARD.encode(public), "Fingerprint": "f1"}]});
        world.write("keys.json", &keys.to_string());
        let mut objects = Vec::new();
        let mut before: Option<(Vec<u8>, String)> = None;
        for hour in 1..=3 {
            let log = log(&[&format!("a{hour}")], &format!("2026-11-22T0{}:25:00Z", hour - 1));
            let content = json!({
                "digestStartTime": format!("2026-11-22T{:02}:00:00Z", hour - 1),
                "digestEndTime": format!("2026-11-22T{hour:02}:00:00Z"),
                "digestS3Bucket": "logs", "digestS3Object": digest_key(hour),
                "digestPublicKeyFingerprint": "f1", "digestSignatureAlgorithm": "SHA256withRSA",
                "previousDigestS3Bucket": before.as_ref().map(|_| "logs"),
                "previousDigestS3Object": before.as_ref().map(|_| digest_key(hour - 1)),
                "previousDigestHashValue": before.as_ref().map(|(content, _)| sha256(content)),
                "previousDigestHashAlgorithm": before.as_ref().map(|_| "SHA-256"),
                "previousDigestSignature": before.as_ref().map(|(_, signature)| signature),
                "logFiles": [{"s3Bucket": "logs", "s3Object": log_key(hour - 1),
                    "hashValue": sha256(&inflated(&log)), "hashAlgorithm": "SHA-256"}],
            });
            let content = content.to_string().into_bytes();
            let last = before.as_ref().map_or("null", |(_, signature)| signature);
            let data = format!(
                "2026-11-22T{hour:02}:00:00Z\nlogs/{}\n{}\n{last}",
                digest_key(hour),
                sha256(&content)
            );
            let signature = hex(&openssl(&["dgst", "-sha256", "-sign", private], data.as_bytes()));
            objects.push((log_key(hour - 1), log, None));
            objects.push((digest_key(hour), gzip(&content), Some(signature.clone())));
            before = Some((content, signature));
        }
        Self { objects }
    }

    fn deliver(&self, aws: &Aws) {
        for (key, content, signature) in &self.objects {
            aws.put_signed("logs", key, content, signature.as_deref());
        }
    }
}

/// Finding and name of the file, for each alert.
fn findings(stdout: &str) -> Vec<(String, String)> {
    let finding = |line: &str| {
        let alert: Value = serde_json::from_str(line).unwrap();
        let file = alert["output_fields"]["file"].as_str()?;
        let file = file.rsplit('_').nth(1)?.to_owned();
        Some((alert["rule"].as_str()?.to_owned(), file))
    };
    stdout.lines().filter_map(finding).collect()
}

const VERIFY: [&str; 5] = ["--verify-only", "--public-keys", "keys.json", "--format", "json"];

#[test]
fn what_was_altered_in_a_bucket_is_found() {
    let Some(aws) = Aws::start() else { return };
    let delivered = Delivered::new(&aws.world);
    delivered.deliver(&aws);
    let run = aws.detect("s3://logs", &VERIFY);
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(
        run.stderr.contains("verified 3 digests and 3 log files: 0 findings"),
        "{}",
        run.stderr
    );
    let check = |what: &str, expect: &[(&str, &str)]| {
        let run = aws.detect("s3://logs", &VERIFY);
        let found = findings(&run.stdout);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, expect, "{what}: {}", run.stderr);
        assert_eq!(run.code, 1);
        delivered.deliver(&aws);
    };
    aws.put("logs", &log_key(1), &log(&["x"], "2026-11-22T01:25:00Z"));
    check("another log file", &[("cloudtrail-log-file-altered", "20261122T0130Z")]);
    let whole = &delivered.objects[2].1;
    aws.put("logs", &log_key(1), &[whole.as_slice(), &gzip(b"{}")].concat());
    check("something appended", &[("cloudtrail-log-file-altered", "20261122T0130Z")]);
    aws.delete("logs", &log_key(0));
    check("a log file deleted", &[("cloudtrail-log-file-missing", "20261122T0030Z")]);
    aws.delete("logs", &digest_key(2));
    check(
        "a digest deleted",
        &[
            ("cloudtrail-digest-missing", "eu-west-1"),
            ("cloudtrail-log-file-unsigned", "20261122T0130Z"),
        ],
    );
    let (key, content, _) = &delivered.objects[3];
    aws.put_signed("logs", key, content, Some("00ff"));
    check("a wrong signature", &[("cloudtrail-digest-altered", "eu-west-1")]);
    let forged = log_key(1).replace("_id.", "_forged.");
    aws.put("logs", &forged, &log(&["x"], "2026-11-22T01:25:00Z"));
    check("a file that nobody signed", &[("cloudtrail-log-file-unsigned", "20261122T0130Z")]);
}

#[test]
fn copies_on_disk_are_verified_as_far_as_they_can_be() {
    let world = super::world();
    let delivered = Delivered::new(&world);
    for (key, content, _) in &delivered.objects {
        let path = world.path(&format!("copy/{key}"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let run = world.farguard(&args("copy", &VERIFY));
    assert_eq!((run.code, run.stdout.as_str()), (0, ""), "{}", run.stderr);
    assert!(run.stderr.contains("its signature is not at hand"), "{}", run.stderr);
    // With rules, the same job also reads the records.
    let more = ["--verify-digests", "--public-keys", "keys.json"];
    assert_eq!(super::ids(&world.farguard(&args("copy", &more))), ["a1", "a2", "a3"]);
    fs::write(world.path(&format!("copy/{}", log_key(1))), log(&["x"], "2026-11-22T01:25:00Z"))
        .unwrap();
    let run = world.farguard(&args("copy", &VERIFY));
    assert_eq!(findings(&run.stdout)[0].0, "cloudtrail-log-file-altered", "{}", run.stderr);
    // Keys that cannot be had are no pass.
    fs::write(world.path(&format!("copy/{}", log_key(1))), &delivered.objects[2].1).unwrap();
    world.write("keys.json", r#"{"PublicKeyList": []}"#);
    let run = world.farguard(&args("copy", &VERIFY));
    assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
    assert!(run.stderr.contains("not assessed: there is no public key `f1`"), "{}", run.stderr);
}
