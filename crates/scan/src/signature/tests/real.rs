//! Signatures that public tools made and public logs hold.

use serde_json::Value;

use super::{
    super::{Keyless, Trust, TrustedRoot},
    store::{BUNDLE, Store},
};

const COSIGN: &str = include_str!("../../../../../fixtures/signature/cosign-bundle.json");
const NPM: &str = include_str!("../../../../../fixtures/signature/npm-provenance-bundle.json");
const ROOT: &str = include_str!("../../../../../fixtures/signature/trusted-root.json");

const REKOR2: &str = include_str!("../../../../../fixtures/signature/rekor2-bundle.json");
const STAGING: &str = include_str!("../../../../../fixtures/signature/staging-trusted-root.json");

const IMAGE: &str = "sha256:c811d58de79c92f03214e63aa339484e488d694ae8a6283b5f3f17a9faf50172";
const PACKAGE: &str = "sha512:849a897e81bf7b8a8541a6ae40bd3473a27a16b1cb0462ad905bd6dc96d34881\
                       053a12eb4a375233f81677fc9439f628fe0b0445e8535c60b5559597fbd5f80e";
const ARTIFACT: &str = "sha256:a0cfc71271d6e278e57cd332ff957c3f7043fdda354c4cbb190a30d56efa01bf";
const ISSUER: &str = "https://token.actions.githubusercontent.com";

fn trust(identity: &str, root: &str) -> Trust {
    let keyless = Keyless {
        identities: vec![identity.to_owned()],
        issuer: ISSUER.to_owned(),
        root: TrustedRoot::parse(root.as_bytes()).unwrap(),
    };
    Trust { keys: Vec::new(), keyless: Some(keyless) }
}

/// Attaches a bundle to an image; what is then said of it.
fn verify(image: &str, bundle: &str, trust: &Trust) -> Result<String, String> {
    let mut store = Store::of_digest(image);
    // The bundles hold envelopes: the manifest of the image is not asked for its bytes.
    let manifest = store.manifest(BUNDLE, &[(bundle.as_bytes(), Value::Null)]);
    store.refer(BUNDLE, &manifest);
    let bare = store.put(b"");
    store.subjects.push(bare);
    let inspection = store.inspect(trust);
    let signature = inspection.signatures.into_iter().next().ok_or("nothing was found")?;
    if signature.verified { Ok(signature.kind) } else { Err(signature.evidence) }
}

#[test]
fn an_image_signed_by_cosign() {
    let trust = trust("https://github.com/kubewarden/*/release.yml@refs/tags/v*", ROOT);
    assert_eq!(verify(IMAGE, COSIGN, &trust), Ok("signature".to_owned()));
}

#[test]
fn provenance_from_a_workflow() {
    let trust = trust("https://github.com/sigstore/*", ROOT);
    assert_eq!(verify(PACKAGE, NPM, &trust), Ok("https://slsa.dev/provenance/v1".to_owned()));
}

#[test]
fn a_log_that_signs_no_time_needs_a_timestamp() {
    let kind = "https://slsa.dev/provenance/v1".to_owned();
    assert_eq!(verify(ARTIFACT, REKOR2, &trust("*", STAGING)), Ok(kind));
    let refused = |bundle: &Value, root: &str, expect: &str| {
        let why = verify(ARTIFACT, &bundle.to_string(), &trust("*", root)).unwrap_err();
        assert!(why.contains(expect), "{why}");
    };
    let bundle: Value = serde_json::from_str(REKOR2).unwrap();
    let stamps = "/verificationMaterial/timestampVerificationData";
    let mut unstamped = bundle.clone();
    *unstamped.pointer_mut(stamps).unwrap() = serde_json::json!({});
    refused(&unstamped, STAGING, "neither its log entry nor a timestamp");
    let mut unproven = bundle.clone();
    unproven["verificationMaterial"]["tlogEntries"][0]["inclusionProof"] = Value::Null;
    refused(&unproven, STAGING, "nothing that the log has signed");
    let mut unsigned = bundle.clone();
    unsigned["verificationMaterial"]["tlogEntries"][0]["inclusionProof"]["checkpoint"] =
        Value::Null;
    refused(&unsigned, STAGING, "nothing that the log has signed");
    let mut other: Value = serde_json::from_str(COSIGN).unwrap();
    std::mem::swap(unstamped.pointer_mut(stamps).unwrap(), other.pointer_mut(stamps).unwrap());
    refused(&unstamped, STAGING, "its timestamp is of another signature");
    let mut root: Value = serde_json::from_str(STAGING).unwrap();
    root["timestampAuthorities"][0]["validFor"]["start"] = "2026-01-01T00:00:00Z".into();
    refused(&bundle, &root.to_string(), "by no authority of the trusted root");
    root["timestampAuthorities"] = serde_json::json!([]);
    refused(&bundle, &root.to_string(), "by no authority of the trusted root");
}

#[test]
fn others_are_not_believed() {
    let check = |identity: &str, image: &str, root: &str, expect: &str| {
        let why = verify(image, COSIGN, &trust(identity, root)).unwrap_err();
        assert!(why.contains(expect), "{why}");
    };
    check("https://github.com/evil/*", IMAGE, ROOT, "who is not trusted");
    check("*", &format!("sha256:{}", "0".repeat(64)), ROOT, "about another image");
    // Roots in which one part is of somebody else, or was valid at another time.
    let root: Value = serde_json::from_str(ROOT).unwrap();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut root = root.clone();
        change(&mut root);
        root.to_string()
    };
    let key = root["tlogs"][1]["publicKey"].clone();
    let other_log = with(&|root| root["tlogs"][0]["publicKey"] = key.clone());
    check("*", IMAGE, &other_log, "not signed by the log");
    let unknown_log = with(&|root| root["tlogs"][0]["logId"] = root["tlogs"][1]["logId"].clone());
    check("*", IMAGE, &unknown_log, "does not name");
    let old_log = with(&|root| {
        root["tlogs"][0]["publicKey"]["validFor"]["end"] = "2023-01-01T00:00:00Z".into();
    });
    check("*", IMAGE, &old_log, "the log's key was not valid");
    let other_authority = with(&|root| {
        root["certificateAuthorities"].as_array_mut().unwrap().truncate(1);
    });
    check("*", IMAGE, &other_authority, "no certificate authority of the trusted root was valid");
    let other_authority = with(&|root| {
        root["certificateAuthorities"].as_array_mut().unwrap().truncate(1);
        root["certificateAuthorities"][0]["validFor"] = Value::Null;
        root["certificateAuthorities"][0].as_object_mut().unwrap().remove("validFor");
    });
    check("*", IMAGE, &other_authority, "not one of the trusted root");
    let other_certificate_log = with(&|root| {
        root["ctlogs"][1]["publicKey"] = root["ctlogs"][0]["publicKey"].clone();
    });
    check("*", IMAGE, &other_certificate_log, "no certificate log of the trusted root has seen");
}

/// Every text and number in a bundle, changed one at a time: what is signed no longer holds, and
/// the rest is what nobody relies on.
fn whatever_is_changed_is_noticed(image: &str, bundle: &str, root: &str, unsigned: &[&str]) {
    let trust = trust("*", root);
    let bundle: Value = serde_json::from_str(bundle).unwrap();
    let mut places = Vec::new();
    leaves(&bundle, String::new(), &mut places);
    assert!(places.len() > 20);
    for place in places {
        let mut changed = bundle.clone();
        let leaf = changed.pointer_mut(&place).unwrap();
        match leaf {
            Value::String(text) => *text = altered(text),
            Value::Number(number) => *leaf = (number.as_u64().unwrap() + 1).into(),
            _ => continue,
        }
        let result = verify(image, &changed.to_string(), &trust);
        assert_eq!(result.is_ok(), unsigned.contains(&place.as_str()), "{place}: {result:?}");
    }
}

const KIND: &str = "/verificationMaterial/tlogEntries/0/kindVersion/kind";
const VERSION: &str = "/verificationMaterial/tlogEntries/0/kindVersion/version";

#[test]
fn changes_of_a_logged_signature_are_noticed() {
    // The log has signed a time already.
    let stamp =
        "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";
    whatever_is_changed_is_noticed(IMAGE, COSIGN, ROOT, &["/mediaType", KIND, VERSION, stamp]);
}

#[test]
fn changes_of_a_stamped_signature_are_noticed() {
    // Without a promise, nothing is signed over the index in all shards together.
    let index = "/verificationMaterial/tlogEntries/0/logIndex";
    whatever_is_changed_is_noticed(
        ARTIFACT,
        REKOR2,
        STAGING,
        &["/mediaType", KIND, VERSION, index],
    );
}

/// The same text with one character near its start changed.
fn altered(text: &str) -> String {
    let place = text.chars().count() / 8;
    let change = |(index, c): (usize, char)| match c {
        c if index != place => c,
        '1' => '2',
        'A' => 'B',
        c if c.is_ascii_digit() => '1',
        _ => 'A',
    };
    text.chars().enumerate().map(change).collect()
}

fn leaves(value: &Value, at: String, into: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            map.iter().for_each(|(key, value)| leaves(value, format!("{at}/{key}"), into));
        }
        Value::Array(list) => {
            (0..).zip(list).for_each(|(index, value)| leaves(value, format!("{at}/{index}"), into));
        }
        _ => into.push(at),
    }
}
