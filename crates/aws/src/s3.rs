//! Simple Storage Service: listing buckets and reading objects.

mod list;
mod object;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::body::SdkBody;

pub use self::{
    list::{Entry, Listing, Page},
    object::Object,
};
use crate::{
    client::{AwsError, Call, Outcome},
    operation::{Operation, S3 as SERVICE},
    protocol::{decode, element, escaped_path},
    request::Draft,
    session::Session,
};

/// Where buckets are when nobody says it: this region knows all others.
const DEFAULT_REGION: &str = "us-east-1";

/// Reads buckets. Cheap to clone; any number of threads may use it at once.
#[derive(Debug, Clone)]
pub struct S3 {
    session: Session,
    /// Regions of buckets that are elsewhere than was thought.
    regions: Arc<Mutex<HashMap<String, String>>>,
}

impl S3 {
    /// With the credentials of a session.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        Self { session: session.clone(), regions: Arc::default() }
    }

    /// The region of a bucket, as far as it is known.
    fn region(&self, bucket: &str) -> String {
        let regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
        let known = regions.get(bucket).cloned();
        drop(regions);
        known.or_else(|| self.session.region()).unwrap_or_else(|| DEFAULT_REGION.to_owned())
    }

    /// Sends a request until the bucket is found: one in another region says where it is.
    async fn get(
        &self,
        operation: &'static Operation,
        bucket: &str,
        path_and_query: &str,
        headers: &[(&'static str, String)],
    ) -> Result<Response<SdkBody>, AwsError> {
        let mut may_move = true;
        loop {
            let region = self.region(bucket);
            let client = self.session.client();
            let endpoint = client.configured_endpoint(&SERVICE);
            let address = address(endpoint.as_deref(), bucket, &region);
            let draft = Draft::get(format!("{address}/{path_and_query}"), headers.to_vec());
            let call = Call { operation, region: &region, endpoint: &address };
            let found = client.retried(&call, async || {
                let answer = client.send(&call, &draft).await?;
                match answer.status().as_u16() {
                    200 | 206 => Ok(Found::Here(Box::new(answer))),
                    status => refusal(&call, status, answer).await,
                }
            });
            match found.await? {
                Found::Here(answer) => return Ok(*answer),
                Found::In(region) if may_move => {
                    may_move = false;
                    let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
                    regions.insert(bucket.to_owned(), region);
                }
                Found::In(region) => {
                    let why = format!("bucket `{bucket}` is neither here nor in `{region}`");
                    return Err(operation.failed(why));
                }
            }
        }
    }
}

enum Found {
    Here(Box<Response<SdkBody>>),
    In(String),
}

/// What a refusal means: the bucket may only be in another region.
///
/// # Source
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>
async fn refusal(
    call: &Call<'_>,
    status: u16,
    answer: Response<SdkBody>,
) -> Result<Found, Outcome> {
    let header = answer.headers().get("x-amz-bucket-region").map(str::to_owned);
    let body = call.read(answer).await?;
    let error = decode(SERVICE.protocol, &body);
    let code = error.as_ref().and_then(|error| error.get("__type")?.as_str());
    let is_elsewhere = matches!(status, 301 | 307)
        || matches!(code, Some("AuthorizationHeaderMalformed" | "PermanentRedirect"));
    let region = header.or_else(|| element(std::str::from_utf8(&body).ok()?, "Region"));
    match region.filter(|region| is_elsewhere && is_region(region) && region != call.region) {
        Some(region) => Ok(Found::In(region)),
        None => Err(call.refused(status, error.as_ref())),
    }
}

/// The region becomes part of a host name: nothing but one is taken from an answer.
fn is_region(text: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=32).contains(&text.len()) && text.bytes().all(is_part)
}

/// The address of a bucket. A configured endpoint gets the bucket in the path; AWS gets it in the
/// host name, unless a dot in it would spoil the certificate.
///
/// # Source
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
fn address(configured: Option<&str>, bucket: &str, region: &str) -> String {
    let own = SERVICE.endpoint(region);
    match configured {
        Some(endpoint) => format!("{}/{}", endpoint.trim_end_matches('/'), escaped_path(bucket)),
        None if bucket.contains('.') => format!("{own}/{}", escaped_path(bucket)),
        None => own.replacen("https://", &format!("https://{}.", escaped_path(bucket)), 1),
    }
}
