//! Passwords for ECR, from AWS credentials: where `scan`, which does not know AWS, and `aws` meet.

use std::fmt;

use farguard_aws::{AwsOptions, ecr};
use farguard_scan::source::registry::{Credential, CredentialProvider, Secret};

use crate::args::scan::SourceArgs;

/// Asks ECR for a password when the registry is one of ECR's.
pub(crate) struct Ecr {
    options: AwsOptions,
    region: Option<String>,
}

impl Ecr {
    /// With what the flags say about AWS.
    pub(crate) fn new(source: &SourceArgs) -> Self {
        Self { options: options(source), region: source.region.clone() }
    }
}

/// What the flags say about AWS.
pub(super) fn options(source: &SourceArgs) -> AwsOptions {
    AwsOptions {
        profile: source.profile.clone(),
        region: source.region.clone(),
        endpoint_url: source.endpoint_url.clone(),
    }
}

impl fmt::Debug for Ecr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ecr")
    }
}

impl CredentialProvider for Ecr {
    fn name(&self) -> &str {
        "the AWS credential chain"
    }

    fn credential(&self, host: &str) -> Result<Option<Credential>, String> {
        let Some(registry) = ecr::Registry::from_host(host) else { return Ok(None) };
        let region = self.region.as_ref().unwrap_or(&registry.region);
        let found = ecr::authorization(&registry.account, region, &self.options)
            .map_err(|error| error.to_string())?;
        Ok(Some(Credential::Basic {
            username: found.username,
            password: Secret::new(found.password),
        }))
    }
}
