//! Who is looked for.

use serde::Serialize;

use super::identity::Identity;

/// One actor, by what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Actor {
    /// A user, role or session: its ARN, name, or unique id.
    Principal(String),
    /// An access key: `AKIA...` or `ASIA...`.
    AccessKey(String),
    /// A task of ECS, by the id that is also the name of its role session.
    Task(String),
    /// An address.
    Address(String),
}

impl Actor {
    /// Tells by its looks what a text names.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let is_key = (16..=128).contains(&text.len())
            && ["AKIA", "ASIA"].iter().any(|start| text.starts_with(start))
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let last = text.rsplit('/').next().unwrap_or(text);
        let is_task = last.len() == 32 && last.bytes().all(|byte| byte.is_ascii_hexdigit());
        if text.parse::<std::net::IpAddr>().is_ok() {
            Self::Address(text.to_owned())
        } else if is_key {
            Self::AccessKey(text.to_owned())
        } else if is_task && !text.contains(":assumed-role/") {
            Self::Task(last.to_ascii_lowercase())
        } else {
            Self::Principal(text.to_owned())
        }
    }

    /// What it is called.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let (Self::Principal(text)
        | Self::AccessKey(text)
        | Self::Task(text)
        | Self::Address(text)) = self;
        text
    }

    /// Whether these are its own calls.
    pub(super) fn is(&self, who: &Identity) -> bool {
        match self {
            Self::AccessKey(key) => who.access_key == *key,
            Self::Address(address) => who.address == *address,
            Self::Task(id) => who.session().is_some_and(|name| name.eq_ignore_ascii_case(id)),
            Self::Principal(name) => {
                let ids = [&who.arn, &who.user, &who.role_arn, &who.role, &who.principal_id];
                let unique = who.principal_id.split(':').next();
                ids.contains(&name) || unique == Some(name) || who.session() == Some(name)
            }
        }
    }
}
