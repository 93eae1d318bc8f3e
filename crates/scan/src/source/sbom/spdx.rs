//! SPDX 2 JSON.

use std::collections::BTreeSet;

use farguard_model::sbom_keys;
use serde::Deserialize;

use super::component::{Component, Role};

const DOCUMENT: &str = "SPDXRef-DOCUMENT";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    packages: Vec<Entry>,
    #[serde(default)]
    document_describes: Vec<String>,
    #[serde(default)]
    relationships: Vec<Relationship>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Relationship {
    spdx_element_id: String,
    related_spdx_element: String,
    relationship_type: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "SPDXID")]
    id: String,
    name: String,
    #[serde(default)]
    version_info: String,
    primary_package_purpose: Option<String>,
    license_declared: Option<String>,
    source_info: Option<String>,
    #[serde(default)]
    comment: String,
    #[serde(default)]
    external_refs: Vec<ExternalRef>,
    #[serde(default)]
    annotations: Vec<Annotation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExternalRef {
    reference_type: String,
    reference_locator: String,
}

#[derive(Deserialize)]
struct Annotation {
    #[serde(default)]
    comment: String,
}

pub(super) fn components(bytes: &[u8]) -> Result<Vec<Component>, serde_json::Error> {
    let document: Document = serde_json::from_slice(bytes)?;
    let root = root(&document).map(str::to_owned);
    let packages = document.packages.into_iter();
    Ok(packages.map(|entry| component(entry, root.as_deref())).collect())
}

/// The package that the document is about. Some tools have a document describe every package that
/// it lists; then it is about none of them.
fn root(document: &Document) -> Option<&str> {
    let related = document.relationships.iter().filter_map(|relationship| {
        let Relationship { spdx_element_id: from, related_spdx_element: to, relationship_type } =
            relationship;
        match relationship_type.as_str() {
            "DESCRIBES" if from == DOCUMENT => Some(to.as_str()),
            "DESCRIBED_BY" if to == DOCUMENT => Some(from.as_str()),
            _ => None,
        }
    });
    let described: BTreeSet<&str> =
        document.document_describes.iter().map(String::as_str).chain(related).collect();
    (described.len() == 1).then(|| described.first().copied()).flatten()
}

fn component(entry: Entry, root: Option<&str>) -> Component {
    let purl = entry.external_refs.iter().find(|external| external.reference_type == "purl");
    let purl = purl.map(|external| external.reference_locator.parse());
    let mut properties: Vec<(String, String)> =
        sbom_keys::from_lines(&entry.comment).map(|(key, value)| (key.to_owned(), value)).collect();
    // Trivy writes its properties as annotations, without their prefix.
    let annotations = entry.annotations.iter().filter_map(|note| note.comment.split_once(": "));
    properties.extend(
        annotations.map(|(key, value)| (format!("aquasecurity:trivy:{key}"), value.to_owned())),
    );
    properties.extend(entry.source_info.map(|info| ("spdx:sourceInfo".to_owned(), info)));
    let declared = entry.license_declared.filter(|text| !matches!(&**text, "NOASSERTION" | "NONE"));
    let is_root = root == Some(entry.id.as_str());
    let role = match entry.primary_package_purpose.as_deref() {
        Some("OPERATING-SYSTEM" | "OPERATING_SYSTEM") if !is_root => Role::Os,
        _ if is_root => Role::Target,
        _ if purl.is_some() => Role::Package,
        Some("FILE" | "CONTAINER" | "SOURCE" | "DEVICE") => Role::Other,
        // Without a version it is a heading: Trivy lists a lock file so.
        _ if entry.version_info.is_empty() => Role::Other,
        _ => Role::Package,
    };
    Component {
        role,
        name: entry.name,
        version: entry.version_info,
        purl,
        licenses: declared.into_iter().collect(),
        dev: false,
        properties,
    }
}
