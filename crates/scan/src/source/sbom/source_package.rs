//! The source package of a distribution's package, as other tools write it.

use farguard_model::{Package, PackageType, Purl, SourcePackage};

use super::component::Component;

/// The source package, where it has another name or version than the package itself.
pub(super) fn of(component: &Component, purl: &Purl, package: &Package) -> Option<SourcePackage> {
    if !package.kind.is_os() {
        return None;
    }
    let found = of_trivy(component)
        .or_else(|| of_trivy_spdx(component))
        .or_else(|| of_syft(purl.qualifier("upstream")?, package))?;
    let same = found.name == package.name && found.version == package.version;
    (!same && !found.name.is_empty() && !found.version.is_empty()).then_some(found)
}

/// Properties, with the version in parts.
fn of_trivy(component: &Component) -> Option<SourcePackage> {
    let part = |name: &str| component.property(&format!("aquasecurity:trivy:{name}"));
    let name = part("SrcName")?.to_owned();
    let mut version = part("SrcVersion")?.to_owned();
    if let Some(release) = part("SrcRelease").filter(|release| !release.is_empty()) {
        version = format!("{version}-{release}");
    }
    if let Some(epoch) = part("SrcEpoch").filter(|epoch| !matches!(*epoch, "" | "0")) {
        version = format!("{epoch}:{version}");
    }
    Some(SourcePackage { name, version })
}

/// `built package from: bash 5.2.15-2`
fn of_trivy_spdx(component: &Component) -> Option<SourcePackage> {
    let info = component.property("spdx:sourceInfo")?.strip_prefix("built package from: ")?;
    let (name, version) = info.rsplit_once(' ')?;
    Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
}

/// `name`, `name@version`, and for RPM the file name of the source package.
fn of_syft(upstream: &str, package: &Package) -> Option<SourcePackage> {
    if package.kind == PackageType::Rpm {
        let (rest, release) = upstream.strip_suffix(".src.rpm")?.rsplit_once('-')?;
        let (name, version) = rest.rsplit_once('-')?;
        // File names leave the epoch out.
        let epoch = package.version.split_once(':').map(|(epoch, _)| format!("{epoch}:"));
        let version = format!("{}{version}-{release}", epoch.unwrap_or_default());
        return Some(SourcePackage { name: name.to_owned(), version });
    }
    let (name, version) = upstream.split_once('@').unwrap_or((upstream, &package.version));
    Some(SourcePackage { name: name.to_owned(), version: version.to_owned() })
}
