//! Registries that stall, lie and lead astray.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use farguard_scan::source::{ImageSource, registry::RegistryOptions};

use crate::{
    fixture::{Fixture, credential, layer, open, options, pull},
    server::{Reply, Request, Server},
};

fn fixture() -> Fixture {
    Fixture::new(&[b"lower", &[b'x'; 5_000]])
}

/// Pulls from a server that answers in its own way, and otherwise as it should.
fn attempt(
    answer: impl Fn(&Fixture, &Request) -> Option<Reply> + Send + Sync + 'static,
) -> Result<(), String> {
    let fixture = fixture();
    let layers = fixture.layers.clone();
    let server = Server::start(move |r| answer(&fixture, r).unwrap_or_else(|| fixture.answer(r)));
    let pulled = pull(&server.address, options())?;
    assert_eq!(pulled, layers);
    Ok(())
}

fn check(
    expect: &str,
    answer: impl Fn(&Fixture, &Request) -> Option<Reply> + Send + Sync + 'static,
) {
    let started = Instant::now();
    let message = attempt(answer).unwrap_err();
    assert!(message.contains(expect), "{message}");
    assert!(started.elapsed() < Duration::from_secs(20), "{message}");
}

#[test]
fn a_decent_registry_is_read() {
    attempt(|_, _| None).unwrap();
}

#[test]
fn busy_registries_are_asked_again() {
    for status in [429, 500, 503] {
        let count = AtomicUsize::new(0);
        attempt(move |_, _| {
            let busy = count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2);
            busy.then(|| Reply::new(status, "").header("retry-after", "0"))
        })
        .unwrap();
    }
}

#[test]
fn a_registry_that_stays_busy_is_given_up() {
    check("500 Internal Server Error", |_, _| Some(Reply::new(500, "")));
    check("429 Too Many Requests", |_, _| {
        Some(Reply::new(429, "").header("retry-after", "100000000000"))
    });
}

#[test]
fn absent_images_are_named() {
    check("has no manifest `1` of `app`", |_, _| Some(Reply::new(404, "")));
}

#[test]
fn a_broken_layer_is_resumed() {
    // With ranges.
    attempt(|fixture, r| {
        let whole = fixture.layers[1].clone();
        fixture.is_layer(r).then_some(())?;
        if r.path
            != format!("/v2/app/blobs/{}", farguard_scan::source::digest::Digest::sha256(&whole))
        {
            return None;
        }
        Some(match r.header("range") {
            None => Reply::new(200, &whole[..100]).claiming(5_000),
            Some(range) => {
                assert_eq!(range, "bytes=100-");
                Reply::new(206, &whole[100..]).header("content-range", "bytes 100-4999/5000")
            }
        })
    })
    .unwrap();
    // By a registry that knows none.
    let count = AtomicUsize::new(0);
    attempt(move |fixture, r| {
        let broken = fixture.is_layer(r) && count.fetch_add(1, Ordering::SeqCst) == 1;
        broken.then(|| Reply::new(200, &fixture.layers[1][..100]).claiming(5_000))
    })
    .unwrap();
}

#[test]
fn layers_that_lie_are_told() {
    let layer = |f: &Fixture, r: &Request, reply: Reply| f.is_layer(r).then_some(reply);
    check("breaks off after 2 of 5 bytes", move |f, r| {
        layer(f, r, Reply::new(200, "lo").claiming(5))
    });
    check("breaks off after 2 of 5 bytes", move |f, r| layer(f, r, Reply::new(200, "lo")));
    check("longer than the 5 bytes", move |f, r| layer(f, r, Reply::new(200, "lower and more")));
    check("do not have this digest", move |f, r| layer(f, r, Reply::new(200, "LOWER")));
    check("came from elsewhere", move |f, r| {
        let range = "bytes 0-4/5";
        layer(
            f,
            r,
            match r.header("range") {
                None => Reply::new(200, "lo").claiming(5),
                Some(_) => Reply::new(206, "lower").header("content-range", range),
            },
        )
    });
}

#[test]
fn stalls_end() {
    let long = Duration::from_secs(30);
    check("layer 0", move |f, r| {
        f.is_layer(r).then(|| Reply::new(200, "lo").claiming(5).stalling(long))
    });
    check("no byte for 0.3 s", move |f, r| {
        f.is_layer(r).then(|| Reply::new(200, "lo").claiming(5).stalling(long))
    });
    check("manifest", move |_, _| Some(Reply::new(200, "{").claiming(5).stalling(long)));
}

#[test]
fn wrong_documents_are_refused() {
    check("wrong image configuration", |f, r| {
        (r.path.contains("/blobs/") && !f.is_layer(r)).then(|| Reply::new(200, "{}"))
    });
    check("more than 8388608 bytes", |_, _| Some(Reply::new(200, vec![b' '; 9 << 20])));
    check("schema 1", |_, _| Some(Reply::new(200, r#"{"schemaVersion":1}"#)));
    check("malformed manifest", |_, _| Some(Reply::new(200, "<html>")));
    check("malformed manifest", |_, _| Some(Reply::new(200, [0xff, 0xfe])));
}

#[test]
fn a_manifest_must_have_the_digest_that_is_asked_for() {
    let server = Server::start(|_| Reply::new(200, "{}"));
    let name = format!("{}/app@{}", server.address, fixture().digest());
    let opened =
        farguard_scan::source::registry::RegistryImage::open(&name.parse().unwrap(), options());
    assert!(opened.unwrap_err().to_string().contains("wrong manifest"));
}

#[test]
fn indexes_without_end_are_refused() {
    // Each index names the next one, whose digest must be right: only depth can end it.
    let mut documents = vec![fixture().manifest];
    for _ in 0..10 {
        let below = documents.last().unwrap();
        let digest = farguard_scan::source::digest::Digest::sha256(below.as_bytes());
        documents.push(format!(
            r#"{{"schemaVersion":2,"manifests":[{{"digest":"{digest}","size":{}}}]}}"#,
            below.len()
        ));
    }
    check("too deep", move |_, r| {
        let key = r.path.rsplit('/').next().unwrap();
        let named = documents
            .iter()
            .find(|d| farguard_scan::source::digest::Digest::sha256(d.as_bytes()).as_str() == key);
        Some(Reply::new(200, named.or(documents.last()).unwrap().as_str()))
    });
}

#[test]
fn garbage_challenges_are_refused() {
    for challenge in ["", "Bearer", "Bearer realm=\"ftp://x/\"", "Digest realm=x", "Basic"] {
        let server =
            Server::start(move |_| Reply::new(401, "").header("www-authenticate", challenge));
        let error = pull(&server.address, options()).unwrap_err();
        assert!(error.starts_with(&format!("`{}`", server.address)), "{error}");
        assert!(server.log().len() < 10);
    }
}

#[test]
fn redirects_are_followed_without_the_credential() {
    let fixture = fixture();
    let layers = fixture.layers.clone();
    let store = fixture.clone();
    let store = Server::start(move |r| store.answer(r));
    let elsewhere = store.address.clone();
    let server = Server::start(move |r| match r.header("authorization") {
        None => Reply::new(401, "").header("www-authenticate", "Basic realm=x"),
        Some(_) if fixture.is_layer(r) => {
            Reply::new(307, "").header("location", format!("http://{elsewhere}{}", r.path))
        }
        Some(_) => fixture.answer(r),
    });
    let options = RegistryOptions { credential: credential("u", "hunter2"), ..options() };
    assert_eq!(pull(&server.address, options).unwrap(), layers);
    assert_eq!(store.log().len(), 2);
    for request in store.log() {
        assert_eq!(request.header("authorization"), None, "{request:?}");
    }
}

#[test]
fn redirects_have_an_end() {
    check("redirects more than 10 times", |_, _| {
        Some(Reply::new(302, "").header("location", "/again"))
    });
    check("redirects to nowhere", |_, _| Some(Reply::new(302, "")));
    check("redirects to nowhere", |_, _| Some(Reply::new(302, "").header("location", "file:///x")));
}

#[test]
fn a_registry_without_tls_names_the_flag() {
    let server = Server::start(|_| Reply::new(200, ""));
    let options = RegistryOptions { plain_http: false, ..options() };
    let message = pull(&server.address, options).unwrap_err();
    assert!(message.contains("--plain-http"), "{message}");
}

#[test]
fn foreign_layers_are_a_problem_and_not_fetched_elsewhere() {
    let kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let fixture = Fixture::with_layer_type(&[b"base"], kind);
    let server =
        Server::start(
            move |r| {
                if fixture.is_layer(r) { Reply::new(404, "") } else { fixture.answer(r) }
            },
        );
    let image = open(&server.address, options()).unwrap();
    assert_eq!(image.image().problems[0].code, "foreign-layer");
    assert_eq!(image.image().problems[0].layer, Some(0));
    assert!(layer(&image, 0).unwrap_err().contains("cannot fetch layer 0"));
}

#[test]
fn the_platform_must_fit() {
    let fixture = fixture();
    let server = Server::start(move |r| fixture.answer(r));
    let options = RegistryOptions { platform: Some("linux/s390x".parse().unwrap()), ..options() };
    let message = pull(&server.address, options).unwrap_err();
    assert!(message.contains("no image for `linux/s390x`; there is: linux/amd64"), "{message}");
}
