//! A server that plays AWS, as a process.

use std::{
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

const PROGRAM: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-venv/bin/moto_server");

/// A running `moto_server` that ends with its value.
pub(crate) struct Moto {
    process: Child,
    /// `http://127.0.0.1:PORT`
    pub(crate) endpoint: String,
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Moto {
    /// Starts it, or says why it cannot and gives nothing.
    pub(crate) fn start() -> Option<Self> {
        if !Path::new(PROGRAM).exists() {
            println!("skipped: there is no `{PROGRAM}`; run tests/setup.sh");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(PROGRAM)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let moto = Self { process, endpoint: format!("http://127.0.0.1:{port}") };
        let started = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(started.elapsed() < Duration::from_secs(60), "moto_server does not start");
            thread::sleep(Duration::from_millis(50));
        }
        Some(moto)
    }
}
