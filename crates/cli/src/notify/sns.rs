//! Messages for topics of SNS: the document for programs, words for e-mail.

use anyhow::{Result, ensure};
use farguard_aws::{
    AwsOptions,
    sns::{MAX_SUBJECT_CHARS, Message, Topic, publish},
};

use super::{digest::Digest, text};

/// Publishes the digest.
pub(super) fn send(topic: &Topic, digest: &Digest<'_>, options: &AwsOptions) -> Result<()> {
    Ok(publish(topic, &message(digest)?, options)?)
}

/// The digest with as many findings as fit; it says how many it omits.
fn message(digest: &Digest<'_>) -> Result<Message> {
    let mut listed = digest.listed();
    loop {
        let cut = digest.cut_to(listed);
        let message = Message {
            subject: subject(digest),
            document: serde_json::to_string(&cut)?,
            text: text::page(&cut),
        };
        if message.fits() {
            return Ok(message);
        }
        ensure!(listed > 0, "a message without findings is too long for SNS");
        listed /= 2;
    }
}

/// # Source
/// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>: ASCII, no line breaks, begins
/// with a letter or number.
fn subject(digest: &Digest<'_>) -> String {
    let owner = digest.owner.map(|owner| format!(" ({})", owner.name)).unwrap_or_default();
    let line = format!("{}{owner}", text::headline(digest));
    let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    line.chars().map(printable).take(MAX_SUBJECT_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use farguard_model::{Owner, Severity};

    use super::*;
    use crate::{
        args::scan::FailOn,
        notify::{digest::of_reports, sample},
    };

    #[test]
    fn long_digests_are_cut_and_say_so() {
        let mut reports: Vec<_> =
            (0..40).map(|i| sample::report(&format!("shop-{i}:1"), 100)).collect();
        for report in &mut reports {
            report.owner =
                Some(Owner { name: "Mannschaft Süd".repeat(20), source: "--owner".into() });
        }
        let digests = of_reports(&reports, FailOn::AtLeast(Severity::Low));
        let message = message(&digests[0]).unwrap();
        assert!(message.fits() && message.document.len() > 50_000, "{}", message.document.len());
        assert!(message.subject.is_ascii() && message.subject.len() == MAX_SUBJECT_CHARS);
        let document: serde_json::Value = serde_json::from_str(&message.document).unwrap();
        let targets = document["targets"].as_array().unwrap();
        let listed: usize = targets.iter().map(|t| t["findings"].as_array().unwrap().len()).sum();
        let omitted = document["omitted"].as_u64().unwrap();
        assert_eq!(
            (listed as u64 + omitted, document["summary"]["findings"].as_u64()),
            (4_000, Some(4_000))
        );
    }
}
