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

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpListener,
        thread,
    };

    use aws_credential_types::Credentials;

    use super::*;

    #[test]
    fn keys_come_in_pages() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
        let asked = thread::spawn(move || {
            let pages = [
                r#"{"PublicKeyList":[{"Fingerprint":"a"}],"NextToken":"t"}"#,
                r#"{"PublicKeyList":[{"Fingerprint":"b"}]}"#,
            ];
            pages.map(|page| {
                let (mut stream, _) = listener.accept().unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut length) = (String::from("POST"), 0);
                while !line.trim().is_empty() {
                    line.clear();
                    reader.read_line(&mut line).unwrap();
                    if let Some(value) = line.strip_prefix("content-length: ") {
                        length = value.trim().parse().unwrap();
                    }
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: ";
                write!(stream, "{head}{}\r\n\r\n{page}", page.len()).unwrap();
                String::from_utf8(body).unwrap()
            })
        });
        let options = AwsOptions { endpoint_url: endpoint, ..AwsOptions::default() };
        let session = Session::open(&options).unwrap();
        session.client().assume(Credentials::new("AKIA", "x", None, None, "test"));
        let answer = session.cloudtrail_public_keys("eu-west-1", 5, 7).unwrap();
        let expect = json!({"PublicKeyList": [{"Fingerprint": "a"}, {"Fingerprint": "b"}]});
        assert_eq!(answer, expect);
        let asked = asked.join().unwrap();
        assert_eq!(asked[0], r#"{"EndTime":7,"StartTime":5}"#);
        assert!(asked[1].contains(r#""NextToken":"t""#), "{}", asked[1]);
    }
}
