//! `docs/reference/analyzers.md` says what [`ANALYZERS`] holds. `UPDATE_DOCS=1` rewrites it.

use std::{fs, path::Path};

use farguard_scan::analyzers::{ANALYZERS, Analyzer, Scope, Want};

const HEAD: &str = "# What Farguard reads\n\n\
    Made from the analyzers themselves: `UPDATE_DOCS=1 cargo test -p farguard-scan --test \
    analyzer_docs` rewrites this page.\n";

fn want(want: &Want) -> String {
    match want {
        Want::Path(path) => format!("`{path}`"),
        Want::In(directory) => format!("`{directory}/*`"),
        Want::Name(name) => format!("`{name}`"),
        Want::Ending(ending) => format!("`*{ending}`"),
        Want::NameIn { name, directory_ending } => format!("`*{directory_ending}/{name}`"),
        Want::Executable => "executables".to_owned(),
    }
}

fn row(analyzer: &dyn Analyzer) -> String {
    let files: Vec<String> = analyzer.wants().iter().map(want).collect();
    format!("| `{}` | {} | {} |\n", analyzer.name(), analyzer.about(), files.join(", "))
}

fn page() -> String {
    let mut page = HEAD.to_owned();
    let sections = [
        ("In images and root file systems", Scope::Installed),
        ("In directories of source code", Scope::Source),
    ];
    for (title, scope) in sections {
        let head = "| analyzer | reads | files it looks at |\n|---|---|---|\n";
        page += &format!("\n## {title}\n\n{head}");
        ANALYZERS.iter().filter(|a| a.scope() == scope).for_each(|a| page += &row(*a));
    }
    page
}

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/analyzers.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        stored, page,
        "run `UPDATE_DOCS=1 cargo test -p farguard-scan --test analyzer_docs`"
    );
}
