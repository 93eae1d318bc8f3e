//! The pairs that our own writers add, taken back.

use farguard_model::{LayerInfo, Os, Package, SourcePackage, sbom_keys as keys};

use crate::inventory::Inventory;

/// Takes one pair of a package.
pub(super) fn apply_to_package(package: &mut Package, key: &str, value: &str) {
    let text = || value.to_owned();
    match key {
        keys::NAME => package.name = text(),
        keys::VERSION => package.version = text(),
        keys::SOURCE_NAME => {
            let version = package.version.clone();
            package.source = Some(SourcePackage { name: text(), version });
        }
        keys::SOURCE_VERSION => {
            if let Some(source) = &mut package.source {
                source.version = text();
            }
        }
        keys::PATH => package.path = text(),
        keys::LAYER => package.layer = value.parse().ok(),
        keys::DEV => package.dev = value == "true",
        keys::LICENSE => package.licenses.push(text()),
        _ => {}
    }
}

/// Takes one pair of the operating system.
pub(super) fn apply_to_os(os: &mut Os, key: &str, value: &str) {
    let text = || value.to_owned();
    match key {
        keys::OS_ID => os.id = text(),
        keys::OS_VERSION_ID => os.version_id = text(),
        keys::OS_PRETTY_NAME => os.pretty_name = text(),
        keys::OS_ID_LIKE => os.id_like.push(text()),
        keys::OS_CPE => os.cpe_name = Some(text()),
        _ => {}
    }
}

/// Takes one pair of the target; also what Trivy says of an image.
pub(super) fn apply_to_target(inventory: &mut Inventory, key: &str, value: &str) {
    let target = &mut inventory.target;
    let text = || value.to_owned();
    match key {
        keys::TARGET_NAME => target.name = text(),
        keys::TARGET_KIND => {
            let kind = serde_json::Value::String(text());
            target.kind = serde_json::from_value(kind).unwrap_or(target.kind);
        }
        keys::TARGET_DIGEST => target.digest = Some(text()),
        keys::TARGET_IMAGE_ID | "aquasecurity:trivy:ImageID" => target.image_id = Some(text()),
        keys::TARGET_PLATFORM => target.platform = Some(text()),
        keys::TARGET_BUILT => target.built = Some(text()),
        keys::TARGET_LABEL => target.labels.extend(keys::from_json::<(String, String)>(value)),
        keys::TARGET_LAYER => inventory.layers.extend(keys::from_json::<LayerInfo>(value)),
        keys::TARGET_PROBLEM => inventory.problems.extend(keys::from_json(value)),
        "aquasecurity:trivy:DiffID" => inventory.layers.push(LayerInfo {
            digest: None,
            diff_id: text(),
            created_by: None,
            size_bytes: 0,
        }),
        _ => {}
    }
}
