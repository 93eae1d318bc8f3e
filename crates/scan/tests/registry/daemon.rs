//! The registry that Debian packages, as a process.

use std::{
    fs,
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use farguard_scan::source::digest::Digest;

use super::fixture::{Fixture, OCI_MANIFEST};

/// `u:hunter2`, by bcrypt.
const HTPASSWD: &str = include_str!("htpasswd");

/// A running registry that ends with its value.
pub(crate) struct Registry {
    process: Child,
    pub(crate) address: String,
    _data: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Registry {
    /// Starts it, or says why it cannot and gives nothing. `with_password` lets in `u:hunter2` only.
    pub(crate) fn start(with_password: bool) -> Option<Self> {
        if !Path::new("/usr/bin/docker-registry").exists() {
            println!("skipped: docker-registry is not installed; run tests/setup.sh");
            return None;
        }
        let data = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        fs::write(data.path().join("htpasswd"), HTPASSWD).unwrap();
        let auth = match with_password {
            true => format!(
                "auth: {{htpasswd: {{realm: x, path: {}/htpasswd}}}}\n",
                data.path().display()
            ),
            false => String::new(),
        };
        let config = format!(
            "version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {root}}}}}\n\
             http: {{addr: '{address}'}}\n{auth}",
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
        let registry = Self { process, address, _data: data };
        let started = Instant::now();
        while TcpStream::connect(&registry.address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "the registry does not start");
            thread::sleep(Duration::from_millis(50));
        }
        Some(registry)
    }

    fn put(&self, agent: &ureq::Agent, url: &str, kind: &str, bytes: &[u8]) {
        let answer = agent
            .put(url)
            .header("authorization", "Basic dTpodW50ZXIy")
            .header("content-type", kind)
            .send(bytes)
            .unwrap();
        assert_eq!(answer.status(), 201, "{url}");
    }

    /// Pushes an image as `app:TAG`.
    pub(crate) fn push(&self, tag: &str, fixture: &Fixture) {
        for blob in fixture.layers.iter().map(Vec::as_slice).chain([fixture.config.as_bytes()]) {
            self.push_blob(blob);
        }
        self.push_manifest(tag, OCI_MANIFEST, &fixture.manifest);
    }

    /// Pushes a blob into `app`.
    pub(crate) fn push_blob(&self, blob: &[u8]) {
        let agent = ureq::Agent::new_with_defaults();
        let begun = agent
            .post(format!("http://{}/v2/app/blobs/uploads/", self.address))
            .header("authorization", "Basic dTpodW50ZXIy")
            .send_empty()
            .unwrap();
        let location = begun.headers()["location"].to_str().unwrap();
        let url = format!("{location}&digest={}", Digest::sha256(blob));
        self.put(&agent, &url, "application/octet-stream", blob);
    }

    /// Pushes a manifest or index as `app:TAG`.
    pub(crate) fn push_manifest(&self, tag: &str, kind: &str, manifest: &str) {
        let url = format!("http://{}/v2/app/manifests/{tag}", self.address);
        self.put(&ureq::Agent::new_with_defaults(), &url, kind, manifest.as_bytes());
    }
}
