//! Tells owners what was found: one digest for each owner, at the end of a run.

mod destination;
mod digest;
mod http;
mod slack;
mod sns;
mod text;
mod webhook;

use anyhow::{Context, Error};
use farguard_aws::AwsOptions;

pub(crate) use self::{
    destination::Destination,
    digest::{Digest, of_reports, of_rescan},
};
use crate::terminal::Terminal;

/// Sends every digest to every destination. What could not be sent is printed, and makes the
/// answer false: nobody must take silence for "nothing found".
pub(crate) fn send(
    destinations: &[Destination],
    digests: &[Digest<'_>],
    aws: &AwsOptions,
    terminal: &Terminal,
) -> bool {
    let mut all_sent = true;
    for destination in destinations {
        for digest in digests {
            match deliver(destination, digest, aws) {
                Ok(()) => terminal.note(&format!("told {destination} about {}", digest.about())),
                Err(error) => {
                    terminal.error(&error);
                    all_sent = false;
                }
            }
        }
    }
    all_sent
}

fn deliver(destination: &Destination, digest: &Digest<'_>, aws: &AwsOptions) -> Result<(), Error> {
    let sent = match destination {
        Destination::Webhook(url) => webhook::send(url, digest),
        Destination::Slack(url) => slack::send(url, digest),
        Destination::Sns(topic) => sns::send(topic, digest, aws),
    };
    sent.with_context(|| format!("cannot tell {destination} about {}", digest.about()))
}

#[cfg(test)]
mod sample;
