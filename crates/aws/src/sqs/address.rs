//! The ways to name a queue.

use std::str::FromStr;

/// A queue as a user names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueAddress {
    /// Its name.
    pub name: String,
    /// The account that owns it, if it is not one's own.
    pub account: Option<String>,
    /// Its region, if that is said.
    pub region: Option<String>,
    /// Its URL, if that is said.
    pub url: Option<String>,
}

/// The text names no queue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no queue: write `sqs://NAME`, `sqs://ACCOUNT/NAME`, its URL or its ARN after `sqs://`"
)]
pub struct QueueAddressError(String);

impl FromStr for QueueAddress {
    type Err = QueueAddressError;

    /// `sqs://NAME`, `sqs://ACCOUNT/NAME`, `sqs://HOST/ACCOUNT/NAME`, `https://HOST/ACCOUNT/NAME`,
    /// `arn:aws:sqs:REGION:ACCOUNT:NAME`, the last two with or without `sqs://` before them.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html>
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("sqs://").unwrap_or(text);
        parse(rest).filter(Self::is_sound).ok_or_else(|| QueueAddressError(text.to_owned()))
    }
}

fn parse(text: &str) -> Option<QueueAddress> {
    if text.starts_with("arn:") {
        let parts: Vec<&str> = text.split(':').collect();
        let ["arn", partition, "sqs", region, account, name] = parts.as_slice() else {
            return None;
        };
        partition.starts_with("aws").then_some(())?;
        return Some(named(name, Some(account), Some((*region).to_owned()), None));
    }
    let (scheme, place) = text.split_once("://").unwrap_or(("https", text));
    let parts: Vec<&str> = place.trim_end_matches('/').split('/').collect();
    match parts.as_slice() {
        [name] if !text.contains("://") => Some(named(name, None, None, None)),
        [account, name] if !text.contains("://") => Some(named(name, Some(account), None, None)),
        [host, account, name] if matches!(scheme, "http" | "https") => {
            let url = format!("{scheme}://{host}/{account}/{name}");
            Some(named(name, Some(account), region_of(host), Some(url)))
        }
        _ => None,
    }
}

fn named(
    name: &str,
    account: Option<&str>,
    region: Option<String>,
    url: Option<String>,
) -> QueueAddress {
    QueueAddress { name: name.to_owned(), account: account.map(str::to_owned), region, url }
}

/// `sqs.eu-west-1.amazonaws.com`, or as it was long ago `eu-west-1.queue.amazonaws.com`.
fn region_of(host: &str) -> Option<String> {
    let host = host.strip_suffix(".cn").unwrap_or(host).strip_suffix(".amazonaws.com")?;
    let region = host.strip_prefix("sqs.").or_else(|| host.strip_suffix(".queue"))?;
    (!region.contains('.')).then(|| region.to_owned())
}

impl QueueAddress {
    fn is_sound(&self) -> bool {
        let is_part = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        let name = self.name.strip_suffix(".fifo").unwrap_or(&self.name);
        let is_account =
            |account: &String| account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        (1..=80).contains(&name.len())
            && name.bytes().all(is_part)
            && self.account.as_ref().is_none_or(is_account)
            && self.region.as_ref().is_none_or(|region| region.bytes().all(is_part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Name, account, region, URL.
    type Parts<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>);

    #[test]
    fn queues_have_many_names() {
        let check = |text: &str, expect: Option<Parts<'_>>| {
            let read: Option<QueueAddress> = text.parse().ok();
            let read = read.as_ref().map(|it| {
                (it.name.as_str(), it.account.as_deref(), it.region.as_deref(), it.url.as_deref())
            });
            assert_eq!(read, expect, "{text}");
        };
        let (account, region) = (Some("123456789012"), Some("eu-west-1"));
        let url = Some("https://sqs.eu-west-1.amazonaws.com/123456789012/trail");
        check("sqs://trail", Some(("trail", None, None, None)));
        check("sqs://123456789012/trail", Some(("trail", account, None, None)));
        check(
            "sqs://sqs.eu-west-1.amazonaws.com/123456789012/trail",
            Some(("trail", account, region, url)),
        );
        check(
            "https://sqs.eu-west-1.amazonaws.com/123456789012/trail",
            Some(("trail", account, region, url)),
        );
        check("arn:aws:sqs:eu-west-1:123456789012:trail", Some(("trail", account, region, None)));
        check(
            "sqs://arn:aws:sqs:eu-west-1:123456789012:a.fifo",
            Some(("a.fifo", account, region, None)),
        );
        check(
            "sqs://http://localhost:5000/123456789012/trail",
            Some(("trail", account, None, Some("http://localhost:5000/123456789012/trail"))),
        );
        for wrong in [
            "sqs://",
            "sqs://a b",
            "sqs://1/trail",
            "arn:aws:sns:eu-west-1:123456789012:t",
            "ftp://h/123456789012/t",
        ] {
            check(wrong, None);
        }
    }
}
