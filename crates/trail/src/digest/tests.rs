use std::{process::Command, sync::Arc};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::{Value, json};

use super::*;
use crate::layout::FileName;

/// Signs digests as CloudTrail does.
struct Signer(RsaKeyPair);

impl Signer {
    /// `None` where there is no openssl: ring makes no RSA keys.
    fn new() -> Option<Self> {
        let key = Command::new("openssl")
            .args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
            .args(["-outform", "DER"])
            .output()
            .ok()
            .filter(|made| made.status.success());
        let Some(key) = key else {
            println!("skipped: there is no openssl; run tests/setup.sh");
            return None;
        };
        // Newer versions write PKCS #8 at once, all of them when asked.
        Some(Self(RsaKeyPair::from_pkcs8(&pkcs8(&key.stdout)).unwrap()))
    }

    fn keys(&self) -> PublicKeys {
        let value = STANDARD.encode(self.0.public_key().as_ref());
        let list = json!({"PublicKeyList": [{"Value": value, "Fingerprint": "f1"}]});
        PublicKeys::parse(list.to_string().as_bytes()).unwrap()
    }

    fn sign(&self, data: &[u8]) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), data, &mut signature).unwrap();
        hex(&signature)
    }
}

fn pkcs8(der: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(["pkcs8", "-topk8", "-nocrypt", "-inform", "DER", "-outform", "DER"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), der).unwrap();
    child.wait_with_output().unwrap().stdout
}

const FOLDER: &str = "AWSLogs/123456789012/CloudTrail-Digest/eu-west-1/2026/11/22/";

fn key(hour: usize) -> String {
    format!(
        "{FOLDER}123456789012_CloudTrail-Digest_eu-west-1_t_eu-west-1_20261122T{hour:02}0000Z.json.gz"
    )
}

fn log_key(hour: usize) -> String {
    format!(
        "AWSLogs/123456789012/CloudTrail/eu-west-1/2026/11/22/\
         123456789012_CloudTrail_eu-west-1_20261122T{hour:02}30Z_x.json.gz"
    )
}

/// A digest as it lies in the bucket.
#[derive(Clone)]
struct File {
    place: String,
    content: Vec<u8>,
    signature: String,
}

/// Digests of the hours that end at 01:00, 02:00 and so on; each names one log file.
fn chain(signer: &Signer, hours: usize) -> Vec<File> {
    let mut files: Vec<File> = Vec::new();
    for hour in 1..=hours {
        let before = files.last();
        let content = json!({
            "awsAccountId": "123456789012",
            "digestStartTime": format!("2026-11-22T{:02}:00:00Z", hour - 1),
            "digestEndTime": format!("2026-11-22T{hour:02}:00:00Z"),
            "digestS3Bucket": "logs",
            "digestS3Object": key(hour),
            "digestPublicKeyFingerprint": "f1",
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": null,
            "oldestEventTime": null,
            "previousDigestS3Bucket": before.map(|_| "logs"),
            "previousDigestS3Object": before.map(|_| key(hour - 1)),
            "previousDigestHashValue": before.map(|before| sha256_hex(&before.content)),
            "previousDigestHashAlgorithm": before.map(|_| "SHA-256"),
            "previousDigestSignature": before.map(|before| before.signature.clone()),
            "logFiles": [{
                "s3Bucket": "logs", "s3Object": log_key(hour - 1),
                "hashValue": sha256_hex(b"{}"), "hashAlgorithm": "SHA-256",
            }],
        });
        let content = content.to_string().into_bytes();
        let signature = signer.sign(&Digest::parse(&content).unwrap().data_to_sign());
        files.push(File { place: format!("s3://logs/{}", key(hour)), content, signature });
    }
    files
}

/// What is found in files, as `fault hour` or `not assessed: hour`.
fn found(
    keys: &PublicKeys,
    complete: bool,
    since: Option<Timestamp>,
    files: &[File],
) -> Vec<String> {
    let mut chain = Chain::new(Arc::new(keys.clone()), complete, since);
    for file in files {
        let is_local = !file.place.starts_with("s3://");
        chain.next(&Fetched {
            place: &file.place,
            bucket: (!is_local).then_some("logs"),
            content: &file.content,
            signature: (!is_local).then_some(&file.signature),
        });
    }
    let hour = |file: &str| FileName::parse(file).unwrap().time.strftime("%H").to_string();
    chain
        .finish()
        .into_iter()
        .map(|outcome| match outcome {
            Outcome::Finding(finding) => format!("{} {}", finding.fault.id(), hour(&finding.file)),
            Outcome::NotAssessed { file, .. } => format!("not assessed {}", hour(&file)),
        })
        .collect()
}

fn changed(file: &File, name: &str, value: Value) -> File {
    let mut content: Value = serde_json::from_slice(&file.content).unwrap();
    content[name] = value;
    File { content: content.to_string().into_bytes(), ..file.clone() }
}

#[test]
fn chains_are_whole_or_say_where_they_are_not() {
    let (Some(signer), Some(other)) = (Signer::new(), Signer::new()) else { return };
    let keys = signer.keys();
    let files = chain(&signer, 5);
    let check = |what: &str, files: &[File], expect: &[&str]| {
        assert_eq!(found(&keys, true, None, files), expect, "{what}");
    };
    let with = |index: usize, file: File| {
        let mut files = files.clone();
        files[index] = file;
        files
    };
    check("all is well", &files, &[]);
    // The one after an altered digest says that the hash is wrong as well.
    let altered = ["cloudtrail-digest-altered 03", "cloudtrail-digest-altered 03"];
    check("a log file left out", &with(2, changed(&files[2], "logFiles", json!([]))), &altered);
    check(
        "no digest",
        &with(2, File { content: b"{".to_vec(), ..files[2].clone() }),
        &["cloudtrail-digest-altered 03", "cloudtrail-digest-missing 03"],
    );
    check(
        "a digest left out",
        &[&files[..2], &files[3..]].concat(),
        &["cloudtrail-digest-missing 03"],
    );
    check("two left out", &[&files[..1], &files[3..]].concat(), &["cloudtrail-digest-missing 03"]);
    let moved = File { place: files[2].place.clone(), ..files[1].clone() };
    check(
        "one copied over another",
        &with(2, moved),
        &["cloudtrail-digest-altered 03", "cloudtrail-digest-missing 03"],
    );
    let forged = chain(&other, 5);
    check("signed by another key", &forged[..1], &["cloudtrail-digest-altered 01"]);
    let unknown = changed(&files[0], "digestPublicKeyFingerprint", json!("f2"));
    check(
        "a key that CloudTrail does not have",
        std::slice::from_ref(&unknown),
        &["cloudtrail-digest-altered 01"],
    );
    assert_eq!(found(&keys, false, None, &[unknown]), ["not assessed 01"]);
    let again = changed(&files[4], "previousDigestS3Object", Value::Null);
    let again = ["S3Bucket", "HashValue", "HashAlgorithm", "Signature"]
        .iter()
        .fold(again, |file, name| changed(&file, &format!("previousDigest{name}"), Value::Null));
    let signature = signer.sign(&Digest::parse(&again.content).unwrap().data_to_sign());
    let again = File { signature, ..again };
    check("a new chain", &[files[0].clone(), again], &["cloudtrail-digest-gap 05"]);
}

#[test]
fn what_is_older_than_asked_for_is_not_missed() {
    let Some(signer) = Signer::new() else { return };
    let files = chain(&signer, 4);
    let since: Timestamp = "2026-11-22T02:30:00Z".parse().unwrap();
    assert_eq!(found(&signer.keys(), true, Some(since), &files[2..]), [""; 0]);
    assert_eq!(found(&signer.keys(), true, None, &files[2..]), ["cloudtrail-digest-missing 02"]);
}

#[test]
fn files_without_metadata_are_verified_by_the_digest_after_them() {
    let Some(signer) = Signer::new() else { return };
    let local = |file: File| File {
        place: format!("/copy/{}", file.place.rsplit('/').next().unwrap()),
        ..file
    };
    let files: Vec<File> = chain(&signer, 3).into_iter().map(local).collect();
    let keys = signer.keys();
    assert_eq!(found(&keys, true, None, &files), ["not assessed 03"]);
    let mut altered = files.clone();
    altered[1] = changed(&files[1], "logFiles", json!([]));
    assert_eq!(
        found(&keys, true, None, &altered),
        ["cloudtrail-digest-altered 02", "not assessed 03"]
    );
}

#[test]
fn files_that_no_digest_names_are_seen() {
    let mut coverage = Coverage::default();
    for hour in 1..=5 {
        let key = key(hour);
        let name = FileName::parse(&key).unwrap();
        coverage.digest(&name);
        coverage.log_file(&name, &log_key(hour - 1));
    }
    let check = |place: &str, expect: Option<&str>| {
        let judged = coverage.judge(place).map(|outcome| match outcome {
            Outcome::Finding(finding) => finding.fault.id(),
            Outcome::NotAssessed { .. } => "not assessed",
        });
        assert_eq!(judged, expect, "{place}");
    };
    check(&log_key(2), None);
    check(&format!("/copy/{}", log_key(2)), None);
    check(&log_key(2).replace("_x.json", "_forged.json"), Some("cloudtrail-log-file-unsigned"));
    check(&log_key(6), Some("not assessed"));
    check(&log_key(2).replace("eu-west-1", "eu-west-2"), Some("not assessed"));
    check("other.json", None);
}

#[test]
fn files_that_are_no_digests_or_keys_are_refused() {
    let check = |json: &str, expect: &str| {
        let error = Digest::parse(json.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(expect), "{json}: {error}");
    };
    check("", "it is no digest");
    check("{}", "missing field");
    let mut digest = json!({
        "digestStartTime": "2026-11-22T00:00:00Z", "digestEndTime": "2026-11-22T01:00:00Z",
        "digestS3Bucket": "b", "digestS3Object": "o", "digestPublicKeyFingerprint": "f",
        "digestSignatureAlgorithm": "SHA256withRSA", "logFiles": [],
    });
    assert!(
        Digest::parse(digest.to_string().as_bytes()).unwrap().data_to_sign().ends_with(b"\nnull")
    );
    digest["previousDigestSignature"] = json!("ab");
    check(&digest.to_string(), "`previousDigest` means nothing");
    digest["digestEndTime"] = json!("yesterday");
    check(&digest.to_string(), "`digestEndTime` means nothing");
    digest["digestSignatureAlgorithm"] = json!("MD5");
    check(&digest.to_string(), "`MD5` is not supported");
    assert!(PublicKeys::parse(b"[]").is_err());
    assert!(PublicKeys::parse(br#"{"PublicKeyList":[{"Value":"?","Fingerprint":"f"}]}"#).is_err());
}
