use super::*;
use crate::{golden, sample, text::is_unsafe};

#[test]
fn the_registry_is_sound() {
    let names: Vec<_> = Format::all().map(Format::name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len());
    for format in Format::all() {
        assert_eq!(format.name().parse(), Ok(format));
        assert!(!format.about().is_empty() && !format.about().ends_with('.'), "{format}");
    }
    assert_eq!(Format::default().name(), "table");
}

#[test]
fn an_unknown_format_names_the_known_ones() {
    let error = "yaml".parse::<Format>().unwrap_err().to_string();
    assert!(error.starts_with("`yaml` is not a format: use one of table, html"), "{error}");
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    for format in Format::all() {
        let text = || golden::text(format.name(), &[sample::report()], &RenderOptions::default());
        assert_eq!(text(), text(), "{format}");
    }
}

#[test]
fn no_format_lets_hostile_text_reach_a_terminal() {
    for format in Format::all() {
        let text = golden::text(format.name(), &[sample::hostile()], &RenderOptions::default());
        let harmful = text.chars().find(|c| is_unsafe(*c) && *c != '\n');
        assert_eq!(harmful, None, "{format}");
    }
}

#[test]
fn ten_thousand_findings_are_quick() {
    let reports = [sample::large(10_000)];
    let options = RenderOptions { all: true, ..RenderOptions::default() };
    for format in Format::all() {
        let start = std::time::Instant::now();
        golden::text(format.name(), &reports, &options);
        // A debug build on a busy machine: quadratic work would take minutes.
        assert!(start.elapsed().as_secs() < 20, "{format} took {:?}", start.elapsed());
    }
}

#[test]
fn no_reports_are_no_crash() {
    for format in Format::all() {
        let result = render(format, &[], &RenderOptions::default(), &mut Vec::new());
        let one_only = matches!(result, Err(RenderError::OneTargetOnly { targets: 0, .. }));
        assert!(result.is_ok() || one_only, "{format}");
    }
}
