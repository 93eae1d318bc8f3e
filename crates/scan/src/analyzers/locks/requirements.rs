//! Python: requirements files.
//!
//! Only an exact pin (`==`, `===`) says what will be installed; everything else is a problem.
//!
//! # Source
//! <https://pip.pypa.io/en/stable/reference/requirements-file-format/>,
//! <https://packaging.python.org/en/latest/specifications/dependency-specifiers/>

mod line;

use std::borrow::Cow;

use farguard_model::PackageType;

use self::line::Line;
use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `requirements.txt` and files named like it.
#[derive(Debug)]
pub(in super::super) struct Requirements;

impl Analyzer for Requirements {
    fn name(&self) -> &'static str {
        "requirements"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "pinned Python requirements (`*requirements*.txt`, `requirements/*.txt`, and their `.lock`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Ending(".txt"), Want::Ending(".lock")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        if !is_requirements(path) {
            return Ok(());
        }
        let mut locked = Locked::new(PackageType::Pypi, path);
        for line in logical_lines(&decoded(file)?) {
            add(&mut locked, &line, path);
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// Whether a file is named like requirements: `requirements-dev.txt`, `requirements/base.txt`.
fn is_requirements(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let in_directory = directory.rsplit('/').next() == Some("requirements");
    match name.rsplit_once('.') {
        Some((stem, "txt")) => stem.contains("requirements") || in_directory,
        Some((stem, "lock")) => stem.contains("requirements"),
        _ => false,
    }
}

/// The text; PowerShell writes what `pip freeze` prints as UTF-16.
fn decoded<'f>(file: &'f mut FileView<'_>) -> Result<Cow<'f, str>, AnalyzeError> {
    let wide = match file.bytes()? {
        [0xff, 0xfe, rest @ ..] => Some(units(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Some(units(rest, u16::from_be_bytes)),
        _ => None,
    };
    match wide {
        Some(units) => String::from_utf16(&units).map(Cow::Owned).map_err(|_| {
            AnalyzeError::new("malformed-text", "cannot read as UTF-16: unpaired surrogate")
        }),
        None => document::text(file).map(Cow::Borrowed),
    }
}

fn units(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Vec<u16> {
    bytes.as_chunks::<2>().0.iter().map(|pair| unit(*pair)).collect()
}

/// Lines without comments; a line that ends in `\` goes on in the next.
fn logical_lines(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut open = String::new();
    for line in text.lines() {
        let goes_on = line.strip_suffix('\\').filter(|line| !line.trim_start().starts_with('#'));
        open += goes_on.unwrap_or(line);
        if goes_on.is_none() {
            lines.push(std::mem::take(&mut open));
        }
    }
    lines.push(open);
    lines
}

fn add(locked: &mut Locked<'_>, text: &str, path: &str) {
    match line::parse(text) {
        Line::Nothing => {}
        Line::Pinned { name, version } => locked.add(name, version, false),
        Line::Unpinned(text) => locked.unassessed(Reason::Unpinned, text),
        Line::Elsewhere(text) => locked.unassessed(Reason::NotFromRegistry, text),
        // A file that is named like requirements is read by itself.
        Line::Include(other) if is_requirements(&beside(path, other)) => {}
        Line::Include(other) => locked.unassessed(Reason::NotFollowed, other),
        Line::Malformed(text) => locked.unassessed(Reason::Malformed, text),
    }
}

fn beside(path: &str, other: &str) -> String {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    format!("{directory}/{}", other.trim_start_matches("./"))
}

#[cfg(test)]
mod tests;
