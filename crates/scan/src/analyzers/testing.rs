//! What the tests of analyzers share.

use super::{AnalyzeError, Analyzer, FileView, Harvest};

/// Runs one analyzer over one file.
pub(crate) fn run(
    analyzer: &dyn Analyzer,
    path: &str,
    bytes: &[u8],
) -> (Harvest, Result<(), AnalyzeError>) {
    let mut harvest = Harvest::default();
    let mut body = bytes;
    let mut file = FileView::new(path, bytes.len() as u64, &mut body);
    let result = analyzer.analyze(&mut file, &mut harvest);
    (harvest, result)
}

/// What an analyzer says of one file: a line `NAME VERSION LICENCE|LICENCE` for each package, then
/// `! CODE` if it failed.
pub(crate) fn lines(analyzer: &dyn Analyzer, path: &str, bytes: &[u8]) -> Vec<String> {
    let (harvest, result) = run(analyzer, path, bytes);
    let mut lines: Vec<String> = harvest
        .packages
        .iter()
        .map(|p| format!("{} {} {}", p.name, p.version, p.licenses.join("|")).trim_end().to_owned())
        .collect();
    lines.extend(harvest.problems.iter().map(|problem| format!("! {}", problem.code)));
    lines.extend(result.err().map(|error| format!("! {}", error.code)));
    lines
}

/// What an analyzer says of one lock file: a line `NAME VERSION [dev] [LICENCE]` for each package,
/// then `! CODE: MESSAGE` for each problem and `! CODE` if it failed.
pub(crate) fn locked_lines(analyzer: &dyn Analyzer, path: &str, bytes: &[u8]) -> Vec<String> {
    let (harvest, result) = run(analyzer, path, bytes);
    let line = |package: &farguard_model::Package| {
        let dev = if package.dev { " dev" } else { "" };
        let licenses = package.licenses.join("|");
        format!("{} {}{dev} {licenses}", package.name, package.version).trim_end().to_owned()
    };
    let mut lines: Vec<String> = harvest.packages.iter().map(line).collect();
    lines.extend(harvest.problems.iter().map(|p| format!("! {}: {}", p.code, p.message)));
    lines.extend(result.err().map(|error| format!("! {}", error.code)));
    lines
}
