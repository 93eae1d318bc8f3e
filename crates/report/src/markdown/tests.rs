use super::*;
use crate::{golden, sample};

fn markdown(reports: &[ScanReport]) -> String {
    golden::text("markdown", reports, &RenderOptions::default())
}

#[test]
fn golden_markdown() {
    golden::check("report.md", &markdown(&[sample::report()]));
    golden::check("report-clean.md", &markdown(&[sample::bare()]));
}

#[test]
fn text_shows_as_itself() {
    let check = |text: &str, expect: &str| assert_eq!(escape(text), expect);
    check("a|b", r"a\|b");
    check("<img src=x>", "&lt;img src=x&gt;");
    check("[x](https://evil)", r"\[x\]\(https&#58;//evil\)");
    check("@octocat #1", "&#64;octocat &#35;1");
    check("a\n\n# title", "a  &#35; title");
}

#[test]
fn hostile_names_stay_in_their_cells() {
    let text = markdown(&[sample::hostile()]);
    let bars = |line: &str| line.replace(r"\|", "").matches('|').count();
    for block in text.split("\n\n").filter(|block| block.starts_with('|')) {
        let mut counts: Vec<_> = block.lines().map(bars).collect();
        counts.dedup();
        assert_eq!(counts.len(), 1, "{block}");
    }
    assert!(!text.contains("<script"));
}
