//! Maven's own files: `pom.properties` and `pom.xml`.
//!
//! # Source
//! <https://maven.apache.org/pom.html>,
//! <https://maven.apache.org/shared/maven-archiver/>

use quick_xml::{Reader, events::Event};

/// Deeper elements hold nothing for us.
const MAX_DEPTH: usize = 5;

/// More variables in one value than anybody uses.
const MAX_VARIABLES: usize = 4;

/// Coordinates, as far as they are known.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Coordinates {
    pub(super) group: Option<String>,
    pub(super) artifact: Option<String>,
    pub(super) version: Option<String>,
    /// Names of licences, or where to read them.
    pub(super) licenses: Vec<String>,
}

impl Coordinates {
    /// Takes what is missing from `other`.
    pub(super) fn or(mut self, other: Self) -> Self {
        self.group = self.group.or(other.group);
        self.artifact = self.artifact.or(other.artifact);
        self.version = self.version.or(other.version);
        if self.licenses.is_empty() {
            self.licenses = other.licenses;
        }
        self
    }
}

/// Reads `pom.properties`.
pub(super) fn properties(bytes: &[u8]) -> Coordinates {
    let mut found = Coordinates::default();
    for line in String::from_utf8_lossy(bytes).lines() {
        let line = line.trim();
        if line.starts_with(['#', '!']) {
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else { continue };
        // Property files may escape what has a meaning in them.
        let value = value.trim().replace('\\', "");
        let field = match key.trim() {
            "groupId" => &mut found.group,
            "artifactId" => &mut found.artifact,
            "version" => &mut found.version,
            _ => continue,
        };
        *field = Some(value).filter(|value| is_resolved(value));
    }
    found
}

fn is_resolved(value: &str) -> bool {
    !value.is_empty() && !value.contains("${") && !value.contains(char::is_whitespace)
}

/// Reads `pom.xml`. What a project does not say it has from its parent. Of a damaged file counts
/// what comes before the damage.
pub(super) fn xml(bytes: &[u8]) -> Coordinates {
    let mut pom = Pom::default();
    let content = String::from_utf8_lossy(bytes);
    let mut reader = Reader::from_str(&content);
    let mut path: Vec<String> = Vec::new();
    let mut ignored = 0_usize;
    let mut text = String::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                text.clear();
                if path.len() >= MAX_DEPTH || ignored > 0 {
                    ignored += 1;
                } else {
                    path.push(start.local_name().as_ref().to_owned());
                }
            }
            Ok(Event::Text(part)) if ignored == 0 => {
                text.push_str(part.as_ref());
            }
            Ok(Event::End(_)) if ignored > 0 => ignored -= 1,
            Ok(Event::End(_)) => {
                pom.element(&path, text.trim());
                path.pop();
                text.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            Ok(_) => {}
        }
    }
    pom.resolve()
}

/// A POM as written.
#[derive(Default)]
struct Pom {
    project: Coordinates,
    parent: Coordinates,
    properties: Vec<(String, String)>,
}

impl Pom {
    fn element(&mut self, path: &[String], text: &str) {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let value = Some(text.to_owned()).filter(|text| !text.is_empty());
        match path.as_slice() {
            ["project", "groupId"] => self.project.group = value,
            ["project", "artifactId"] => self.project.artifact = value,
            ["project", "version"] => self.project.version = value,
            ["project", "parent", "groupId"] => self.parent.group = value,
            ["project", "parent", "version"] => self.parent.version = value,
            ["project", "licenses", "license", "name"] => self.project.licenses.extend(value),
            ["project", "properties", name] => {
                self.properties.push(((*name).to_owned(), text.to_owned()));
            }
            _ => {}
        }
    }

    fn resolve(self) -> Coordinates {
        let Self { project, parent, properties } = self;
        let parent_version = parent.version.clone();
        let inherited = project.or(Coordinates { artifact: None, ..parent });
        let lookup = |name: &str| match name {
            "project.parent.version" | "parent.version" => parent_version.as_deref(),
            _ => properties.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str()),
        };
        let fill = |value: Option<String>| substitute(value?, lookup).filter(|v| is_resolved(v));
        Coordinates {
            group: fill(inherited.group),
            artifact: fill(inherited.artifact),
            version: fill(inherited.version),
            licenses: inherited.licenses,
        }
    }
}

/// Puts values for variables: `${revision}${changelist}`. `None` when one is unknown.
fn substitute<'a>(mut text: String, lookup: impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    for _ in 0..MAX_VARIABLES {
        let Some((before, rest)) = text.split_once("${") else { break };
        let (name, after) = rest.split_once('}')?;
        text = [before, lookup(name)?, after].concat();
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(found: &Coordinates, expect: [Option<&str>; 3]) {
        let parts = [&found.group, &found.artifact, &found.version];
        assert_eq!(parts.map(Option::as_deref), expect);
    }

    #[test]
    fn properties_files() {
        let file = b"#Created by Maven\n#Mon\nversion=1.0\r\ngroupId = org.x\nartifactId:a\\:b\n";
        check(&properties(file), [Some("org.x"), Some("a:b"), Some("1.0")]);
        check(&properties(b"version=${project.version}\nartifactId="), [None, None, None]);
    }

    #[test]
    fn projects_inherit_from_their_parent() {
        let pom = b"<?xml version='1.0'?><project><parent><groupId>org.x</groupId>\
            <artifactId>parent</artifactId><version>2.0</version></parent>\
            <artifactId> a </artifactId><dependencies><dependency><groupId>org.y</groupId>\
            <version>9</version></dependency></dependencies>\
            <licenses><license><name>MIT</name></license></licenses></project>";
        let found = xml(pom);
        check(&found, [Some("org.x"), Some("a"), Some("2.0")]);
        assert_eq!(found.licenses, ["MIT"]);
    }

    #[test]
    fn variables_are_resolved_or_the_value_is_unknown() {
        let pom = |version: &str| {
            let text = format!(
                "<project><groupId>g</groupId><artifactId>a</artifactId>\
                 <version>{version}</version><properties><revision>1.2</revision>\
                 <loop>${{loop}}${{loop}}</loop></properties></project>"
            );
            xml(text.as_bytes())
        };
        check(&pom("${revision}-x"), [Some("g"), Some("a"), Some("1.2-x")]);
        check(&pom("${unknown}"), [Some("g"), Some("a"), None]);
        check(&pom("${loop}"), [Some("g"), Some("a"), None]);
    }

    #[test]
    fn what_comes_before_damage_counts() {
        check(&xml(b"<project><groupId>g</groupId><artifactId>a</x>"), [Some("g"), None, None]);
        check(&xml(&b"<project>".repeat(100_000)), [None, None, None]);
    }
}
