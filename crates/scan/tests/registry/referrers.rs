//! Lists of what is attached to an image, from registries that have the API and from others.

use std::sync::atomic::{AtomicUsize, Ordering};

use farguard_scan::source::{
    ImageSource,
    attachments::{Attachments, Referrer},
    digest::Digest,
    registry::RegistryOptions,
};

use crate::{
    fixture::{Fixture, credential, open, options},
    server::{Reply, Request, Server},
};

fn list(names: &[&str]) -> String {
    let entry = |name: &&str| {
        let digest = Digest::sha256(name.as_bytes());
        format!(r#"{{"mediaType":"x","digest":"{digest}","size":1,"artifactType":"{name}"}}"#)
    };
    let entries: Vec<_> = names.iter().map(entry).collect();
    format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","))
}

/// The types of what is attached, when a server answers so when asked for referrers.
fn attached(
    answer: impl Fn(&Request) -> Option<Reply> + Send + Sync + 'static,
) -> Result<Vec<String>, String> {
    let fixture = Fixture::new(&[b"layer"]);
    let digest = fixture.digest();
    let server = Server::start(move |r| answer(r).unwrap_or_else(|| fixture.answer(r)));
    let options = RegistryOptions { credential: credential("u", "p"), ..options() };
    let image = open(&server.address, options).unwrap();
    let store: &dyn Attachments = image.attachments().unwrap();
    assert_eq!(store.subjects(), std::slice::from_ref(&digest));
    let kind = |referrer: Referrer| referrer.artifact_type;
    let referrers = store.referrers(&digest).map_err(|error| error.to_string())?;
    Ok(referrers.into_iter().map(kind).collect())
}

fn is_list(request: &Request) -> bool {
    request.path.contains("/referrers/sha256:")
}

#[test]
fn all_pages_are_read() {
    let pages = |r: &Request| {
        is_list(r).then(|| match r.path.split_once("?page=") {
            None => Reply::new(200, list(&["a", "b"]))
                .header("link", format!("<{}?page=2>; rel=\"next\"", r.path)),
            Some((path, "2")) => {
                Reply::new(200, list(&["c"])).header("link", format!("<{path}?page=3>;rel=next"))
            }
            Some(_) => Reply::new(200, list(&["d"])).header("link", "<x>; rel=\"prev\""),
        })
    };
    assert_eq!(attached(pages).unwrap(), ["a", "b", "c", "d"]);
}

#[test]
fn registries_without_the_api_have_a_tag() {
    for status in [400, 404, 405] {
        let tagged = move |r: &Request| {
            let is_tag = r.path.contains("/manifests/sha256-");
            is_tag
                .then(|| Reply::new(200, list(&["x"])))
                .or_else(|| is_list(r).then(|| Reply::new(status, "")))
        };
        assert_eq!(attached(tagged).unwrap(), ["x"]);
        let none = move |r: &Request| {
            let asked = is_list(r) || r.path.contains("/manifests/sha256-");
            asked.then(|| Reply::new(if is_list(r) { status } else { 404 }, ""))
        };
        assert_eq!(attached(none).unwrap(), [""; 0]);
    }
}

#[test]
fn lists_that_lie_or_never_end_are_errors() {
    let check = |expect: &str, answer: fn(&Request) -> Reply| {
        let error = attached(move |r| is_list(r).then(|| answer(r))).unwrap_err();
        assert!(error.contains(expect), "{error}");
    };
    check("malformed list of referrers", |_| Reply::new(200, "<html>"));
    check("malformed list of referrers", |_| {
        Reply::new(200, r#"{"manifests":[{"digest":"sha256:../x"}]}"#)
    });
    check("500 Internal Server Error", |_| Reply::new(500, ""));
    check("continues a list on another server", |_| {
        Reply::new(200, list(&[])).header("link", "<http://evil.example/v2/>; rel=\"next\"")
    });
    check("more than 16 pages", |r| {
        Reply::new(200, list(&["a"])).header("link", format!("<{}>; rel=\"next\"", r.path))
    });
}

#[test]
fn endless_lists_are_left_when_they_are_long_enough() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let long = |r: &Request| {
        is_list(r).then(|| {
            ASKED.fetch_add(1, Ordering::SeqCst);
            let next = format!("<{}>; rel=\"next\"", r.path);
            Reply::new(200, list(&["a"; 3_000])).header("link", next)
        })
    };
    assert_eq!(attached(long).unwrap().len(), 6_000);
    assert_eq!(ASKED.load(Ordering::SeqCst), 2);
}
