//! The few fields of `package.json` that we read.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

/// Fields as they come, whatever their type: packages of all ages hold odd ones.
#[derive(Default)]
pub(super) struct Manifest {
    pub(super) name: Value,
    pub(super) version: Value,
    pub(super) private: Value,
    pub(super) license: Value,
    pub(super) licenses: Value,
}

/// By hand because a derived one refuses a key that comes twice. In JavaScript the last one counts.
impl<'de> Deserialize<'de> for Manifest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> Visitor<'de> for Fields {
            type Value = Manifest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Manifest, A::Error> {
                let mut manifest = Manifest::default();
                while let Some(key) = map.next_key::<String>()? {
                    let field = match key.as_str() {
                        "name" => &mut manifest.name,
                        "version" => &mut manifest.version,
                        "private" => &mut manifest.private,
                        "license" => &mut manifest.license,
                        "licenses" => &mut manifest.licenses,
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    *field = map.next_value()?;
                }
                Ok(manifest)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}
