//! The table of services and operations: all that the client needs to know of an API.

/// A service that speaks the JSON protocol of AWS.
///
/// # Source
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>
#[derive(Debug)]
pub(crate) struct Service {
    /// As in `AWS_ENDPOINT_URL_<ID>` and in the `services` section of a profile.
    pub(crate) id: &'static str,
    /// The name that requests are signed for.
    pub(crate) signing_name: &'static str,
    /// First label of the host name.
    pub(crate) endpoint_prefix: &'static str,
    /// First part of `X-Amz-Target`.
    pub(crate) target_prefix: &'static str,
}

/// One operation of a service.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) service: &'static Service,
    pub(crate) name: &'static str,
}

pub(crate) static ECR: Service = Service {
    id: "ECR",
    signing_name: "ecr",
    endpoint_prefix: "api.ecr",
    target_prefix: "AmazonEC2ContainerRegistry_V20150921",
};

pub(crate) static GET_AUTHORIZATION_TOKEN: Operation =
    Operation { service: &ECR, name: "GetAuthorizationToken" };

impl Service {
    /// The public endpoint in a region.
    pub(crate) fn endpoint(&self, region: &str) -> String {
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        format!("https://{}.{region}.{suffix}", self.endpoint_prefix)
    }
}

impl Operation {
    /// The value of `X-Amz-Target`.
    pub(crate) fn target(&self) -> String {
        format!("{}.{}", self.service.target_prefix, self.name)
    }
}
