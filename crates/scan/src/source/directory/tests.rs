use std::os::unix::fs::symlink;

use super::*;

#[test]
fn links_are_not_followed_and_nothing_else_than_files_is_opened() {
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("secret"), "x").unwrap();
    let root = tempfile::tempdir().unwrap();
    symlink(outside.path().join("secret"), root.path().join("link")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(root.path().join("socket")).unwrap();
    fs::write(root.path().join("file"), "y").unwrap();
    let directory = Directory::rootfs(root.path());
    assert!(directory.open("link").is_err());
    assert!(directory.open("socket").is_err());
    assert!(directory.open(".").is_err());
    let mut text = String::new();
    directory.open("file").unwrap().0.read_to_string(&mut text).unwrap();
    assert_eq!(text, "y");
}

#[test]
fn build_output_is_skipped_only_beside_what_makes_it() {
    let check = |present: &[&str], name: &str, expect: bool| {
        let skipped = skipped_in_source(&|name| present.contains(&name));
        assert_eq!(skipped.contains(&name), expect, "{name} beside {present:?}");
    };
    check(&[], "node_modules", true);
    check(&[], "vendor", false);
    check(&["go.mod"], "vendor", true);
    check(&[], "target", false);
    check(&["Cargo.toml"], "target", true);
}
