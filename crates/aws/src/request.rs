//! One request of HTTP, signed.

use std::time::SystemTime;

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
    sign::v4,
};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::body::SdkBody;

use crate::{
    operation::{Protocol, Service},
    protocol::Encoded,
};

/// A request before it is signed: it may be sent several times, and is signed for each.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    method: &'static str,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Draft {
    /// An operation whose input is in the body.
    pub(crate) fn post(endpoint: &str, encoded: Encoded) -> Self {
        let target = encoded.target.map(|target| ("x-amz-target", target));
        let headers = [("content-type", encoded.content_type)].into_iter().chain(target).collect();
        let url = format!("{}/", endpoint.trim_end_matches('/'));
        Self { method: "POST", url, headers, body: encoded.body }
    }

    /// An operation whose input is in the address, which is escaped already.
    pub(crate) fn get(url: String, headers: Vec<(&'static str, String)>) -> Self {
        Self { method: "GET", url, headers, body: String::new() }
    }

    /// The request with its signature.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub(crate) fn signed(
        &self,
        service: &Service,
        region: &str,
        credentials: Credentials,
    ) -> Result<Request<SdkBody>, String> {
        let malformed =
            |_| format!("the address `{}` is malformed", self.url.trim_end_matches('/'));
        let mut request = Request::new(SdkBody::from(self.body.clone()));
        request.set_method(self.method).map_err(malformed)?;
        request.set_uri(self.url.clone()).map_err(malformed)?;
        let host = self.url.split("://").nth(1).and_then(|rest| rest.split(['/', '?']).next());
        let own = self.headers.iter().map(|(name, value)| (*name, value.as_str()));
        let headers: Vec<(&str, &str)> =
            [("host", host.unwrap_or_default())].into_iter().chain(own).collect();

        let identity = credentials.into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(region)
            .name(service.signing_name)
            .time(now())
            .settings(settings(service))
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let body = SignableBody::Bytes(self.body.as_bytes());
        let signable = SignableRequest::new(self.method, &self.url, headers.iter().copied(), body)
            .map_err(|error| error.to_string())?;
        let (instructions, _) =
            sign(signable, &parameters).map_err(|error| error.to_string())?.into_parts();
        for (name, value) in headers.into_iter().chain(instructions.headers()) {
            let headers = request.headers_mut();
            headers.try_insert(name.to_owned(), value.to_owned()).map_err(malformed)?;
        }
        Ok(request)
    }
}

/// S3 takes the path as it is and wants the hash of the body in a header.
///
/// # Source
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn settings(service: &Service) -> SigningSettings {
    let mut settings = SigningSettings::default();
    if matches!(service.protocol, Protocol::Rest) {
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    settings
}

#[allow(clippy::disallowed_methods, reason = "a signature holds the time at which it is made")]
fn now() -> SystemTime {
    SystemTime::now()
}
