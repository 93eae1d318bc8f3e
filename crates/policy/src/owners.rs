//! Who answers for a target and for each of its findings.
//!
//! Asked in this order, and the first that answers is believed: the flag, the owners file, the
//! labels of the image ([`LABELS`]), the tags of the task definition ([`TAGS`]).

mod image;
mod parse;
mod path;

use std::collections::HashMap;

use farguard_model::{Owner, ScanReport, TargetKind};

use self::{image::ImageName, parse::Rule, path::PathPattern};
use crate::glob::Glob;

pub use parse::ParsedOwners;

/// Labels that name an owner, the first of them first. A base image hands its labels down, so the
/// general ones, which its maintainers may have set, come last.
pub const LABELS: [&str; 6] = [
    "com.farguard.owner",
    "owner",
    "team",
    "org.opencontainers.image.authors",
    "maintainer",
    "org.opencontainers.image.vendor",
];

/// Tags of a task definition that name an owner, the first of them first, in any case.
pub const TAGS: [&str; 2] = ["owner", "team"];

/// Longest name of an owner, in characters.
const MAX_NAME_CHARS: usize = 200;

/// A map from images, task families and files to owners: a CODEOWNERS file with more kinds of
/// lines. The last line that fits decides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Owners {
    file: String,
    rules: Vec<Rule>,
}

/// What a line is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pattern {
    /// `image:shop/*`
    Image(Glob),
    /// `family:shop-*`
    Family(Glob),
    /// `path:/services/shop/`, or without the word
    Path(PathPattern),
}

/// Where owners are looked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct OwnerSources<'a> {
    /// The owner that the user names for this run.
    pub named: Option<&'a str>,
    /// The owners file.
    pub owners: Option<&'a Owners>,
    /// The path of the target from where the paths of the owners file begin, with `/` between
    /// parts and none at the ends; `None` when the target lies elsewhere or is no file.
    pub path: Option<&'a str>,
}

impl Owners {
    /// Whose a file or directory is, by its path from where the paths of the file begin.
    #[must_use]
    pub fn of_path(&self, path: &str) -> Option<Owner> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        self.last(|pattern| match pattern {
            Pattern::Path(pattern) => pattern.matches(&parts),
            Pattern::Image(_) | Pattern::Family(_) => false,
        })
    }

    /// Whose an image is, by its name and, in a task definition, its family.
    #[must_use]
    pub fn of_image(&self, name: &str, family: Option<&str>) -> Option<Owner> {
        let name = ImageName::new(name);
        self.last(|pattern| match pattern {
            Pattern::Image(glob) => name.fits(glob),
            Pattern::Family(glob) => family.is_some_and(|family| glob.matches(family)),
            Pattern::Path(_) => false,
        })
    }

    /// What the last line that fits says; a line without an owner takes it away.
    fn last(&self, fits: impl Fn(&Pattern) -> bool) -> Option<Owner> {
        let rule = self.rules.iter().rev().find(|rule| fits(&rule.pattern))?;
        let source = format!("`{}` line {}", self.file, rule.line);
        (!rule.owner.is_empty()).then(|| Owner { name: rule.owner.clone(), source })
    }
}

impl OwnerSources<'_> {
    /// Sets the owner of the report and of each finding in it. Findings in files of a source tree
    /// may have others than the tree as a whole.
    pub fn assign(&self, report: &mut ScanReport) {
        let owner = self.of_target(report);
        let is_tree = report.image.is_none()
            && matches!(report.target.kind, TargetKind::Source | TargetKind::BuildFile);
        let mut files = HashMap::new();
        for finding in &mut report.findings {
            let file = finding.location.as_ref().filter(|_| is_tree && self.named.is_none());
            let of_file = file.and_then(|location| {
                let known = files.entry(location.path.clone());
                known.or_insert_with_key(|path| self.of_file(path)).clone()
            });
            finding.owner = of_file.or_else(|| owner.clone());
        }
        report.owner = owner;
    }

    fn of_file(&self, path: &str) -> Option<Owner> {
        self.owners?.of_path(&format!("{}/{path}", self.path?))
    }

    fn of_target(&self, report: &ScanReport) -> Option<Owner> {
        if let Some(name) = self.named {
            return Some(Owner { name: name.to_owned(), source: "--owner".to_owned() });
        }
        let family = report.container.as_ref().map(|container| container.family.as_str());
        let by_file = self.owners.and_then(|owners| {
            let by_path = || owners.of_path(self.path?);
            owners.of_image(&report.target.name, family).or_else(by_path)
        });
        by_file.or_else(|| by_label(report)).or_else(|| by_tag(report))
    }
}

fn by_label(report: &ScanReport) -> Option<Owner> {
    LABELS.iter().find_map(|name| {
        let (_, value) = report.target.labels.iter().find(|(key, _)| key == name)?;
        let source = format!("label `{name}`");
        Some(Owner { name: readable(value)?, source })
    })
}

fn by_tag(report: &ScanReport) -> Option<Owner> {
    let tags = &report.container.as_ref()?.tags;
    TAGS.iter().find_map(|name| {
        let (key, value) = tags.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        let source = format!("tag `{key}` of the task definition");
        Some(Owner { name: readable(value)?, source })
    })
}

/// A name out of an image: one line, not too long. `None` when nothing is left.
fn readable(text: &str) -> Option<String> {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name: String = line.trim().chars().take(MAX_NAME_CHARS).collect();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests;
