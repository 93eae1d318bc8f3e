//! Keyless signatures as `cosign` 2 attaches them, under an authority and a log of our own.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};
use serde_json::{Value, json};

use super::{
    super::{Keyless, Trust, TrustedRoot},
    keys::{Key, only, payload},
    store::{SIMPLE, Store},
};
use crate::source::digest::{Digest, hex};

const ISSUER: &str = "https://accounts.example.com";
/// 2024-06-01T12:00:00Z, in the one day for which certificates are valid.
const NOON: i64 = 1_717_243_200;

/// Who certifies and who logs.
struct World {
    authority: Issuer<'static, KeyPair>,
    root: String,
    log: Key,
}

/// A key with its certificate.
struct Signer {
    key: Key,
    pem: String,
}

impl World {
    fn new() -> Self {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        let root = params.self_signed(&key).unwrap();
        let log = Key::p256();
        let id: Vec<u8> = log.public().id().to_vec();
        let root = json!({
            "certificateAuthorities": [{"certChain": {"certificates": [{"rawBytes": STANDARD.encode(root.der())}]},
                "validFor": {"start": "2024-01-01T00:00:00Z"}}],
            "tlogs": [{"publicKey": {"rawBytes": STANDARD.encode(log.spki()),
                "validFor": {"start": "2024-01-01T00:00:00Z"}}, "logId": {"keyId": STANDARD.encode(id)}}],
        });
        Self { authority: Issuer::new(params, key), root: root.to_string(), log }
    }

    fn trust(&self, identity: &str) -> Trust {
        let root = TrustedRoot::parse(self.root.as_bytes()).unwrap();
        let identities = vec![identity.to_owned()];
        Trust {
            keys: Vec::new(),
            keyless: Some(Keyless { identities, issuer: ISSUER.to_owned(), root }),
        }
    }

    /// Certifies somebody for one day; `change` says what is unusual about it.
    fn certify(&self, change: impl FnOnce(&mut CertificateParams)) -> Signer {
        let pair = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.not_before = date_time_ymd(2024, 6, 1);
        params.not_after = date_time_ymd(2024, 6, 2);
        params.subject_alt_names = vec![SanType::Rfc822Name("ada@example.com".try_into().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
        params.custom_extensions = vec![issued_by(ISSUER)];
        change(&mut params);
        let pem = params.signed_by(&pair, &self.authority).unwrap().pem();
        Signer { key: Key::p256_from(&pair.serialize_der()), pem }
    }

    /// The log's entry of a signature over a payload, made at a time.
    fn entry(&self, payload: &str, signature: &str, pem: &str, time: i64) -> Value {
        let digest = Digest::sha256(payload.as_bytes()).to_string();
        let digest = digest.strip_prefix("sha256:").unwrap();
        let body = json!({"apiVersion": "0.0.1", "kind": "hashedrekord", "spec": {
            "data": {"hash": {"algorithm": "sha256", "value": digest}},
            "signature": {"content": signature, "publicKey": {"content": STANDARD.encode(pem)}}}});
        let body = STANDARD.encode(body.to_string());
        let id = hex(&self.log.public().id());
        let signed =
            format!(r#"{{"body":"{body}","integratedTime":{time},"logID":"{id}","logIndex":7}}"#);
        json!({"SignedEntryTimestamp": self.log.sign(signed.as_bytes()), "Payload":
            {"body": body, "integratedTime": time, "logIndex": 7, "logID": id}})
    }
}

/// The extension of Fulcio that names the issuer.
fn issued_by(issuer: &str) -> CustomExtension {
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 57264, 1, 1], issuer.as_bytes().to_vec())
}

fn store(payload: &str, signature: &str, pem: &str, entry: Option<&Value>) -> Store {
    let mut store = Store::new(b"{}");
    let mut annotations = json!({"dev.cosignproject.cosign/signature": signature,
        "dev.sigstore.cosign/certificate": pem});
    if let Some(entry) = entry {
        annotations["dev.sigstore.cosign/bundle"] = entry.to_string().into();
    }
    let manifest = store.manifest(SIMPLE, &[(payload.as_bytes(), annotations)]);
    store.tag("sig", manifest);
    store
}

/// The image that is signed: what a store holds by itself.
fn image() -> String {
    payload(Store::new(b"{}").image().as_str())
}

/// Signs the image honestly, at a time.
fn signed(world: &World, signer: &Signer, time: i64) -> Store {
    let payload = image();
    let signature = signer.key.sign(payload.as_bytes());
    let entry = world.entry(&payload, &signature, &signer.pem, time);
    store(&payload, &signature, &signer.pem, Some(&entry))
}

fn refused(store: &Store, trust: &Trust, expect: &str) {
    let (_, verified, evidence) = only(store, trust);
    assert!(!verified && evidence.contains(expect), "{evidence}");
}

#[test]
fn who_is_trusted_and_was_certified_in_time_is_believed() {
    let world = World::new();
    let store = signed(&world, &world.certify(|_| {}), NOON);
    let signature = store.inspect(&world.trust("*@example.com")).signatures.remove(0);
    assert!(signature.verified, "{}", signature.evidence);
    assert_eq!(signature.signer, "ada@example.com");
    assert_eq!(signature.issuer.as_deref(), Some(ISSUER));
    assert!(signature.evidence.contains("made at 2024-06-01T12:00:00Z, logged under index 7"));
}

#[test]
fn certificates_that_do_not_fit_are_refused() {
    let world = World::new();
    let everyone = world.trust("*");
    let check = |change: &dyn Fn(&mut CertificateParams), time: i64, expect: &str| {
        refused(&signed(&world, &world.certify(change), time), &everyone, expect);
    };
    check(&|_| {}, NOON + 86_400, "CertExpired");
    check(&|_| {}, NOON - 86_400, "CertNotValidYet");
    check(&|_| {}, 1_600_000_000, "the log's key was not valid");
    check(&|p| p.extended_key_usages.clear(), NOON, "RequiredEkuNotFound");
    check(&|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth], NOON, "Eku");
    check(&|p| p.subject_alt_names.clear(), NOON, "names nobody");
    check(&|p| p.subject_alt_names.push(p.subject_alt_names[0].clone()), NOON, "several");
    check(&|p| p.custom_extensions.clear(), NOON, "nobody vouches");
    check(&|p| p.custom_extensions = vec![issued_by("https://evil")], NOON, "by `https://evil`");
    check(&|p| p.custom_extensions.push(issued_by(ISSUER)), NOON, "twice");
    let is_authority =
        |p: &mut CertificateParams| p.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    check(&is_authority, NOON, "CaUsedAsEndEntity");

    let store = signed(&world, &world.certify(|_| {}), NOON);
    refused(&store, &world.trust("eve@example.com"), "`ada@example.com`, who is not trusted");
    refused(&store, &World::new().trust("*"), "does not name");
    refused(&store, &super::keys::trust(&[&Key::p256()]), "only keys are trusted");
}

#[test]
fn an_authority_that_is_not_trusted_certifies_nobody() {
    let (world, other) = (World::new(), World::new());
    let signer = other.certify(|_| {});
    refused(&signed(&world, &signer, NOON), &world.trust("*"), "not one of the trusted root");
}

/// An entry about something else lends its time to nobody (CVE-2022-36056).
#[test]
fn entries_of_the_log_about_something_else_are_refused() {
    let world = World::new();
    let trust = world.trust("*");
    let signer = world.certify(|_| {});
    let payload = image();
    let signature = signer.key.sign(payload.as_bytes());
    let check = |entry: Option<Value>, expect: &str| {
        refused(&store(&payload, &signature, &signer.pem, entry.as_ref()), &trust, expect);
    };
    check(None, "no entry of a transparency log");
    let entry = |payload: &str, signature: &str, pem: &str| {
        Some(world.entry(payload, signature, pem, NOON))
    };
    check(entry("other", &signature, &signer.pem), "about something else");
    let again = signer.key.sign(payload.as_bytes());
    check(entry(&payload, &again, &signer.pem), "another signature or signer");
    let renewed = world.certify(|_| {});
    check(entry(&payload, &signature, &renewed.pem), "another signature or signer");
    let mut earlier = entry(&payload, &signature, &signer.pem).unwrap();
    earlier["Payload"]["integratedTime"] = (NOON - 1).into();
    check(Some(earlier), "signature of the log under its entry is wrong");
    // A certificate for another key than the one that signed.
    let stolen = Key::p256().sign(payload.as_bytes());
    let logged = world.entry(&payload, &stolen, &signer.pem, NOON);
    let store = store(&payload, &stolen, &signer.pem, Some(&logged));
    refused(&store, &trust, "not by the key of its certificate");
}

#[test]
fn trusted_roots_say_what_is_wrong_with_them() {
    let refused = |text: &str, expect: &str| {
        let why = TrustedRoot::parse(text.as_bytes()).unwrap_err();
        assert!(why.contains(expect), "{why}");
    };
    refused("{", "no trusted root of sigstore");
    refused("{}", "missing field `certificateAuthorities`");
    refused(r#"{"certificateAuthorities": [], "tlogs": []}"#, "no certificate authority");
    let root: Value = serde_json::from_str(&World::new().root).unwrap();
    let mut logless = root.clone();
    logless["tlogs"] = json!([]);
    refused(&logless.to_string(), "no transparency log");
    logless["tlogs"] = root["tlogs"].clone();
    logless["tlogs"][0]["publicKey"]["rawBytes"] = "AAAA".into();
    refused(&logless.to_string(), "no transparency log");
}
