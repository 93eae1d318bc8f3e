//! `docs/reference/secrets.md` says what the patterns of secrets are. `UPDATE_DOCS=1` rewrites it.
#![allow(clippy::unwrap_used, reason = "a test panics when what it reads is missing")]

use std::{fs, path::Path};

use farguard_scan::secrets::{Detector, Pattern};

const HEAD: &str = "# Secrets that are looked for\n\n\
    Made from `content/scan/secrets/`: `UPDATE_DOCS=1 cargo test -p farguard-scan --test \
    secret_docs` rewrites this page. [The guide](../guide/secrets.md) says where they are looked \
    for and how to add one. The first pattern that fits counts. Patterns marked *own files* do not \
    look into what package managers have installed.\n\n\
    | id | provider | severity | what | where |\n|---|---|---|---|---|\n";

fn row(pattern: &Pattern) -> String {
    let Pattern { id, provider, severity, what, .. } = pattern;
    format!("| `{id}` | {provider} | {severity} | {what} | {} |\n", pattern.scope())
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/secrets.md");
    let rows: String = Detector::builtin().unwrap().patterns().iter().map(row).collect();
    let page = format!("{HEAD}{rows}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, page, "run `UPDATE_DOCS=1 cargo test -p farguard-scan --test secret_docs`");
}
