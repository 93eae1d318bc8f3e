//! What a record says of who called and what it was about.

use bumpalo::Bump;

use crate::{
    json::{Json, Kind},
    record::{Key, Record},
};

/// Characters of a text that are kept.
const MAX_TEXT: usize = 512;

/// Resources of one event that are kept.
const MAX_RESOURCES: usize = 8;

/// Who made a call.
#[derive(Debug, Clone, Default)]
pub(super) struct Identity {
    pub(super) arn: String,
    pub(super) principal_id: String,
    pub(super) access_key: String,
    pub(super) user: String,
    pub(super) role: String,
    pub(super) role_arn: String,
    pub(super) service: String,
    pub(super) address: String,
}

impl Identity {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let of = |path: &[&str]| text(record.path(Key::UserIdentity, path));
        Self {
            arn: of(&["arn"]),
            principal_id: of(&["principalId"]),
            access_key: of(&["accessKeyId"]),
            user: of(&["userName"]),
            role: of(&["sessionContext", "sessionIssuer", "userName"]),
            role_arn: of(&["sessionContext", "sessionIssuer", "arn"]),
            service: of(&["invokedBy"]),
            address: text(record.get(Key::SourceIpAddress)),
        }
    }

    /// The name of a role session.
    pub(super) fn session(&self) -> Option<&str> {
        let (_, rest) = self.arn.split_once(":assumed-role/")?;
        rest.rsplit_once('/').map(|(_, name)| name)
    }

    /// What tells it from others best.
    pub(super) fn name(&self) -> String {
        let names = [&self.arn, &self.principal_id, &self.user, &self.service, &self.access_key];
        names.into_iter().find(|name| !name.is_empty()).cloned().unwrap_or_default()
    }
}

/// A value as text that a terminal can show: no control characters, and no more than is useful.
pub(super) fn text(value: Option<Json<'_>>) -> String {
    let arena = Bump::new();
    let raw = value.filter(|value| value.is_something()).and_then(|value| value.text(&arena));
    let text = String::from_utf8_lossy(
        raw.and_then(|raw| raw.get(..MAX_TEXT * 4).or(Some(raw))).unwrap_or_default(),
    );
    text.chars().take(MAX_TEXT).map(|it| if it.is_control() { '\u{fffd}' } else { it }).collect()
}

/// Parameters that name what a request is about.
const NAMES: [&str; 20] = [
    "bucketName",
    "cluster",
    "functionName",
    "groupId",
    "groupName",
    "instanceId",
    "keyId",
    "name",
    "policyArn",
    "policyName",
    "repositoryName",
    "roleArn",
    "roleName",
    "secretId",
    "service",
    "serviceName",
    "task",
    "taskDefinition",
    "trailName",
    "userName",
];

/// What an event was about: the resources that the record lists, else what its request names.
pub(super) fn resources(record: &Record<'_>) -> Vec<String> {
    let listed = record.get(Key::Resources).into_iter().flat_map(Json::items);
    let arns = listed.filter_map(|item| item.get("ARN")).take(MAX_RESOURCES);
    let mut found: Vec<String> = arns.map(|arn| text(Some(arn))).collect();
    if found.is_empty() {
        let members = record.get(Key::RequestParameters).into_iter().flat_map(Json::members);
        let named = members.filter(|(name, value)| {
            value.kind() == Some(Kind::String) && NAMES.iter().any(|known| name.is(known))
        });
        found.extend(named.take(MAX_RESOURCES).map(|(_, value)| text(Some(value))));
    }
    found.retain(|name| !name.is_empty());
    found
}
