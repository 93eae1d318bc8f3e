//! Signatures by keys, in every form in which they are attached.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
        Ed25519KeyPair,
    },
};
use serde_json::{Value, json};

use super::{
    super::{
        PublicKey, Trust,
        der::{SEQUENCE, encode},
    },
    store::{BUNDLE, ENVELOPE, SIMPLE, Store},
};

/// Somebody who signs.
pub(super) enum Key {
    P256(EcdsaKeyPair),
    P384(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Key {
    pub(super) fn p256() -> Self {
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &SystemRandom::new()).unwrap();
        Self::p256_from(pkcs8.as_ref())
    }

    pub(super) fn p256_from(pkcs8: &[u8]) -> Self {
        let kind = &ECDSA_P256_SHA256_ASN1_SIGNING;
        Self::P256(EcdsaKeyPair::from_pkcs8(kind, pkcs8, &SystemRandom::new()).unwrap())
    }

    fn p384() -> Self {
        let kind = &ECDSA_P384_SHA384_ASN1_SIGNING;
        let random = SystemRandom::new();
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(kind, &random).unwrap();
        Self::P384(EcdsaKeyPair::from_pkcs8(kind, pkcs8.as_ref(), &random).unwrap())
    }

    fn ed25519() -> Self {
        let pkcs8 = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).unwrap();
        Self::Ed25519(Ed25519KeyPair::from_pkcs8(pkcs8.as_ref()).unwrap())
    }

    pub(super) fn sign(&self, message: &[u8]) -> String {
        let random = SystemRandom::new();
        match self {
            Self::P256(key) | Self::P384(key) => {
                STANDARD.encode(key.sign(&random, message).unwrap().as_ref())
            }
            Self::Ed25519(key) => STANDARD.encode(key.sign(message).as_ref()),
        }
    }

    /// The `SubjectPublicKeyInfo`.
    pub(super) fn spki(&self) -> Vec<u8> {
        use ring::signature::KeyPair as _;
        const EC: [u8; 9] = [6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
        let (algorithm, key) = match self {
            Self::P256(key) => {
                let curve = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
                ([&EC[..], &curve].concat(), key.public_key().as_ref())
            }
            Self::P384(key) => {
                let curve = [6, 5, 0x2b, 0x81, 4, 0, 0x22];
                ([&EC[..], &curve].concat(), key.public_key().as_ref())
            }
            Self::Ed25519(key) => (vec![6, 3, 0x2b, 0x65, 0x70], key.public_key().as_ref()),
        };
        let bits = encode(3, &[&[0], key].concat());
        encode(SEQUENCE, &[encode(SEQUENCE, &algorithm), bits].concat())
    }

    pub(super) fn pem(&self) -> String {
        let body = STANDARD.encode(self.spki());
        format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
    }

    pub(super) fn public(&self) -> PublicKey {
        PublicKey::from_pem(self.pem().as_bytes()).unwrap()
    }
}

pub(super) fn trust(keys: &[&Key]) -> Trust {
    Trust { keys: keys.iter().map(|key| key.public()).collect(), keyless: None }
}

pub(super) fn payload(digest: &str) -> String {
    json!({"critical": {"identity": {"docker-reference": "r.io/app"},
        "image": {"docker-manifest-digest": digest},
        "type": "cosign container image signature"}, "optional": null})
    .to_string()
}

fn statement(digest: &str, predicate: &str) -> String {
    let hex = digest.split_once(':').unwrap().1;
    json!({"_type": "https://in-toto.io/Statement/v0.1", "predicateType": predicate,
        "subject": [{"name": "r.io/app", "digest": {"sha256": hex}}], "predicate": {}})
    .to_string()
}

/// An envelope of DSSE.
pub(super) fn envelope(key: &Key, payload: &str) -> Value {
    let kind = "application/vnd.in-toto+json";
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    json!({"payloadType": kind, "payload": STANDARD.encode(payload),
        "signatures": [{"keyid": "", "sig": key.sign(signed.as_bytes())}]})
}

/// An image with a signature by cosign's tag.
pub(super) fn signed(key: &Key, payload: &str) -> Store {
    let mut store = Store::new(b"{}");
    let annotations = json!({"dev.cosignproject.cosign/signature": key.sign(payload.as_bytes())});
    let manifest = store.manifest(SIMPLE, &[(payload.as_bytes(), annotations)]);
    store.tag("sig", manifest);
    store
}

/// What is said of the only signature: kind, whether it is verified, evidence.
pub(super) fn only(store: &Store, trust: &Trust) -> (String, bool, String) {
    let inspection = store.inspect(trust);
    assert_eq!(inspection.problems, []);
    let [signature] = inspection.signatures.try_into().unwrap();
    (signature.kind, signature.verified, signature.evidence)
}

#[test]
fn every_kind_of_key_verifies_what_it_signed() {
    let image = Store::new(b"{}").image().to_string();
    for key in [Key::p256(), Key::p384(), Key::ed25519()] {
        let store = signed(&key, &payload(&image));
        let (kind, verified, evidence) = only(&store, &trust(&[&Key::p256(), &key]));
        assert_eq!((kind.as_str(), verified), ("signature", true), "{evidence}");
        assert!(evidence.contains("made for `r.io/app`"), "{evidence}");
        let signer = store.inspect(&trust(&[&key])).signatures.remove(0).signer;
        assert_eq!(signer, key.public().to_string());

        let (_, verified, evidence) = only(&store, &trust(&[&Key::p256()]));
        assert!(!verified && evidence.contains("by none of the given keys"), "{evidence}");
    }
}

#[test]
fn attestations_name_their_predicate() {
    let key = Key::p256();
    let spdx = "https://spdx.dev/Document";
    let image = Store::new(b"{}").image().to_string();
    let envelope = envelope(&key, &statement(&image, spdx));
    let text = envelope.to_string();

    let mut by_tag = Store::new(b"{}");
    let manifest = by_tag.manifest(ENVELOPE, &[(text.as_bytes(), json!({"predicateType": "x"}))]);
    by_tag.tag("att", manifest);
    let mut by_referrer = Store::new(b"{}");
    let bundle =
        json!({"dsseEnvelope": envelope, "verificationMaterial": {"publicKey": {"hint": "x"}}});
    let manifest = by_referrer.manifest(BUNDLE, &[(bundle.to_string().as_bytes(), Value::Null)]);
    by_referrer.refer(BUNDLE, &manifest);
    for store in [by_tag, by_referrer] {
        let (kind, verified, evidence) = only(&store, &trust(&[&key]));
        assert_eq!((kind.as_str(), verified), (spdx, true), "{evidence}");
        assert!(!only(&store, &trust(&[&Key::p256()])).1);
    }
}

#[test]
fn a_signature_over_the_manifest() {
    let key = Key::p256();
    let mut store = Store::new(b"{\"a\":1}");
    let bundle = |signed: &[u8]| {
        json!({"messageSignature": {"signature": key.sign(signed)},
            "verificationMaterial": {"publicKey": {"hint": "x"}}})
        .to_string()
    };
    let manifest = store.manifest(BUNDLE, &[(bundle(b"{\"a\":1}").as_bytes(), Value::Null)]);
    store.refer(BUNDLE, &manifest);
    assert!(only(&store, &trust(&[&key])).1);
    let mut other = Store::new(b"{\"a\":1}");
    let manifest = other.manifest(BUNDLE, &[(bundle(b"{\"a\":2}").as_bytes(), Value::Null)]);
    other.refer(BUNDLE, &manifest);
    assert!(!only(&other, &trust(&[&key])).1);
}

#[test]
fn the_index_may_be_signed_in_place_of_the_image() {
    let key = Key::p256();
    let mut store = signed(&key, &payload(Store::new(b"{}").image().as_str()));
    let image = store.put(b"{\"image\":1}");
    store.subjects.insert(0, image);
    assert!(only(&store, &trust(&[&key])).1);
}

#[test]
fn what_is_no_public_key_is_refused_with_the_reason() {
    let refused = |pem: &str, expect: &str| {
        let why = PublicKey::from_pem(pem.as_bytes()).unwrap_err();
        assert!(why.contains(expect), "{why}");
    };
    refused("", "not PEM");
    refused("ssh-ed25519 AAAA", "not PEM");
    let pem =
        |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
    refused(&pem("EC PRIVATE KEY", "AAAA"), "no public key");
    refused(&pem("ENCRYPTED SIGSTORE PRIVATE KEY", "AAAA"), "private key");
    refused(&pem("CERTIFICATE", "AAAA"), "it is a certificate");
    refused(&pem("PUBLIC KEY", "AAAA"), "not supported");
    // An elliptic curve that is not among ours: secp256k1.
    let other = Key::p256().spki();
    let other = STANDARD.encode(other).replace("KoZIzj0DAQc", "KoZIzj0DAQg");
    refused(&pem("PUBLIC KEY", &other), "not supported");
}
