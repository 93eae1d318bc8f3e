//! Simple Notification Service: publishing to topics.

use std::{fmt, str::FromStr};

use serde_json::json;

use crate::{
    client::{AwsError, AwsOptions, blocking},
    operation::PUBLISH,
};

/// The most that one message may have, with all its parts.
///
/// # Source
/// <https://docs.aws.amazon.com/sns/latest/dg/sns-publishing.html>
pub const MAX_MESSAGE_BYTES: usize = 256 << 10;
/// The most characters of a subject.
pub const MAX_SUBJECT_CHARS: usize = 100;

/// A topic, by its ARN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    arn: String,
    region: String,
}

/// The text is no ARN of a topic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no topic: write `arn:aws:sns:REGION:ACCOUNT:NAME`")]
pub struct TopicError(String);

impl FromStr for Topic {
    type Err = TopicError;

    /// # Source
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html>
    fn from_str(arn: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = arn.split(':').collect();
        let region = match parts.as_slice() {
            ["arn", partition, "sns", region, account, name]
                if partition.starts_with("aws")
                    && is_word(region, 32)
                    && account.len() == 12
                    && account.bytes().all(|b| b.is_ascii_digit())
                    && is_word(name.strip_suffix(".fifo").unwrap_or(name), 256) =>
            {
                region
            }
            _ => return Err(TopicError(arn.to_owned())),
        };
        Ok(Self { region: (*region).to_owned(), arn: arn.to_owned() })
    }
}

fn is_word(text: &str, max_bytes: usize) -> bool {
    let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    (1..=max_bytes).contains(&text.len()) && text.bytes().all(is_part)
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// What to publish: e-mail gets the text, everybody else the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// ASCII, at most [`MAX_SUBJECT_CHARS`].
    pub subject: String,
    /// For programs.
    pub document: String,
    /// For people.
    pub text: String,
}

impl Message {
    /// The parts as SNS wants them in one.
    fn body(&self) -> String {
        json!({ "default": self.document, "email": self.text }).to_string()
    }

    /// Whether SNS takes so much.
    #[must_use]
    pub fn fits(&self) -> bool {
        self.body().len() + self.subject.len() <= MAX_MESSAGE_BYTES
    }
}

/// Publishes to a topic with the AWS credentials of the environment; the region is that of the
/// topic. Blocks until it is done.
///
/// # Errors
/// [`AwsError`], when there are no credentials or they do not suffice, or there is no such topic.
///
/// # Source
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
pub fn publish(topic: &Topic, message: &Message, options: &AwsOptions) -> Result<(), AwsError> {
    let mut input = json!({
        "TopicArn": topic.arn,
        "Subject": message.subject,
        "Message": message.body(),
        "MessageStructure": "json",
    });
    if topic.arn.ends_with(".fifo") {
        // One group keeps the order; equal messages within five minutes are one.
        let id = format!("{:032x}", digest(&message.document));
        if let Some(input) = input.as_object_mut() {
            input.insert("MessageGroupId".to_owned(), "farguard".into());
            input.insert("MessageDeduplicationId".to_owned(), id.into());
        }
    }
    blocking(&PUBLISH, &topic.region, &input, options).map(drop)
}

/// FNV-1a, 128 bits: equal documents get equal numbers.
///
/// # Source
/// <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
fn digest(text: &str) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    text.bytes().fold(BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_named_by_arn() {
        let check = |arn: &str, expect: Option<&str>| {
            let region = arn.parse::<Topic>().ok().map(|topic| topic.region);
            assert_eq!(region.as_deref(), expect, "{arn}");
        };
        check("arn:aws:sns:eu-west-1:123456789012:alerts", Some("eu-west-1"));
        check("arn:aws-cn:sns:cn-north-1:123456789012:a_b.fifo", Some("cn-north-1"));
        check("arn:aws:sqs:eu-west-1:123456789012:alerts", None);
        check("arn:aws:sns:eu-west-1.evil.io/:123456789012:alerts", None);
        check("arn:aws:sns:eu-west-1:123456789012:alerts:8a7b", None);
        check("arn:aws:sns:eu-west-1:123456789012:", None);
    }

    #[test]
    fn messages_are_counted_with_all_their_parts() {
        let message = |len: usize| Message {
            subject: "s".into(),
            document: "\"".repeat(len),
            text: "t".into(),
        };
        assert!(message(1_000).fits());
        assert!(!message(MAX_MESSAGE_BYTES / 2).fits(), "quotes are escaped");
    }
}
