use std::{
    collections::{BTreeMap, HashMap},
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
};

use super::*;
use crate::{
    advisories::{
        AdvisorySource,
        build::tests::{gzip, zip},
        database::Database,
    },
    progress::Silent,
};

/// A server in the layout of the bucket and of a package repository, and what it was asked.
struct Server {
    base: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    files: BTreeMap<String, Vec<u8>>,
    /// Answers with this status so many times before the file is given.
    errors: HashMap<String, (u16, u32)>,
    /// Promises so many bytes more than it sends.
    cut: Option<String>,
    /// Status and path of every answer.
    log: Vec<String>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&shared);
                thread::spawn(move || answer(stream, &shared));
            }
        });
        Self { base, state }
    }

    /// A server with one PyPI and one Debian advisory, Amazon Linux, KEV and EPSS.
    fn complete() -> Self {
        let server = Self::start();
        let updateinfo = gzip(
            br#"<updates><update type="security"><id>ALAS2023-1</id><package name="curl"
            epoch="0" version="8.0" release="1.amzn2023" arch="x86_64"/></update></updates>"#,
        );
        let sha256 = {
            use sha2::{Digest, Sha256};
            let digest = Sha256::digest(&updateinfo);
            digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let index = format!(
            r#"<repomd><data type="updateinfo"><checksum type="sha256">{sha256}</checksum>
            <location href="repodata/updateinfo.xml.gz"/></data></repomd>"#
        );
        server.put("ecosystems.txt", b"Debian\nDebian:12\nPyPI\nRed Hat\n");
        server.put("PyPI/all.zip", &zip(&[("A-1.json", &record("A-1", "PyPI", "flask"))]));
        server.put("Debian/all.zip", &zip(&[("A-2.json", &record("A-2", "Debian:12", "curl"))]));
        server.put(
            "Red%20Hat/all.zip",
            &zip(&[("A-3.json", &record("A-3", "Red Hat:enterprise_linux:9::baseos", "curl"))]),
        );
        server.put("mirror.list", format!("{}/core\n", server.base).as_bytes());
        server.put("core/repodata/repomd.xml", index.as_bytes());
        server.put("core/repodata/updateinfo.xml.gz", &updateinfo);
        server.put(
            "kev.json",
            br#"{"catalogVersion":"1","vulnerabilities":[
            {"cveID":"CVE-2021-44228","dateAdded":"2021-12-10","dueDate":"2021-12-24"}]}"#,
        );
        let scores = b"#model_version:v1\ncve,epss,percentile\nCVE-2021-44228,0.9,0.99\n";
        server.put("epss.csv.gz", &gzip(scores));
        server
    }

    fn put(&self, path: &str, bytes: &[u8]) {
        self.state.lock().unwrap().files.insert(format!("/{path}"), bytes.to_vec());
    }

    fn take_log(&self) -> Vec<String> {
        let mut log = std::mem::take(&mut self.state.lock().unwrap().log);
        log.sort();
        log
    }

    fn options(&self, directory: &Path) -> UpdateOptions {
        let mut options = UpdateOptions::new(
            &directory.join("advisories.db"),
            "2026-01-02T03:04:05Z".parse().unwrap(),
        );
        options.osv_base.clone_from(&self.base);
        options.amazon_mirror_lists =
            vec![("Amazon Linux 2023".to_owned(), format!("{}/mirror.list", self.base))];
        options.kev_url = Some(format!("{}/kev.json", self.base));
        options.epss_url = Some(format!("{}/epss.csv.gz", self.base));
        options.retry_pause = Duration::from_millis(1);
        options
    }
}

fn record(id: &str, ecosystem: &str, name: &str) -> Vec<u8> {
    format!(
        r#"{{"id":"{id}","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"{name}"}},
        "versions":["1"]}}]}}"#
    )
    .into_bytes()
}

/// Answers one request; the connection is closed after it.
fn answer(mut stream: TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut request = String::new();
    let mut tag = None;
    reader.read_line(&mut request).unwrap();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap() == 0 || line.trim().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("if-none-match")
        {
            tag = Some(value.trim().to_owned());
        }
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut state = state.lock().unwrap();
    let (status, body) = state.answer(&path, tag.as_deref());
    state.log.push(format!("{status} {path}"));
    let promised = body.len() + if state.cut.as_ref() == Some(&path) { 10 } else { 0 };
    let head = format!(
        "HTTP/1.1 {status} X\r\nContent-Length: {promised}\r\nETag: {}\r\nConnection: close\r\n\r\n",
        etag(&body)
    );
    drop(state);
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(&body);
}

impl State {
    fn answer(&mut self, path: &str, tag: Option<&str>) -> (u16, Vec<u8>) {
        if let Some((status, left)) = self.errors.get_mut(path)
            && *left > 0
        {
            *left -= 1;
            return (*status, Vec::new());
        }
        match self.files.get(path) {
            Some(body) if tag == Some(etag(body).as_str()) => (304, Vec::new()),
            Some(body) => (200, body.clone()),
            None => (404, Vec::new()),
        }
    }
}

fn etag(body: &[u8]) -> String {
    format!("\"{:x}\"", xxhash_rust::xxh3::xxh3_64(body))
}

#[test]
fn an_update_fetches_everything_once_and_then_only_what_has_changed() {
    let server = Server::complete();
    let directory = tempfile::tempdir().unwrap();
    let options = server.options(directory.path());
    let updated = update(&options, &Silent).unwrap();
    assert_eq!(
        updated.changed,
        ["Amazon Linux 2023", "CISA KEV", "FIRST EPSS", "OSV Debian", "OSV PyPI", "OSV Red Hat"]
    );
    let database = Database::open(&options.output).unwrap();
    let count = |ecosystem: &str, name: &str| database.advisories(ecosystem, name).unwrap().len();
    assert_eq!(count("PyPI", "flask"), 1);
    assert_eq!(count("Debian:12", "curl"), 1);
    assert_eq!(count("Red Hat:9", "curl"), 1);
    assert_eq!(count("Amazon Linux:2023", "curl"), 1);
    assert!(database.kev("CVE-2021-44228").unwrap().is_some());
    assert!(database.epss("CVE-2021-44228").unwrap().is_some());
    let sources = &database.contents().sources;
    assert_eq!(sources[0].location, format!("{}/Debian/all.zip", server.base));
    assert_eq!(sources[0].fetched, Some(options.now));
    // Ecosystems that this bucket does not have are told.
    let missing = updated.built.problems.iter();
    assert!(missing.clone().all(|p| p.code == "missing-advisory-source"), "{missing:?}");
    assert_eq!(missing.len(), BUCKET_ECOSYSTEMS.len() - 3);

    server.take_log();
    server.put("PyPI/all.zip", &zip(&[("A-9.json", &record("A-9", "PyPI", "django"))]));
    let updated = update(&options, &Silent).unwrap();
    assert_eq!(updated.changed, ["OSV PyPI"]);
    assert_eq!(
        server.take_log(),
        [
            "200 /PyPI/all.zip",
            "200 /core/repodata/repomd.xml",
            "200 /ecosystems.txt",
            "200 /mirror.list",
            "304 /Debian/all.zip",
            "304 /Red%20Hat/all.zip",
            "304 /core/repodata/updateinfo.xml.gz",
            "304 /epss.csv.gz",
            "304 /kev.json",
        ]
    );
    let database = Database::open(&options.output).unwrap();
    assert_eq!(database.advisories("PyPI", "flask").unwrap().len(), 0);
    assert_eq!(database.advisories("PyPI", "django").unwrap().len(), 1);
}

/// Breaks the server and checks the error, and that the old database is still there.
fn check_failure(
    break_it: impl FnOnce(&Server, &mut UpdateOptions),
    expect: impl FnOnce(&str) -> Vec<String>,
) {
    let server = Server::complete();
    let directory = tempfile::tempdir().unwrap();
    let mut options = server.options(directory.path());
    fs::write(&options.output, "old").unwrap();
    break_it(&server, &mut options);
    let error = update(&options, &Silent).unwrap_err().to_string();
    for part in expect(&server.base) {
        assert!(error.contains(&part), "`{part}` in `{error}`");
    }
    assert_eq!(fs::read(&options.output).unwrap(), b"old");
}

#[test]
fn a_missing_source_is_named() {
    check_failure(
        |server, _| drop(server.state.lock().unwrap().files.remove("/Debian/all.zip")),
        |base| vec![format!("cannot fetch `{base}/Debian/all.zip`: the server says 404")],
    );
    check_failure(
        |_, options| options.ecosystems = vec!["PyPI".to_owned(), "Pypi".to_owned()],
        |base| vec![format!("`{base}` has no ecosystem `Pypi`")],
    );
}

#[test]
fn damaged_sources_are_named_and_fetched_again() {
    check_failure(
        |server, _| {
            let whole = zip(&[("A-1.json", &record("A-1", "PyPI", "flask"))]);
            server.put("PyPI/all.zip", &whole[..whole.len() - 30]);
        },
        |base| vec![format!("OSV PyPI from `{base}/PyPI/all.zip` cannot be used: ")],
    );
    check_failure(
        |server, _| server.put("core/repodata/updateinfo.xml.gz", b"other"),
        |_| vec!["Amazon Linux 2023 from".to_owned(), "its SHA-256 is not".to_owned()],
    );
}

#[test]
fn a_server_that_lies_about_the_length_is_caught() {
    check_failure(
        |server, _| server.state.lock().unwrap().cut = Some("/kev.json".to_owned()),
        |base| vec![format!("cannot fetch `{base}/kev.json`"), "(5 attempts)".to_owned()],
    );
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = Server::complete();
    let directory = tempfile::tempdir().unwrap();
    let options = server.options(directory.path());
    let mut errors = HashMap::new();
    errors.insert("/PyPI/all.zip".to_owned(), (429, 2));
    errors.insert("/kev.json".to_owned(), (503, 4));
    server.state.lock().unwrap().errors = errors;
    update(&options, &Silent).unwrap();
}

#[test]
fn two_updates_do_not_race() {
    let server = Server::complete();
    let directory = tempfile::tempdir().unwrap();
    let options = server.options(directory.path());
    let other = Replacement::begin(&options.output).unwrap();
    let error = update(&options, &Silent).unwrap_err().to_string();
    assert!(error.ends_with("is being updated by another process"), "{error}");
    drop(other);
    update(&options, &Silent).unwrap();
}
