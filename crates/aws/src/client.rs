//! One client for all operations: credentials, endpoint, signature, retry, JSON.

use std::time::{Duration, Instant, SystemTime};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector},
    http::{Request, Response},
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use crate::{
    credentials::{self, causes},
    operation::Operation,
    protocol::{Encoded, decode, encode},
};

/// An answer longer than this is none.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// How often one request is tried.
const ATTEMPTS: u32 = 4;
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// No further attempt is begun after this time: an address that stalls is not worth four of them.
const CALL_BUDGET: Duration = Duration::from_secs(20);
/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Who we are to AWS and where it is; what is absent comes from the environment and the profile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AwsOptions {
    /// Name of the profile (`--profile`).
    pub profile: Option<String>,
    /// Region (`--region`).
    pub region: Option<String>,
    /// Send requests to this address instead of the service's own.
    pub endpoint_url: Option<String>,
}

/// AWS did not give what it was asked for. No message holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum AwsError {
    /// There are no credentials, or they cannot be had.
    #[error("no AWS credentials: {0}")]
    Credentials(String),
    /// The service refuses.
    #[error("{operation} was refused: {code}{}", .message.as_ref().map(|m| format!(" ({m})")).unwrap_or_default())]
    Refused {
        /// `ecr:GetAuthorizationToken`.
        operation: String,
        /// `AccessDeniedException`.
        code: String,
        /// What the service says to it.
        message: Option<String>,
    },
    /// The service cannot be reached or does not speak the protocol.
    #[error("{operation} failed: {why}")]
    Failed {
        /// `ecr:GetAuthorizationToken`.
        operation: String,
        /// Why.
        why: String,
    },
}

/// Sends operations with the credentials of one profile.
#[derive(Debug)]
pub(crate) struct Client {
    config: SdkConfig,
    connector: SharedHttpConnector,
    options: AwsOptions,
    /// How long one attempt may take.
    patience: Duration,
}

impl Client {
    /// Finds out who we are. Nothing is sent yet.
    pub(crate) async fn load(options: &AwsOptions) -> Self {
        Self::with_patience(options, ATTEMPT_TIMEOUT).await
    }

    async fn with_patience(options: &AwsOptions, patience: Duration) -> Self {
        let tls = Provider::Rustls(CryptoMode::Ring);
        let config = credentials::configuration(options, tls.clone()).await;
        let settings = HttpConnectorSettings::builder().connect_timeout(CONNECT_TIMEOUT).build();
        let connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .connector_settings(settings)
            .tls_provider(tls)
            .build();
        let connector = SharedHttpConnector::new(connector);
        Self { config, connector, options: options.clone(), patience }
    }

    /// Calls an operation in a region, with its input and output as the API has them.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        region: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        let credentials = credentials::load(&self.config, &self.options).await?;
        self.send_as(credentials, operation, region, input).await
    }

    async fn send_as(
        &self,
        credentials: Credentials,
        operation: &Operation,
        region: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        let call = Call { operation, region, request: encode(operation, input), credentials };
        let endpoint = self.endpoint(operation, region);
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let outcome = tokio::time::timeout(self.patience, self.send(&call, &endpoint)).await;
            let outcome = outcome.unwrap_or_else(|_| {
                let why = format!("`{endpoint}` gives no answer in time");
                Err(Outcome::transient(call.failed(why)))
            });
            match outcome {
                Ok(value) => return Ok(value),
                Err(Outcome { transient: true, .. })
                    if attempt < ATTEMPTS && started.elapsed() < CALL_BUDGET => {}
                Err(Outcome { error, .. }) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(200) * 2_u32.pow(attempt)).await;
            attempt += 1;
        }
    }

    /// The address of a service: that of the options, of the environment or profile (first for
    /// this service, then for all), its own.
    fn endpoint(&self, operation: &Operation, region: &str) -> String {
        let configured = || {
            let key = ServiceConfigKey::builder()
                .service_id(operation.service.id)
                .env("AWS_ENDPOINT_URL")
                .profile("endpoint_url")
                .build()
                .ok()?;
            self.config.service_config()?.load_config(key)
        };
        self.options
            .endpoint_url
            .clone()
            .or_else(configured)
            .or_else(|| self.config.endpoint_url().map(str::to_owned))
            .unwrap_or_else(|| operation.service.endpoint(region))
    }

    async fn send(&self, call: &Call<'_>, endpoint: &str) -> Result<Value, Outcome> {
        let request = call.request(endpoint).map_err(|why| Outcome::lasting(call.failed(why)))?;
        let answer = self.connector.call(request).await.map_err(|error| {
            let why = causes(&error);
            Outcome::transient(call.failed(format!("cannot reach `{endpoint}`: {why}")))
        })?;
        let status = answer.status().as_u16();
        let body = call.read(answer).await?;
        let value = decode(call.operation.service.protocol, &body);
        match value {
            Some(value) if status == 200 => Ok(value),
            value => Err(call.refused(status, value.as_ref())),
        }
    }
}

/// Calls an operation and waits for the answer.
pub(crate) fn blocking(
    operation: &Operation,
    region: &str,
    input: &Value,
    options: &AwsOptions,
) -> Result<Value, AwsError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| AwsError::Failed {
        operation: format!("{}:{}", operation.service.signing_name, operation.name),
        why: error.to_string(),
    })?;
    runtime.block_on(async {
        // Without a region of their own, credentials that need STS take that of the request.
        let region_of_chain = options.region.clone().or_else(|| Some(region.to_owned()));
        let options = AwsOptions { region: region_of_chain, ..options.clone() };
        Client::load(&options).await.call(operation, region, input).await
    })
}

/// What came of an attempt that failed.
struct Outcome {
    error: AwsError,
    transient: bool,
}

impl Outcome {
    fn transient(error: AwsError) -> Self {
        Self { error, transient: true }
    }

    fn lasting(error: AwsError) -> Self {
        Self { error, transient: false }
    }
}

/// One call, to be signed anew for each attempt.
struct Call<'a> {
    operation: &'a Operation,
    region: &'a str,
    request: Encoded,
    credentials: Credentials,
}

impl Call<'_> {
    fn name(&self) -> String {
        format!("{}:{}", self.operation.service.signing_name, self.operation.name)
    }

    fn failed(&self, why: String) -> AwsError {
        AwsError::Failed { operation: self.name(), why }
    }

    fn request(&self, endpoint: &str) -> Result<Request<SdkBody>, String> {
        let url = format!("{}/", endpoint.trim_end_matches('/'));
        let malformed = |_| format!("the endpoint `{endpoint}` is malformed");
        let mut request = Request::new(SdkBody::from(self.request.body.clone()));
        request.set_method("POST").map_err(malformed)?;
        request.set_uri(url.clone()).map_err(malformed)?;
        let host = url.split("://").nth(1).and_then(|rest| rest.split('/').next());
        let target = self.request.target.as_deref().map(|target| ("x-amz-target", target));
        let headers = [
            Some(("host", host.unwrap_or_default())),
            Some(("content-type", self.request.content_type)),
            target,
        ];
        let headers = headers.into_iter().flatten();
        let identity = self.credentials.clone().into();
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region(self.region)
            .name(self.operation.service.signing_name)
            .time(now())
            .settings(SigningSettings::default())
            .build()
            .map_err(|error| error.to_string())?
            .into();
        let body = SignableBody::Bytes(self.request.body.as_bytes());
        let signable = SignableRequest::new("POST", &url, headers.clone(), body)
            .map_err(|error| error.to_string())?;
        let (instructions, _) =
            sign(signable, &parameters).map_err(|error| error.to_string())?.into_parts();
        for (name, value) in headers {
            request
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned())
                .map_err(malformed)?;
        }
        for (name, value) in instructions.headers() {
            request
                .headers_mut()
                .try_insert(name.to_owned(), value.to_owned())
                .map_err(malformed)?;
        }
        Ok(request)
    }

    async fn read(&self, answer: Response<SdkBody>) -> Result<Vec<u8>, Outcome> {
        let mut stream = ByteStream::new(answer.into_body());
        let mut body = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                Outcome::transient(self.failed(format!("the answer breaks off: {error}")))
            })?;
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(Outcome::lasting(self.failed("the answer is too long".to_owned())));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The error that the service names: `{"__type":"prefix#AccessDeniedException"}`.
    fn refused(&self, status: u16, answer: Option<&Value>) -> Outcome {
        let text = |name: &str| Some(answer?.get(name)?.as_str()?.to_owned());
        let code = text("__type").or_else(|| text("code"));
        let code = code.map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
        let throttled = code.as_ref().is_some_and(|code| code.contains("Throttl"));
        let transient = status >= 500 || status == 429 || throttled;
        let error = match code {
            Some(code) => AwsError::Refused {
                operation: self.name(),
                code,
                message: text("message").or_else(|| text("Message")),
            },
            None => self.failed(format!("the answer has status {status} and is none of AWS")),
        };
        Outcome { error, transient }
    }
}

#[allow(clippy::disallowed_methods, reason = "a signature holds the time at which it is made")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpListener,
        thread,
    };

    use super::*;
    use crate::operation::GET_AUTHORIZATION_TOKEN;

    /// What a call says to a server that answers every connection in this way and then is silent.
    fn check(answer: &'static str, expect: &str) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            let mut open = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 4_096]).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
                open.push(stream);
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let started = Instant::now();
        let error = runtime.block_on(async {
            let options = AwsOptions { endpoint_url: Some(endpoint), ..AwsOptions::default() };
            let client = Client::with_patience(&options, Duration::from_secs(1)).await;
            let credentials = Credentials::new("AKIA", "secret-key", None, None, "test");
            client.send_as(credentials, &GET_AUTHORIZATION_TOKEN, "eu-west-1", &Value::Null).await
        });
        let message = error.unwrap_err().to_string();
        assert!(message.contains(expect), "{answer}: {message}");
        assert!(!message.contains("secret-key"), "{message}");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn services_that_stall_or_babble_are_given_up() {
        check("", "gives no answer in time");
        check("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{", "gives no answer in time");
        check("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>", "is none of AWS");
        check(
            "HTTP/1.1 503 x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
            "the answer has status 503",
        );
        check(
            "HTTP/1.1 400 x\r\ncontent-length: 42\r\n\r\n{\"__type\":\"a#B\",\"message\":\"not permitted\"}",
            "ecr:GetAuthorizationToken was refused: B (not permitted)",
        );
    }
}
