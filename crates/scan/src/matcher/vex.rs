//! VEX: statements that a vulnerability does, or does not, matter in a product.
//!
//! OpenVEX and CycloneDX are read into one shape. Of several statements about the same finding the
//! newest counts; of equally new ones, the one that was given last.

use std::collections::HashMap;

use farguard_model::{Finding, Purl, Suppression};
use jiff::Timestamp;
use serde::Deserialize;

use crate::inventory::Inventory;

mod cyclonedx;
mod openvex;
mod product;

use product::{Product, Scene};

/// One VEX document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VexDocument {
    source: String,
    statements: Vec<Statement>,
}

/// What is said of some vulnerability in some products.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Statement {
    /// All its names.
    vulnerability: Vec<String>,
    products: Vec<Product>,
    /// Why it does not matter; `None` when it does, or nobody knows yet.
    dismissal: Option<String>,
    time: Option<Timestamp>,
}

/// A VEX document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read vex document `{file}`: {message}")]
pub struct VexError {
    /// The file as the user named it.
    pub file: String,
    /// What is wrong, with the place.
    pub message: String,
}

/// The keys that tell the formats apart.
#[derive(Deserialize)]
struct Probe {
    #[serde(rename = "@context")]
    context: Option<String>,
    #[serde(rename = "bomFormat")]
    bom_format: Option<String>,
}

impl VexDocument {
    /// Reads an OpenVEX or CycloneDX document in JSON. `file` is its name in messages.
    ///
    /// # Errors
    /// When it is neither, or a statement in it makes no sense; the message names the statement.
    ///
    /// # Source
    /// <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>,
    /// <https://cyclonedx.org/docs/1.6/json/#vulnerabilities>
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, VexError> {
        let fail = |message: String| VexError { file: file.to_owned(), message };
        let probe: Probe = serde_json::from_slice(bytes).map_err(|e| fail(e.to_string()))?;
        let statements = match (probe.context, probe.bom_format) {
            (Some(context), _) if context.contains("openvex") => openvex::read(bytes),
            (_, Some(format)) if format == "CycloneDX" => cyclonedx::read(bytes),
            _ => Err("neither `@context` of OpenVEX nor `bomFormat` of CycloneDX".to_owned()),
        };
        Ok(Self { source: file.to_owned(), statements: statements.map_err(fail)? })
    }
}

/// Decides about findings with all documents of a run.
pub(super) struct Judge<'a> {
    scene: Scene<'a>,
    /// By vulnerability in upper case; in the order given.
    statements: HashMap<String, Vec<(&'a VexDocument, &'a Statement)>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(documents: &'a [VexDocument], inventory: &'a Inventory) -> Self {
        let mut statements: HashMap<String, Vec<_>> = HashMap::new();
        for document in documents {
            for statement in &document.statements {
                for name in &statement.vulnerability {
                    let known = statements.entry(name.to_ascii_uppercase()).or_default();
                    known.push((document, statement));
                }
            }
        }
        Self { scene: Scene::new(inventory, !statements.is_empty()), statements }
    }

    /// What the newest statement about the finding says, if it says that it does not matter.
    pub(super) fn suppression(&self, finding: &Finding) -> Option<Suppression> {
        if self.statements.is_empty() {
            return None;
        }
        let purl: Purl = finding.subject.id.parse().ok()?;
        let names = finding.aliases().iter().chain([&finding.id]);
        let about = names.filter_map(|name| self.statements.get(&name.to_ascii_uppercase()));
        let (document, statement) = about
            .flatten()
            .filter(|(_, statement)| {
                statement.products.iter().any(|product| product.covers(&purl, &self.scene))
            })
            .max_by_key(|(_, statement)| statement.time)?;
        let reason = statement.dismissal.clone()?;
        Some(Suppression { reason, source: document.source.clone() })
    }
}

#[cfg(test)]
mod tests;
