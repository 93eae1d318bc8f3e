//! Which distribution a bill of materials is of.

use farguard_model::{Os, PackageType};

use super::{component::Component, own};

/// From the component that stands for the operating system.
pub(super) fn of_component(component: &Component) -> Option<Os> {
    let mut os = stated(&component.name, &component.version)?;
    let ours = component.properties.iter().any(|(key, _)| key.starts_with("farguard:os:"));
    if ours {
        os = Os::default();
        for (key, value) in &component.properties {
            own::apply_to_os(&mut os, key, value);
        }
    }
    (!os.id.is_empty()).then_some(os)
}

/// From the purl of a package: namespace `debian`, qualifier `distro=debian-12` or `distro=3.19.1`.
pub(super) fn of_package(component: &Component) -> Option<Os> {
    let purl = component.purl.as_ref()?.as_ref().ok()?;
    if !PackageType::from_purl_type(&purl.kind).is_some_and(PackageType::is_os) {
        return None;
    }
    let distro = purl.qualifier("distro").unwrap_or_default();
    let starts_with_digit = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    match distro.rsplit_once('-') {
        Some((name, version)) if starts_with_digit(version) => stated(name, version),
        _ if starts_with_digit(distro) => stated(&purl.namespace, distro),
        _ if distro.is_empty() => stated(&purl.namespace, ""),
        _ => stated(distro, ""),
    }
}

/// The distribution that other tools call `name`, as its `os-release` says it.
fn stated(name: &str, version: &str) -> Option<Os> {
    let name = name.to_ascii_lowercase();
    let id = match name.as_str() {
        "" | "none" => return None,
        "amazon" => "amzn",
        "alma" => "almalinux",
        "redhat" => "rhel",
        "oracle" => "ol",
        "cbl-mariner" => "mariner",
        "opensuse.leap" => "opensuse-leap",
        "opensuse.tumbleweed" => "opensuse-tumbleweed",
        "suse linux enterprise server" => "sles",
        name => name,
    };
    // Trivy says `2023.3.20231218 (Amazon Linux)`, and `12.4` of Debian.
    let version = version.split(' ').next().unwrap_or_default();
    let version = match id {
        "amzn" | "debian" => version.split('.').next().unwrap_or_default(),
        _ => version,
    };
    let pretty_name = format!("{id} {version}").trim_end().to_owned();
    Some(Os { id: id.to_owned(), version_id: version.to_owned(), pretty_name, ..Os::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_other_tools() {
        let check = |name, version, expect: Option<(&str, &str)>| {
            let os = stated(name, version);
            let os = os.as_ref().map(|os| (os.id.as_str(), os.version_id.as_str()));
            assert_eq!(os, expect, "{name} {version}");
        };
        check("debian", "12.4", Some(("debian", "12")));
        check("amazon", "2 (Karoo)", Some(("amzn", "2")));
        check("amazon", "2023.3.20231218 (Amazon Linux)", Some(("amzn", "2023")));
        check("redhat", "9.3", Some(("rhel", "9.3")));
        check("Alpine", "3.19.1", Some(("alpine", "3.19.1")));
        check("none", "", None);
    }
}
