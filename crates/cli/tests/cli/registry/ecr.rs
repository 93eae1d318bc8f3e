//! Images in ECR: the password comes from AWS, the image from the registry, the layers from a store
//! that must not see the password.
//!
//! The registry's name leads to Amazon, so a proxy answers in its place.

use std::{
    net::TcpListener,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    image,
    moto::Moto,
    server::{Reply, Server},
};
use crate::support::{Run, World};

const HOST: &str = "123456789012.dkr.ecr.eu-central-1.amazonaws.com";
const STORE: &str = "layers.s3.eu-central-1.amazonaws.com";
const KEYS: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "word-of-the-key")];

/// What the password of moto is, as it is sent.
fn authorization() -> String {
    format!("Basic {}", STANDARD.encode("AWS:123456789012-auth-token"))
}

/// A proxy that plays ECR and the store behind it.
fn ecr() -> Server {
    let fixture = image("tool", "amd64");
    Server::start(move |request| match request.header("host") {
        Some(STORE) => fixture.answer(request),
        Some(HOST) if request.header("authorization") != Some(&authorization()) => {
            let challenge =
                format!("Basic realm=\"https://{HOST}/\",service=\"ecr.amazonaws.com\"");
            Reply::new(401, "Not Authorized").header("www-authenticate", challenge)
        }
        Some(HOST) if request.path.contains("/blobs/") => {
            Reply::new(307, "").header("location", format!("http://{STORE}/signed{}", request.path))
        }
        Some(HOST) => fixture.answer(request),
        _ => Reply::new(502, ""),
    })
}

fn scan(proxy: &Server, world: &World, flags: &[&str], environment: &[(&str, &str)]) -> Run {
    let name = format!("{HOST}/app:1");
    let fixed = ["--plain-http", "--platform", "linux/amd64", "--packages-only", "--allow-gaps"];
    let args = [&["scan", &name, "--format", "cyclonedx", "-v"], &fixed[..], flags].concat();
    let proxy = format!("http://{}", proxy.address);
    let mut all = vec![
        ("HTTP_PROXY", proxy.as_str()),
        ("NO_PROXY", "127.0.0.1,169.254.169.254"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];
    all.extend(environment);
    let run = world.farguard_with(&args, &all);
    for secret in ["word-of-the-key", "auth-token", authorization().trim_start_matches("Basic ")] {
        assert!(!run.stderr.contains(secret), "{}", run.stderr);
    }
    run
}

#[test]
fn the_password_comes_from_aws_and_goes_to_the_registry_only() {
    let Some(moto) = Moto::start() else { return };
    let world = World::new();
    let endpoint = moto.endpoint.as_str();
    world.write("aws", "[profile ci]\naws_access_key_id = AKIA\naws_secret_access_key = x\n");
    let file = world.path("aws");
    let file = ("AWS_CONFIG_FILE", file.to_str().unwrap());
    let elsewhere = ("AWS_ENDPOINT_URL", "http://127.0.0.1:1");

    let check = |flags: &[&str], environment: &[(&str, &str)]| {
        let proxy = ecr();
        let run = scan(&proxy, &world, flags, environment);
        assert_eq!(run.code, 0, "{environment:?}\n{}", run.stderr);
        assert!(run.stdout.contains("tool"), "{}", run.stdout);
        let sent = |host: &str| -> Vec<_> {
            let log = proxy.log();
            let to = log.iter().filter(|r| r.method == "GET" && r.header("host") == Some(host));
            to.map(|r| r.header("authorization").map(str::to_owned)).collect()
        };
        // Refused once; then the manifest, the configuration and the layer.
        let with = Some(authorization());
        if flags.contains(&"--no-cache") {
            assert_eq!(sent(HOST), [None, with.clone(), with.clone(), with]);
            assert_eq!(sent(STORE), [None, None]);
        }
    };
    let keys = |more: &[(&'static str, &'static str)]| [&KEYS[..], more].concat();
    let all = [("AWS_ENDPOINT_URL", endpoint)];
    check(&["--no-cache"], &[&KEYS[..], &all].concat());
    check(&[], &[&KEYS[..], &[elsewhere, ("AWS_ENDPOINT_URL_ECR", endpoint)]].concat());
    check(&["--endpoint-url", endpoint], &keys(&[elsewhere]));
    check(&["--endpoint-url", endpoint, "--profile", "ci"], &[file]);
    check(&["--endpoint-url", endpoint], &[file, ("AWS_PROFILE", "ci")]);
}

#[test]
fn without_credentials_the_error_says_what_was_tried() {
    let world = World::new();
    world.write("aws", "[profile ci]\nregion = eu-west-1\n");
    let file = world.path("aws");
    let file = ("AWS_CONFIG_FILE", file.to_str().unwrap());
    let check = |flags: &[&str], environment: &[(&str, &str)], expect: &[&str]| {
        let started = Instant::now();
        let run = scan(&ecr(), &world, flags, environment);
        assert!(started.elapsed() < Duration::from_secs(45));
        assert_eq!(run.code, 2, "{}", run.stdout);
        for text in [&["the AWS credential chain: "], expect].concat() {
            assert!(run.stderr.contains(text), "{text} not in\n{}", run.stderr);
        }
        // The dumps of an SDK are no messages.
        assert!(!run.stderr.contains(" { ") && run.stderr.len() < 900, "{}", run.stderr);
    };
    let tried = "tried: environment (`AWS_ACCESS_KEY_ID`), profile `default`, web identity";
    check(&[], &[], &["no AWS credentials", tried]);
    check(&[], &[file, ("AWS_PROFILE", "ci")], &["no AWS credentials", "profile `ci`"]);
    // A profile that is named is meant, also when there are keys in the environment.
    check(&["--profile", "prod"], &KEYS, &["in no configuration file", "tried: profile `prod`"]);
    check(&["--profile", "ci"], &[&KEYS[..], &[file]].concat(), &["tried: profile `ci`"]);
    // Nobody answers where the metadata of the instance should be.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = format!("http://{}", silent.local_addr().unwrap());
    let metadata =
        [("AWS_EC2_METADATA_DISABLED", "false"), ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &silent)];
    check(&[], &metadata, &["no AWS credentials", tried]);
    check(
        &["--endpoint-url", "http://127.0.0.1:1"],
        &KEYS,
        &["ecr:GetAuthorizationToken failed: cannot reach `http://127.0.0.1:1`", "refused"],
    );
    check(&["--endpoint-url", "not an address"], &KEYS, &["`not an address` is malformed"]);
}
