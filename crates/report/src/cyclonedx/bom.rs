//! The part of the CycloneDX 1.6 object model that we write.
//!
//! # Source
//! <https://cyclonedx.org/docs/1.6/json/>

use farguard_model::sbom_keys::Pair;
use serde::Serialize;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Bom<'a> {
    pub(super) bom_format: &'static str,
    pub(super) spec_version: &'static str,
    pub(super) serial_number: String,
    pub(super) version: u32,
    pub(super) metadata: Metadata<'a>,
    pub(super) components: Vec<Component<'a>>,
    pub(super) dependencies: Vec<Dependency<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vulnerabilities: Option<Vec<Vulnerability<'a>>>,
}

#[derive(Debug, Serialize)]
pub(super) struct Metadata<'a> {
    pub(super) timestamp: String,
    pub(super) tools: Tools,
    pub(super) component: Component<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
pub(super) struct Tools {
    pub(super) components: [Component<'static>; 1],
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Component<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(rename = "bom-ref", skip_serializing_if = "Option::is_none")]
    pub(super) bom_ref: Option<String>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) group: &'a str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) version: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'a str,
    /// Only ever `excluded`: needed to build or test, not in the running product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) hashes: Vec<Hash<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) licenses: Vec<License<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) purl: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

/// The longest prefix that a version of CycloneDX may be. What is longer is no version, and
/// `farguard_model::sbom_keys` keeps the whole text wherever the purl cannot.
pub(super) fn version(text: &str) -> &str {
    const MAX_CHARACTERS: usize = 1_024;
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => text.get(..end).unwrap_or_default(),
        None => text,
    }
}

#[derive(Debug, Serialize)]
pub(super) struct Hash<'a> {
    pub(super) alg: &'static str,
    pub(super) content: &'a str,
}

/// Either several single licences, or exactly one expression.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum License<'a> {
    License(SingleLicense<'a>),
    #[serde(untagged)]
    Expression {
        expression: &'a str,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum SingleLicense<'a> {
    Id(&'a str),
    Name(&'a str),
}

#[derive(Debug, Serialize)]
pub(super) struct Property {
    pub(super) name: &'static str,
    pub(super) value: String,
}

impl Property {
    pub(super) fn new(name: &'static str, value: &impl ToString) -> Self {
        Self { name, value: value.to_string() }
    }

    pub(super) fn list(pairs: Vec<Pair>) -> Vec<Self> {
        pairs.into_iter().map(|(name, value)| Self { name, value }).collect()
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dependency<'a> {
    #[serde(rename = "ref")]
    pub(super) of: &'a str,
    pub(super) depends_on: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vulnerability<'a> {
    #[serde(rename = "bom-ref")]
    pub(super) bom_ref: String,
    pub(super) id: &'a str,
    pub(super) source: Source,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) references: Vec<Reference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) ratings: Vec<Rating<'a>>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) recommendation: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) advisories: Vec<Advisory<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) analysis: Option<Analysis<'a>>,
    pub(super) affects: Vec<Affected<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
pub(super) struct Source {
    pub(super) name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct Reference<'a> {
    pub(super) id: &'a str,
    pub(super) source: Source,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Rating<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<RatingSource<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) score: Option<f64>,
    pub(super) severity: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) vector: &'a str,
}

#[derive(Debug, PartialEq, Serialize)]
pub(super) struct RatingSource<'a> {
    pub(super) name: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Advisory<'a> {
    pub(super) url: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Analysis<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) justification: Option<&'static str>,
    pub(super) detail: &'a str,
}

#[derive(Debug, Serialize)]
pub(super) struct Affected<'a> {
    #[serde(rename = "ref")]
    pub(super) of: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) versions: Vec<AffectedVersion<'a>>,
}

#[derive(Debug, Serialize)]
pub(super) struct AffectedVersion<'a> {
    pub(super) version: &'a str,
    pub(super) status: &'static str,
}
