//! A stored bill of materials as a target.
//!
//! The purl of a component says what it is. What purls cannot say is taken from the pairs that our
//! own writers add ([`farguard_model::sbom_keys`]) and from the properties of Trivy and Syft. A
//! component that nothing can be said of is counted in a problem.

mod component;
mod cyclonedx;
mod distribution;
mod own;
mod source_package;
mod spdx;

use std::{collections::BTreeMap, fs::File, io::Read, path::Path};

use farguard_model::{Os, Package, Problem, TargetInfo, TargetKind, sbom_keys};
use serde::Deserialize;

use self::component::{Component, Role};
use super::SourceError;
use crate::inventory::Inventory;

/// Largest bill of materials that is read: one of 50,000 packages has 50 MiB.
const MAX_SBOM_BYTES: u64 = 512 << 20;
/// How many components a problem names before it counts.
const NAMED: usize = 5;

/// Reads the bill of materials in a file.
///
/// # Errors
/// When the file cannot be read, is larger than 512 MiB, or is not a bill of materials.
pub fn open(path: &Path) -> Result<Inventory, SourceError> {
    let name = path.display().to_string();
    let failed = |source| SourceError::Io { what: format!("`{name}`"), source };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(MAX_SBOM_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_SBOM_BYTES {
        let message = format!("`{name}` is larger than {} MiB", MAX_SBOM_BYTES >> 20);
        return Err(SourceError::Invalid(message));
    }
    read(&bytes, &name)
}

/// Reads CycloneDX JSON (1.2 to 1.7) or SPDX JSON (2.2, 2.3). `name` is what the user called it.
///
/// # Errors
/// When the bytes are neither, with the reason and place.
///
/// # Source
/// <https://cyclonedx.org/docs/1.6/json/>, <https://spdx.github.io/spdx-spec/v2.3/>
pub fn read(bytes: &[u8], name: &str) -> Result<Inventory, SourceError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let invalid =
        |message: String| SourceError::Invalid(format!("cannot read `{name}`: {message}"));
    let components = match format(bytes).map_err(invalid)? {
        Format::CycloneDx => cyclonedx::components(bytes),
        Format::Spdx => spdx::components(bytes),
    };
    Ok(inventory(&components.map_err(|error| invalid(error.to_string()))?, name))
}

enum Format {
    CycloneDx,
    Spdx,
}

/// The fields that tell the formats apart.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Probe {
    bom_format: Option<String>,
    spec_version: Option<String>,
    spdx_version: Option<String>,
    #[serde(rename = "@context")]
    context: Option<serde::de::IgnoredAny>,
}

fn format(bytes: &[u8]) -> Result<Format, String> {
    match bytes.trim_ascii_start() {
        [b'{', ..] => {}
        [b'<', ..] => return Err("XML is not supported, use CycloneDX JSON".to_owned()),
        text if text.starts_with(b"SPDXVersion:") => {
            return Err("SPDX tag-value is not supported, use SPDX JSON".to_owned());
        }
        _ => return Err("neither CycloneDX JSON nor SPDX JSON".to_owned()),
    }
    let probe: Probe = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let spec = probe.spec_version.unwrap_or_default();
    match (probe.bom_format.as_deref(), probe.spdx_version.as_deref()) {
        (Some("CycloneDX"), _) if spec.starts_with("1.") => Ok(Format::CycloneDx),
        (Some("CycloneDX"), _) => Err(format!("CycloneDX `{spec}` is not supported")),
        (_, Some("SPDX-2.2" | "SPDX-2.3")) => Ok(Format::Spdx),
        (_, Some(version)) => Err(format!("`{version}` is not supported, use SPDX 2.3")),
        _ if probe.context.is_some() => Err("SPDX 3 is not supported, use SPDX 2.3".to_owned()),
        _ => Err("neither CycloneDX JSON nor SPDX JSON".to_owned()),
    }
}

fn inventory(components: &[Component], name: &str) -> Inventory {
    let target = components.iter().find(|component| component.role == Role::Target);
    let name = target.map_or(name, |target| &target.name);
    let mut inventory = Inventory::new(TargetInfo::new(name, TargetKind::Sbom));
    inventory.os = os(components);
    for (key, value) in target.iter().flat_map(|target| &target.properties) {
        own::apply_to_target(&mut inventory, key, value);
    }
    if inventory.target.name.is_empty() {
        name.clone_into(&mut inventory.target.name);
    }
    add_packages(components, &mut inventory);
    inventory
}

/// The distribution: a component of its own, or what the purls of its packages say.
fn os(components: &[Component]) -> Option<Os> {
    let stated = components.iter().find(|component| component.role == Role::Os);
    let stated = stated.and_then(distribution::of_component);
    stated.or_else(|| components.iter().find_map(distribution::of_package))
}

fn add_packages(components: &[Component], inventory: &mut Inventory) {
    let mut unread: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for component in components.iter().filter(|component| component.role == Role::Package) {
        match package(component, inventory) {
            Ok(package) => inventory.packages.push(package),
            Err(why) => unread.entry(why).or_default().push(&component.name),
        }
    }
    inventory.packages.sort();
    inventory.packages.dedup();
    for (why, names) in unread {
        let named: Vec<_> = names.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
        let mut named = named.join(", ");
        let rest = names.len().saturating_sub(NAMED);
        if rest > 0 {
            named += &format!(" and {rest} more");
        }
        let message = format!("{} components not assessed ({why}): {named}", names.len());
        inventory.problems.push(Problem::new("unreadable-component", message));
    }
}

fn package(component: &Component, inventory: &Inventory) -> Result<Package, String> {
    let purl = component.purl.as_ref().ok_or("no package url")?;
    let purl = purl.as_ref().map_err(|_| "malformed package url")?;
    let mut package = purl.package().map_err(|error| error.to_string())?;
    // Purls lower the case of some names, which registries tell apart.
    if component.name.eq_ignore_ascii_case(&package.name) {
        package.name.clone_from(&component.name);
    }
    if package.version.is_empty() {
        package.version.clone_from(&component.version);
    }
    package.licenses.clone_from(&component.licenses);
    package.dev = component.dev;
    package.source = source_package::of(component, purl, &package);
    package.path = component.first(&["aquasecurity:trivy:FilePath", "syft:location:0:path"]);
    package.path = package.path.trim_start_matches('/').to_owned();
    let layer = component.first(&["aquasecurity:trivy:LayerDiffID", "syft:location:0:layerID"]);
    let layer = inventory.layers.iter().position(|known| known.diff_id == layer);
    package.layer = layer.and_then(|index| u32::try_from(index).ok());
    if component.properties.iter().any(|(key, _)| key == sbom_keys::LICENSE) {
        package.licenses.clear();
    }
    for (key, value) in &component.properties {
        own::apply_to_package(&mut package, key, value);
    }
    // A layer that the document does not list cannot be shown.
    package.layer = package.layer.filter(|index| (*index as usize) < inventory.layers.len());
    if package.name.is_empty() || package.version.is_empty() {
        return Err("no version".to_owned());
    }
    Ok(package)
}

#[cfg(test)]
mod tests;
