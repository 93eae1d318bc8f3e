//! What several services share during a job: credentials, connections, the runtime.

use std::{sync::Arc, time::Duration};

use crate::{
    client::{AwsError, AwsOptions, Client},
    operation::{LIST_PUBLIC_KEYS, Operation},
};
use serde_json::{Value, json};

/// Credentials, connections and a runtime for a job that sends many requests. Cheap to clone; any
/// number of threads may use it at once.
#[derive(Debug, Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    client: Client,
    runtime: tokio::runtime::Runtime,
}

impl Session {
    /// Finds out who we are. Nothing is sent yet.
    ///
    /// # Errors
    /// [`AwsError::Failed`], when the system gives no means to wait for answers.
    pub fn open(options: &AwsOptions) -> Result<Self, AwsError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| AwsError::Failed {
            operation: "setting up".to_owned(),
            why: error.to_string(),
        })?;
        let client = runtime.block_on(Client::load(options));
        Ok(Self { shared: Arc::new(Shared { client, runtime }) })
    }

    /// The region that the options, the environment or the profile name.
    #[must_use]
    pub fn region(&self) -> Option<String> {
        self.client().region()
    }

    pub(crate) fn client(&self) -> &Client {
        &self.shared.client
    }

    /// Waits for an answer. Of several threads that wait, one moves the connections of all.
    pub(crate) fn wait<T>(&self, answer: impl Future<Output = T>) -> T {
        self.shared.runtime.block_on(answer)
    }

    /// As [`wait`](Self::wait), but asks now and then whether it should go on: `None` when not.
    pub(crate) fn wait_while<T>(
        &self,
        goes_on: impl Fn() -> bool,
        answer: impl Future<Output = T>,
    ) -> Option<T> {
        const STEP: Duration = Duration::from_millis(100);
        self.wait(async {
            let mut answer = Box::pin(answer);
            while goes_on() {
                if let Ok(answer) = tokio::time::timeout(STEP, &mut answer).await {
                    return Some(answer);
                }
            }
            None
        })
    }

    pub(crate) fn call(
        &self,
        operation: &Operation,
        region: &str,
        input: &Value,
    ) -> Result<Value, AwsError> {
        self.wait(self.client().call(operation, region, input))
    }

    /// The public keys that CloudTrail signed digests with in a region, between two times in
    /// seconds since 1970: the answer of the API, all pages in one `PublicKeyList`.
    ///
    /// # Errors
    /// [`AwsError`], when CloudTrail does not tell them.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html>
    pub fn cloudtrail_public_keys(
        &self,
        region: &str,
        start: i64,
        end: i64,
    ) -> Result<Value, AwsError> {
        const MAX_PAGES: usize = 1_000;
        let mut keys = Vec::new();
        let mut token = Value::Null;
        for _ in 0..MAX_PAGES {
            let mut input = json!({ "StartTime": start, "EndTime": end });
            if let (Some(input), false) = (input.as_object_mut(), token.is_null()) {
                input.insert("NextToken".to_owned(), token);
            }
            let mut answer = self.call(&LIST_PUBLIC_KEYS, region, &input)?;
            let page = answer.get_mut("PublicKeyList").map(Value::take);
            if let Some(Value::Array(page)) = page {
                keys.extend(page);
            }
            token = answer.get_mut("NextToken").map(Value::take).unwrap_or_default();
            if token.is_null() {
                return Ok(json!({ "PublicKeyList": keys }));
            }
        }
        Err(LIST_PUBLIC_KEYS.failed("the list of keys does not end"))
    }
}
