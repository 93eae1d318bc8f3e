//! Elastic Container Registry: which hosts it has, and how to log in to them.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;

use crate::{
    client::{AwsError, AwsOptions, blocking},
    operation::GET_AUTHORIZATION_TOKEN,
};

/// A private registry, by the account that owns it and its region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registry {
    /// Twelve digits.
    pub account: String,
    /// `eu-central-1`.
    pub region: String,
}

impl Registry {
    /// Reads a host name: `123456789012.dkr.ecr.eu-central-1.amazonaws.com`, the ones for FIPS,
    /// for China and for both IP families. `None` when it is another registry.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/general/latest/gr/ecr.html>
    #[must_use]
    pub fn from_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let host = host.strip_suffix(":443").unwrap_or(&host);
        // Both families: `123456789012.dkr-ecr.eu-central-1.on.aws`.
        let (account, rest) = host.split_once('.')?;
        let region = ["dkr.ecr.", "dkr.ecr-fips."]
            .iter()
            .find_map(|prefix| rest.strip_prefix(prefix))
            .and_then(|rest| {
                [".amazonaws.com", ".amazonaws.com.cn"].iter().find_map(|s| rest.strip_suffix(s))
            })
            .or_else(|| {
                let rest = ["dkr-ecr.", "dkr-ecr-fips."].iter().find_map(|p| rest.strip_prefix(p));
                rest.and_then(|rest| {
                    [".on.aws", ".on.amazonwebservices.com.cn"]
                        .iter()
                        .find_map(|suffix| rest.strip_suffix(suffix))
                })
            })?;
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let is_region = region.contains('-')
            && region.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        (is_account && is_region)
            .then(|| Self { account: account.to_owned(), region: region.to_owned() })
    }
}

/// A name and a password for a registry, good for twelve hours. `Debug` hides the password.
#[derive(Clone, PartialEq, Eq)]
pub struct Authorization {
    /// `AWS`.
    pub username: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Authorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authorization").field("username", &self.username).finish_non_exhaustive()
    }
}

/// Logs in to a registry with the AWS credentials of the environment. Blocks until it is done.
///
/// # Errors
/// [`AwsError`], when there are no credentials or they do not suffice.
///
/// # Source
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html>
pub fn authorization(
    account: &str,
    region: &str,
    options: &AwsOptions,
) -> Result<Authorization, AwsError> {
    let failed = |why: &dyn fmt::Display| AwsError::Failed {
        operation: "ecr:GetAuthorizationToken".to_owned(),
        why: why.to_string(),
    };
    let input = json!({ "registryIds": [account] });
    let answer = blocking(&GET_AUTHORIZATION_TOKEN, region, &input, options)?;
    decode(&answer).ok_or_else(|| failed(&"the answer holds no authorization token"))
}

fn decode(answer: &serde_json::Value) -> Option<Authorization> {
    let token = answer.get("authorizationData")?.get(0)?.get("authorizationToken")?.as_str()?;
    let text = String::from_utf8(STANDARD.decode(token).ok()?).ok()?;
    let (username, password) = text.split_once(':')?;
    Some(Authorization { username: username.to_owned(), password: password.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_private_registries() {
        let check = |host: &str, expect: Option<&str>| {
            let region = Registry::from_host(host).map(|registry| registry.region);
            assert_eq!(region.as_deref(), expect, "{host}");
        };
        check("123456789012.dkr.ecr.eu-central-1.amazonaws.com", Some("eu-central-1"));
        check("123456789012.dkr.ecr-fips.us-gov-west-1.amazonaws.com", Some("us-gov-west-1"));
        check("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn", Some("cn-north-1"));
        check("123456789012.dkr-ecr.eu-central-1.on.aws", Some("eu-central-1"));
        check("public.ecr.aws", None);
        check("123456789012.dkr.ecr.eu-central-1.amazonaws.com.evil.io", None);
        check("123456789012.dkr.ecr.evil.io/x.amazonaws.com", None);
        check("12345678901.dkr.ecr.eu-central-1.amazonaws.com", None);
        check("docker.io", None);
    }

    #[test]
    fn tokens_are_decoded_and_hidden() {
        // The base64 of `AWS:secret:word`.
        let answer = json!({"authorizationData": [{"authorizationToken": "QVdTOnNlY3JldDp3b3Jk"}]});
        let authorization = decode(&answer).unwrap();
        assert_eq!(authorization.password, "secret:word");
        assert!(!format!("{authorization:?}").contains("secret"));
        assert_eq!(decode(&json!({"authorizationData": []})), None);
    }
}
