use std::cmp::Ordering;

use farguard_model::ScanReport;

use super::*;
use crate::{golden, sample, text::width};

fn table(reports: &[ScanReport], options: &RenderOptions) -> String {
    golden::text("table", reports, options)
}

/// Good enough for the sample, whose versions differ in their numbers only.
fn compare(_: farguard_model::PackageType, a: &str, b: &str) -> Option<Ordering> {
    Some(a.cmp(b))
}

#[test]
fn golden_tables() {
    let report = sample::report();
    let options = RenderOptions { compare_versions: Some(compare), ..RenderOptions::default() };
    let check = |name: &str, report: &ScanReport, options: RenderOptions| {
        golden::check(name, &table(std::slice::from_ref(report), &options));
    };
    check("table.txt", &report, options);
    check("table-60.txt", &report, RenderOptions { width: 60, ..options });
    check("table-color.txt", &report, RenderOptions { color: true, ..options });
    check("table-all.txt", &report, RenderOptions { all: true, compare_versions: None, ..options });
    check("table-clean.txt", &sample::bare(), options);
    let listed =
        ScanReport { database: None, findings: Vec::new(), scanners: Vec::new(), ..report };
    check("table-packages.txt", &listed, options);
    check("table-gated.txt", &sample::gated(), options);
    check("table-gated-color.txt", &sample::gated(), RenderOptions { color: true, ..options });
    check("table-gated-60.txt", &sample::gated(), RenderOptions { width: 60, ..options });
    check("table-build-file.txt", &sample::build_file(), options);
    let task = table(&sample::task(), &options);
    let (_, containers) = task.split_once("\nCONTAINERS").unwrap();
    golden::check("table-containers.txt", &format!("CONTAINERS{containers}"));
}

#[test]
fn no_line_is_wider_than_asked() {
    for columns in [48, 60, 79, 80, 100, 160] {
        for all in [false, true] {
            let options = RenderOptions { width: columns, all, ..RenderOptions::default() };
            let mut reports = sample::task();
            reports.extend([sample::build_file(), sample::compared(), sample::bare()]);
            let text = table(&reports, &options) + &table(&[sample::hostile()], &options);
            let wide = text.lines().find(|line| width(line) > columns);
            assert_eq!(wide, None, "at {columns} columns");
        }
    }
}

#[test]
fn several_targets_end_with_a_total() {
    let text = table(&[sample::report(), sample::bare()], &RenderOptions::default());
    assert_eq!(text.lines().last(), Some("12 findings in 2 targets, 2 parts not assessed"));
}

#[test]
fn a_sample_database_is_called_one() {
    let mut report = sample::report();
    report.database.as_mut().unwrap().sample = true;
    assert!(table(&[report], &RenderOptions::default()).contains("SAMPLE advisory database"));
}

#[test]
fn text_of_a_target_is_no_command_of_a_log() {
    let check = |text: &str, expect: &str| assert_eq!(disarm(text), expect);
    check("  ::add-mask::x", "  ∶∶add-mask∶∶x");
    check("a ##[set-env name=A]b", "a #♯[set-env name=A]b");
    check("Foo::bar in a line", "Foo::bar in a line");
    let mut report = sample::report();
    report.problems[0].message = format!("{} ::stop-commands::x", "y".repeat(90));
    report.target.name = "::stop-commands::x".into();
    let text = table(&[report], &RenderOptions::default());
    assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
}
