//! `docs/reference/image-checks.md` says what [`CHECKS`] holds. `UPDATE_DOCS=1` rewrites it.

use std::{fs, path::Path};

use farguard_scan::checks::{CHECKS, Check, Part};

const HEAD: &str = "# Checks of images\n\n\
    What `farguard scan` checks in the configuration, history and files of an image. Controls are \
    those of the CIS Docker Benchmark 1.6.0, section 4. [Images](../guide/images.md) says how to \
    read the result.\n\n\
    Made from the checks themselves: `UPDATE_DOCS=1 cargo test -p farguard-scan --test check_docs` \
    rewrites this page.\n\n\
    | check | severity | looks at | controls | elsewhere |\n|---|---|---|---|---|\n";

fn part(part: Part) -> &'static str {
    match part {
        Part::Configuration => "configuration",
        Part::History => "history",
        Part::Files => "files",
        Part::Accounts => "accounts",
    }
}

fn row(check: &Check) -> String {
    let Check { id, severity, .. } = check;
    let (controls, aliases) = (check.controls.join(", "), check.aliases.join(", "));
    format!("| [`{id}`](#{id}) | {severity} | {} | {controls} | {aliases} |\n", part(check.part))
}

fn section(check: &Check) -> String {
    let Check { id, title, why, remediation, .. } = check;
    let title = title.get(..1).map_or_else(String::new, str::to_uppercase)
        + title.get(1..).unwrap_or_default();
    format!("\n## {id}\n\n{title}. {why}\n\nTo fix it, {remediation}.\n")
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/image-checks.md");
    let rows = CHECKS.iter().map(|check| row(check));
    let sections = CHECKS.iter().map(|check| section(check));
    let page = HEAD.to_owned() + &rows.chain(sections).collect::<String>();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, page, "run `UPDATE_DOCS=1 cargo test -p farguard-scan --test check_docs`");
}
