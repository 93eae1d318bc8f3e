//! OpenVEX 0.0.x and 0.2.
//!
//! # Source
//! <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>

use farguard_model::Purl;
use jiff::Timestamp;
use serde::Deserialize;

use super::{
    Statement,
    product::{Product, What},
};

#[derive(Deserialize)]
struct Document {
    timestamp: Option<String>,
    #[serde(default)]
    statements: Vec<RawStatement>,
}

#[derive(Deserialize)]
struct RawStatement {
    vulnerability: Option<Vulnerability>,
    #[serde(default)]
    products: Vec<RawProduct>,
    /// Version 0.0.x has them here.
    #[serde(default)]
    subcomponents: Vec<Component>,
    status: Option<String>,
    justification: Option<String>,
    impact_statement: Option<String>,
    timestamp: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Vulnerability {
    Name(String),
    Full {
        #[serde(rename = "@id")]
        id: Option<String>,
        name: Option<String>,
        #[serde(default)]
        aliases: Vec<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawProduct {
    Id(String),
    Full {
        #[serde(flatten)]
        component: Component,
        #[serde(default)]
        subcomponents: Vec<Component>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Component {
    Id(String),
    Full {
        #[serde(rename = "@id")]
        id: Option<String>,
        #[serde(default)]
        identifiers: Identifiers,
    },
}

#[derive(Default, Deserialize)]
struct Identifiers {
    purl: Option<String>,
}

/// Reads the statements of a document.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Statement>, String> {
    let document: Document = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let default_time = time(document.timestamp.as_deref())?;
    let read = |(index, raw)| {
        statement(raw, default_time).map_err(|message| format!("statements[{index}]: {message}"))
    };
    document.statements.into_iter().enumerate().map(read).collect()
}

fn statement(raw: RawStatement, default_time: Option<Timestamp>) -> Result<Statement, String> {
    let vulnerability = names(raw.vulnerability);
    if vulnerability.is_empty() {
        return Err("`vulnerability` has no name".to_owned());
    }
    let shared = parts(raw.subcomponents)?;
    let products: Vec<_> =
        raw.products.into_iter().map(|raw| product(raw, &shared)).collect::<Result<_, _>>()?;
    if products.is_empty() {
        return Err("`products` is empty, so it is about nothing".to_owned());
    }
    let details = [raw.justification, raw.impact_statement];
    let details = details.into_iter().flatten().filter(|text| !text.is_empty());
    let dismissal = match raw.status.as_deref() {
        Some("not_affected") => Some(std::iter::once("not affected".to_owned())),
        Some("fixed") => Some(std::iter::once("fixed".to_owned())),
        Some("affected" | "under_investigation") => None,
        Some(other) => {
            return Err(format!(
                "`status` is `{other}`, not one of not_affected, affected, fixed, \
                 under_investigation"
            ));
        }
        None => return Err("`status` is missing".to_owned()),
    };
    Ok(Statement {
        vulnerability,
        products,
        dismissal: dismissal.map(|status| status.chain(details).collect::<Vec<_>>().join(": ")),
        time: time(raw.timestamp.as_deref())?.or(default_time),
    })
}

fn names(vulnerability: Option<Vulnerability>) -> Vec<String> {
    match vulnerability {
        None => Vec::new(),
        Some(Vulnerability::Name(name)) => vec![name],
        Some(Vulnerability::Full { id, name, aliases }) => {
            // The `@id` often is a page whose last part is the name.
            let from_id = || id.as_deref()?.rsplit('/').next().map(str::to_owned);
            name.or_else(from_id).into_iter().chain(aliases).collect()
        }
    }
}

fn product(raw: RawProduct, shared: &[Purl]) -> Result<Product, String> {
    let (component, own) = match raw {
        RawProduct::Id(id) => (Component::Id(id), Vec::new()),
        RawProduct::Full { component, subcomponents } => (component, parts(subcomponents)?),
    };
    let name = component.name().ok_or("a product has neither `@id` nor `identifiers.purl`")?;
    let what = if name.starts_with("pkg:") { What::Purl(purl(&name)?) } else { What::Name(name) };
    Ok(Product { what, parts: if own.is_empty() { shared.to_vec() } else { own } })
}

fn parts(components: Vec<Component>) -> Result<Vec<Purl>, String> {
    let named = components.into_iter().map(|component| {
        component.name().ok_or("a subcomponent has neither `@id` nor `identifiers.purl`".to_owned())
    });
    named.map(|name| purl(&name?)).collect()
}

fn purl(text: &str) -> Result<Purl, String> {
    text.parse().map_err(|error: farguard_model::PurlError| error.to_string())
}

impl Component {
    /// The package URL where there is one, else the id.
    fn name(self) -> Option<String> {
        match self {
            Self::Id(id) => Some(id),
            Self::Full { id, identifiers } => identifiers.purl.or(id),
        }
    }
}

fn time(text: Option<&str>) -> Result<Option<Timestamp>, String> {
    let parse = |text: &str| {
        text.parse().map_err(|_| format!("`timestamp` is `{text}`, not a time in RFC 3339"))
    };
    text.filter(|text| !text.is_empty()).map(parse).transpose()
}
