//! The package URL of an image, by which VEX statements and inventories know it.

use farguard_model::{ScanReport, TargetKind};

use crate::links::percent_encode;

/// The purl of an image that came from a registry; `None` for everything else, which has no
/// name that others would know.
///
/// # Source
/// <https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst>, `oci`
pub(crate) fn oci_purl(report: &ScanReport) -> Option<String> {
    let target = &report.target;
    let digest = target.digest.as_deref().filter(|_| target.kind == TargetKind::Registry)?;
    let reference = target.name.split('@').next()?;
    // A colon before the last slash belongs to the port of the registry.
    let (repository, tag) = match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (reference, None),
    };
    let repository = with_registry(repository);
    let name = repository.rsplit('/').next()?.to_lowercase();
    let mut purl = format!(
        "pkg:oci/{}@{}?repository_url={}",
        percent_encode(&name, b""),
        percent_encode(digest, b""),
        percent_encode(&repository.to_lowercase(), b"/:")
    );
    if let Some(tag) = tag {
        purl += &format!("&tag={}", percent_encode(tag, b""));
    }
    Some(purl)
}

/// Docker's short names, spelled out.
fn with_registry(repository: &str) -> String {
    match repository.split_once('/') {
        Some((host, _)) if host.contains(['.', ':']) || host == "localhost" => {
            repository.to_owned()
        }
        Some(_) => format!("docker.io/{repository}"),
        None => format!("docker.io/library/{repository}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn images_of_registries_have_a_purl() {
        let check = |name: &str, expect: &str| {
            let mut report = sample::bare();
            report.target.name = name.into();
            report.target.digest = Some("sha256:ab".into());
            let purl = oci_purl(&report).unwrap();
            assert_eq!(purl, expect);
            assert!(purl.parse::<packageurl::PackageUrl<'_>>().is_ok());
        };
        check(
            "ghcr.io/acme/Shop:1.0",
            "pkg:oci/shop@sha256%3Aab?repository_url=ghcr.io/acme/shop&tag=1.0",
        );
        check("alpine", "pkg:oci/alpine@sha256%3Aab?repository_url=docker.io/library/alpine");
        check(
            "localhost:5000/app@sha256:ab",
            "pkg:oci/app@sha256%3Aab?repository_url=localhost:5000/app",
        );
        check("acme/app:x", "pkg:oci/app@sha256%3Aab?repository_url=docker.io/acme/app&tag=x");
    }

    #[test]
    fn nothing_else_has() {
        let mut report = sample::bare();
        report.target.kind = TargetKind::OciLayout;
        assert_eq!(oci_purl(&report), None);
        let mut report = sample::bare();
        report.target.digest = None;
        assert_eq!(oci_purl(&report), None);
    }
}
