use proptest::prelude::*;

use super::*;

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

#[test]
fn defaults_are_those_of_docker() {
    let check = |text: &str, expect: &str| {
        assert_eq!(text.parse::<Reference>().unwrap().to_string(), expect, "{text}");
    };
    check("alpine", "docker.io/library/alpine:latest");
    check("alpine:3.20", "docker.io/library/alpine:3.20");
    check("grafana/loki", "docker.io/grafana/loki:latest");
    check("docker.io/alpine", "docker.io/library/alpine:latest");
    check("index.docker.io/alpine", "docker.io/library/alpine:latest");
    check("localhost/alpine", "localhost/alpine:latest");
    check("localhost:5000/a/b/c:x", "localhost:5000/a/b/c:x");
    check("MyHost/a", "MyHost/a:latest");
    check("[::1]:5000/a", "[::1]:5000/a:latest");
    check("ghcr.io/a__b/c---d/e.f_g:V1.0_x-y", "ghcr.io/a__b/c---d/e.f_g:V1.0_x-y");
    check(&format!("alpine@{DIGEST}"), &format!("docker.io/library/alpine@{DIGEST}"));
    check(&format!("a.b/c:t@{DIGEST}"), &format!("a.b/c:t@{DIGEST}"));
}

#[test]
fn a_digest_is_asked_for_before_a_tag() {
    let key = |text: &str| text.parse::<Reference>().unwrap().manifest_key().to_owned();
    assert_eq!(key("a"), "latest");
    assert_eq!(key("a:1"), "1");
    assert_eq!(key(&format!("a:1@{DIGEST}")), DIGEST);
}

#[test]
fn docker_hub_is_served_from_another_host() {
    assert_eq!("alpine".parse::<Reference>().unwrap().api_host(), "registry-1.docker.io");
    assert_eq!("quay.io/a".parse::<Reference>().unwrap().api_host(), "quay.io");
}

#[test]
fn errors_help() {
    let check = |text: &str, expect: &str| {
        let message = text.parse::<Reference>().unwrap_err().to_string();
        assert!(message.contains(expect), "{text}: {message}");
    };
    check("", "empty");
    check("https://ghcr.io/a/b", "leave out the scheme");
    check("Alpine", "lower case");
    check("ghcr.io/Org/app", "lower case");
    check("alpine:", "the tag");
    check("alpine:-1", "the tag");
    check(&format!("alpine:{}", "x".repeat(129)), "the tag");
    check("alpine@sha256:12", "digest");
    check("alpine@", "digest");
    check("host:99999/a", "port");
    check("host:0/a", "port");
    check("host:+80/a", "port");
    check("-bad.io/a", "host name");
    check("a..b/c", "host name");
    check("[::z]:5000/a", "host name");
    check("a//b", "each part");
    check("a/../b", "each part");
    check("a___b", "each part");
    check("a.io/", "each part");
    check("a b", "each part");
    check("a\r\nHost: x", "the tag");
    check(&"f".repeat(64), "image id");
    check(&format!("a.io/{}", "x".repeat(255)), "longer than 255");
}

#[test]
fn passwords_are_not_repeated() {
    for text in ["https://user:hunter2@ghcr.io/a", "user:hunter2@ghcr.io/a"] {
        let error = text.parse::<Reference>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
    }
}

proptest! {
    #[test]
    fn canonical_form_is_stable(text in "[a-zA-Z0-9_.:/@\\[\\]-]{0,40}") {
        if let Ok(reference) = text.parse::<Reference>() {
            let canonical = reference.to_string();
            prop_assert_eq!(canonical.parse::<Reference>().unwrap().to_string(), canonical);
        }
    }
}
