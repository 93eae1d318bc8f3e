//! Who was given which key: the way from one session to the next.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use serde::Serialize;

use super::{
    actor::Actor,
    identity::{Identity, text},
};
use crate::record::{Key, Record};

/// Pairs of keys that are remembered: 16 MB.
const MAX_PAIRS: usize = 1 << 20;

/// Links that are described.
const MAX_LINKS: usize = 10_000;

/// One key that was given out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Link {
    /// When, in nanoseconds since 1970.
    pub time_ns: u64,
    /// The call: `AssumeRole`, `CreateAccessKey` and others.
    pub call: String,
    /// Who asked for it.
    pub from: String,
    /// The key that signed the call.
    pub from_key: String,
    /// The session or user that the key is for.
    pub to: String,
    /// The key.
    pub key: String,
}

/// Which keys came from the actor. Keys are known by a hash: most are nobody's that matters.
#[derive(Debug, Default)]
pub(super) struct Chain {
    /// The key that signed a call and the key that was answered.
    pairs: Vec<(u64, u64)>,
    /// Keys that came from the actor, however far.
    own: BTreeSet<u64>,
    /// Whether `own` is all that `pairs` lead to.
    is_closed: bool,
    links: BTreeSet<Link>,
    /// Keys and links that there was no room for.
    pub(super) omitted: u64,
}

impl Chain {
    /// Remembers the key that the answer of a call holds.
    pub(super) fn learn(&mut self, record: &Record<'_>, actor: &Actor) {
        let Some((key, _)) = issued(record) else { return };
        let who = Identity::of(record);
        self.is_closed = false;
        if actor.is(&who) {
            self.own.insert(hash(&key));
        } else if !who.access_key.is_empty() && self.pairs.len() < MAX_PAIRS {
            self.pairs.push((hash(&who.access_key), hash(&key)));
        } else if !who.access_key.is_empty() {
            self.omitted += 1;
        }
    }

    /// Notes the link that a call made, if its key came from the actor or was given to it.
    pub(super) fn note(&mut self, record: &Record<'_>, who: &Identity, actor: &Actor) {
        let Some((key, to)) = issued(record) else { return };
        // The key that the actor itself was given: where it came from.
        let given = Identity { arn: to.clone(), access_key: key.clone(), ..Identity::default() };
        let is_own = actor.is(&given);
        if !is_own && !self.follows(&key) {
            return;
        }
        if self.links.len() == MAX_LINKS {
            self.omitted += 1;
            return;
        }
        self.links.insert(Link {
            time_ns: record.time_ns().unwrap_or_default(),
            call: text(record.get(Key::EventName)),
            from: who.name(),
            from_key: who.access_key.clone(),
            to,
            key,
        });
    }

    /// Whether a key came from the actor.
    pub(super) fn follows(&mut self, key: &str) -> bool {
        if !self.is_closed {
            self.close();
        }
        !key.is_empty() && self.own.contains(&hash(key))
    }

    /// Follows every key to the keys that it asked for.
    fn close(&mut self) {
        self.is_closed = true;
        self.pairs.sort_unstable();
        self.pairs.dedup();
        let mut next: Vec<u64> = self.own.iter().copied().collect();
        while let Some(from) = next.pop() {
            let start = self.pairs.partition_point(|pair| pair.0 < from);
            let given = self.pairs.iter().skip(start).take_while(|pair| pair.0 == from);
            next.extend(given.map(|pair| pair.1).filter(|key| self.own.insert(*key)));
        }
    }

    /// The links in the order of time.
    pub(super) fn links(self) -> Vec<Link> {
        self.links.into_iter().collect()
    }
}

/// The key in the answer of a call, and whom it is for.
fn issued(record: &Record<'_>) -> Option<(String, String)> {
    let answer = |path: &[&str]| text(record.path(Key::ResponseElements, path));
    let key = answer(&["credentials", "accessKeyId"]);
    if !key.is_empty() {
        let session = answer(&["assumedRoleUser", "arn"]);
        let federated = || answer(&["federatedUser", "arn"]);
        return Some((key, if session.is_empty() { federated() } else { session }));
    }
    let key = answer(&["accessKey", "accessKeyId"]);
    (!key.is_empty()).then(|| (key, answer(&["accessKey", "userName"])))
}

fn hash(key: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}
