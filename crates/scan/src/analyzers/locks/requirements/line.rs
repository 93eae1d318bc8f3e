//! One logical line of a requirements file.

/// What a line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// A comment, an option, our own directory.
    Nothing,
    /// Exactly this version.
    Pinned { name: &'a str, version: &'a str },
    /// Some version.
    Unpinned(&'a str),
    /// A URL, a repository, an archive.
    Elsewhere(&'a str),
    /// Another requirements file.
    Include(&'a str),
    /// None of these.
    Malformed(&'a str),
}

/// Reads one logical line.
pub(super) fn parse(text: &str) -> Line<'_> {
    let text = without_comment(text).trim();
    match option(text) {
        Some(("-r" | "--requirement", file)) => Line::Include(file),
        Some(("-e" | "--editable", place)) => place_of(place),
        Some(_) => Line::Nothing,
        None if text.is_empty() => Line::Nothing,
        None => requirement(text),
    }
}

/// A `#` starts a comment at the start of a line or after white space: URLs hold `#egg=name`.
fn without_comment(text: &str) -> &str {
    let starts = |at: usize| {
        text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
    };
    match text.match_indices('#').find(|(at, _)| starts(*at)) {
        Some((at, _)) => text.get(..at).unwrap_or_default(),
        None => text,
    }
}

/// `-r file`, `-rfile`, `--requirement=file`, `--pre`.
fn option(text: &str) -> Option<(&str, &str)> {
    if !text.starts_with('-') {
        return None;
    }
    if text.starts_with("--") {
        let (name, value) = text.split_once([' ', '=', '\t']).unwrap_or((text, ""));
        return Some((name, value.trim()));
    }
    let (name, value) = text.split_at_checked(2).unwrap_or((text, ""));
    Some((name, value.trim()))
}

fn place_of(place: &str) -> Line<'_> {
    if place.contains("://") { Line::Elsewhere(place) } else { Line::Nothing }
}

fn requirement(text: &str) -> Line<'_> {
    // Options of one requirement (`--hash=sha256:...`) and its marker follow it.
    let text = text.split(" --").next().unwrap_or(text).trim_end();
    let specifier = text.split([';']).next().unwrap_or(text).trim_end();
    let is_path = specifier.starts_with(['.', '/']) || specifier.starts_with("file:");
    if is_path && !is_archive(specifier) {
        return Line::Nothing;
    }
    if is_path || specifier.contains("://") || is_archive(specifier) {
        return Line::Elsewhere(text);
    }
    let end = specifier.find(|c: char| !is_name_char(c)).unwrap_or(specifier.len());
    let (name, rest) = specifier.split_at_checked(end).unwrap_or((specifier, ""));
    let rest = rest.trim_start();
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Line::Malformed(text);
    }
    let versions = match rest.strip_prefix('[') {
        Some(extras) => match extras.split_once(']') {
            Some((_, versions)) => versions.trim_start(),
            None => return Line::Malformed(text),
        },
        None => rest,
    };
    match versions.chars().next() {
        None | Some('=' | '<' | '>' | '!' | '~' | '(') => {}
        Some('@') => return Line::Elsewhere(text),
        Some(_) => return Line::Malformed(text),
    }
    match pin(versions) {
        Some(version) => Line::Pinned { name, version },
        None => Line::Unpinned(specifier),
    }
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_')
}

fn is_archive(text: &str) -> bool {
    [".whl", ".tar.gz", ".zip"].iter().any(|ending| text.ends_with(ending))
}

/// The exact version among clauses such as `>=1.0,==1.2`; `==1.*` is none.
fn pin(versions: &str) -> Option<&str> {
    let versions = versions.trim_matches(['(', ')', ' ']);
    let exact = |clause: &'static [&str; 2], text: &str| -> Option<usize> {
        clause.iter().find(|operator| text.starts_with(**operator)).map(|operator| operator.len())
    };
    versions.split(',').map(str::trim).find_map(|clause| {
        let version = clause.get(exact(&["===", "=="], clause)?..)?.trim();
        let plain = !version.is_empty() && !version.contains(['*', ' ', '=', '<', '>']);
        plain.then_some(version)
    })
}
