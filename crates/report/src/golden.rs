//! Expected outputs in files, for tests.

use std::{env, fs, path::PathBuf};

use farguard_model::ScanReport;

use crate::{Format, RenderOptions, render};

/// What a format writes for the reports, as text.
pub(crate) fn text(format: &str, reports: &[ScanReport], options: &RenderOptions) -> String {
    let format: Format = format.parse().unwrap();
    let mut bytes = Vec::new();
    render(format, reports, options, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Compares with `tests/golden/NAME`. `UPDATE_GOLDEN=1` writes the file instead: look at the diff.
pub(crate) fn check(name: &str, actual: &str) {
    compare(&format!("tests/golden/{name}"), actual);
}

/// Compares with a file whose path is relative to this crate.
pub(crate) fn compare(path: &str, actual: &str) {
    let full = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(&full, actual).unwrap();
    }
    let expected = fs::read_to_string(&full).unwrap_or_default();
    if expected != actual {
        let same = expected.lines().zip(actual.lines()).take_while(|(e, a)| e == a).count();
        panic!(
            "{path} differs from line {}:\n  expected: {:?}\n  actual:   {:?}\n\
             UPDATE_GOLDEN=1 writes the new text",
            same + 1,
            expected.lines().nth(same),
            actual.lines().nth(same),
        );
    }
}
