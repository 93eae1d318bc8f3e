//! Where digests go.

use std::{fmt, str::FromStr};

use farguard_aws::sns::Topic;

/// The value of `--notify`.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    /// Gets our JSON document.
    Webhook(HookUrl),
    /// Gets a message in the format of Slack, which Mattermost and others read too.
    Slack(HookUrl),
    /// A topic of SNS.
    Sns(Topic),
}

/// The address of a hook. Whoever knows it can post, so it is never printed whole.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct HookUrl(String);

impl HookUrl {
    fn new(text: &str) -> Result<Self, String> {
        let what = "write a webhook as `https://HOST/PATH`";
        let rest = ["https://", "http://"].iter().find_map(|scheme| text.strip_prefix(scheme));
        let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
        if host.is_empty() || text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err(what.to_owned());
        }
        if host.contains('@') {
            return Err(format!("{what}, without a user name and password"));
        }
        Ok(Self(text.to_owned()))
    }

    /// The whole address: for requests only.
    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HookUrl {
    /// Scheme and host.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or_default();
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        write!(f, "`{scheme}://{host}/…`")
    }
}

impl fmt::Debug for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Webhook(url) => write!(f, "webhook {url}"),
            Self::Slack(url) => write!(f, "Slack {url}"),
            Self::Sns(topic) => write!(f, "topic `{topic}`"),
        }
    }
}

impl FromStr for Destination {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, place) = match text.split_once(['=', '+']) {
            Some((kind @ ("slack" | "sns" | "webhook"), place)) => (kind, place),
            _ if text.starts_with("arn:") => ("sns", text),
            _ if text.starts_with("http://") || text.starts_with("https://") => ("webhook", text),
            // What was typed may be a secret: it is not repeated.
            _ => return Err("write a URL, slack=URL or sns=ARN".to_owned()),
        };
        match kind {
            "slack" => HookUrl::new(place).map(Self::Slack),
            "sns" => place
                .parse()
                .map(Self::Sns)
                .map_err(|e: farguard_aws::sns::TopicError| e.to_string()),
            _ => HookUrl::new(place).map(Self::Webhook),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_named_or_plain() {
        let check = |text: &str, expect: &str| {
            let shown = match text.parse::<Destination>() {
                Ok(destination) => destination.to_string(),
                Err(message) => message,
            };
            assert_eq!(shown, expect, "{text}");
            assert!(!shown.contains("s3cret"), "{shown}");
        };
        check(
            "https://ci.example.com:8443/hook/s3cret?t=s3cret",
            "webhook `https://ci.example.com:8443/…`",
        );
        check("slack=https://hooks.slack.com/services/s3cret", "Slack `https://hooks.slack.com/…`");
        check("slack+https://hooks.slack.com/services/s3cret", "Slack `https://hooks.slack.com/…`");
        check(
            "arn:aws:sns:eu-west-1:123456789012:a",
            "topic `arn:aws:sns:eu-west-1:123456789012:a`",
        );
        check(
            "sns=arn:aws:sns:eu-west-1:123456789012:a",
            "topic `arn:aws:sns:eu-west-1:123456789012:a`",
        );
        check(
            "https://user:s3cret@example.com/",
            "write a webhook as `https://HOST/PATH`, without a user name and password",
        );
        check("ftp://s3cret", "write a URL, slack=URL or sns=ARN");
        check("slack=s3cret", "write a webhook as `https://HOST/PATH`");
        check("https://", "write a webhook as `https://HOST/PATH`");
    }
}
