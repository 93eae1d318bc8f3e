//! The `vulnerabilities` of CycloneDX documents that carry an `analysis`.
//!
//! # Source
//! <https://cyclonedx.org/docs/1.6/json/#vulnerabilities_items_analysis>

use std::collections::HashMap;

use farguard_model::Purl;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Statement,
    product::{Product, What},
};

/// Deepest nesting of components that is followed.
const MAX_DEPTH: usize = 16;

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    components: Vec<Component>,
    #[serde(default)]
    vulnerabilities: Vec<Vulnerability>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    timestamp: Option<String>,
    component: Option<Component>,
}

#[derive(Deserialize)]
struct Component {
    #[serde(rename = "bom-ref")]
    bom_ref: Option<String>,
    purl: Option<String>,
    #[serde(default)]
    components: Vec<Self>,
}

#[derive(Deserialize)]
struct Vulnerability {
    id: Option<String>,
    #[serde(default)]
    references: Vec<Reference>,
    analysis: Option<Analysis>,
    #[serde(default)]
    affects: Vec<Affects>,
    updated: Option<String>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

#[derive(Deserialize)]
struct Analysis {
    state: Option<String>,
    justification: Option<String>,
    detail: Option<String>,
    #[serde(rename = "lastUpdated")]
    last_updated: Option<String>,
}

#[derive(Deserialize)]
struct Affects {
    #[serde(rename = "ref")]
    reference: String,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    version: Option<String>,
    status: Option<String>,
}

/// What the references of a document stand for.
struct References {
    components: HashMap<String, Purl>,
    /// The reference of the thing that the document describes.
    root: Option<String>,
}

/// Reads the statements of a document.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Statement>, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let default_time = time(document.metadata.timestamp.as_deref());
    let root = document.metadata.component;
    let mut references = References {
        components: HashMap::new(),
        root: root.as_ref().and_then(|component| component.bom_ref.clone()),
    };
    references.add(&document.components, 0);
    references.add(root.as_ref().map(|root| root.components.as_slice()).unwrap_or_default(), 0);
    let mut statements = Vec::new();
    for (index, vulnerability) in document.vulnerabilities.into_iter().enumerate() {
        let statement = statement(vulnerability, &references, default_time)
            .map_err(|message| format!("vulnerabilities[{index}]: {message}"))?;
        statements.extend(statement);
    }
    Ok(statements)
}

/// `None` for a vulnerability that nobody has analysed.
fn statement(
    raw: Vulnerability,
    references: &References,
    default_time: Option<Timestamp>,
) -> Result<Option<Statement>, String> {
    let Some(analysis) = raw.analysis else { return Ok(None) };
    let Some(state) = analysis.state else { return Ok(None) };
    let id = raw.id.filter(|id| !id.is_empty()).ok_or("`id` is missing")?;
    let dismissed = match state.as_str() {
        "not_affected" | "false_positive" | "resolved" | "resolved_with_pedigree" => true,
        "exploitable" | "in_triage" => false,
        other => {
            return Err(format!(
                "`analysis.state` is `{other}`, not one of not_affected, false_positive, \
                 resolved, resolved_with_pedigree, exploitable, in_triage"
            ));
        }
    };
    let details = [analysis.justification, analysis.detail];
    let details = details.into_iter().flatten().filter(|text| !text.is_empty());
    let reason = || {
        let words = std::iter::once(state.replace('_', " ")).chain(details);
        words.collect::<Vec<_>>().join(": ")
    };
    let products = raw.affects.into_iter().filter_map(|affects| references.product(affects));
    let aliases = raw.references.into_iter().filter_map(|reference| reference.id);
    Ok(Some(Statement {
        vulnerability: std::iter::once(id).chain(aliases).collect(),
        products: products.collect(),
        dismissal: dismissed.then(reason),
        time: time(analysis.last_updated.as_deref())
            .or_else(|| time(raw.updated.as_deref()))
            .or(default_time),
    }))
}

impl References {
    fn add(&mut self, components: &[Component], depth: usize) {
        if depth == MAX_DEPTH {
            return;
        }
        for component in components {
            let purl = component.purl.as_ref().and_then(|purl| purl.parse().ok());
            if let (Some(reference), Some(purl)) = (&component.bom_ref, purl) {
                self.components.insert(reference.clone(), purl);
            }
            self.add(&component.components, depth + 1);
        }
    }

    /// The product of a reference: the name of a component, a package URL, or a link into another
    /// document (`urn:cdx:SERIAL/VERSION#REFERENCE`). A reference into a document that we do not
    /// have names nothing.
    fn product(&self, affects: Affects) -> Option<Product> {
        let reference = affects.reference.as_str();
        if self.root.as_deref() == Some(reference) {
            return Some(Product { what: What::Anything, parts: Vec::new() });
        }
        let local = match reference.strip_prefix("urn:cdx:") {
            Some(link) => link.split_once('#')?.1,
            None => reference,
        };
        let purl = match self.components.get(local) {
            Some(purl) => purl.clone(),
            None => local.parse().or_else(|_| percent_decode(local).parse()).ok()?,
        };
        if affects.versions.is_empty() {
            return Some(Product { what: What::Purl(purl), parts: Vec::new() });
        }
        // The statement is about listed versions; those called affected are not dismissed by it.
        let listed = affects.versions.into_iter();
        let listed = listed.filter(|version| version.status.as_deref() != Some("affected"));
        let versions = listed.filter_map(|version| version.version).collect();
        let any_version = Purl { version: String::new(), ..purl };
        Some(Product { what: What::Versions(any_version, versions), parts: Vec::new() })
    }
}

/// Resolves `%3A` and the like in the fragment of a link, which encodes a package URL as a whole.
fn percent_decode(text: &str) -> String {
    text.replace("%3A", ":").replace("%2F", "/").replace("%40", "@").replace("%3F", "?")
}

fn time(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}
