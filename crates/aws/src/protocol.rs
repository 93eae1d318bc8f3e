//! Requests and answers in the two protocols that services speak.

use serde_json::{Value, json};

use crate::operation::{Operation, Protocol};

/// A request as it is sent.
pub(crate) struct Encoded {
    pub(crate) body: String,
    pub(crate) content_type: String,
    /// `X-Amz-Target`, where the protocol has it.
    pub(crate) target: Option<String>,
}

/// Writes the input of an operation: an object, for [`Protocol::Query`] one of texts.
pub(crate) fn encode(operation: &Operation, input: &Value) -> Encoded {
    match operation.service.protocol {
        Protocol::Json { target_prefix, version } => Encoded {
            body: input.to_string(),
            content_type: format!("application/x-amz-json-{version}"),
            target: Some(format!("{target_prefix}.{}", operation.name)),
        },
        Protocol::Query { version } => {
            let mut body = format!("Action={}&Version={version}", operation.name);
            for (name, value) in input.as_object().into_iter().flatten() {
                body += &format!("&{name}={}", escaped(value.as_str().unwrap_or_default()));
            }
            let content_type = "application/x-www-form-urlencoded; charset=utf-8".to_owned();
            Encoded { body, content_type, target: None }
        }
        Protocol::Rest => {
            Encoded { body: String::new(), content_type: String::new(), target: None }
        }
    }
}

/// Reads an answer. Of XML only what we ask for: the id of a message, or the error, under the names
/// that JSON has for it. `None` when it is neither.
pub(crate) fn decode(protocol: Protocol, body: &[u8]) -> Option<Value> {
    match protocol {
        // Operations without output may answer with nothing at all.
        Protocol::Json { .. } if body.is_empty() => Some(json!({})),
        Protocol::Json { .. } => serde_json::from_slice(body).ok(),
        Protocol::Query { .. } | Protocol::Rest => {
            let text = std::str::from_utf8(body).ok()?;
            match element(text, "Code") {
                Some(code) => Some(json!({ "__type": code, "message": element(text, "Message") })),
                None => Some(json!({ "MessageId": element(text, "MessageId")? })),
            }
        }
    }
}

/// The text of the first element of that name.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    let text = text.trim().to_owned();
    Some(entities.iter().fold(text, |text, (entity, c)| text.replace(entity, c)))
}

/// Percent-encoding as in forms, without `+`.
pub(crate) fn escaped(text: &str) -> String {
    escaped_but(text, &[])
}

/// Percent-encoding of a path: slashes stay.
pub(crate) fn escaped_path(path: &str) -> String {
    escaped_but(path, b"/")
}

fn escaped_but(text: &str, kept: &[u8]) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            byte if kept.contains(&byte) => escaped.push(char::from(byte)),
            byte => escaped += &format!("%{byte:02X}"),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::{GET_AUTHORIZATION_TOKEN, PUBLISH};

    #[test]
    fn requests_are_forms_or_json() {
        let form = encode(&PUBLISH, &json!({ "Message": "a b&c=ü", "Subject": "x" }));
        let expect = "Action=Publish&Version=2010-03-31&Message=a%20b%26c%3D%C3%BC&Subject=x";
        assert_eq!((form.body.as_str(), form.target), (expect, None));
        let json = encode(&GET_AUTHORIZATION_TOKEN, &json!({}));
        let target = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";
        assert_eq!((json.body.as_str(), json.target.as_deref()), ("{}", Some(target)));
    }

    #[test]
    fn answers_in_xml_are_read_as_those_in_json() {
        let check = |body: &str, expect: Option<Value>| {
            assert_eq!(decode(PUBLISH.service.protocol, body.as_bytes()), expect, "{body}");
        };
        check(
            "<PublishResponse><PublishResult><MessageId>1-2</MessageId></PublishResult></PublishResponse>",
            Some(json!({ "MessageId": "1-2" })),
        );
        check(
            "<ErrorResponse><Error><Code>NotFound</Code><Message>no &quot;x&quot;</Message></Error></ErrorResponse>",
            Some(json!({ "__type": "NotFound", "message": "no \"x\"" })),
        );
        check("<html>", None);
        check("<Code>", None);
    }
}
