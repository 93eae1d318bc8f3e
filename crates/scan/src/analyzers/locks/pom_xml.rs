//! Maven: `pom.xml`.
//!
//! It names direct dependencies only, and inherits from parents that are elsewhere: what cannot be
//! known from this one file is a problem.
//!
//! # Source
//! <https://maven.apache.org/pom.html>

mod properties;

use std::collections::BTreeMap;

use farguard_model::PackageType;

use self::properties::Properties;
use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason, xml};

/// Reads `pom.xml`.
#[derive(Debug)]
pub(in super::super) struct PomXml;

impl Analyzer for PomXml {
    fn name(&self) -> &'static str {
        "pom-xml"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "direct Java dependencies of a Maven project (`pom.xml`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("pom.xml")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Maven, file.path());
        let mut project = Project::default();
        let result = xml::walk(document::text(file)?, |path, text| project.element(path, text));
        project.add_to(&mut locked);
        locked.finish(harvest);
        result
    }
}

#[derive(Default)]
struct Project {
    properties: Properties,
    dependencies: Vec<Dependency>,
    /// From `dependencyManagement`: what a dependency without version or scope gets.
    managed: Vec<Dependency>,
    /// The dependency whose elements are being read.
    open: Dependency,
}

#[derive(Default)]
struct Dependency {
    group: String,
    artifact: String,
    version: String,
    scope: String,
}

impl Project {
    fn element(&mut self, path: &str, text: &str) {
        if let Some((place, field)) = path.rsplit_once('/') {
            match place {
                "project/properties" => self.properties.set(field, text),
                "project" | "project/parent" => self.coordinate(place, field, text),
                _ if place.ends_with("/dependencies/dependency") => self.field(field, text),
                _ => {}
            }
        }
        let owner = path.strip_suffix("/dependencies/dependency");
        if let Some(owner) = owner {
            let dependency = std::mem::take(&mut self.open);
            match owner {
                "project" | "project/profiles/profile" => self.dependencies.push(dependency),
                _ if owner.ends_with("/dependencyManagement") => self.managed.push(dependency),
                // Plugins are part of the build.
                _ => {}
            }
        }
    }

    /// `${project.version}` and its like; a project inherits group and version from its parent.
    fn coordinate(&mut self, place: &str, field: &str, text: &str) {
        if !matches!(field, "groupId" | "artifactId" | "version") {
            return;
        }
        if place == "project/parent" {
            self.properties.set(&format!("project.parent.{field}"), text);
            if field != "artifactId" {
                self.properties.set_default(&format!("project.{field}"), text);
            }
        } else {
            self.properties.set(&format!("project.{field}"), text);
        }
    }

    fn field(&mut self, field: &str, text: &str) {
        let slot = match field {
            "groupId" => &mut self.open.group,
            "artifactId" => &mut self.open.artifact,
            "version" => &mut self.open.version,
            "scope" => &mut self.open.scope,
            _ => return,
        };
        text.clone_into(slot);
    }

    fn add_to(&self, locked: &mut Locked<'_>) {
        let key = |dependency: &Dependency| {
            (
                self.properties.resolve(&dependency.group),
                self.properties.resolve(&dependency.artifact),
            )
        };
        let managed: BTreeMap<_, _> =
            self.managed.iter().map(|entry| (key(entry), entry)).collect();
        for dependency in &self.dependencies {
            let (group, artifact) = key(dependency);
            let name = format!("{group}:{artifact}");
            let inherited = managed.get(&(group, artifact));
            let or_inherited = |own: &str, field: fn(&Dependency) -> &str| {
                let text =
                    if own.is_empty() { inherited.map_or("", |entry| field(entry)) } else { own };
                self.properties.resolve(text)
            };
            let version = or_inherited(&dependency.version, |entry| &entry.version);
            let scope = or_inherited(&dependency.scope, |entry| &entry.scope);
            match exact(&version) {
                Some(version) if !name.contains("${") => {
                    locked.add(&name, version, scope == "test")
                }
                _ => locked.unassessed(Reason::Unpinned, &format!("{name}:{version}")),
            }
        }
        if !self.dependencies.is_empty() {
            locked.unassessed(Reason::Incomplete, "transitive dependencies");
        }
    }
}

/// The one version that a requirement allows: `1.0`, and `[1.0]`, but not `[1.0,2.0)`.
fn exact(requirement: &str) -> Option<&str> {
    let pinned = requirement.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let version = pinned.unwrap_or(requirement);
    let range = version.contains(['[', ']', '(', ')', ',', '$']);
    let moving = matches!(version, "" | "LATEST" | "RELEASE");
    (!range && !moving).then_some(version)
}

#[cfg(test)]
mod tests;
