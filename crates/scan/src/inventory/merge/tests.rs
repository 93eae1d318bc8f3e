use farguard_model::Package;

use super::*;
use crate::analyzers::Harvest;

/// A layer of `path` or `path=NAME@VERSION,...` files; `!path` covers as a whiteout, `path/` as a
/// directory and `path/*` as an opaque one.
fn layer(entries: &[&str]) -> Option<LayerFacts> {
    let mut facts = LayerFacts::default();
    for entry in entries {
        if let Some(path) = entry.strip_suffix("/*") {
            facts.covers.push(Cover::Contents.key(path));
        } else if let Some(path) = entry.strip_suffix('/') {
            facts.covers.push(Cover::Directory.key(path));
        } else if let Some(path) = entry.strip_prefix('!') {
            facts.covers.push(Cover::Path.key(path));
        } else {
            let (path, packages) = entry.split_once('=').unwrap_or((entry, ""));
            facts.covers.push(Cover::Path.key(path));
            let kind = if path == "db" { PackageType::Deb } else { PackageType::Npm };
            let packages = packages.split(',').filter_map(|text| text.split_once('@'));
            let packages = packages.map(|(n, v)| Package::new(kind, n, v, path)).collect();
            let harvest = Harvest { packages, ..Harvest::default() };
            facts.files.push(FileFacts { path: path.to_owned(), harvest });
        }
    }
    Some(facts)
}

fn check(layers: &[&[&str]], expect: &[&str]) {
    let view = View::of(layers.iter().map(|entries| layer(entries)).collect());
    let found: Vec<String> = view
        .packages
        .iter()
        .map(|p| format!("{}@{} {}", p.name, p.version, p.layer.unwrap()))
        .collect();
    assert_eq!(found, expect, "{layers:?}");
}

#[test]
fn upper_layers_hide_lower_ones() {
    check(&[&["a/p=x@1"], &["b/p=y@1"]], &["x@1 0", "y@1 1"]);
    check(&[&["a/p=x@1"], &["a/p=x@2"]], &["x@2 1"]);
    check(&[&["a/p=x@1"], &["a/p"]], &[]);
    check(&[&["a/b/p=x@1"], &["!a/b/p"]], &[]);
    check(&[&["a/b/p=x@1"], &["!a"]], &[]);
    check(&[&["a/b/p=x@1"], &["a"]], &[]);
    check(&[&["a/b/p=x@1"], &["a/b/"]], &["x@1 0"]);
    check(&[&["a/p=x@1"], &["a/p/"]], &[]);
    check(&[&["ab/p=x@1"], &["!a"]], &["x@1 0"]);
}

#[test]
fn opaque_directories_hide_their_contents_and_not_themselves() {
    check(&[&["a/b/p=x@1", "c=y@1"], &["a/*", "a/b/q=z@1"]], &["y@1 0", "z@1 1"]);
    check(&[&["a=x@1"], &["a/*"]], &["x@1 0"]);
    check(&[&["a/p=x@1", "p=y@1"], &["/*"]], &[]);
}

#[test]
fn a_layer_does_not_hide_its_own_files() {
    check(&[&["a/p=x@1"], &["a/*", "!a/p", "a/p=x@2"]], &["x@2 1"]);
}

#[test]
fn os_packages_date_from_the_layer_since_which_they_are_listed() {
    check(
        &[&["db=a@1,b@1,c@1"], &["db=a@1,b@2"], &["x"], &["db=a@1,b@2,c@1"]],
        &["a@1 0", "b@2 1", "c@1 3"],
    );
}

#[test]
fn a_layer_that_is_absent_is_left_out() {
    let view = View::of(vec![layer(&["p=x@1"]), None, layer(&["!q"])]);
    assert_eq!(view.packages.len(), 1);
}

#[test]
fn what_an_os_package_owns_is_not_listed_twice_whatever_the_layer() {
    let mut lower = layer(&["usr/lib/py/METADATA=x@1", "opt/METADATA=y@1", "db=os@1"]).unwrap();
    lower.files[2].harvest.owns("/lib/py/METADATA");
    let mut upper = layer(&["list"]).unwrap();
    upper.files[0].harvest.owns("/opt/METADATA");
    let names = |layers| -> Vec<String> {
        View::of(layers).packages.into_iter().map(|package| package.name).collect()
    };
    assert_eq!(names(vec![Some(lower.clone())]), ["os", "y"]);
    assert_eq!(names(vec![Some(lower), Some(upper)]), ["os"]);
}

#[test]
fn facts_of_other_files_join_their_package() {
    let mut facts = layer(&["db=libc6@1,curl@1", "copyright", "list"]).unwrap();
    facts.files[0].harvest.packages[0].arch = Some("amd64".into());
    facts.files[1].harvest.licenses = vec![(PackageType::Deb, "curl".into(), vec!["curl".into()])];
    let paths = vec!["lib/b".into(), "lib/a".into()];
    facts.files[2].harvest.files = vec![(PackageType::Deb, "libc6:amd64".into(), paths)];
    let packages = View::of(vec![Some(facts)]).packages;
    assert_eq!(
        (packages[0].name.as_str(), packages[0].licenses.as_slice()),
        ("curl", &["curl".into()][..])
    );
    assert_eq!(packages[1].files, ["lib/a", "lib/b"]);
}

#[test]
fn etc_os_release_counts_before_the_one_in_usr() {
    let os = |id: &str| Os { id: id.into(), ..Os::default() };
    let mut lower = layer(&["etc/os-release"]).unwrap();
    lower.files[0].harvest.os = vec![("etc/os-release".into(), os("etc"))];
    let mut upper = layer(&["usr/lib/os-release"]).unwrap();
    upper.files[0].harvest.os = vec![("usr/lib/os-release".into(), os("usr"))];
    let gone = layer(&["!etc/os-release"]);
    let id = |layers| View::of(layers).os.unwrap().id;
    assert_eq!(id(vec![Some(lower.clone()), Some(upper.clone())]), "etc");
    assert_eq!(id(vec![Some(lower), Some(upper), gone]), "usr");
}

/// Layers of `path:MODE` (a directory when it ends in `/`) and `!path` for what covers it.
fn check_notable(layers: &[&[&str]], expect: &[&str]) {
    let layer = |entries: &&[&str]| {
        let mut facts = LayerFacts::default();
        for entry in *entries {
            if let Some(path) = entry.strip_prefix('!') {
                facts.covers.push(Cover::Path.key(path));
                continue;
            }
            let (path, mode) = entry.split_once(':').unwrap();
            let is_directory = path.ends_with('/');
            let path = path.trim_end_matches('/').to_owned();
            let cover = if is_directory { Cover::Directory } else { Cover::Path };
            facts.covers.push(cover.key(&path));
            let mode = u32::from_str_radix(mode, 8).unwrap();
            let size_bytes = 1;
            facts.notable.push(NotableFile { path, mode, size_bytes, is_directory, layer: None });
        }
        Some(facts)
    };
    let view = View::of(layers.iter().map(layer).collect());
    let found = view.notable_files.iter();
    let found: Vec<String> =
        found.map(|f| format!("{}:{:o} {}", f.path, f.mode, f.layer.unwrap())).collect();
    assert_eq!(found, expect, "{layers:?}");
}

#[test]
fn notable_files_are_those_that_a_container_sees() {
    check_notable(&[&["a/su:4755"], &["b:666"]], &["a/su:4755 0", "b:666 1"]);
    check_notable(&[&["a/su:4755"], &["!a/su"]], &[]);
    check_notable(&[&["a/su:4755"], &["!a"]], &[]);
    check_notable(&[&["a/su:4755"], &["a/su:6755"]], &["a/su:6755 1"]);
}

#[test]
fn a_directory_dates_from_the_layer_that_opened_it() {
    check_notable(&[&["srv/:777"], &["srv/:777"]], &["srv:777 0"]);
    check_notable(&[&["srv/:757"], &["srv/:777"], &["srv/:777"]], &["srv:777 1"]);
    check_notable(&[&["srv/:777"], &["srv/:757"], &["srv/:777"]], &["srv:777 2"]);
}
