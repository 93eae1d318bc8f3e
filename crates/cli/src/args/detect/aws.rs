//! Who we are to AWS.

use clap::Args as ClapArgs;
use farguard_aws::AwsOptions;

/// Flags for AWS.
#[derive(Debug, ClapArgs)]
pub(crate) struct AwsArgs {
    /// AWS profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Region of the queue or bucket, where it does not say so itself [default: AWS_REGION]
    #[arg(long, value_name = "REGION")]
    aws_region: Option<String>,

    /// Address of the AWS API, as AWS_ENDPOINT_URL
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<String>,
}

impl AwsArgs {
    /// As the client takes them.
    pub(crate) fn options(&self) -> AwsOptions {
        AwsOptions {
            profile: self.profile.clone(),
            region: self.aws_region.clone(),
            endpoint_url: self.endpoint_url.clone(),
        }
    }
}
