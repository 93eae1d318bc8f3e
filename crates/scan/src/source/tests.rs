//! Whole images, built here, read through to an inventory.

mod secrets;

use std::{collections::HashMap, fs, path::PathBuf, sync::Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::{
    inventory::{Options, take},
    layer::testing::{Tar, gzip},
    progress::{Progress, Silent},
};

const STATUS: &str = "var/lib/dpkg/status";

fn status(packages: &[(&str, &str)]) -> Vec<u8> {
    let paragraph = |(name, version): &(&str, &str)| {
        format!(
            "Package: {name}\nStatus: install ok installed\nVersion: {version}\nArchitecture: amd64\n\n"
        )
    };
    packages.iter().map(paragraph).collect::<String>().into_bytes()
}

fn npm(name: &str) -> Vec<u8> {
    json!({"name": name, "version": "1.0.0"}).to_string().into_bytes()
}

/// A directory in which images are built.
struct Bench {
    directory: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a docker archive of plain layers; gives its path.
    fn docker_archive(&self, layers: &[Vec<u8>]) -> String {
        let diff_ids: Vec<String> =
            layers.iter().map(|layer| Digest::sha256(layer).to_string()).collect();
        let config = config(&diff_ids);
        let mut tar = Tar::default().file("config.json", &config);
        let mut names = Vec::new();
        for (index, layer) in layers.iter().enumerate() {
            let name = format!("{index}/layer.tar");
            tar = tar.file(&name, layer);
            names.push(name);
        }
        let manifest = json!([{"Config": "config.json", "RepoTags": ["a:1"], "Layers": names}]);
        self.write("image.tar", &tar.file("manifest.json", manifest.to_string().as_bytes()).end())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> String {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
        self.path(name).to_str().unwrap().to_owned()
    }

    fn blob(&self, bytes: &[u8]) -> Value {
        let digest = Digest::sha256(bytes).to_string();
        self.write(&format!("oci/blobs/{}", digest.replacen(':', "/", 1)), bytes);
        json!({"digest": digest, "size": bytes.len()})
    }

    /// The descriptor of an image of these stored layers.
    fn image(&self, layers: &[Vec<u8>]) -> Value {
        let diff_ids: Vec<String> =
            layers.iter().map(|layer| Digest::sha256(layer).to_string()).collect();
        let config = self.blob(&config(&diff_ids));
        let layers: Vec<Value> = layers.iter().map(|layer| self.blob(layer)).collect();
        let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
        self.blob(manifest.to_string().as_bytes())
    }

    /// Writes the index of the layout; gives its path.
    fn layout(&self, manifests: &[Value]) -> String {
        let index = json!({"schemaVersion": 2, "manifests": manifests});
        self.write("oci/index.json", index.to_string().as_bytes());
        self.path("oci").to_str().unwrap().to_owned()
    }
}

fn config(diff_ids: &[String]) -> Vec<u8> {
    let history: Vec<Value> =
        diff_ids.iter().map(|_| json!({"created_by": "/bin/sh -c make"})).collect();
    json!({"os": "linux", "architecture": "amd64", "history": history,
           "rootfs": {"type": "layers", "diff_ids": diff_ids}})
    .to_string()
    .into_bytes()
}

fn inventory(target: &str, options: &Options) -> Result<Inventory, SourceError> {
    let target = Target::detect(target).map_err(|error| SourceError::Invalid(error.to_string()))?;
    let platforms = ["linux/amd64".parse().unwrap()];
    take(open_local(&target, &platforms)?.unwrap(), options, &Silent)
}

/// `NAME@VERSION LAYER` for every package, `! CODE PATH` for every problem.
fn lines(inventory: &Inventory) -> Vec<String> {
    let layer = |layer: Option<u32>| layer.map_or("-".to_owned(), |layer| layer.to_string());
    let packages = inventory.packages.iter();
    let problems = inventory.problems.iter();
    packages
        .map(|p| format!("{}@{} {} {}", p.name, p.version, layer(p.layer), p.path))
        .chain(problems.map(|p| format!("! {} {}", p.code, layer(p.layer))))
        .collect()
}

fn check(target: &str, expect: &[&str]) {
    match inventory(target, &Options::default()) {
        Ok(inventory) => assert_eq!(lines(&inventory), expect),
        Err(error) => assert_eq!([format!("ERROR {error}")].as_slice(), expect),
    }
}

fn fails(target: &str, expect: &str) {
    let error = inventory(target, &Options::default()).unwrap_err().to_string();
    assert!(error.contains(expect), "{error}");
}

/// A layer with one package of Node at `PATH/package.json`.
fn node_layer(path: &str, name: &str) -> Tar {
    Tar::default().file(&format!("app/node_modules/{path}/package.json"), &npm(name))
}

#[test]
fn a_docker_archive_through_all_layers() {
    let lower = Tar::default()
        .file("etc/os-release", b"ID=debian\nVERSION_ID=12\n")
        .file(STATUS, &status(&[("bash", "5.2"), ("curl", "7.0")]))
        .file("app/node_modules/gone/package.json", &npm("gone"));
    let upper = Tar::default()
        .file(STATUS, &status(&[("bash", "5.2"), ("curl", "8.0")]))
        .file("app/node_modules/.wh.gone", b"")
        .file("app/node_modules/kept/package.json", &npm("kept"));
    let bench = Bench::new();
    let path = bench.docker_archive(&[lower.end(), upper.end()]);
    let found = inventory(&path, &Options::default()).unwrap();
    assert_eq!(
        lines(&found),
        [
            "bash@5.2 0 var/lib/dpkg/status",
            "curl@8.0 1 var/lib/dpkg/status",
            "kept@1.0.0 1 app/node_modules/kept/package.json",
        ]
    );
    assert_eq!(found.os.unwrap().id, "debian");
    assert_eq!(found.layers[1].created_by.as_deref(), Some("RUN make"));
    assert_eq!(found.target.platform.as_deref(), Some("linux/amd64"));
}

#[test]
fn layers_of_every_compression() {
    let bench = Bench::new();
    let layers = [
        node_layer("a", "a").end(),
        gzip(&node_layer("b", "b").end()),
        zstd::encode_all(node_layer("c", "c").end().as_slice(), 3).unwrap(),
    ];
    let expect = [
        "a@1.0.0 0 app/node_modules/a/package.json",
        "b@1.0.0 1 app/node_modules/b/package.json",
        "c@1.0.0 2 app/node_modules/c/package.json",
    ];
    let image = bench.image(&layers);
    check(&bench.layout(&[image]), &expect);
    check(&bench.docker_archive(&layers), &expect);
}

#[test]
fn hard_links_say_the_same_at_each_of_their_names() {
    let jsons = Tar::default()
        .file("store/x", &npm("late"))
        .hard_link("app/node_modules/late/package.json", "./store/x")
        .file("app/node_modules/first/package.json", &npm("first"))
        .hard_link("app/node_modules/second/package.json", "/app/node_modules/first/package.json")
        .hard_link("app/node_modules/third/package.json", "app/node_modules/second/package.json")
        .hard_link("app/node_modules/none/package.json", "nowhere")
        .hard_link("app/node_modules/loop/package.json", "app/node_modules/loop/package.json");
    let bench = Bench::new();
    let expect = [
        "first@1.0.0 0 app/node_modules/first/package.json",
        "first@1.0.0 0 app/node_modules/second/package.json",
        "first@1.0.0 0 app/node_modules/third/package.json",
        "late@1.0.0 0 app/node_modules/late/package.json",
        "! missing-link-target 0",
        "! missing-link-target 0",
    ];
    let tar = jsons.end();
    check(&bench.docker_archive(std::slice::from_ref(&tar)), &expect);
    check(&bench.docker_archive(&[gzip(&tar)]), &expect);
}

#[test]
fn the_last_entry_of_a_path_counts() {
    let path = "app/node_modules/x/package.json";
    let bench = Bench::new();
    let twice = Tar::default().file(path, &npm("old")).file(path, &npm("new")).end();
    check(&bench.docker_archive(&[twice]), &["new@1.0.0 0 app/node_modules/x/package.json"]);
    let replaced = Tar::default().file(path, &npm("old")).symlink(path, "elsewhere").end();
    check(&bench.docker_archive(&[replaced]), &[]);
}

#[test]
fn damage_is_told_and_what_was_read_counts() {
    let bench = Bench::new();
    let found = "a@1.0.0 0 app/node_modules/a/package.json";
    let tar = node_layer("a", "a").file("b", &[1; 5_000]).end();
    check(&bench.docker_archive(&[tar[..4_000].to_vec()]), &[found, "! truncated-layer 0"]);
    let mut damaged = tar.clone();
    damaged[1_030] ^= 1;
    check(&bench.docker_archive(&[damaged]), &[found, "! corrupt-layer 0"]);
    let stored = gzip(&[tar.clone(), vec![7; 100_000]].concat());
    let cut = stored[..stored.len() - 4].to_vec();
    check(&bench.docker_archive(&[cut]), &[found, "! truncated-layer 0"]);
    let mut wrong = stored.clone();
    let checksum = wrong.len() - 6;
    wrong[checksum] ^= 1;
    check(&bench.docker_archive(&[wrong]), &[found, "! corrupt-layer 0"]);
    check(&bench.docker_archive(&[b"BZh9".to_vec()]), &["! unsupported-compression 0"]);
    check(&bench.docker_archive(&[b"not a tar".repeat(99)]), &["! corrupt-layer 0"]);
    let outside = Tar::default().file("../../etc/passwd", b"x").file("/../y", b"").end();
    check(&bench.docker_archive(&[outside]), &["! path-outside-root 0"]);
}

#[test]
fn a_layer_may_do_without_the_empty_blocks_at_its_end() {
    let bench = Bench::new();
    let found = "a@1.0.0 0 app/node_modules/a/package.json";
    let Tar(bare) = node_layer("a", "a");
    let content_end = bare.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for layer in [&bare[..], &bare[..content_end]] {
        check(&bench.docker_archive(&[layer.to_vec()]), &[found]);
        check(&bench.docker_archive(&[gzip(layer)]), &[found]);
        check(&bench.layout(&[bench.image(&[layer.to_vec()])]), &[found]);
        check(&bench.layout(&[bench.image(&[gzip(layer)])]), &[found]);
        let cut = layer[..100].to_vec();
        check(&bench.docker_archive(std::slice::from_ref(&cut)), &["! truncated-layer 0"]);
        check(&bench.layout(&[bench.image(&[gzip(&cut)])]), &["! truncated-layer 0"]);
    }
}

#[test]
fn an_archive_cut_inside_a_layer_is_told() {
    let bench = Bench::new();
    let path = bench.docker_archive(&[node_layer("a", "a").end()]);
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..2_200]).unwrap();
    fails(&path, "the archive ends early");
}

#[test]
fn a_wrong_digest_stops_the_scan() {
    let bench = Bench::new();
    let stored = gzip(&node_layer("a", "a").end());
    let image = bench.image(std::slice::from_ref(&stored));
    let path = bench.layout(&[image]);
    let blob = |bytes: &[u8]| {
        bench.path(&format!("oci/blobs/{}", Digest::sha256(bytes).as_str().replacen(':', "/", 1)))
    };
    // Another time in the header of gzip: the same length and content, other bytes.
    let mut other = stored.clone();
    other[4] ^= 1;
    fs::write(blob(&stored), &other).unwrap();
    fails(&path, "its digest is");
    fs::write(blob(&stored), &stored[..stored.len() - 1]).unwrap();
    fails(&path, "bytes in the layout, and should have");
    fs::remove_file(blob(&stored)).unwrap();
    fails(&path, "no copy of layer");
}

#[test]
fn platforms_and_names_choose_among_images() {
    let bench = Bench::new();
    let with = |mut image: Value, platform: Option<&str>, name: &str| {
        if let Some(architecture) = platform {
            image["platform"] = json!({"os": "linux", "architecture": architecture});
        }
        image["annotations"] = json!({"org.opencontainers.image.ref.name": name});
        image
    };
    let amd = bench.image(&[node_layer("amd", "amd").end()]);
    let arm = bench.image(&[node_layer("arm", "arm").end()]);
    let found = ["amd@1.0.0 0 app/node_modules/amd/package.json"];
    let both = [with(arm.clone(), Some("arm64"), "v1"), with(amd.clone(), Some("amd64"), "v1")];
    check(&bench.layout(&both), &found);
    let nested = bench.blob(json!({"schemaVersion": 2, "manifests": both}).to_string().as_bytes());
    check(&bench.layout(&[nested]), &found);
    let named = bench.layout(&[with(arm, None, "app:v1"), with(amd, None, "app:v2")]);
    fails(&named, "several images for one platform");
    check(&format!("{named}#v2"), &found);
    fails(&format!("{named}#v3"), "no image `v3` in the layout; there is `app:v1`, `app:v2`");
}

#[test]
fn a_foreign_layer_without_a_copy_is_a_problem() {
    let bench = Bench::new();
    let layer = node_layer("a", "a").end();
    let digest = Digest::sha256(b"elsewhere").to_string();
    let config = bench.blob(&config(&[digest.clone(), Digest::sha256(&layer).to_string()]));
    let foreign = json!({"digest": digest, "size": 9,
        "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"});
    let layers = [foreign, bench.blob(&layer)];
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
    let image = bench.blob(manifest.to_string().as_bytes());
    check(
        &bench.layout(&[image]),
        &["a@1.0.0 1 app/node_modules/a/package.json", "! foreign-layer 0"],
    );
}

#[test]
fn a_bomb_is_stopped() {
    struct Zeros(u64);
    impl Read for Zeros {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let len = buffer.len().min(usize::try_from(self.0).unwrap_or(usize::MAX));
            buffer[..len].fill(0);
            self.0 -= len as u64;
            Ok(len)
        }
    }
    let mut head = Tar::default();
    head = head.file("app/node_modules/a/package.json", &npm("a"));
    head = head.block(crate::layer::testing::header(b'0', "zeros", "", 0o644, 3 << 30));
    let bomb = zstd::encode_all(head.0.as_slice().chain(Zeros(3 << 30)), 1).unwrap();
    assert!(bomb.len() < 1 << 20);
    let bench = Bench::new();
    check(
        &bench.docker_archive(&[bomb]),
        &["a@1.0.0 0 app/node_modules/a/package.json", "! layer-too-large 0"],
    );
}

#[test]
fn a_remembered_layer_is_not_read_again() {
    #[derive(Default)]
    struct Notes(Mutex<HashMap<String, String>>);
    impl Progress for Notes {
        fn start(&self, _: &str, _: &str, _: u64) {}
        fn advance(&self, _: &str, _: u64) {}
        fn finish(&self, id: &str, note: &str) {
            self.0.lock().unwrap().insert(id.to_owned(), note.to_owned());
        }
    }
    let bench = Bench::new();
    let layers = [node_layer("a", "a").end(), gzip(&node_layer("b", "b").end())];
    let options = Options { cache: Some(bench.path("cache")), ..Options::default() };
    let scan = |path: &str| {
        let notes = Notes::default();
        let source = open_local(&Target::detect(path).unwrap(), &Platform::defaults()).unwrap();
        let inventory = take(source.unwrap(), &options, &notes).unwrap();
        let notes = notes.0.into_inner().unwrap();
        let mut notes: Vec<String> = notes.into_values().collect();
        notes.sort();
        (inventory, notes)
    };
    let image = bench.image(&layers);
    let path = bench.layout(&[image]);
    let (cold, notes) = scan(&path);
    assert_eq!(notes, ["1 package", "1 package"]);
    let (warm, notes) = scan(&path);
    assert_eq!(notes, ["1 package, cached", "1 package, cached"]);
    assert_eq!(cold, warm);
    // A docker archive claims digests that nobody verifies: it may not use what others cached,
    // nor leave anything that they would use.
    let archive = bench.docker_archive(&layers);
    assert_eq!(scan(&archive).1, ["1 package", "1 package"]);
    assert_eq!(scan(&archive).1, ["1 package, cached", "1 package, cached"]);
    let other = [node_layer("c", "c").end(), node_layer("d", "d").end()];
    assert_eq!(scan(&bench.docker_archive(&other)).1, ["1 package", "1 package"]);
}

#[test]
fn directories_are_read_like_images() {
    let bench = Bench::new();
    bench.write(&format!("root/{STATUS}"), &status(&[("bash", "5.2")]));
    bench.write("root/app/node_modules/a/package.json", &npm("a"));
    let path = bench.path("root");
    std::os::unix::fs::symlink("..", path.join("app/loop")).unwrap();
    check(
        path.to_str().unwrap(),
        &["bash@5.2 - var/lib/dpkg/status", "a@1.0.0 - app/node_modules/a/package.json"],
    );
}

#[test]
fn modes_come_from_the_archive_and_upper_layers_hide_files() {
    let bench = Bench::new();
    let lower = Tar::default()
        .entry(b'5', "srv/", "", 0o777, b"")
        .entry(b'5', "tmp/", "", 0o1777, b"")
        .entry(b'0', "usr/bin/su", "", 0o4755, b"su")
        .hard_link("usr/bin/also-su", "usr/bin/su")
        .entry(b'0', "usr/bin/gone", "", 0o4755, b"x")
        .entry(b'2', "usr/bin/sh", "dash", 0o777, b"")
        .entry(b'0', "usr/bin/dash", "", 0o755, b"x")
        .end();
    let upper = Tar::default().entry(b'5', "srv/", "", 0o777, b"").file("usr/bin/.wh.gone", b"");
    let path = bench.docker_archive(&[lower, upper.end()]);
    let inventory = inventory(&path, &Options::default()).unwrap();
    let found = inventory.notable_files.iter();
    let found: Vec<String> =
        found.map(|f| format!("{} {:o} {}", f.path, f.mode, f.layer.unwrap())).collect();
    assert_eq!(
        found,
        ["srv 777 0", "usr/bin/also-su 4755 0", "usr/bin/dash 755 0", "usr/bin/su 4755 0"]
    );
}
