//! Who we are to AWS, and what to say when that is nobody.

use std::{env, error::Error, time::Duration};

use aws_config::{
    BehaviorVersion, Region, SdkConfig, profile::ProfileFileCredentialsProvider,
    provider_config::ProviderConfig,
};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, error::CredentialsError},
};
use aws_smithy_http_client::{Builder, tls};

use crate::client::{AwsError, AwsOptions};

/// How long the chain may take: a machine outside of AWS has no metadata service that answers.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Causes of an error that are told.
const MAX_CAUSES: usize = 8;

/// Finds out which credentials, region and endpoints are configured. Nothing is sent yet.
///
/// A profile that the user names is the only source of credentials: that it is wrong must not be
/// hidden by others that lie around in the environment.
pub(crate) async fn configuration(options: &AwsOptions, tls: tls::Provider) -> SdkConfig {
    let http = Builder::new().tls_provider(tls).build_https();
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    let region = options.region.clone().map(Region::new);
    if let Some(region) = &region {
        loader = loader.region(region.clone());
    }
    if let Some(profile) = &options.profile {
        let config = ProviderConfig::without_region().with_http_client(http).with_region(region);
        let provider = ProfileFileCredentialsProvider::builder()
            .configure(&config)
            .profile_name(profile)
            .build();
        loader = loader.profile_name(profile).credentials_provider(provider);
    }
    loader.load().await
}

/// Asks the chain for credentials.
pub(crate) async fn load(
    config: &SdkConfig,
    options: &AwsOptions,
) -> Result<Credentials, AwsError> {
    let nothing = |why: &str| AwsError::Credentials(format!("{why}; tried: {}", tried(options)));
    let provider = config.credentials_provider().ok_or_else(|| nothing("none are configured"))?;
    match tokio::time::timeout(TIMEOUT, provider.provide_credentials()).await {
        Ok(Ok(credentials)) => Ok(credentials),
        // What the SDK says to this is either nothing or many lines.
        Ok(Err(CredentialsError::CredentialsNotLoaded(_))) => Err(nothing(match options.profile {
            Some(_) => "the profile is in no configuration file, or holds none",
            None => "none were found",
        })),
        Ok(Err(error)) => Err(nothing(&causes(&error))),
        Err(_) => Err(nothing(&format!("none came within {} s", TIMEOUT.as_secs()))),
    }
}

/// Where credentials were looked for.
///
/// # Source
/// <https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html>
fn tried(options: &AwsOptions) -> String {
    if let Some(profile) = &options.profile {
        return format!("profile `{profile}`");
    }
    let profile = env::var("AWS_PROFILE").unwrap_or_else(|_| "default".to_owned());
    format!(
        "environment (`AWS_ACCESS_KEY_ID`), profile `{profile}`, web identity token, container, \
         EC2 instance metadata"
    )
}

/// An error with its causes, each said once. `Debug`, where SDKs put the rest, is no text for
/// people and may hold anything.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut texts = vec![error.to_string()];
    let mut next = error.source();
    while let Some(cause) = next.filter(|_| texts.len() < MAX_CAUSES) {
        let text = cause.to_string();
        if texts.last().is_none_or(|told| !told.contains(&text)) {
            texts.push(text);
        }
        next = cause.source();
    }
    texts.join(": ")
}
