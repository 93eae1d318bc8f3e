//! Secrets of whole images: in any file, in any layer, and nowhere in what is kept.

use super::*;
use crate::secrets::{Leak, expand};

const PASSWORD: &str = "qX7vN2mKz4";

fn options() -> Options {
    Options { secrets: true, ..Options::default() }
}

fn env(name: &str) -> Vec<u8> {
    format!("# settings\n{name}={PASSWORD}\n").into_bytes()
}

/// `PATH:LINE LAYER REMOVED RULE` for every secret.
fn leaks(inventory: &Inventory) -> Vec<String> {
    let number = |layer: Option<u32>| layer.map_or("-".to_owned(), |layer| layer.to_string());
    let line = |leak: &Leak| {
        let layers = format!("{} {}", number(leak.layer), number(leak.removed_by_layer));
        format!("{}:{} {layers} {}", leak.path, leak.line, leak.rule)
    };
    inventory.leaks.iter().map(line).collect()
}

#[test]
fn a_secret_is_found_in_every_layer_whatever_hides_it() {
    let layers = [
        Tar::default()
            .file("app/.env", &env("DB_PASSWORD"))
            .file("app/twice.env", &env("A_PASSWORD"))
            .file("app/twice.env", b"nothing\n")
            .file("kept/.env", &env("B_PASSWORD"))
            .file("gone/deep/.env", &env("C_PASSWORD"))
            .end(),
        Tar::default().file("app/.wh..env", b"").file(".wh.gone", b"").end(),
        Tar::default().file("gone/deep/.env", b"").end(),
    ];
    let expect = [
        "app/.env:2 0 1 plaintext-password",
        "app/twice.env:2 0 0 plaintext-password",
        "gone/deep/.env:2 0 1 plaintext-password",
        "kept/.env:2 0 - plaintext-password",
    ];
    let bench = Bench::new();
    let plain = inventory(&bench.docker_archive(&layers), &options()).unwrap();
    assert_eq!(leaks(&plain), expect);
    let stored: Vec<Vec<u8>> = layers.iter().map(|layer| gzip(layer)).collect();
    let layout = bench.layout(&[bench.image(&stored)]);
    assert_eq!(leaks(&inventory(&layout, &options()).unwrap()), expect);
    assert!(inventory(&layout, &Options::default()).unwrap().leaks.is_empty());
}

#[test]
fn files_that_analyzers_read_are_looked_into_as_well() {
    let package =
        expand("{\"name\": \"x\", \"version\": \"1.0.0\",\n\"k\": \"AKIA{{base32:16}}\"}");
    let script = format!("#!/bin/sh\nexport DB_PASSWORD={PASSWORD}\n");
    let padded = |text: &str, len: usize| format!("{}{text}", "# filler\n".repeat(len / 9));
    let program = [b"\x7fELF\0\0\0".as_slice(), script.as_bytes()].concat();
    let layer = Tar::default()
        .file("app/node_modules/x/package.json", package.as_bytes())
        .entry(b'0', "app/run.sh", "", 0o755, script.as_bytes())
        .file("app/medium.env", padded(&script, 100_000).as_bytes())
        .file("app/large.env", padded(&script, 9_000_000).as_bytes())
        .entry(b'0', "app/program", "", 0o755, &program)
        .file("app/picture.png", script.as_bytes())
        .end();
    let bench = Bench::new();
    let found = inventory(&bench.docker_archive(&[layer]), &options()).unwrap();
    let expect = [
        "app/large.env:1000002 0 - plaintext-password",
        "app/medium.env:11113 0 - plaintext-password",
        "app/node_modules/x/package.json:2 0 - aws-access-key-id",
        "app/run.sh:2 0 - plaintext-password",
    ];
    assert_eq!(leaks(&found), expect);
    assert_eq!(found.packages.len(), 1);
}

#[test]
fn directories_are_looked_into() {
    let bench = Bench::new();
    bench.write("tree/.env", &env("DB_PASSWORD"));
    bench.write("tree/.git/.env", &env("DB_PASSWORD"));
    let root = bench.path("tree").display().to_string();
    let source = inventory(&format!("source:{root}"), &options()).unwrap();
    assert_eq!(leaks(&source), [".env:2 - - plaintext-password"]);
    let rootfs = inventory(&format!("rootfs:{root}"), &options()).unwrap();
    assert_eq!(leaks(&rootfs).len(), 2);
}

#[test]
fn what_is_kept_holds_no_secret() {
    let bench = Bench::new();
    let layer = Tar::default()
        .file("app/.env", &env("DB_PASSWORD"))
        .file(
            "app/node_modules/x/package.json",
            format!("{{\"DB_PASSWORD={PASSWORD}\": ").as_bytes(),
        )
        .end();
    let diff_id = Digest::sha256(&layer).to_string();
    let stored = gzip(&layer);
    let config = json!({
        "os": "linux", "architecture": "amd64",
        "config": {
            "Env": [format!("DB_PASSWORD={PASSWORD}")],
            "Labels": {"note": format!("it is {PASSWORD}"), "app.password": PASSWORD},
        },
        "history": [{"created_by": format!("RUN |1 P={PASSWORD} /bin/sh -c echo {PASSWORD} > x")}],
        "rootfs": {"type": "layers", "diff_ids": [diff_id]}
    });
    let config = bench.blob(config.to_string().as_bytes());
    let layers = [bench.blob(&stored)];
    let manifest = json!({"schemaVersion": 2, "config": config, "layers": layers});
    let layout = bench.layout(&[bench.blob(manifest.to_string().as_bytes())]);

    let options = Options { cache: Some(bench.path("cache")), ..options() };
    let first = inventory(&layout, &options).unwrap();
    let again = inventory(&layout, &options).unwrap();
    assert_eq!(first, again);
    assert_eq!(leaks(&first), ["app/.env:2 0 - plaintext-password"]);
    assert!(first.problems.iter().any(|problem| problem.path.is_some()), "{:?}", first.problems);
    assert_eq!(first.target.labels[0].1, "********");
    assert_eq!(first.target.labels[1].1, "it is ********");
    assert_eq!(first.layers[0].created_by.as_deref(), Some("RUN echo ******** > x"));
    let shown = Inventory { config: None, ..first.clone() };
    assert!(!format!("{shown:?}").contains(PASSWORD), "{shown:?}");
    assert!(!format!("{:?}", crate::secrets::findings(&first)).contains(PASSWORD));
    for file in fs::read_dir(bench.path("cache/layers")).unwrap() {
        let kept = fs::read(file.unwrap().path()).unwrap();
        assert!(!kept.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()));
    }
}
