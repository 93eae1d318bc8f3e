use super::*;
use crate::{golden, sample};

fn github(reports: &[ScanReport]) -> String {
    golden::text("github", reports, &RenderOptions::default())
}

#[test]
fn golden_annotations() {
    golden::check("annotations.txt", &github(&[sample::gated(), sample::build_file()]));
}

#[test]
fn every_line_is_one_command() {
    let mut reports = sample::task();
    reports.extend([sample::hostile(), sample::report()]);
    for line in github(&reports).lines() {
        let command = line.strip_prefix("::").unwrap();
        let (head, _) = command.split_once("::").unwrap();
        let (name, properties) = head.split_once(' ').unwrap();
        assert!(["error", "warning", "notice"].contains(&name), "{line}");
        for property in properties.split(',') {
            let (key, _) = property.split_once('=').unwrap();
            assert!(["file", "line", "col", "endColumn", "title"].contains(&key), "{line}");
        }
    }
}

#[test]
fn text_is_escaped_as_the_runner_reads_it() {
    let check = |text: &str, expect_data: &str, expect_property: &str| {
        assert_eq!((data(text).as_str(), property(text).as_str()), (expect_data, expect_property));
    };
    check("100%", "100%25", "100%25");
    check("a:b,c", "a:b,c", "a%3Ab%2Cc");
    check("a\r\nb", "a  b", "a  b");
    check("%0A::error::x", "%250A::error::x", "%250A%3A%3Aerror%3A%3Ax");
}

#[test]
fn no_more_than_github_shows_and_the_rest_is_counted() {
    let text = github(&[sample::large(1_000)]);
    let number = |level: &str| text.lines().filter(|line| line.starts_with(level)).count();
    assert_eq!((number("::error"), number("::warning"), number("::notice")), (0, 10, 1));
    assert!(text.lines().last().unwrap().contains("900 findings more"), "{text}");
}

#[test]
fn nothing_unread_goes_unsaid() {
    let mut report = sample::report();
    report.findings.clear();
    let text = github(&[report]);
    assert!(text.starts_with("::warning title=Not assessed%3A 2 parts::"), "{text}");
}
