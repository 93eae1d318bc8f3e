//! What nobody honest attaches.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use farguard_model::{TargetInfo, TargetKind};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    super::{Trust, findings, fuzz},
    keys::{Key, envelope, only, payload, signed, trust},
    store::{BUNDLE, ENVELOPE, SIMPLE, Store},
};

const OTHER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

fn refused(store: &Store, trust: &Trust, expect: &str) {
    let (_, verified, evidence) = only(store, trust);
    assert!(!verified && evidence.contains(expect), "{evidence}");
}

#[test]
fn signatures_of_other_images_do_not_count() {
    let key = Key::p256();
    let store = signed(&key, &payload(OTHER));
    refused(&store, &trust(&[&key]), "about another image, `sha256:0000");

    let mut store = Store::new(b"{}");
    let text = envelope(
        &key,
        r#"{"_type":"https://in-toto.io/Statement/v1","predicateType":"x","subject":[]}"#,
    );
    let manifest = store.manifest(ENVELOPE, &[(text.to_string().as_bytes(), Value::Null)]);
    store.tag("att", manifest);
    refused(&store, &trust(&[&key]), "about no image");
}

#[test]
fn damage_is_a_signature_that_does_not_verify() {
    let key = Key::p256();
    let image = Store::new(b"{}").image().to_string();
    let check = |kind: &str, layer: &str, annotations: Value, expect: &str| {
        let mut store = Store::new(b"{}");
        let manifest = store.manifest(kind, &[(layer.as_bytes(), annotations)]);
        store.refer(kind, &manifest);
        refused(&store, &trust(&[&key]), expect);
    };
    let good = payload(&image);
    let signature = key.sign(good.as_bytes());
    let annotated = |text: &str| json!({"dev.cosignproject.cosign/signature": text});
    let first = |count| signature.chars().take(count).collect::<String>();
    check(SIMPLE, &good, annotated(&first(64)), "by none of the given keys");
    check(SIMPLE, &good, annotated(&first(5)), "base64 of its signature");
    check(SIMPLE, &good, annotated(""), "no annotation with a signature");
    check(SIMPLE, &good, Value::Null, "no annotation with a signature");
    check(SIMPLE, &good, annotated(&STANDARD.encode([0; 64])), "by none of the given keys");
    check(SIMPLE, "{", annotated(&key.sign(b"{")), "no simple signing");
    let spaced = good.replace("\":", "\": ");
    check(SIMPLE, &spaced, annotated(&signature), "by none of the given keys");
    let twice = good.replacen("\"image\":", "\"image\":{},\"image\":", 1);
    check(SIMPLE, &twice, annotated(&key.sign(twice.as_bytes())), "no simple signing");
    check(ENVELOPE, "[]", Value::Null, "malformed envelope");
    check(BUNDLE, "{}", Value::Null, "malformed bundle");
    let empty = json!({"verificationMaterial": {}}).to_string();
    check(BUNDLE, &empty, Value::Null, "either an envelope or a signature");
    let mut certified = annotated(&signature);
    certified["dev.sigstore.cosign/certificate"] = "-----BEGIN CERTIFICATE-----".into();
    check(SIMPLE, &good, certified, "not PEM");
    let mut logged = annotated(&signature);
    logged["dev.sigstore.cosign/bundle"] = "{}".into();
    check(SIMPLE, &good, logged, "its log entry is malformed");
    check("application/vnd.cncf.notary.signature", "", Value::Null, "Notary Project");
}

#[test]
fn thousands_of_signatures_are_read_in_part_and_that_is_said() {
    let key = Key::p256();
    let text = payload(OTHER);
    let annotations = json!({"dev.cosignproject.cosign/signature": "AA=="});
    let mut store = Store::new(b"{}");
    let layers = vec![(text.as_bytes(), annotations); 1_000];
    let manifest = store.manifest(SIMPLE, &layers);
    store.tag("sig", manifest);
    for _ in 0..5_000 {
        store.refer(BUNDLE, b"{}");
    }
    let inspection = store.inspect(&trust(&[&key]));
    let codes: Vec<_> = inspection.problems.iter().map(|problem| problem.code.as_str()).collect();
    assert_eq!(codes, ["too-many-signatures"]);
}

#[test]
fn what_cannot_be_fetched_is_not_assessed() {
    let check = |artifact: Value| {
        let mut store = Store::new(b"{}");
        store.refer(BUNDLE, artifact.to_string().as_bytes());
        let inspection = store.inspect(&Trust::default());
        assert_eq!(inspection.signatures, []);
        let [problem] = inspection.problems.try_into().unwrap();
        assert_eq!(problem.code, "signatures-not-assessed");
    };
    let layer =
        |digest: &str, size: u64| json!({"mediaType": BUNDLE, "digest": digest, "size": size});
    check(json!({"layers": [layer(OTHER, 1)]}));
    check(json!({"layers": [layer("sha256:x", 1)]}));
    check(json!({"layers": [layer(OTHER, u64::MAX)]}));
    check(json!({"layers": {}}));
}

#[test]
fn unsigned_and_wrongly_signed_images_are_findings() {
    let key = Key::p256();
    let target = TargetInfo::new("localhost:5000/app:1@sha256:aa", TargetKind::Registry);
    let image = Store::new(b"{}").image().to_string();
    let check = |store: &Store, expect: &[&str]| {
        let found = findings(&target, &store.inspect(&trust(&[&key])).signatures);
        let ids: Vec<_> = found.iter().map(|finding| finding.id.as_str()).collect();
        assert_eq!(ids, expect);
    };
    check(&Store::new(b"{}"), &["unsigned-image"]);
    check(&signed(&key, &payload(&image)), &[]);
    check(&signed(&Key::p256(), &payload(&image)), &["invalid-signature"]);
    check(&signed(&key, &payload(OTHER)), &["invalid-signature"]);
    let attested = |predicate: &str| {
        let hex = image.strip_prefix("sha256:").unwrap();
        let statement = json!({"_type": "https://in-toto.io/Statement/v1", "predicateType": predicate,
            "subject": [{"digest": {"sha256": hex}}]});
        let mut store = Store::new(b"{}");
        let text = envelope(&key, &statement.to_string()).to_string();
        let manifest = store.manifest(ENVELOPE, &[(text.as_bytes(), Value::Null)]);
        store.tag("att", manifest);
        store
    };
    check(&attested("https://cyclonedx.org/bom"), &["unsigned-image"]);
    check(&attested("https://slsa.dev/provenance/v1"), &[]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn noise_is_survived(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        fuzz(&bytes, &Trust::default());
    }
}
