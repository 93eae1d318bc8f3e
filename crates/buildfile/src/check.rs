//! From the bytes of a build file to findings.

use std::collections::BTreeMap;

use farguard_model::{
    Area, Detail, Edit, Finding, Location, Misconfiguration, Problem, Subject, Suppression,
    fingerprint,
};

use crate::{
    ast::{Body, BuildFile, Instruction},
    context::Context,
    ignore::Ignores,
    mask::{is_credential, mask},
    parse::parse,
    rule::{Hit, Hits, MAX_HITS, Rule},
    rules::rules,
    source::{Source, Span},
};

/// The largest file that is read. Real ones have a few kilobytes.
pub const MAX_BYTES: usize = 4 << 20;

/// The longest excerpt, in characters.
const MAX_EXCERPT: usize = 160;

/// What the user has said about the rules.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Rules that do not run, by id or alias.
    pub ignored: Vec<String>,
    /// Registries that images may come from; empty when every one may.
    pub trusted_registries: Vec<String>,
}

/// What is wrong with a build file, and what of it could not be read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Checked {
    /// In the order of the file. Texts have the values of credentials masked by their names; what
    /// only patterns can find is left to the caller.
    pub findings: Vec<Finding>,
    /// Parts that could not be read.
    pub problems: Vec<Problem>,
}

/// Checks a build file. `name` is its path as reports show it.
#[must_use]
pub fn check(name: &str, bytes: &[u8], options: &Options) -> Checked {
    if bytes.len() > MAX_BYTES {
        let message = "the file is larger than 4 MiB, which no build file needs";
        let problem = Problem::new("build-file-too-large", message).at(name);
        return Checked { findings: Vec::new(), problems: vec![problem] };
    }
    let source = Source::new(bytes);
    let file = parse(&source);
    let context = Context::new(&file, &options.trusted_registries);
    let mut problems = problems(name, bytes, &source, &file);
    let ignores = Ignores::read(&source, &file);
    let credentials = credentials(&file);
    let mut reporter =
        Reporter { name, source: &source, ignores, credentials, seen: BTreeMap::new() };
    let mut findings = Vec::new();
    for rule in rules() {
        if options.ignored.iter().any(|name| rule.answers_to(name)) {
            continue;
        }
        let mut hits = Hits::default();
        (rule.check)(&context, &mut hits);
        if hits.found.len() > MAX_HITS {
            let message = format!("more than {MAX_HITS} findings of `{}` are left out", rule.id);
            problems.push(Problem::new("too-many-findings", message).at(name));
            hits.found.truncate(MAX_HITS);
        }
        findings.extend(hits.found.into_iter().map(|hit| reporter.finding(rule, hit)));
    }
    if context.scripts().any(|(_, script)| script.cut) {
        let message =
            "a `RUN` instruction nests commands too deeply, or holds too many, to be read";
        problems.push(Problem::new("unreadable-build-step", message).at(name));
    }
    let place = |finding: &Finding| {
        finding.location.as_ref().map(|location| (location.line, location.column))
    };
    findings.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.id.cmp(&b.id)));
    Checked { findings, problems }
}

/// Whether a file of this name is a build file: `Dockerfile`, `Containerfile`, `Dockerfile.dev`,
/// `api.Dockerfile`.
#[must_use]
pub fn is_build_file_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|stem| {
        let behind = lower.strip_prefix(stem);
        let ending = behind.and_then(|rest| rest.strip_prefix('.'));
        // `Dockerfile.dockerignore` lists files, and `Dockerfile.md` is about one.
        let other =
            ["dockerignore", "md", "txt", "go", "py", "rs", "js", "ts", "html", "j2", "tmpl"];
        behind == Some("")
            || ending.is_some_and(|ending| !ending.is_empty() && !other.contains(&ending))
            || lower.strip_suffix(stem).is_some_and(|front| front.len() > 1 && front.ends_with('.'))
    })
}

impl Rule {
    /// Whether this is its id or one of its aliases.
    #[must_use]
    pub fn answers_to(&self, name: &str) -> bool {
        self.id == name || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

fn problems(name: &str, bytes: &[u8], source: &Source, file: &BuildFile) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut add = |code: &str, at: Span, message: String| {
        let place = source.position(at.start);
        let message = format!("line {}, column {}: {message}", place.line, place.column);
        problems.push(Problem::new(code, message).at(name));
    };
    if let Err(error) = std::str::from_utf8(bytes) {
        let text = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let at = text.trim_start_matches('\u{feff}').len();
        add("build-file-not-utf8", Span::at(at), "the text is not UTF-8".to_owned());
    }
    if let Some(at) = source.text().find('\0') {
        add("build-file-not-text", Span::at(at), "a NUL byte: this is no text file".to_owned());
    }
    for fault in &file.faults {
        add("malformed-build-file", fault.span, mask(&fault.message));
    }
    if file.instructions.is_empty() {
        add("malformed-build-file", Span::at(0), "there is no instruction".to_owned());
    }
    problems
}

struct Reporter<'a> {
    name: &'a str,
    source: &'a Source,
    ignores: Ignores,
    /// Where values of credentials stand, in the order of the file.
    credentials: Vec<Span>,
    /// How often the same text was reported, so that fingerprints differ.
    seen: BTreeMap<(&'static str, String), usize>,
}

impl Reporter<'_> {
    fn finding(&mut self, rule: &'static Rule, hit: Hit) -> Finding {
        let place = self.source.position(hit.span.start);
        let excerpt = excerpt(self.source, hit.span, &self.credentials);
        let evidence = mask(&hit.evidence);
        let count = self.seen.entry((rule.id, evidence.clone())).or_default();
        *count += 1;
        let identity = [
            "build-file".to_owned(),
            rule.id.to_owned(),
            self.name.to_owned(),
            evidence.clone(),
            count.to_string(),
        ];
        let identity: Vec<&str> = identity.iter().map(String::as_str).collect();
        let detail = Detail::Misconfiguration(Misconfiguration {
            area: Area::BuildFile,
            aliases: rule.aliases.iter().map(|alias| (*alias).to_owned()).collect(),
            excerpt,
            fix: hit.edit.and_then(|(span, text)| edit(self.source, span, text)),
        });
        let subject = Subject { id: self.name.to_owned(), name: self.name.to_owned() };
        let severity = hit.severity.unwrap_or(rule.severity);
        let mut finding = Finding::new(rule.id, severity, subject, fingerprint(&identity), detail);
        finding.title = rule.title.to_owned();
        finding.evidence = evidence;
        finding.remediation = Some(rule.fix.to_owned());
        finding.docs = docs(rule);
        finding.location = Some(Location {
            path: self.name.to_owned(),
            layer: None,
            line: Some(place.line),
            column: Some(place.column),
        });
        finding.suppression = self.ignores.find(rule, place.line).map(|(reason, line)| {
            Suppression { reason: mask(&reason), source: format!("{}:{line}", self.name) }
        });
        finding
    }
}

/// The page of hadolint's wiki for the rules that both have.
fn docs(rule: &Rule) -> Option<String> {
    let alias = rule.aliases.iter().find(|alias| alias.starts_with("DL"))?;
    Some(format!("https://github.com/hadolint/hadolint/wiki/{alias}"))
}

/// What stands behind the names of credentials in `ENV`, `ARG` and `LABEL`: a value may go over
/// several lines.
fn credentials(file: &BuildFile) -> Vec<Span> {
    let pairs = |instruction: &Instruction| match &instruction.body {
        Body::Pairs(pairs) => pairs.clone(),
        Body::OnBuild(Some(later)) => match &later.body {
            Body::Pairs(pairs) => pairs.clone(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    };
    let pairs = file.instructions.iter().flat_map(pairs);
    pairs
        .filter(|pair| is_credential(&pair.name.text))
        .filter_map(|pair| {
            let value = pair.value.filter(|value| !value.text.contains('$'))?;
            Some(Span { start: pair.name.span.end, end: value.span.end })
        })
        .collect()
}

/// The line around a place, masked and cut.
fn excerpt(source: &Source, span: Span, credentials: &[Span]) -> Option<String> {
    let line = usize::try_from(source.position(span.start).line).ok()?.checked_sub(1)?;
    let (whole, _) = source.line(line)?;
    let first = credentials.partition_point(|hidden| hidden.end <= whole.start);
    let mut text = String::new();
    let mut at = whole.start;
    for hidden in credentials.iter().skip(first).take_while(|hidden| hidden.start < whole.end) {
        text.push_str(source.slice(Span { start: at, end: hidden.start.max(at) }));
        text.push_str("=***");
        at = hidden.end.min(whole.end).max(at);
    }
    text.push_str(source.slice(Span { start: at, end: whole.end }));
    // The value of a credential may begin the line that is cut, so mask more than is shown.
    let start: String = text.trim().chars().take(MAX_EXCERPT * 4).collect();
    let masked: String = mask(&start).chars().filter(|c| !c.is_control()).collect();
    let cut: String = masked.chars().take(MAX_EXCERPT).collect();
    let more = if masked.chars().nth(MAX_EXCERPT).is_some() { "..." } else { "" };
    (!cut.is_empty()).then(|| format!("{cut}{more}"))
}

/// A change to the file, unless it would show a credential.
fn edit(source: &Source, span: Span, replacement: String) -> Option<Edit> {
    if mask(&replacement) != replacement {
        return None;
    }
    let (start, end) = (source.position(span.start), source.position(span.end));
    Some(Edit {
        start_line: start.line,
        start_column: start.column,
        end_line: end.line,
        end_column: end.column,
        replacement,
    })
}

#[cfg(test)]
mod tests;
