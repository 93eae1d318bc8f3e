//! Digests of one trail in one region, one after the other.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Digest, Fault, Finding, LogFile, Outcome, Previous, PublicKeys, sha256_hex};
use crate::layout::FileName;

/// A digest file that was read.
#[derive(Debug, Clone)]
pub struct Fetched<'a> {
    /// Where it was found: `s3://BUCKET/KEY`, or a path.
    pub place: &'a str,
    /// The bucket that it was found in; absent for files.
    pub bucket: Option<&'a str>,
    /// Its inflated content.
    pub content: &'a [u8],
    /// The signature that its metadata holds; files have none.
    pub signature: Option<&'a str>,
}

/// The log files that a digest names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Named {
    /// The files and their hashes.
    pub log_files: Vec<LogFile>,
    /// Whether the digest vouches for the hashes. Those of one that is not as it was delivered, or
    /// of which that is not known, say nothing.
    pub is_sound: bool,
}

/// Verifies digests in the order of their times, each with the one before.
#[derive(Debug)]
pub struct Chain {
    keys: Arc<PublicKeys>,
    /// Whether the keys are all that CloudTrail has, so that another one is a forged one.
    keys_are_complete: bool,
    /// What was missing before this moment is not our concern.
    since: Option<Timestamp>,
    last: Option<Last>,
    outcomes: Vec<Outcome>,
}

/// The digest before.
#[derive(Debug)]
struct Last {
    digest: Digest,
    place: String,
    hash: String,
    /// Whether its signature still has to be found in the next one.
    is_unsigned: bool,
}

impl Chain {
    /// Begins with nothing.
    #[must_use]
    pub fn new(keys: Arc<PublicKeys>, keys_are_complete: bool, since: Option<Timestamp>) -> Self {
        Self { keys, keys_are_complete, since, last: None, outcomes: Vec::new() }
    }

    /// Verifies the next digest; gives the log files that it names.
    pub fn next(&mut self, fetched: &Fetched<'_>) -> Named {
        let time = FileName::parse(fetched.place).map_or(Timestamp::UNIX_EPOCH, |name| name.time);
        let digest = match Digest::parse(fetched.content) {
            Ok(digest) => digest,
            Err(error) => {
                self.find(Fault::DigestAltered, fetched.place, error.to_string(), time);
                return Named::default();
            }
        };
        if let Err(why) = is_in_place(&digest, fetched) {
            self.find(Fault::DigestAltered, fetched.place, why, digest.end);
            return Named::default();
        }
        self.link(&digest, fetched.place);
        let is_sound = match fetched.signature {
            Some(signature) => self.verify(&digest, fetched.place, signature),
            None => true,
        };
        let named = Named { log_files: digest.log_files.clone(), is_sound };
        self.last = Some(Last {
            place: fetched.place.to_owned(),
            hash: sha256_hex(fetched.content),
            is_unsigned: fetched.signature.is_none(),
            digest,
        });
        named
    }

    /// A digest could not be read: it is not assessed, and the chain goes on after it.
    pub fn unreadable(&mut self, place: &str, why: &str) {
        self.skip(place, why.to_owned(), false);
        self.finish_last(false);
        self.last = None;
    }

    /// What was found.
    #[must_use]
    pub fn finish(mut self) -> Vec<Outcome> {
        self.finish_last(true);
        self.outcomes
    }

    /// What was found so far.
    pub fn take_outcomes(&mut self) -> Vec<Outcome> {
        std::mem::take(&mut self.outcomes)
    }

    /// The last digest of a chain has its signature in the metadata of its object only.
    fn finish_last(&mut self, at_edge: bool) {
        let Some(last) = self.last.as_ref().filter(|last| last.is_unsigned) else { return };
        let (place, why) = (last.place.clone(), "its signature is not at hand".to_owned());
        self.skip(&place, why, at_edge);
    }

    /// Holds a digest against the one before.
    fn link(&mut self, digest: &Digest, place: &str) {
        let last = self.last.take();
        match (&digest.previous, last) {
            (Some(previous), Some(last)) if previous.object == last.digest.object => {
                self.verify_last(&last, previous);
            }
            (Some(previous), last) => {
                self.last = last;
                self.finish_last(false);
                self.missing(digest, previous);
            }
            (None, Some(last)) => {
                let why = format!(
                    "the chain of digests begins anew: none from {} to {}",
                    last.digest.end, digest.start
                );
                self.find(Fault::DigestGap, place, why, digest.end);
                self.last = Some(last);
                self.finish_last(false);
            }
            (None, None) => {}
        }
    }

    /// What a digest says of the one before has to be true; one whose own signature was not at hand
    /// is verified by that.
    fn verify_last(&mut self, last: &Last, previous: &Previous) {
        if previous.hash != last.hash {
            let why = "its content has another hash than the digest after it says".to_owned();
            self.find(Fault::DigestAltered, &last.place, why, last.digest.end);
        } else if last.is_unsigned {
            self.verify(&last.digest, &last.place, &previous.signature);
        }
    }

    /// The digest before is not there. It may be older than what was asked for.
    fn missing(&mut self, digest: &Digest, previous: &Previous) {
        let end = FileName::parse(&previous.object).map_or(digest.start, |name| name.time);
        if self.since.is_some_and(|since| end < since) {
            return;
        }
        let mut why = format!("`{}` follows it", digest.object);
        if let Some(last) = &self.last {
            why += &format!("; the one found before it ends at {}", last.digest.end);
        }
        let file = format!("s3://{}/{}", previous.bucket, previous.object);
        self.find(Fault::DigestMissing, &file, why, end);
    }

    /// Whether a digest is what CloudTrail signed, as far as it can be told.
    fn verify(&mut self, digest: &Digest, place: &str, signature: &str) -> bool {
        let data = digest.data_to_sign();
        match self.keys.verify(&digest.fingerprint, &data, signature) {
            Some(true) => true,
            Some(false) => {
                let why = "its signature is wrong".to_owned();
                self.find(Fault::DigestAltered, place, why, digest.end);
                false
            }
            None if self.keys_are_complete => {
                let why = format!("CloudTrail has no key `{}` that signed it", digest.fingerprint);
                self.find(Fault::DigestAltered, place, why, digest.end);
                false
            }
            None => {
                let why = format!("there is no public key `{}`", digest.fingerprint);
                self.skip(place, why, false);
                false
            }
        }
    }

    fn skip(&mut self, file: &str, why: String, at_edge: bool) {
        self.outcomes.push(Outcome::NotAssessed { file: file.to_owned(), why, at_edge });
    }

    fn find(&mut self, fault: Fault, file: &str, why: String, time: Timestamp) {
        self.outcomes.push(Outcome::Finding(Finding { fault, file: file.to_owned(), why, time }));
    }
}

/// Whether a digest lies where it says that it was delivered: an old one copied over a new one
/// would have a good signature. Of a copy on disk only the name is known.
fn is_in_place(digest: &Digest, fetched: &Fetched<'_>) -> Result<(), String> {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let is_there = match fetched.bucket {
        Some(bucket) => {
            bucket == digest.bucket
                && fetched.place.strip_prefix(&format!("s3://{bucket}/")) == Some(&digest.object)
        }
        None => name(fetched.place) == name(&digest.object),
    };
    match is_there {
        true => Ok(()),
        false => Err(format!("it was delivered as `s3://{}/{}`", digest.bucket, digest.object)),
    }
}
