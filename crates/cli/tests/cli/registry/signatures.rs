//! Signatures in a real registry, made with `openssl` as anybody can.

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use farguard_scan::source::digest::Digest;

use super::{
    daemon::Registry,
    fixture::{Fixture, OCI_MANIFEST},
    image,
};
use crate::support::{Run, World};

const SIMPLE: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

fn openssl(world: &World, args: &[&str]) {
    let run = Command::new("openssl").args(args).current_dir(world.path("")).output().unwrap();
    assert!(run.status.success(), "openssl {args:?}: {}", String::from_utf8_lossy(&run.stderr));
}

/// A key pair: `NAME.key` and `NAME.pub`.
fn key_pair(world: &World, name: &str, kind: &[&str]) {
    let (private, public) = (format!("{name}.key"), format!("{name}.pub"));
    openssl(world, &[&["genpkey", "-out", &private], kind].concat());
    openssl(world, &["pkey", "-in", &private, "-pubout", "-out", &public]);
}

/// The signature over a text, in base64.
fn sign(world: &World, name: &str, text: &str) -> String {
    world.write("payload", text);
    let key = format!("{name}.key");
    openssl(world, &["dgst", "-sha256", "-sign", &key, "-out", "signature", "payload"]);
    STANDARD.encode(std::fs::read(world.path("signature")).unwrap())
}

/// Signs a digest and attaches that by cosign's tag.
fn attach(world: &World, registry: &Registry, name: &str, of: &Digest, to: &Digest) {
    let payload = format!(
        r#"{{"critical":{{"identity":{{"docker-reference":"{}/app"}},"image":{{"docker-manifest-digest":"{of}"}},"type":"cosign container image signature"}},"optional":null}}"#,
        registry.address
    );
    let signature = sign(world, name, &payload);
    let digest = Digest::sha256(payload.as_bytes());
    let config = Digest::sha256(b"{}");
    let manifest = format!(
        r#"{{"schemaVersion":2,"mediaType":"{OCI_MANIFEST}",
            "config":{{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,"digest":"{config}"}},
            "layers":[{{"mediaType":"{SIMPLE}","size":{},"digest":"{digest}",
                "annotations":{{"dev.cosignproject.cosign/signature":"{signature}"}}}}]}}"#,
        payload.len()
    );
    registry.push_blob(b"{}");
    registry.push_blob(payload.as_bytes());
    let tag = format!("{}.sig", to.as_str().replace(':', "-"));
    registry.push_manifest(&tag, OCI_MANIFEST, &manifest);
}

fn scan(world: &World, registry: &Registry, tag: &str, flags: &[&str]) -> Run {
    let name = format!("{}/app:{tag}", registry.address);
    let fixed = [
        "--plain-http",
        "--platform",
        "linux/amd64",
        "--scanners",
        "secrets",
        "--allow-gaps",
        "--fail-on",
        "medium",
        "--format",
        "json",
    ];
    world.farguard(&[&["scan", &name], &fixed[..], flags].concat())
}

fn expect(run: &Run, code: i32, texts: &[&str]) {
    assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
    for text in texts {
        assert!(run.stdout.contains(text), "{text} not in\n{}", run.stdout);
    }
}

fn push(registry: &Registry, tag: &str) -> Fixture {
    let fixture = image(&format!("tool-{tag}"), "amd64");
    registry.push(tag, &fixture);
    fixture
}

#[test]
fn signatures_by_keys_are_verified() {
    let Some(registry) = Registry::start(false) else { return };
    let world = World::new();
    let kinds: [(&str, &[&str]); 4] = [
        ("p256", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
        ("p384", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]),
        ("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]),
        ("other", &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]),
    ];
    for (name, kind) in kinds {
        key_pair(&world, name, kind);
    }
    for name in ["p256", "p384", "rsa"] {
        let digest = push(&registry, name).digest();
        attach(&world, &registry, name, &digest, &digest);
        let public = format!("{name}.pub");
        let verified = scan(&world, &registry, name, &["--key", &public]);
        expect(&verified, 0, &["\"verified\": true", "verified with a given key"]);
        let both = scan(&world, &registry, name, &["--key", "other.pub", "--key", &public]);
        expect(&both, 0, &["\"verified\": true"]);
        let other = scan(&world, &registry, name, &["--key", "other.pub"]);
        expect(&other, 1, &["invalid-signature", "by none of the given keys"]);
        let silent = scan(&world, &registry, name, &[]);
        assert!(silent.code == 0 && !silent.stdout.contains("verified"), "{}", silent.stdout);
    }
    let unsigned = push(&registry, "unsigned").digest();
    expect(&scan(&world, &registry, "unsigned", &["--key", "p256.pub"]), 1, &["unsigned-image"]);
    // A signature of one image, put beside another.
    let p256 = image("tool-p256", "amd64").digest();
    attach(&world, &registry, "p256", &p256, &unsigned);
    let moved = scan(&world, &registry, "unsigned", &["--key", "p256.pub"]);
    expect(&moved, 1, &["invalid-signature", "it is about another image"]);
}

#[test]
fn what_cannot_be_verified_is_said_before_and_after() {
    let world = World::new();
    let fails = |flags: &[&str], expect: &str| {
        let run = world.farguard(&[&["scan", "rootfs"], flags].concat());
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains(expect), "{}", run.stderr);
    };
    key_pair(&world, "mine", &["-algorithm", "ED25519"]);
    fails(&["--key", "absent.pub"], "cannot read `absent.pub`");
    fails(&["--key", "mine.key"], "cannot use key `mine.key`: it is no public key");
    fails(&["--certificate-identity", "*"], "--trusted-root");
    world.write("root.json", "{}");
    let keyless = ["--certificate-identity", "*", "--certificate-oidc-issuer", "https://x"];
    fails(&[&keyless[..], &["--trusted-root", "root.json"]].concat(), "cannot use trusted root");
    fails(&["--packages-only", "--key", "mine.pub"], "cannot be used with");
}
