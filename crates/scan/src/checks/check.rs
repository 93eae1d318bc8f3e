//! What a check is, and how its result becomes a finding.

use farguard_model::{
    Area, Detail, Finding, Location, Misconfiguration, Origin, Severity, Subject, fingerprint,
};

use super::{NotableFile, examined::Examined};

/// Where the reference page of the checks is.
const DOCS: &str = "https://github.com/farguard/farguard/blob/main/docs/reference/image-checks.md";
/// Files that are named in the evidence.
const NAMED_FILES: usize = 8;

/// One check of images.
#[derive(Debug)]
pub struct Check {
    /// Kebab-case, names what is wrong.
    pub id: &'static str,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// How bad it is; a check may lower or raise it for what it finds.
    pub severity: Severity,
    /// Why it matters, in one or two sentences.
    pub why: &'static str,
    /// What to do, in one sentence.
    pub remediation: &'static str,
    /// Controls of the CIS Docker Benchmark 1.6.0, section 4: `cis-docker-1.6.0-4.1`.
    pub controls: &'static [&'static str],
    /// Names of the same check elsewhere (dockle).
    pub aliases: &'static [&'static str],
    /// What it looks at.
    pub part: Part,
    pub(super) run: fn(&Examined<'_>) -> Option<Hit>,
}

/// What a check looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The configuration of the image, as a whole.
    Configuration,
    /// The steps that built it.
    History,
    /// Its files, as a container sees them.
    Files,
    /// The accounts of its operating system.
    Accounts,
}

/// What a check found.
#[derive(Debug, Default)]
pub(super) struct Hit {
    /// The facts, in one sentence.
    pub(super) evidence: String,
    /// Where, for files.
    pub(super) location: Option<Location>,
    /// The text that is wrong, without secrets.
    pub(super) excerpt: Option<String>,
    /// Another severity than the check's own.
    pub(super) severity: Option<Severity>,
    /// What else makes it the same finding tomorrow.
    pub(super) identity: Vec<String>,
}

impl Hit {
    pub(super) fn new(evidence: impl Into<String>) -> Self {
        Self { evidence: evidence.into(), ..Self::default() }
    }

    /// Files that have something in common: `FILES what`, the first of them for the location.
    /// `None` when there are none.
    pub(super) fn of_files(files: &[&NotableFile], one: &str, many: &str) -> Option<Self> {
        let first = files.first()?;
        let named: Vec<String> = files.iter().take(NAMED_FILES).map(|file| name(file)).collect();
        let rest = match files.len().saturating_sub(named.len()) {
            0 => String::new(),
            rest => format!(" and {rest} more"),
        };
        let (count, what) = (files.len(), if files.len() == 1 { one } else { many });
        let location =
            Location { path: first.path.clone(), layer: first.layer, line: None, column: None };
        Some(Self {
            evidence: format!("{count} {what}: {}{rest}", named.join(", ")),
            location: Some(location),
            identity: files.iter().map(|file| file.path.clone()).collect(),
            ..Self::default()
        })
    }

    /// With another severity than the check's own.
    pub(super) fn rated(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }
}

fn name(file: &NotableFile) -> String {
    format!("`{}` ({:04o})", file.path, file.mode)
}

impl Check {
    /// Looks, and says what is wrong.
    pub(super) fn finding(&self, examined: &Examined<'_>) -> Option<Finding> {
        let hit = (self.run)(examined)?;
        let origin = examined.origin();
        let mut parts = vec!["check", self.id];
        // What both brought are two findings.
        parts.extend((origin == Some(Origin::Base)).then_some("base"));
        parts.extend(hit.identity.iter().map(String::as_str));
        let detail = Misconfiguration {
            area: Area::Image,
            aliases: self.aliases.iter().map(|&alias| alias.to_owned()).collect(),
            excerpt: hit.excerpt,
            fix: None,
        };
        let name = examined.inventory.target.name.clone();
        let mut finding = Finding::new(
            self.id,
            hit.severity.unwrap_or(self.severity),
            Subject { id: name.clone(), name },
            fingerprint(&parts),
            Detail::Misconfiguration(detail),
        );
        self.title.clone_into(&mut finding.title);
        finding.evidence = hit.evidence;
        finding.location = hit.location;
        finding.remediation = Some(self.remediation.to_owned());
        finding.controls = self.controls.iter().map(|&control| control.to_owned()).collect();
        finding.docs = Some(format!("{DOCS}#{}", self.id));
        finding.origin = origin;
        Some(finding)
    }
}
