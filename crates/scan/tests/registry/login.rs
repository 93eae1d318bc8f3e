//! Bearer tokens: fetched once, renewed when they expire, and told to nobody else.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use farguard_scan::source::{
    ImageSource,
    registry::{Credential, CredentialFiles, CredentialProvider, RegistryOptions, Secret},
};

use crate::{
    fixture::{Fixture, credential, layer, open, options, pull},
    server::{Reply, Server},
};

/// The base64 of `u:hunter2`.
const BASIC: &str = "Basic dTpodW50ZXIy";

/// A registry whose tokens are good for so many requests, and its token service.
fn registry(uses: usize) -> (Server, Arc<AtomicUsize>) {
    let fixture = Fixture::new(&[b"one", b"two", b"three"]);
    let tokens = Arc::new(AtomicUsize::new(0));
    let issued = Arc::clone(&tokens);
    let used = AtomicUsize::new(0);
    let server = Server::start(move |r| {
        if r.path.starts_with("/token") {
            let ok = r.header("authorization") == Some(BASIC)
                || r.body.contains("grant_type=refresh_token")
                    && r.body.contains("refresh_token=r%2Bt");
            if !ok {
                return Reply::new(401, "");
            }
            used.store(0, Ordering::SeqCst);
            let number = issued.fetch_add(1, Ordering::SeqCst) + 1;
            return Reply::new(200, format!(r#"{{"token":"t{number}"}}"#));
        }
        let expect = format!("Bearer t{}", issued.load(Ordering::SeqCst));
        let good = r.header("authorization") == Some(&expect);
        if good && used.fetch_add(1, Ordering::SeqCst) < uses {
            return fixture.answer(r);
        }
        let host = r.header("host").unwrap();
        let challenge = format!(
            r#"Bearer realm="http://{host}/token",service="s&1",scope="repository:app:pull,push""#
        );
        Reply::new(401, "").header("www-authenticate", challenge)
    });
    (server, tokens)
}

fn with(credential: Option<Credential>) -> RegistryOptions {
    RegistryOptions { credential, ..options() }
}

#[test]
fn one_token_serves_all_layers() {
    let (server, tokens) = registry(1_000);
    let image = open(&server.address, with(credential("u", "hunter2"))).unwrap();
    std::thread::scope(|scope| {
        for index in 0..image.image().layers.len() {
            let image = &image;
            scope.spawn(move || layer(image, index).unwrap());
        }
    });
    assert_eq!(tokens.load(Ordering::SeqCst), 1);
    let log = server.log();
    let token = log.iter().find(|r| r.path.starts_with("/token")).unwrap();
    // Never more than to pull, whatever the registry asks for.
    assert_eq!(token.path, "/token?service=s%261&scope=repository%3Aapp%3Apull");
}

#[test]
fn expired_tokens_are_renewed() {
    let (server, tokens) = registry(2);
    assert_eq!(pull(&server.address, with(credential("u", "hunter2"))).unwrap().len(), 3);
    assert!(tokens.load(Ordering::SeqCst) >= 3);
}

#[test]
fn identity_tokens_are_exchanged() {
    let (server, _) = registry(1_000);
    let token = Some(Credential::IdentityToken(Secret::new("r+t")));
    assert_eq!(pull(&server.address, with(token)).unwrap().len(), 3);
}

#[test]
fn a_wrong_password_is_told_and_not_repeated() {
    let (server, _) = registry(1_000);
    let message = pull(&server.address, with(credential("u", "secret-word"))).unwrap_err();
    assert!(message.contains("the given credential"), "{message}");
    assert!(!message.contains("secret-word"), "{message}");
    assert!(!format!("{:?}", with(credential("u", "secret-word"))).contains("secret-word"));
}

#[derive(Debug)]
struct Known(&'static str);

impl CredentialProvider for Known {
    fn name(&self) -> &'static str {
        "a provider"
    }

    fn credential(&self, host: &str) -> Result<Option<Credential>, String> {
        Ok(host.starts_with("127.0.0.1").then(|| credential("u", self.0)).flatten())
    }
}

#[test]
fn a_stale_file_does_not_hide_a_good_provider() {
    let (server, _) = registry(1_000);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    // The base64 of `u:old`.
    let json = format!(r#"{{"auths":{{"{}":{{"auth":"dTpvbGQ="}}}}}}"#, server.address);
    std::fs::write(&path, json).unwrap();
    let files = CredentialFiles { files: vec![path.clone()], ..CredentialFiles::default() };

    let bad = RegistryOptions { files: files.clone(), ..options() };
    let message = pull(&server.address, bad).unwrap_err();
    assert!(message.contains(&format!("`{}`", path.display())), "{message}");

    let good = RegistryOptions { files, providers: vec![Arc::new(Known("hunter2"))], ..options() };
    assert_eq!(pull(&server.address, good).unwrap().len(), 3);
}
