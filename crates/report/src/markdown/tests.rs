use super::*;
use crate::{golden, sample};

fn markdown(reports: &[ScanReport]) -> String {
    golden::text("markdown", reports, &RenderOptions::default())
}

#[test]
fn golden_markdown() {
    golden::check("report.md", &markdown(&[sample::report()]));
    golden::check("report-clean.md", &markdown(&[sample::bare()]));
    golden::check("report-gated.md", &markdown(&[sample::gated(), sample::build_file()]));
    golden::check("report-task.md", &markdown(&sample::task()));
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

#[test]
fn comments_and_summaries_are_never_too_long() {
    let many: Vec<_> = std::iter::repeat_with(|| sample::large(1_000)).take(20).collect();
    for (all, reports, limit) in
        [(false, many, MAX_COMMENT), (true, vec![sample::large(130_000)], MAX_SUMMARY)]
    {
        let options = RenderOptions { all, ..RenderOptions::default() };
        let text = golden::text("markdown", &reports, &options);
        assert!(text.len() <= limit && text.len() > limit / 2, "{}", text.len());
        assert!(text.contains("The report goes on, but no more fits here"));
    }
    let short = markdown(&[sample::gated()]);
    assert!(!short.contains("no more fits here"));
}

#[test]
fn the_verdict_comes_first() {
    let text = markdown(&[sample::gated()]);
    assert!(text.starts_with("## FAIL: registry.example.com/shop/checkout:1.4.2\n\n**6 findings"));
    let text = markdown(&sample::task());
    assert!(text.starts_with("## Farguard\n\n### Overview\n\n| Container | Verdict"), "{text}");
}
