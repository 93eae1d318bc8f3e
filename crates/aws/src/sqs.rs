//! Simple Queue Service: receiving messages, and giving them back or not.

mod address;

use std::time::Duration;

use serde_json::{Value, json};

pub use self::address::{QueueAddress, QueueAddressError};
use crate::{
    client::AwsError,
    operation::{CHANGE_VISIBILITY, DELETE_MESSAGES, GET_QUEUE_URL, RECEIVE_MESSAGE},
    session::Session,
};

/// The most messages that one request receives or deletes.
pub const MAX_BATCH: usize = 10;
/// The longest that SQS waits for a message.
pub const LONG_POLL: Duration = Duration::from_secs(20);
/// The longest that a message may be hidden after it was received.
///
/// # Source
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-visibility-timeout.html>
pub const MAX_HIDDEN: Duration = Duration::from_secs(12 * 3_600);

/// A queue. Cheap to clone; any number of threads may use it at once.
#[derive(Debug, Clone)]
pub struct Queue {
    session: Session,
    url: String,
    region: String,
}

/// A message that is hidden from others for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// How to delete or give it back.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// How often it was received, this time included.
    pub receives: u32,
}

impl Queue {
    /// Finds a queue by its address; asks for its URL if need be. Blocks.
    ///
    /// # Errors
    /// [`AwsError`], when there is no such queue or region.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html>
    pub fn open(session: &Session, address: &QueueAddress) -> Result<Self, AwsError> {
        let region = address.region.clone().or_else(|| session.region());
        let region = region.ok_or_else(|| {
            GET_QUEUE_URL.failed("no region is known: set `AWS_REGION` or use --region")
        })?;
        if let Some(url) = &address.url {
            return Ok(Self { session: session.clone(), url: url.clone(), region });
        }
        let mut input = json!({ "QueueName": address.name });
        if let (Some(input), Some(account)) = (input.as_object_mut(), &address.account) {
            input.insert("QueueOwnerAWSAccountId".to_owned(), account.as_str().into());
        }
        let answer = session.call(&GET_QUEUE_URL, &region, &input)?;
        let url = answer.get("QueueUrl").and_then(Value::as_str);
        let url = url.ok_or_else(|| GET_QUEUE_URL.failed("the answer holds no URL"))?.to_owned();
        Ok(Self { session: session.clone(), url, region })
    }

    /// Waits for messages, for 20 seconds at most, and hides them for `hidden`; none when there are
    /// none, or when `goes_on` says so before. Blocks.
    ///
    /// # Errors
    /// [`AwsError`], when messages may not be received.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>
    pub fn receive(
        &self,
        count: usize,
        hidden: Duration,
        wait: Duration,
        goes_on: impl Fn() -> bool,
    ) -> Result<Vec<Message>, AwsError> {
        let input = json!({
            "QueueUrl": self.url,
            "MaxNumberOfMessages": count.clamp(1, MAX_BATCH),
            "VisibilityTimeout": hidden.min(MAX_HIDDEN).as_secs(),
            "WaitTimeSeconds": wait.min(LONG_POLL).as_secs(),
            // The second is the older name, which some servers know only.
            "MessageSystemAttributeNames": ["ApproximateReceiveCount"],
            "AttributeNames": ["ApproximateReceiveCount"],
        });
        let call = self.session.client().call(&RECEIVE_MESSAGE, &self.region, &input);
        match self.session.wait_while(goes_on, call) {
            Some(answer) => Ok(messages(&answer?)),
            None => Ok(Vec::new()),
        }
    }

    /// Deletes messages for good, at most [`MAX_BATCH`]; gives the ids of those that are still
    /// there. Blocks.
    ///
    /// # Errors
    /// [`AwsError`], when none could be deleted.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html>
    pub fn delete(&self, messages: &[&Message]) -> Result<Vec<String>, AwsError> {
        let entries: Vec<Value> = messages
            .iter()
            .enumerate()
            .map(|(i, message)| json!({ "Id": i.to_string(), "ReceiptHandle": message.receipt }))
            .collect();
        let input = json!({ "QueueUrl": self.url, "Entries": entries });
        let answer = self.session.call(&DELETE_MESSAGES, &self.region, &input)?;
        let failed = answer.get("Failed").and_then(Value::as_array).into_iter().flatten();
        let id = |failed: &Value| {
            let index: usize = failed.get("Id")?.as_str()?.parse().ok()?;
            Some(messages.get(index)?.id.clone())
        };
        Ok(failed.filter_map(id).collect())
    }

    /// Hides a message for so long from now on; for no time at all, it is given back. Blocks.
    ///
    /// # Errors
    /// [`AwsError`], when the message is no longer ours.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibility.html>
    pub fn hide(&self, message: &Message, hidden: Duration) -> Result<(), AwsError> {
        let input = json!({
            "QueueUrl": self.url,
            "ReceiptHandle": message.receipt,
            "VisibilityTimeout": hidden.min(MAX_HIDDEN).as_secs(),
        });
        // The answer to this operation is empty, which is an object as well as nothing.
        self.session.call(&CHANGE_VISIBILITY, &self.region, &input).map(drop)
    }
}

fn messages(answer: &Value) -> Vec<Message> {
    let messages = answer.get("Messages").and_then(Value::as_array).into_iter().flatten();
    messages
        .filter_map(|message| {
            let text = |name: &str| Some(message.get(name)?.as_str()?.to_owned());
            let receives = message.get("Attributes").and_then(|attributes| {
                attributes.get("ApproximateReceiveCount")?.as_str()?.parse().ok()
            });
            Some(Message {
                id: text("MessageId")?,
                receipt: text("ReceiptHandle")?,
                body: text("Body")?,
                receives: receives.unwrap_or(1),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_and_incomplete_ones_are_none() {
        let answer = json!({"Messages": [
            {"MessageId": "1", "ReceiptHandle": "r", "Body": "b",
             "Attributes": {"ApproximateReceiveCount": "3"}},
            {"MessageId": "2", "Body": "b"},
            {"MessageId": "3", "ReceiptHandle": "r", "Body": ""},
        ]});
        let read: Vec<(String, u32)> =
            messages(&answer).into_iter().map(|message| (message.id, message.receives)).collect();
        assert_eq!(read, [("1".to_owned(), 3), ("3".to_owned(), 1)]);
        assert!(messages(&json!({})).is_empty());
    }
}
