//! Registries over TLS, with certificates that are trusted and that are not.

use std::{fs, net::TcpStream, process::Command, sync::Arc};

use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

use super::{
    image,
    server::{Reply, Request, Server},
};
use crate::support::{Run, World};

const REQUEST: &str = "[req]\ndistinguished_name = name\nx509_extensions = v3\nprompt = no\n\
    [name]\nCN = registry of a test\n\
    [v3]\nsubjectAltName = IP:127.0.0.1\nbasicConstraints = critical,CA:FALSE\n";

/// A world with a certificate for 127.0.0.1 that signs itself; nothing when it cannot be made.
fn world() -> Option<World> {
    let world = World::new();
    world.write("request", REQUEST);
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-config", "request", "-keyout", "key.pem", "-out", "cert.pem", "-days", "2"])
        .current_dir(world.path("."))
        .output();
    match made {
        Ok(output) => assert!(output.status.success(), "{output:?}"),
        Err(error) => {
            println!("skipped: cannot run openssl: {error}");
            return None;
        }
    }
    Some(world)
}

/// A registry with the certificate of the world.
fn registry(world: &World, answer: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    let certificate = CertificateDer::from_pem_slice(&fs::read(world.path("cert.pem")).unwrap());
    let key = PrivateKeyDer::from_pem_slice(&fs::read(world.path("key.pem")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.unwrap()], key)
        .unwrap();
    let config = Arc::new(config);
    let wrap = move |stream: TcpStream| {
        let connection = ServerConnection::new(Arc::clone(&config)).ok()?;
        Some(StreamOwned::new(connection, stream))
    };
    Server::over(wrap, answer)
}

fn scan(world: &World, server: &Server, environment: &[(&str, &str)]) -> Run {
    let name = format!("{}/app:1", server.address);
    let args = ["scan", &name, "--packages-only", "--allow-gaps", "--format", "cyclonedx"];
    world.farguard_with(&[&args[..], &["--platform", "linux/amd64"]].concat(), environment)
}

/// Scans with the certificate trusted and expects an error.
fn fails(answer: impl Fn(&Request) -> Reply + Send + Sync + 'static, expect: &str) {
    let Some(world) = world() else { return };
    let server = registry(&world, answer);
    let trusted = world.path("cert.pem");
    let run = scan(&world, &server, &[("SSL_CERT_FILE", trusted.to_str().unwrap())]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stderr.contains(expect), "{}", run.stderr);
}

#[test]
fn certificates_must_be_trusted() {
    let Some(world) = world() else { return };
    let fixture = image("tool", "amd64");
    let server = registry(&world, move |request| fixture.answer(request));

    let run = scan(&world, &server, &[]);
    assert_eq!(run.code, 2, "{}", run.stdout);
    for text in [&format!("cannot reach `{}`", server.address), "certificate", "`SSL_CERT_FILE`"] {
        assert!(run.stderr.contains(text), "{text} not in\n{}", run.stderr);
    }
    assert!(server.log().is_empty());

    let trusted = world.path("cert.pem");
    let run = scan(&world, &server, &[("SSL_CERT_FILE", trusted.to_str().unwrap())]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("tool"), "{}", run.stdout);
}

#[test]
fn tls_is_never_left() {
    let fixture = image("tool", "amd64");
    let plain = Server::start(move |request| fixture.answer(request));
    let fixture = image("tool", "amd64");
    let elsewhere = plain.address.clone();
    fails(
        move |request| match fixture.is_layer(request) {
            true => Reply::new(307, "")
                .header("location", format!("http://{elsewhere}{}", request.path)),
            false => fixture.answer(request),
        },
        &format!("redirects from https to `{}` without TLS", plain.address),
    );
    let challenge = format!("Bearer realm=\"http://{}/token\"", plain.address);
    fails(
        move |_| Reply::new(401, "").header("www-authenticate", challenge.as_str()),
        "wants credentials to be sent to a token service without TLS",
    );
    assert!(plain.log().is_empty());
}
