//! Messages that fail again and again.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result};
use farguard_aws::sqs::{Message, Queue};
use serde_json::json;

use super::Failure;
use crate::args::detect::TrailArgs;

/// How long a message is hidden after a failure, for each time that it was received.
const BACKOFF: Duration = Duration::from_secs(30);
/// How long at most.
const MAX_BACKOFF: Duration = Duration::from_secs(900);

/// What becomes of a message that failed, in words.
pub(super) enum Verdict {
    /// It is in a file now, and can be deleted.
    SetAside(String),
    /// It stays in the queue.
    GivenBack(String),
}

/// Decides about messages that failed.
pub(super) struct Poison<'a> {
    args: &'a TrailArgs,
    queue: &'a Queue,
}

impl<'a> Poison<'a> {
    pub(super) const fn new(args: &'a TrailArgs, queue: &'a Queue) -> Self {
        Self { args, queue }
    }

    /// # Errors
    /// When the message is to be set aside and cannot be written.
    pub(super) fn judge(&mut self, message: &Message, failure: &Failure) -> Result<Verdict> {
        let is_poison = failure.is_final || message.receives >= self.args.max_receives;
        let why = format!("message {}: {}", message.id, failure.why);
        match &self.args.poison {
            Some(directory) if is_poison => {
                write(directory, message, failure)?;
                Ok(Verdict::SetAside(format!("{why}; set aside")))
            }
            // The redrive policy of the queue, if it has one, counts how often it was received.
            _ => {
                let times = message.receives.min(64);
                let hidden = BACKOFF.saturating_mul(times).min(MAX_BACKOFF);
                let told = match self.queue.hide(message, hidden) {
                    Ok(()) => format!("{why}; given back"),
                    Err(error) => format!("{why}; left ({error})"),
                };
                Ok(Verdict::GivenBack(told))
            }
        }
    }
}

/// The message and what is wrong with it, under its id.
fn write(directory: &Path, message: &Message, failure: &Failure) -> Result<()> {
    let about = || format!("cannot write to `{}`", directory.display());
    fs::create_dir_all(directory).with_context(about)?;
    let is_part = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = message.id.chars().filter(is_part).take(128).collect();
    let path = directory.join(format!("{name}.json"));
    let content = json!({
        "message_id": message.id,
        "receives": message.receives,
        "reason": failure.why,
        "body": message.body,
    });
    let mut file = File::create(path).with_context(about)?;
    file.write_all(content.to_string().as_bytes()).with_context(about)?;
    file.sync_all().with_context(about)
}
