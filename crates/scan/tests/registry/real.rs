//! A real registry with a password, as Debian packages it.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use farguard_scan::source::{ImageSource, digest::Digest, registry::RegistryOptions};

use crate::fixture::{Fixture, OCI_MANIFEST, credential, open, options, pull};

/// `u:hunter2`, by bcrypt.
const HTPASSWD: &str = include_str!("htpasswd");

struct Registry {
    process: Child,
    address: String,
    _data: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts the registry, or says why it cannot and gives nothing.
fn start() -> Option<Registry> {
    if !Path::new("/usr/bin/docker-registry").exists() {
        println!("skipped: docker-registry is not installed; run tests/setup.sh");
        return None;
    }
    let data = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    fs::write(data.path().join("htpasswd"), HTPASSWD).unwrap();
    let config = format!(
        "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}}}}}\n\
         http: {{addr: '{address}'}}\nauth: {{htpasswd: {{realm: x, path: {root}/htpasswd}}}}\n",
        root = data.path().display()
    );
    let path = data.path().join("config.yml");
    fs::write(&path, config).unwrap();
    let process = Command::new("/usr/bin/docker-registry")
        .arg("serve")
        .arg(&path)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let registry = Registry { process, address, _data: data };
    let started = Instant::now();
    while TcpStream::connect(&registry.address).is_err() {
        assert!(started.elapsed() < Duration::from_secs(20), "the registry does not start");
        thread::sleep(Duration::from_millis(50));
    }
    Some(registry)
}

impl Registry {
    fn put(&self, agent: &ureq::Agent, url: &str, kind: &str, bytes: &[u8]) {
        let answer = agent
            .put(url)
            .header("authorization", "Basic dTpodW50ZXIy")
            .header("content-type", kind)
            .send(bytes)
            .unwrap();
        assert_eq!(answer.status(), 201, "{url}");
    }

    fn push(&self, fixture: &Fixture) {
        let agent = ureq::Agent::new_with_defaults();
        let base = format!("http://{}/v2/app", self.address);
        for blob in fixture.layers.iter().map(Vec::as_slice).chain([fixture.config.as_bytes()]) {
            let begun = agent
                .post(format!("{base}/blobs/uploads/"))
                .header("authorization", "Basic dTpodW50ZXIy")
                .send_empty()
                .unwrap();
            let location = begun.headers()["location"].to_str().unwrap();
            let url = format!("{location}&digest={}", Digest::sha256(blob));
            self.put(&agent, &url, "application/octet-stream", blob);
        }
        self.put(&agent, &format!("{base}/manifests/1"), OCI_MANIFEST, fixture.manifest.as_bytes());
    }
}

#[test]
fn an_image_is_pulled_with_a_password() {
    let Some(registry) = start() else { return };
    let fixture = Fixture::new(&[b"lower layer", &vec![7; 300_000]]);
    registry.push(&fixture);

    let with = |password| RegistryOptions { credential: credential("u", password), ..options() };
    let image = open(&registry.address, with("hunter2")).unwrap();
    assert_eq!(image.image().target.digest.as_deref(), Some(fixture.digest().as_str()));
    assert_eq!(pull(&registry.address, with("hunter2")).unwrap(), fixture.layers);

    let message = pull(&registry.address, with("wrong-word")).unwrap_err();
    assert!(message.contains("401 Unauthorized") && !message.contains("wrong-word"), "{message}");
    let message = pull(&registry.address, options()).unwrap_err();
    assert!(message.contains("a name and a password are asked for"), "{message}");

    let absent = format!("{}/app:2", registry.address).parse().unwrap();
    let error = farguard_scan::source::registry::RegistryImage::open(&absent, with("hunter2"));
    assert!(error.unwrap_err().to_string().contains("has no manifest `2`"));
}
