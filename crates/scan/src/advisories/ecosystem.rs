//! One spelling for each ecosystem and package name, used when the database is built and when it
//! is asked.
//!
//! | OSV writes | key |
//! |---|---|
//! | `Debian:12`, `Alpine:v3.19`, `Azure Linux:3`, `Amazon Linux:2023` | the same |
//! | `Ubuntu:22.04:LTS`, `Ubuntu:Pro:18.04:LTS` | `Ubuntu:22.04`, `Ubuntu:Pro:18.04` |
//! | `AlmaLinux:9.4`, `Rocky Linux:9` | `AlmaLinux:9`, `Rocky Linux:9` |
//! | `Red Hat:enterprise_linux:9::appstream` | `Red Hat:9` |
//! | `SUSE:Linux Enterprise Module for Basesystem 15 SP5` | `SUSE:Linux Enterprise Server 15 SP5` |
//! | `openSUSE:Leap 15.5` | the same |
//! | `Maven:https://maven.google.com` | `Maven` |
//! | `PyPI`, `npm`, `Go`, `crates.io`, `Wolfi`, ... | the same |
//!
//! # Source
//! <https://ossf.github.io/osv-schema/#defined-ecosystems>

use std::borrow::Cow;

/// Ecosystems without releases that Farguard matches.
const PLAIN: &[&str] = &[
    "Bitnami",
    "Chainguard",
    "Go",
    "Maven",
    "NuGet",
    "Packagist",
    "PyPI",
    "RubyGems",
    "Wolfi",
    "crates.io",
    "npm",
];

/// Directories of the OSV bucket that hold advisories Farguard can match.
pub const BUCKET_ECOSYSTEMS: &[&str] = &[
    "AlmaLinux",
    "Alpine",
    "Azure Linux",
    "Bitnami",
    "Chainguard",
    "Debian",
    "Go",
    "Maven",
    "NuGet",
    "Packagist",
    "PyPI",
    "Red Hat",
    "Rocky Linux",
    "RubyGems",
    "SUSE",
    "Ubuntu",
    "Wolfi",
    "crates.io",
    "npm",
    "openSUSE",
];

/// The key of an ecosystem as OSV or a key itself writes it; `None` when Farguard has no packages
/// that it could match, such as `Android` or an extended-support stream of Red Hat.
#[must_use]
pub fn normalize_ecosystem(ecosystem: &str) -> Option<String> {
    let (base, release) = match ecosystem.split_once(':') {
        Some((base, release)) => (base.trim(), release.trim()),
        None => (ecosystem.trim(), ""),
    };
    if PLAIN.contains(&base) {
        return Some(base.to_owned());
    }
    if release.is_empty() {
        return None;
    }
    let release = match base {
        "Alpine" | "Amazon Linux" | "Debian" | "openSUSE" => Cow::Borrowed(release),
        "AlmaLinux" | "Azure Linux" | "Rocky Linux" => Cow::Borrowed(major(release)),
        "Red Hat" => Cow::Borrowed(red_hat_release(release)?),
        "SUSE" => Cow::Owned(suse_release(release)?),
        "Ubuntu" => Cow::Owned(ubuntu_release(release)?),
        _ => return None,
    };
    Some(format!("{base}:{release}"))
}

/// The key of a package name within the ecosystem of that key.
#[must_use]
pub fn normalize_name<'a>(ecosystem: &str, name: &'a str) -> Cow<'a, str> {
    match ecosystem {
        "PyPI" => pep503(name),
        "NuGet" | "Packagist" if name.chars().any(char::is_uppercase) => {
            Cow::Owned(name.to_lowercase())
        }
        _ => Cow::Borrowed(name),
    }
}

/// Whether records of this ecosystem are a distribution's: about its builds, not the upstream's.
pub(crate) fn is_distribution(ecosystem: &str) -> bool {
    ecosystem.contains(':') || matches!(ecosystem, "Wolfi" | "Chainguard")
}

fn major(release: &str) -> &str {
    release.split('.').next().unwrap_or(release)
}

/// Mainline only: the fixed versions of EUS, AUS and other streams do not hold for it.
fn red_hat_release(release: &str) -> Option<&str> {
    let version = release.strip_prefix("enterprise_linux:").unwrap_or(release);
    let version = major(version.split(':').next().unwrap_or(version));
    is_number(version).then_some(version)
}

fn ubuntu_release(release: &str) -> Option<String> {
    let (pro, version) = match release.strip_prefix("Pro:") {
        Some(version) => ("Pro:", version),
        None => ("", release),
    };
    let version = version.strip_suffix(":LTS").unwrap_or(version);
    let (year, month) = version.split_once('.')?;
    (is_number(year) && is_number(month)).then(|| format!("{pro}{version}"))
}

/// Products of one service pack share one stream of packages, but each record names only the
/// products that sell the package: `Basesystem` today, `-LTSS` when general support has ended.
fn suse_release(release: &str) -> Option<String> {
    const FAMILIES: [&str; 5] = [
        "Linux Enterprise Server",
        "Linux Enterprise Module for",
        "Linux Enterprise Desktop",
        "Linux Enterprise High Performance Computing",
        "Linux Enterprise Workstation Extension",
    ];
    if !FAMILIES.iter().any(|family| release.starts_with(family)) {
        return Some(release.to_owned());
    }
    // `15 SP5-LTSS`: what follows a dash is the phase of support.
    let words = release.split(' ').map(|word| word.split_once('-').map_or(word, |(head, _)| head));
    let mut words = words.skip_while(|word| !is_number(word));
    let version = words.next()?;
    let pack = words.next();
    Some(match pack.filter(|word| word.strip_prefix("SP").is_some_and(is_number)) {
        Some(pack) => format!("Linux Enterprise Server {version} {pack}"),
        None => format!("Linux Enterprise Server {version}"),
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// # Source
/// <https://packaging.python.org/en/latest/specifications/name-normalization/>
fn pep503(name: &str) -> Cow<'_, str> {
    let is_separator = |c: char| matches!(c, '-' | '_' | '.');
    let normal =
        name.chars().all(|c| !c.is_uppercase() && !matches!(c, '_' | '.')) && !name.contains("--");
    if normal {
        return Cow::Borrowed(name);
    }
    let mut out = String::with_capacity(name.len());
    let mut in_run = false;
    for c in name.chars() {
        if is_separator(c) {
            if !in_run {
                out.push('-');
            }
            in_run = true;
        } else {
            out.extend(c.to_lowercase());
            in_run = false;
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(osv: &str, expect: Option<&str>) {
        assert_eq!(normalize_ecosystem(osv).as_deref(), expect, "{osv}");
        // A key is its own key, so that callers need not know which of the two they hold.
        if let Some(key) = expect {
            assert_eq!(normalize_ecosystem(key).as_deref(), expect, "{key}");
        }
    }

    #[test]
    fn distributions_are_keyed_by_the_release_that_os_release_tells() {
        check("Debian:12", Some("Debian:12"));
        check("Alpine:v3.19", Some("Alpine:v3.19"));
        check("Ubuntu:22.04:LTS", Some("Ubuntu:22.04"));
        check("Ubuntu:24.10", Some("Ubuntu:24.10"));
        check("Ubuntu:Pro:18.04:LTS", Some("Ubuntu:Pro:18.04"));
        check("AlmaLinux:9.4", Some("AlmaLinux:9"));
        check("Rocky Linux:8", Some("Rocky Linux:8"));
        check("Azure Linux:3", Some("Azure Linux:3"));
        check("Amazon Linux:2023", Some("Amazon Linux:2023"));
        check("openSUSE:Leap 15.5", Some("openSUSE:Leap 15.5"));
    }

    #[test]
    fn red_hat_and_suse_products_of_one_release_share_a_key() {
        check("Red Hat:enterprise_linux:9::appstream", Some("Red Hat:9"));
        check("Red Hat:enterprise_linux:10.1", Some("Red Hat:10"));
        let sp5 = Some("SUSE:Linux Enterprise Server 15 SP5");
        check("SUSE:Linux Enterprise Server 15 SP5", sp5);
        check("SUSE:Linux Enterprise Server 15 SP5-LTSS", sp5);
        check("SUSE:Linux Enterprise Server for SAP Applications 15 SP5", sp5);
        check("SUSE:Linux Enterprise Module for Basesystem 15 SP5", sp5);
        check("SUSE:Linux Enterprise Server 15-LTSS", Some("SUSE:Linux Enterprise Server 15"));
        check("SUSE:Package Hub 15 SP6", Some("SUSE:Package Hub 15 SP6"));
    }

    #[test]
    fn what_cannot_be_matched_has_no_key() {
        check("Red Hat:rhel_eus:9.4::baseos", None);
        check("Ubuntu:Pro:FIPS-updates:18.04:LTS", None);
        check("Android", None);
        check("Debian", None);
        check("Debian:", None);
        check("", None);
    }

    #[test]
    fn language_ecosystems_have_no_release() {
        check("PyPI", Some("PyPI"));
        check("Maven:https://maven.google.com", Some("Maven"));
    }

    #[test]
    fn names_are_compared_as_their_registry_does() {
        assert_eq!(normalize_name("PyPI", "Zope.Interface__x"), "zope-interface-x");
        assert_eq!(normalize_name("PyPI", "a--b"), "a-b");
        assert_eq!(normalize_name("NuGet", "Newtonsoft.Json"), "newtonsoft.json");
        assert_eq!(normalize_name("npm", "JSONStream"), "JSONStream");
    }
}
