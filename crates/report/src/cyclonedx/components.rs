//! The target, its operating system and its packages as components.

use std::collections::HashSet;

use farguard_model::{Os, Package, PackageType, ScanReport, TargetKind, sbom_keys};

use super::bom::{
    self, Component, Dependency, Hash, License, Metadata, Property, SingleLicense, Tools,
};
use crate::{
    TOOL_NAME, TOOL_VERSION,
    license::{self, Kind},
    oci_purl::oci_purl,
};

const TARGET_REF: &str = "target";
const OS_REF: &str = "operating-system";

/// The components of a target.
#[derive(Debug)]
pub(super) struct Components<'a> {
    /// The operating system, if there is one, then the packages.
    pub(super) list: Vec<Component<'a>>,
    /// `bom-ref` of each package, in the order of the report.
    pub(super) refs: Vec<String>,
}

impl<'a> Components<'a> {
    pub(super) fn of(report: &'a ScanReport) -> Self {
        let os = report.os.as_ref();
        let mut list: Vec<_> = os.map(operating_system).into_iter().collect();
        let mut taken = HashSet::from([TARGET_REF.to_owned(), OS_REF.to_owned()]);
        let mut refs = Vec::new();
        for found in &report.packages {
            let purl = found.purl(os);
            // The same package may lie in several places: each is a component of its own.
            let bom_ref = unique(&purl, &found.path, &mut taken);
            refs.push(bom_ref.clone());
            list.push(package(found, os, purl, bom_ref));
        }
        Self { list, refs }
    }

    /// What each component needs. Packages do not say here what they need of each other.
    pub(super) fn dependencies(&self) -> Vec<Dependency<'static>> {
        let depends_on =
            self.list.iter().filter_map(|component| component.bom_ref.clone()).collect();
        vec![Dependency { of: TARGET_REF, depends_on }]
    }
}

fn unique(purl: &str, path: &str, taken: &mut HashSet<String>) -> String {
    let at_path = || format!("{purl}#{path}");
    let numbered = (2..).map(|n: u64| format!("{purl}#{path}#{n}"));
    let candidates = std::iter::once(purl.to_owned()).chain(std::iter::once_with(at_path));
    let mut candidates = candidates.chain(numbered);
    candidates.find(|name| taken.insert(name.clone())).unwrap_or_default()
}

pub(super) fn metadata(report: &ScanReport) -> Metadata<'_> {
    let target = &report.target;
    let digest = target.digest.as_deref().and_then(|digest| digest.strip_prefix("sha256:"));
    let is_sha256 = |hex: &&str| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit());
    let content = digest.filter(is_sha256);
    Metadata {
        timestamp: report.created.to_string(),
        tools: Tools {
            components: [Component {
                kind: "application",
                name: TOOL_NAME,
                version: TOOL_VERSION,
                ..Component::default()
            }],
        },
        component: Component {
            kind: match target.kind {
                TargetKind::Registry | TargetKind::DockerArchive | TargetKind::OciLayout => {
                    "container"
                }
                TargetKind::Rootfs => "operating-system",
                TargetKind::Source
                | TargetKind::Sbom
                | TargetKind::BuildFile
                | TargetKind::TaskDefinition => "application",
            },
            bom_ref: Some(TARGET_REF.to_owned()),
            name: &target.name,
            version: bom::version(target.digest.as_deref().unwrap_or_default()),
            purl: oci_purl(report),
            hashes: content.map(|content| Hash { alg: "SHA-256", content }).into_iter().collect(),
            properties: Property::list(sbom_keys::of_target(
                target,
                &report.layers,
                &report.problems,
            )),
            ..Component::default()
        },
        properties: database_properties(report),
    }
}

fn database_properties(report: &ScanReport) -> Vec<Property> {
    let Some(database) = &report.database else { return Vec::new() };
    vec![
        Property::new("farguard:database:built", &database.built),
        Property::new("farguard:database:advisories", &database.advisories),
        Property::new("farguard:database:sample", &database.sample),
    ]
}

fn operating_system(os: &Os) -> Component<'_> {
    Component {
        kind: "operating-system",
        bom_ref: Some(OS_REF.to_owned()),
        name: &os.id,
        version: bom::version(&os.version_id),
        description: &os.pretty_name,
        properties: Property::list(sbom_keys::of_os(os)),
        ..Component::default()
    }
}

fn package<'a>(
    package: &'a Package,
    os: Option<&Os>,
    purl: String,
    bom_ref: String,
) -> Component<'a> {
    let (group, name) = group_and_name(package);
    Component {
        kind: "library",
        bom_ref: Some(bom_ref),
        group,
        name,
        version: bom::version(&package.version),
        scope: package.dev.then_some("excluded"),
        licenses: licenses(&package.licenses),
        purl: Some(purl),
        properties: Property::list(sbom_keys::of_package(package, os)),
        ..Component::default()
    }
}

/// The name in the two parts that ecosystems with groups, scopes or vendors have.
fn group_and_name(package: &Package) -> (&str, &str) {
    let separator = match package.kind {
        PackageType::Maven => ':',
        PackageType::Composer | PackageType::Npm => '/',
        _ => return ("", &package.name),
    };
    package.name.rsplit_once(separator).unwrap_or(("", &package.name))
}

fn licenses(declared: &[String]) -> Vec<License<'_>> {
    if let [expression] = declared
        && license::kind(expression) == Kind::Expression
    {
        return vec![License::Expression { expression }];
    }
    declared.iter().map(|text| License::License(single(text))).collect()
}

fn single(text: &str) -> SingleLicense<'_> {
    match license::kind(text) {
        Kind::Id => SingleLicense::Id(text),
        Kind::Expression | Kind::Name => SingleLicense::Name(text),
    }
}
