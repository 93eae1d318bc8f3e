//! What `content/scan/distros.toml` says of the distribution inside a target.

use std::{borrow::Cow, collections::BTreeMap};

use farguard_model::{Os, content};
use jiff::civil::Date;
use serde::Deserialize;

/// Path of the table below `content/`.
const TABLE: &str = "scan/distros.toml";

/// Every distribution that we know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Distros {
    distro: Vec<Distro>,
}

/// One distribution.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Distro {
    ids: Vec<String>,
    pub(super) name: String,
    ecosystems: Vec<String>,
    pub(super) names: Names,
    page: Option<String>,
    /// Last day of support by release.
    #[serde(default)]
    support: BTreeMap<String, Date>,
}

/// Which packages its advisories name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Names {
    Source,
    Binary,
    Both,
}

impl Distros {
    /// The table built into the binary.
    pub(super) fn load() -> Result<Self, content::ContentError> {
        content::load(TABLE)
    }

    pub(super) fn find(&self, os: &Os) -> Option<&Distro> {
        self.distro.iter().find(|distro| distro.ids.contains(&os.id))
    }
}

impl Distro {
    /// Keys of the ecosystems with the advisories for that release.
    pub(super) fn ecosystems(&self, os: &Os) -> Vec<String> {
        let release = Release::new(&os.version_id);
        self.ecosystems
            .iter()
            .filter(|pattern| !(pattern.contains('{') && release.version.is_empty()))
            .map(|pattern| release.fill(pattern))
            .collect()
    }

    /// The page on which it explains a CVE.
    pub(super) fn page(&self, cve: &str) -> Option<String> {
        self.page.as_ref().map(|page| page.replace("{id}", cve))
    }

    /// The last day on which that release got security updates, where we know it.
    pub(super) fn end_of_support(&self, os: &Os) -> Option<Date> {
        let release = Release::new(&os.version_id);
        let names = [release.version, &release.minor, release.major];
        names.into_iter().find_map(|name| self.support.get(name)).copied()
    }
}

/// A `VERSION_ID` and its parts.
struct Release<'a> {
    version: &'a str,
    minor: Cow<'a, str>,
    major: &'a str,
    service_pack: String,
}

impl<'a> Release<'a> {
    fn new(version: &'a str) -> Self {
        let mut parts = version.split('.');
        let major = parts.next().unwrap_or_default();
        let second = parts.next();
        let minor = match second {
            Some(second) => Cow::Owned(format!("{major}.{second}")),
            None => Cow::Borrowed(major),
        };
        let service_pack = match second {
            None | Some("0") => String::new(),
            Some(number) => format!(" SP{number}"),
        };
        Self { version, minor, major, service_pack }
    }

    fn fill(&self, pattern: &str) -> String {
        pattern
            .replace("{version}", self.version)
            .replace("{minor}", &self.minor)
            .replace("{major}", self.major)
            .replace("{sp}", &self.service_pack)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::advisories::ecosystem::normalize_ecosystem;

    fn check(id: &str, version: &str, expect: &[&str]) {
        let distros = Distros::load().unwrap();
        let os = Os { id: id.into(), version_id: version.into(), ..Os::default() };
        let ecosystems = distros.find(&os).unwrap().ecosystems(&os);
        assert_eq!(ecosystems, expect);
    }

    #[test]
    fn releases_name_their_ecosystems() {
        check("debian", "12", &["Debian:12"]);
        check("debian", "", &[]);
        check("ubuntu", "22.04", &["Ubuntu:22.04", "Ubuntu:Pro:22.04"]);
        check("alpine", "3.19.1", &["Alpine:v3.19"]);
        check("wolfi", "20230201", &["Wolfi"]);
        check("amzn", "2023", &["Amazon Linux:2023"]);
        check("almalinux", "9.4", &["AlmaLinux:9"]);
        check("rhel", "8.10", &["Red Hat:8"]);
        check("sles", "15.5", &["SUSE:Linux Enterprise Server 15 SP5"]);
        check("sles", "15", &["SUSE:Linux Enterprise Server 15"]);
        check("opensuse-leap", "15.6", &["openSUSE:Leap 15.6"]);
        check("mariner", "2.0", &["Azure Linux:2"]);
        check("fedora", "40", &[]);
    }

    #[test]
    fn ids_are_unique_and_ecosystems_are_keys_of_the_database() {
        let distros = Distros::load().unwrap();
        let mut ids: Vec<_> = distros.distro.iter().flat_map(|d| &d.ids).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "an ID is listed twice");
        for distro in &distros.distro {
            let os = Os { version_id: "15.5".into(), ..Os::default() };
            for key in distro.ecosystems(&os) {
                assert_eq!(normalize_ecosystem(&key).as_deref(), Some(key.as_str()));
            }
        }
    }

    #[test]
    fn support_ends_by_release() {
        let distros = Distros::load().unwrap();
        let end = |id: &str, version: &str| {
            let os = Os { id: id.into(), version_id: version.into(), ..Os::default() };
            distros.find(&os).unwrap().end_of_support(&os).map(|date| date.to_string())
        };
        assert_eq!(end("debian", "10").as_deref(), Some("2024-06-30"));
        assert_eq!(end("alpine", "3.18.4").as_deref(), Some("2025-05-09"));
        assert_eq!(end("amzn", "2018.03").as_deref(), Some("2023-12-31"));
        assert_eq!(end("rhel", "7.9").as_deref(), Some("2024-06-30"));
        assert_eq!(end("wolfi", "20230201"), None);
    }
}
