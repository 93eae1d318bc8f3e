//! One client for all operations: credentials, endpoint, signature, retry, JSON.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use aws_smithy_http_client::{
    Connector,
    proxy::ProxyConfig,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::{
    client::http::{HttpConnector, HttpConnectorSettings, SharedHttpConnector},
    http::Response,
};
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use crate::{
    credentials::{self, causes},
    operation::{Operation, Service},
    protocol::{decode, encode},
    request::Draft,
};

/// An answer longer than this is none.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// How often one request is tried.
const ATTEMPTS: u32 = 4;
/// How long one attempt may take.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
/// No further attempt is begun after this time: an address that stalls is not worth four of them.
const CALL_BUDGET: Duration = Duration::from_secs(20);
/// Credentials that end sooner than this are asked for again.
const RENEWAL: Duration = Duration::from_secs(300);
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

impl AwsError {
    /// What the service names as the reason for its refusal: `NoSuchKey`.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Credentials(_) | Self::Failed { .. } => None,
        }
    }
}

/// Sends operations with the credentials of one profile.
#[derive(Debug)]
pub(crate) struct Client {
    config: SdkConfig,
    connector: SharedHttpConnector,
    options: AwsOptions,
    /// How long one attempt may take.
    patience: Duration,
    /// Those that were got last: jobs that send many requests do not ask for each.
    credentials: Mutex<Option<Credentials>>,
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
        let credentials = Mutex::new(None);
        Self { config, connector, options: options.clone(), patience, credentials }
    }

    /// The region that the user, the environment or the profile names.
    pub(crate) fn region(&self) -> Option<String> {
        self.config.region().map(|region| region.as_ref().to_owned())
    }

    /// Calls an operation in a region, with its input and output as the API has them.
    pub(crate) async fn call(
        &self,
        operation: &Operation,
        region: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        let endpoint = self
            .configured_endpoint(operation.service)
            .unwrap_or_else(|| operation.service.endpoint(region));
        let draft = Draft::post(&endpoint, encode(operation, input));
        let call = Call { operation, region, endpoint: &endpoint };
        self.retried(&call, async || {
            let answer = self.send(&call, &draft).await?;
            let status = answer.status().as_u16();
            let body = call.read(answer).await?;
            match decode(operation.service.protocol, &body) {
                Some(value) if status == 200 => Ok(value),
                value => Err(call.refused(status, value.as_ref())),
            }
        })
        .await
    }

    /// Tries until it works, fails for good, or takes too long.
    pub(crate) async fn retried<T>(
        &self,
        call: &Call<'_>,
        once: impl AsyncFn() -> Result<T, Outcome>,
    ) -> Result<T, AwsError> {
        let started = Instant::now();
        let mut attempt = 1;
        loop {
            let outcome = tokio::time::timeout(self.patience, once()).await;
            let outcome = outcome.unwrap_or_else(|_| {
                let why = format!("`{}` gives no answer in time", call.endpoint);
                Err(Outcome::transient(call.operation.failed(why)))
            });
            match outcome {
                Ok(value) => return Ok(value),
                Err(Outcome { transient: true, error })
                    if attempt < ATTEMPTS && started.elapsed() < CALL_BUDGET =>
                {
                    if error.code().is_some_and(|code| code.starts_with("ExpiredToken")) {
                        self.cache(None);
                    }
                }
                Err(Outcome { error, .. }) => return Err(error),
            }
            tokio::time::sleep(Duration::from_millis(200) * 2_u32.pow(attempt)).await;
            attempt += 1;
        }
    }

    /// The address that is used instead of the service's own: that of the options, of the
    /// environment or profile (first for this service, then for all).
    pub(crate) fn configured_endpoint(&self, service: &Service) -> Option<String> {
        let configured = || {
            let key = ServiceConfigKey::builder()
                .service_id(service.id)
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
    }

    /// Sends one request, once; the answer may be a refusal, and its body is still to come.
    pub(crate) async fn send(
        &self,
        call: &Call<'_>,
        draft: &Draft,
    ) -> Result<Response<SdkBody>, Outcome> {
        let credentials = self.credentials().await.map_err(Outcome::lasting)?;
        let request = draft
            .signed(call.operation.service, call.region, credentials)
            .map_err(|why| Outcome::lasting(call.operation.failed(why)))?;
        self.connector.call(request).await.map_err(|error| {
            let why = format!("cannot reach `{}`: {}", call.endpoint, causes(&error));
            Outcome::transient(call.operation.failed(why))
        })
    }

    async fn credentials(&self) -> Result<Credentials, AwsError> {
        let cached = self.credentials.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(credentials) = cached.as_ref().filter(|it| lasts(it, RENEWAL)) {
            return Ok(credentials.clone());
        }
        match credentials::load(&self.config, &self.options).await {
            Ok(credentials) => {
                self.cache(Some(credentials.clone()));
                Ok(credentials)
            }
            // A source that fails for a moment is asked again, long before these end.
            Err(error) => cached.filter(|it| lasts(it, Duration::ZERO)).ok_or(error),
        }
    }

    /// Uses these credentials and asks nobody.
    #[cfg(test)]
    pub(crate) fn assume(&self, credentials: Credentials) {
        self.cache(Some(credentials));
    }

    fn cache(&self, credentials: Option<Credentials>) {
        *self.credentials.lock().unwrap_or_else(PoisonError::into_inner) = credentials;
    }
}

#[allow(clippy::disallowed_methods, reason = "credentials end at a time of the clock")]
fn lasts(credentials: &Credentials, time: Duration) -> bool {
    credentials.expiry().is_none_or(|end| end > SystemTime::now() + time)
}

/// Calls an operation and waits for the answer.
pub(crate) fn blocking(
    operation: &Operation,
    region: &str,
    input: &Value,
    options: &AwsOptions,
) -> Result<Value, AwsError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| operation.failed(error))?;
    runtime.block_on(async {
        // Without a region of their own, credentials that need STS take that of the request.
        let region_of_chain = options.region.clone().or_else(|| Some(region.to_owned()));
        let options = AwsOptions { region: region_of_chain, ..options.clone() };
        Client::load(&options).await.call(operation, region, input).await
    })
}

/// What came of an attempt that failed.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) error: AwsError,
    pub(crate) transient: bool,
}

impl Outcome {
    pub(crate) fn transient(error: AwsError) -> Self {
        Self { error, transient: true }
    }

    pub(crate) fn lasting(error: AwsError) -> Self {
        Self { error, transient: false }
    }
}

/// What is called, and where.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: &'a Operation,
    pub(crate) region: &'a str,
    pub(crate) endpoint: &'a str,
}

impl Call<'_> {
    /// The whole body of an answer that is no file.
    pub(crate) async fn read(&self, answer: Response<SdkBody>) -> Result<Vec<u8>, Outcome> {
        let mut stream = ByteStream::new(answer.into_body());
        let mut body = Vec::new();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| {
                let why = format!("the answer breaks off: {error}");
                Outcome::transient(self.operation.failed(why))
            })?;
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                let error = self.operation.failed("the answer is too long");
                return Err(Outcome::lasting(error));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    /// The error that the service names: `{"__type":"prefix#AccessDeniedException"}`.
    pub(crate) fn refused(&self, status: u16, answer: Option<&Value>) -> Outcome {
        let text = |name: &str| Some(answer?.get(name)?.as_str()?.to_owned());
        let code = text("__type").or_else(|| text("code"));
        let code = code.map(|code| code.rsplit('#').next().unwrap_or_default().to_owned());
        let passes = |code: &str| {
            code.contains("Throttl")
                || code.contains("SlowDown")
                || code.starts_with("ExpiredToken")
        };
        let transient = status >= 500 || status == 429 || code.as_deref().is_some_and(passes);
        let error = match code {
            Some(code) => AwsError::Refused {
                operation: self.operation.full_name(),
                code,
                message: text("message").or_else(|| text("Message")),
            },
            None => {
                self.operation.failed(format!("the answer has status {status} and is none of AWS"))
            }
        };
        Outcome { error, transient }
    }
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
            client.assume(Credentials::new("AKIA", "secret-key", None, None, "test"));
            client.call(&GET_AUTHORIZATION_TOKEN, "eu-west-1", &Value::Null).await
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
