//! CycloneDX JSON.

use serde::Deserialize;

use super::component::{Component, Role};

#[derive(Deserialize)]
struct Bom {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Entry>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    component: Option<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    r#type: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    version: String,
    scope: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    licenses: Vec<LicenseChoice>,
    #[serde(default)]
    properties: Vec<Property>,
    #[serde(default)]
    components: Vec<Self>,
}

#[derive(Deserialize)]
struct LicenseChoice {
    license: Option<License>,
    expression: Option<String>,
}

#[derive(Deserialize)]
struct License {
    id: Option<String>,
    name: Option<String>,
}

#[derive(Deserialize)]
struct Property {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

pub(super) fn components(bytes: &[u8]) -> Result<Vec<Component>, serde_json::Error> {
    let bom: Bom = serde_json::from_slice(bytes)?;
    let mut found = Vec::new();
    if let Some(mut target) = bom.metadata.component {
        let parts = std::mem::take(&mut target.components);
        found.push(Component { role: Role::Target, ..component(target) });
        parts.into_iter().for_each(|part| flatten(part, &mut found));
    }
    bom.components.into_iter().for_each(|entry| flatten(entry, &mut found));
    Ok(found)
}

/// The nesting is bounded: the JSON parser gives up at 128 levels.
fn flatten(mut entry: Entry, found: &mut Vec<Component>) {
    let parts = std::mem::take(&mut entry.components);
    found.push(component(entry));
    parts.into_iter().for_each(|part| flatten(part, found));
}

fn component(entry: Entry) -> Component {
    let development = |property: &Property| {
        property.name.ends_with(":package:development") && property.value == "true"
    };
    let is_dev = entry.scope.as_deref() == Some("excluded");
    let dev = is_dev || entry.properties.iter().any(development);
    Component {
        role: role(&entry),
        name: full_name(&entry),
        version: entry.version,
        purl: entry.purl.map(|purl| purl.parse()),
        licenses: entry.licenses.into_iter().filter_map(license).collect(),
        dev,
        properties: entry.properties.into_iter().map(|p| (p.name, p.value)).collect(),
    }
}

fn role(entry: &Entry) -> Role {
    match entry.r#type.as_str() {
        "operating-system" => Role::Os,
        _ if entry.purl.is_some() => Role::Package,
        "library" | "framework" => Role::Package,
        // Without a version it is a heading: Trivy lists a lock file so.
        "application" | "container" | "platform" | "firmware" if !entry.version.is_empty() => {
            Role::Package
        }
        _ => Role::Other,
    }
}

fn full_name(entry: &Entry) -> String {
    let maven = entry.purl.as_deref().is_some_and(|purl| purl.starts_with("pkg:maven/"));
    match entry.group.as_str() {
        "" => entry.name.clone(),
        group if maven => format!("{group}:{}", entry.name),
        group => format!("{group}/{}", entry.name),
    }
}

fn license(choice: LicenseChoice) -> Option<String> {
    let single = choice.license.and_then(|license| license.id.or(license.name));
    single.or(choice.expression)
}
