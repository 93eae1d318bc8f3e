//! What `docs/guide/writing-rules.md` shows loads, on top of what is built in.

use std::fs;

use crate::support::{load_with, root};

#[test]
fn what_the_guide_shows_loads() {
    let guide = fs::read_to_string(root().join("docs/guide/writing-rules.md")).unwrap();
    let blocks: Vec<&str> = guide
        .split("```yaml\n")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("```")?.0))
        .collect();
    assert!(blocks.len() >= 3, "the guide shows {} files", blocks.len());
    for block in blocks {
        let loaded = load_with(&[("guide.yaml".to_owned(), block.to_owned())]);
        for report in &loaded.files {
            assert_eq!(report.diagnostics, [], "{} with\n{block}", report.name);
        }
    }
}
