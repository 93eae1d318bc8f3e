//! Inventories of images in registries: which layers are fetched, and how often.

use farguard_scan::{
    inventory::{self, Inventory, Options},
    progress::Silent,
    source::Source,
};

use crate::{
    fixture::{Fixture, open, options},
    server::{Reply, Server},
    tar,
};

const STATUS: &str =
    "Package: tool\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1\n\n";

/// What is in the image, and how often each of its layers was asked for.
fn take(fixture: &Fixture, absent: &'static str, options_of: &Options) -> (Inventory, Vec<usize>) {
    let served = fixture.clone();
    let server = Server::start(move |request| {
        if !absent.is_empty() && request.path.ends_with(absent) {
            return Reply::new(404, "");
        }
        served.answer(request)
    });
    let image = open(&server.address, options()).unwrap();
    let inventory = inventory::take(Source::Image(Box::new(image)), options_of, &Silent).unwrap();
    let asked = |layer: &Vec<u8>| {
        let digest = farguard_scan::source::digest::Digest::sha256(layer);
        server
            .log()
            .iter()
            .filter(|r| r.method == "GET" && r.path.ends_with(digest.as_str()))
            .count()
    };
    (inventory, fixture.layers.iter().map(asked).collect())
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.packages.iter().map(|package| package.name.as_str()).collect()
}

#[test]
fn a_layer_that_is_listed_twice_is_fetched_once() {
    let tool = tar::of_files(&[("var/lib/dpkg/status", STATUS)]);
    let other = tar::of_files(&[("etc/motd", "hello")]);
    let cache = tempfile::tempdir().unwrap();
    let cached = Options { cache: Some(cache.path().to_owned()), ..Options::default() };
    for options in [Options::default(), cached] {
        let fixture = Fixture::new(&[&tool, &other, &tool, &other]);
        let (inventory, asked) = take(&fixture, "", &options);
        assert_eq!((names(&inventory), inventory.layers.len()), (vec!["tool"], 4));
        assert_eq!(asked, [1, 1, 1, 1]);
        assert_eq!(inventory.problems, []);
    }
}

#[test]
fn a_layer_that_is_listed_twice_counts_where_it_is_highest() {
    // The second copy restores what the layer between them removed.
    let tool = tar::of_files(&[("var/lib/dpkg/status", STATUS)]);
    let removes = tar::of_files(&[("var/lib/dpkg/.wh.status", "")]);
    let (inventory, _) = take(&Fixture::new(&[&tool, &removes]), "", &Options::default());
    assert_eq!(names(&inventory), Vec::<&str>::new());
    let (inventory, _) = take(&Fixture::new(&[&tool, &removes, &tool]), "", &Options::default());
    assert_eq!(names(&inventory), ["tool"]);
}

#[test]
fn a_layer_can_be_walked_twice() {
    // Nobody wants the file by its own name: only the link, behind it, tells what it is.
    let layer = tar::of_link("data", STATUS, "var/lib/dpkg/status");
    let (inventory, asked) = take(&Fixture::new(&[&layer]), "", &Options::default());
    assert_eq!((names(&inventory), asked), (vec!["tool"], vec![2]));
    assert_eq!(inventory.problems, []);
}

#[test]
fn a_foreign_layer_without_a_copy_is_told_once() {
    let kind = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";
    let fixture = Fixture::with_layer_type(&[b"base"], kind);
    let digest = farguard_scan::source::digest::Digest::sha256(b"base").to_string();
    let (inventory, asked) = take(&fixture, digest.leak(), &Options::default());
    let told: Vec<_> = inventory.problems.iter().map(|p| (p.code.as_str(), p.layer)).collect();
    assert_eq!((told, asked), (vec![("foreign-layer", Some(0))], vec![0]));
}
