//! The target, its operating system and its packages as SPDX packages.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use farguard_model::{Finding, Os, Package, ScanReport, TargetKind, fingerprint, sbom_keys};

use super::{
    document::{self, Checksum, DOCUMENT_ID, ExternalRef, NO_ASSERTION, Relationship},
    licenses::Extracted,
};
use crate::{links, oci_purl::oci_purl};

const TARGET_ID: &str = "SPDXRef-Target";
const OS_ID: &str = "SPDXRef-OperatingSystem";

/// The target first, then the operating system, then the packages.
pub(super) fn of<'a>(
    report: &'a ScanReport,
    extracted: &mut Extracted,
) -> Vec<document::Package<'a>> {
    let os = report.os.as_ref();
    let mut advisories: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (finding, vulnerability) in report.active_vulnerabilities() {
        advisories.entry(vulnerability.package).or_default().push(finding);
    }
    let mut list = vec![target(report)];
    list.extend(os.map(operating_system));
    let mut taken = HashSet::new();
    for (i, found) in report.packages.iter().enumerate() {
        let purl = found.purl(os);
        let mut package = package(found, os, extracted);
        package.spdx_id = unique_id(&purl, &found.path, &mut taken);
        package.external_refs.push(purl_ref(purl));
        package.external_refs.extend(advisories.remove(&i).into_iter().flat_map(advisory_refs));
        list.push(package);
    }
    list
}

/// The document describes the target, and the target contains everything else.
pub(super) fn relationships(packages: &[document::Package<'_>]) -> Vec<Relationship> {
    let relationship = |from: &str, kind, to: &str| Relationship {
        spdx_element_id: from.to_owned(),
        relationship_type: kind,
        related_spdx_element: to.to_owned(),
    };
    let mut list = vec![relationship(DOCUMENT_ID, "DESCRIBES", TARGET_ID)];
    let contained = packages.iter().filter(|package| package.spdx_id != TARGET_ID);
    list.extend(contained.map(|package| relationship(TARGET_ID, "CONTAINS", &package.spdx_id)));
    list
}

fn blank<'a>(spdx_id: &str, name: &'a str) -> document::Package<'a> {
    document::Package {
        spdx_id: spdx_id.to_owned(),
        name,
        version_info: "",
        primary_package_purpose: None,
        download_location: NO_ASSERTION,
        files_analyzed: false,
        checksums: Vec::new(),
        license_concluded: NO_ASSERTION,
        license_declared: NO_ASSERTION.to_owned(),
        copyright_text: NO_ASSERTION,
        external_refs: Vec::new(),
        comment: String::new(),
    }
}

fn target(report: &ScanReport) -> document::Package<'_> {
    let target = &report.target;
    let mut package = blank(TARGET_ID, &target.name);
    package.version_info = target.digest.as_deref().unwrap_or_default();
    package.primary_package_purpose = Some(match target.kind {
        TargetKind::Registry | TargetKind::DockerArchive | TargetKind::OciLayout => "CONTAINER",
        TargetKind::Source | TargetKind::BuildFile => "SOURCE",
        TargetKind::Rootfs | TargetKind::Sbom | TargetKind::TaskDefinition => "OTHER",
    });
    let hex = target.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
    let hex = hex.filter(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()));
    package.checksums = hex
        .map(|checksum_value| Checksum { algorithm: "SHA256", checksum_value })
        .into_iter()
        .collect();
    package.external_refs.extend(oci_purl(report).map(purl_ref));
    let pairs = sbom_keys::of_target(target, &report.layers, &report.problems);
    package.comment = sbom_keys::to_lines(&pairs);
    package
}

fn operating_system(os: &Os) -> document::Package<'_> {
    let mut package = blank(OS_ID, &os.id);
    package.version_info = &os.version_id;
    package.primary_package_purpose = Some("OPERATING_SYSTEM");
    package.comment = sbom_keys::to_lines(&sbom_keys::of_os(os));
    package
}

fn package<'a>(
    found: &'a Package,
    os: Option<&Os>,
    extracted: &mut Extracted,
) -> document::Package<'a> {
    let mut package = blank("", &found.name);
    package.version_info = &found.version;
    package.license_declared = extracted.expression(&found.licenses);
    let mut pairs = sbom_keys::of_package(found, os);
    if found.licenses.as_slice() != [package.license_declared.as_str()] {
        let own = found.licenses.iter().map(|text| (sbom_keys::LICENSE, text.clone()));
        pairs.extend(own);
    }
    package.comment = sbom_keys::to_lines(&pairs);
    package
}

fn purl_ref(purl: String) -> ExternalRef {
    ExternalRef {
        reference_category: "PACKAGE-MANAGER",
        reference_type: "purl",
        reference_locator: purl,
        comment: String::new(),
    }
}

/// A link for each vulnerability that counts.
fn advisory_refs(findings: Vec<&Finding>) -> Vec<ExternalRef> {
    let mut seen = BTreeSet::new();
    let link = |finding: &Finding| ExternalRef {
        reference_category: "SECURITY",
        reference_type: "advisory",
        reference_locator: links::source(&finding.id).1,
        comment: format!("{} ({})", finding.id, finding.severity),
    };
    findings.into_iter().filter(|f| seen.insert(f.id.as_str())).map(link).collect()
}

/// An id made from what the package is, so that it stays the same from scan to scan.
fn unique_id(purl: &str, path: &str, taken: &mut HashSet<String>) -> String {
    let hash = fingerprint(&[purl, path]);
    let id = format!("SPDXRef-Package-{}", hash.get(..16).unwrap_or(&hash));
    let numbered = (2..).map(|n: u64| format!("{id}-{n}"));
    let mut candidates = std::iter::once(id.clone()).chain(numbered);
    candidates.find(|id| taken.insert(id.clone())).unwrap_or_default()
}
