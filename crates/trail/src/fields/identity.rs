//! Who made a request.

use bumpalo::Bump;
use farguard_rules::Value;

use super::{Trail, below};
use crate::record::Key;

/// The name of the user; of a session, the name of its role.
pub(super) fn user<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let of = |path: &[&str]| below(event, Key::UserIdentity, path, arena);
    let Value::Text(kind) = of(&["type"]) else { return of(&["userName"]) };
    match kind {
        b"AWSService" => of(&["invokedBy"]),
        b"AssumedRole" => match of(&["sessionContext", "sessionIssuer", "userName"]) {
            Value::Null => "AssumedRole".into(),
            name => name,
        },
        b"AWSAccount" => "AWSAccount".into(),
        b"FederatedUser" => "FederatedUser".into(),
        _ => of(&["userName"]),
    }
}

/// The name of the user; of a session, the name that it was given when the role was assumed.
pub(super) fn original_user<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    let of = |path: &[&str]| below(event, Key::UserIdentity, path, arena);
    if !matches!(of(&["type"]), Value::Text(b"AssumedRole")) {
        return of(&["userName"]);
    }
    let behind = |value: Value<'e>, mark: u8| match value {
        Value::Text(text) => {
            let at = memchr::memrchr(mark, text)?;
            text.get(at + 1..).filter(|name| !name.is_empty())
        }
        _ => None,
    };
    // arn:aws:sts::111122223333:assumed-role/ROLE/SESSION and AROAEXAMPLE:SESSION
    behind(of(&["arn"]), b'/').or_else(|| behind(of(&["principalId"]), b':')).into()
}

/// The account of the user; where the record does not say, the one that the record was written for.
pub(super) fn account<'e>(event: Trail<'e>, arena: &'e Bump) -> Value<'e> {
    match below(event, Key::UserIdentity, &["accountId"], arena) {
        Value::Null => super::top(event, Key::RecipientAccountId, arena),
        account => account,
    }
}
