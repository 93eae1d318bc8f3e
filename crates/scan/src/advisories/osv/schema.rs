//! The part of the OSV schema that is read, as serde types.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

/// Free-form JSON of `database_specific` and `ecosystem_specific`: strings kept, the rest dropped.
#[derive(Debug, Clone, Default)]
pub(super) struct Json(BTreeMap<String, String>);

impl Json {
    /// A value that is a string, in the case it was written.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Record {
    pub(super) id: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) modified: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) published: String,
    #[serde(default)]
    pub(super) withdrawn: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) aliases: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) upstream: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) related: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) summary: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) details: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) severity: Vec<Severity>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) affected: Vec<Affected>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) references: Vec<Reference>,
    #[serde(default)]
    pub(super) database_specific: Json,
}

#[derive(Debug, Deserialize)]
pub(super) struct Affected {
    #[serde(default)]
    pub(super) package: Option<Package>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) ranges: Vec<Range>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) versions: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) severity: Vec<Severity>,
    #[serde(default)]
    pub(super) ecosystem_specific: Json,
    #[serde(default)]
    pub(super) database_specific: Json,
}

#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) ecosystem: String,
    pub(super) name: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Range {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) introduced: Option<String>,
    pub(super) fixed: Option<String>,
    pub(super) last_affected: Option<String>,
    pub(super) limit: Option<String>,
}

/// The type is a name in the schema, and was a number in some answers of osv.dev.
#[derive(Debug, Deserialize)]
pub(super) struct Severity {
    #[serde(rename = "type", default, deserialize_with = "text_only")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "text_only")]
    pub(super) score: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Reference {
    #[serde(rename = "type", default, deserialize_with = "or_default")]
    pub(super) kind: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(super) url: String,
}

/// `null` is written for "nothing" by several publishers.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn text_only<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Scalar::deserialize(deserializer)? {
        Scalar::Text(text) => text,
        Scalar::Other(_) => String::new(),
    })
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Other(serde::de::IgnoredAny),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(JsonVisitor)
    }
}

struct JsonVisitor;

impl<'de> serde::de::Visitor<'de> for JsonVisitor {
    type Value = Json;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::default())
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
        let mut out = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            if WANTED.contains(&key.as_str()) {
                if let Scalar::Text(text) = map.next_value()? {
                    out.insert(key, text);
                }
            } else {
                map.next_value::<serde::de::IgnoredAny>()?;
            }
        }
        Ok(Json(out))
    }
}

/// The free-form keys that some rule reads: everything else is skipped unread.
const WANTED: [&str; 4] = ["informational", "severity", "ubuntu_priority", "urgency"];
