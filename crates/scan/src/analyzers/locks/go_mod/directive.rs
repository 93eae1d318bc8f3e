//! The lines of a `go.mod`.

/// One directive, blocks taken apart. `exclude` and `retract` do not change what is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Directive<'t> {
    Go(&'t str),
    Toolchain(&'t str),
    Require { path: &'t str, version: &'t str },
    Replace { path: &'t str, version: Option<&'t str>, by: &'t str, by_version: Option<&'t str> },
    Malformed(&'t str),
}

pub(super) fn parse(text: &str) -> Vec<Directive<'_>> {
    let mut block = None;
    let mut directives = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or_default().trim();
        let words: Vec<&str> = line.split_whitespace().map(unquote).collect();
        match (block, words.as_slice()) {
            (_, []) => {}
            (Some(_), [")"]) => block = None,
            (Some(verb), words) => directives.extend(directive(verb, words, line)),
            (None, [verb, "("]) => block = Some(*verb),
            (None, [verb, words @ ..]) => directives.extend(directive(verb, words, line)),
        }
    }
    directives
}

fn directive<'t>(verb: &str, words: &[&'t str], line: &'t str) -> Option<Directive<'t>> {
    let replace =
        |path, version, by, by_version| Directive::Replace { path, version, by, by_version };
    Some(match (verb, words) {
        ("go", [version]) => Directive::Go(version),
        ("toolchain", [name]) => Directive::Toolchain(name),
        ("require", [path, version]) => Directive::Require { path, version },
        ("replace", [path, "=>", by]) => replace(*path, None, *by, None),
        ("replace", [path, "=>", by, to]) => replace(*path, None, *by, Some(*to)),
        ("replace", [path, version, "=>", by]) => replace(*path, Some(*version), *by, None),
        ("replace", [path, version, "=>", by, to]) => {
            replace(*path, Some(*version), *by, Some(*to))
        }
        ("go" | "toolchain" | "require" | "replace", _) => Directive::Malformed(line),
        _ => return None,
    })
}

fn unquote(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}
