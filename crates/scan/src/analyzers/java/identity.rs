//! Which packages an archive is, from what was found in it.

use std::collections::BTreeMap;

use farguard_model::{Package, PackageType};

use super::{
    groups,
    manifest::Manifest,
    pom::{self, Coordinates},
    walk::Interest,
};

/// The more certain a source is, the earlier it is asked: `pom.properties` (written by Maven for
/// each module, and kept by shading), `pom.xml`, the manifest, the name of the file.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    manifest: Manifest,
    /// What is in each directory of `META-INF/maven`.
    modules: BTreeMap<Vec<u8>, Module>,
}

#[derive(Debug, Default)]
struct Module {
    properties: Coordinates,
    xml: Coordinates,
}

impl Evidence {
    /// Takes the content of an entry.
    pub(super) fn add(&mut self, interest: Interest, name: &[u8], content: &[u8]) {
        let end = name.iter().rposition(|byte| *byte == b'/').unwrap_or_default();
        let directory = name.get(..end).unwrap_or_default();
        let module = match interest {
            Interest::PomProperties | Interest::PomXml => {
                self.modules.entry(directory.to_vec()).or_default()
            }
            Interest::Manifest => {
                self.manifest = Manifest::parse(content);
                return;
            }
            Interest::None | Interest::Archive => return,
        };
        match interest {
            Interest::PomProperties => module.properties = pom::properties(content),
            _ => module.xml = pom::xml(content),
        }
    }

    /// The packages that the archive at `path` is made of.
    pub(super) fn packages(&self, path: &str) -> Vec<Package> {
        let file = FileName::parse(path);
        let mut modules: Vec<Coordinates> =
            self.modules.values().map(|m| m.properties.clone().or(m.xml.clone())).collect();
        let is_known = modules.iter().any(|module| {
            let artifact = module.artifact.as_deref();
            artifact == Some(file.artifact) || artifact == Some(file.stem)
        });
        // An archive that has been renamed but holds one module is that module. With a foreign
        // name it may be something that shades modules.
        if !is_known && (modules.is_empty() || file.version.is_some()) {
            let own = self.of_manifest(&file);
            if modules.is_empty() || own.group.is_some() {
                modules.push(own);
            }
        }
        if let ([module], Some(license)) =
            (modules.as_mut_slice(), self.manifest.get("bundle-license"))
            && module.licenses.is_empty()
        {
            module.licenses.push(license.to_owned());
        }
        modules.iter().filter_map(|module| package(module, path)).collect()
    }

    /// What manifest and file name say together. The artifact is called as its file, unless the
    /// manifest has a name that is well known.
    fn of_manifest(&self, file: &FileName<'_>) -> Coordinates {
        let manifest = &self.manifest;
        let bundle = manifest.symbolic_name();
        let title = manifest.get("implementation-title").filter(|title| is_name(title));
        let last = bundle.and_then(|name| name.rsplit('.').next());
        let names = [Some(file.artifact), title, last];
        let known = names
            .into_iter()
            .flatten()
            .find_map(|name| groups::of_artifact(name).map(|group| (name, group.to_owned())));
        let (artifact, group) = match known {
            Some((artifact, group)) => (artifact, Some(group)),
            None => {
                let group = bundle.and_then(|bundle| groups::of_bundle(bundle, file.artifact));
                let vendor = manifest.get("implementation-vendor-id").filter(|id| is_group(id));
                (file.artifact, group.or_else(|| vendor.map(str::to_owned)))
            }
        };
        let stated = ["implementation-version", "bundle-version", "specification-version"];
        let stated =
            stated.into_iter().find_map(|name| manifest.get(name)).filter(|v| is_version(v));
        Coordinates {
            group,
            artifact: Some(artifact.to_owned()),
            version: file.version.or(stated).map(str::to_owned),
            licenses: Vec::new(),
        }
    }
}

/// `None` without artifact and version: there is nothing to match.
fn package(coordinates: &Coordinates, path: &str) -> Option<Package> {
    let Coordinates { group, artifact: Some(artifact), version: Some(version), licenses } =
        coordinates
    else {
        return None;
    };
    let name = match group {
        Some(group) => format!("{group}:{artifact}"),
        None => artifact.clone(),
    };
    let mut package = Package::new(PackageType::Maven, name, version.as_str(), path);
    package.licenses.clone_from(licenses);
    Some(package)
}

fn is_name(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

fn is_group(text: &str) -> bool {
    text.contains('.') && is_name(text)
}

fn is_version(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && !text.contains(char::is_whitespace)
        && text.split('.').all(|part| part != "x")
}

/// `artifact-1.2.3.jar`.
#[derive(Debug, PartialEq, Eq)]
struct FileName<'a> {
    /// Without its ending.
    stem: &'a str,
    artifact: &'a str,
    version: Option<&'a str>,
}

/// What may follow a version: which machine or which part of the project it is for.
const CLASSIFIERS: [&str; 10] = [
    "-linux",
    "-osx",
    "-windows",
    "-sources",
    "-javadoc",
    "-tests",
    "-all",
    "-shaded",
    "-jar-with",
    "-executable",
];

impl<'a> FileName<'a> {
    /// The version is the last part that starts with a digit and has a dot, with all that
    /// follows it: `log4j-1.2-api-2.19.0`, `guava-31.1-jre`.
    fn parse(path: &'a str) -> Self {
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let is_start = |at: &usize| {
            let part = stem.get(at + 1..).unwrap_or_default().split('-').next().unwrap_or_default();
            is_version(part) && (part.contains('.') || part.bytes().all(|b| b.is_ascii_digit()))
        };
        let starts: Vec<usize> =
            stem.match_indices('-').map(|(at, _)| at).filter(is_start).collect();
        let dotted = |at: &&usize| {
            stem.get(**at + 1..)
                .and_then(|rest| rest.split('-').next())
                .is_some_and(|p| p.contains('.'))
        };
        let at = starts.iter().rev().find(dotted).or(starts.last());
        // `log4j-1.2-api` is no version of log4j.
        let at = at.filter(|_| groups::of_artifact(stem).is_none());
        let split = at.and_then(|at| Some((stem.get(..*at)?, stem.get(at + 1..)?)));
        let Some((artifact, version)) = split else {
            return Self { stem, artifact: stem, version: None };
        };
        let end = CLASSIFIERS.iter().filter_map(|classifier| version.find(classifier)).min();
        Self { stem, artifact, version: end.map_or(Some(version), |end| version.get(..end)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names() {
        let check = |path, artifact, version| {
            let found = FileName::parse(path);
            assert_eq!((found.artifact, found.version), (artifact, version), "{path}");
        };
        check("app.war!/WEB-INF/lib/slf4j-api-2.0.9.jar", "slf4j-api", Some("2.0.9"));
        check("guava-31.1-jre.jar", "guava", Some("31.1-jre"));
        check("log4j-1.2-api-2.19.0.jar", "log4j-1.2-api", Some("2.19.0"));
        check("spring-core-4.3.30.RELEASE.jar", "spring-core", Some("4.3.30.RELEASE"));
        check("netty-epoll-4.1.48.Final-linux-x86_64.jar", "netty-epoll", Some("4.1.48.Final"));
        check("rhino-13.jar", "rhino", Some("13"));
        check("catalina.jar", "catalina", None);
        check("log4j-1.2-api.jar", "log4j-1.2-api", None);
        check("spring3-core-3.x.jar", "spring3-core-3.x", None);
        check("jul-to-slf4j.jar", "jul-to-slf4j", None);
    }
}
