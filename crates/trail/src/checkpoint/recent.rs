//! A set that forgets the oldest.

use std::collections::{HashSet, VecDeque};

use ring::digest::{Context, SHA256};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A bounded set of hashes; what was put in first goes first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recent {
    order: VecDeque<u64>,
    known: HashSet<u64>,
}

impl Recent {
    /// The hash of several pieces: nobody finds two that are mistaken for each other by accident.
    #[must_use]
    pub fn hash(parts: &[&[u8]]) -> u64 {
        let mut hash = Context::new(&SHA256);
        for part in parts {
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            hash.update(part);
        }
        hash.finish().as_ref().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// Puts a hash in; `false` when it is there already.
    pub fn insert(&mut self, hash: u64, capacity: usize) -> bool {
        if !self.known.insert(hash) {
            return false;
        }
        self.order.push_back(hash);
        self.bound(capacity);
        true
    }

    /// Whether a hash is there.
    #[must_use]
    pub fn contains(&self, hash: u64) -> bool {
        self.known.contains(&hash)
    }

    /// Forgets the oldest until there are no more than so many.
    pub fn bound(&mut self, capacity: usize) {
        while self.order.len() > capacity {
            if let Some(oldest) = self.order.pop_front() {
                self.known.remove(&oldest);
            }
        }
    }
}

impl Serialize for Recent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.order.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Recent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut recent = Self::default();
        for hash in VecDeque::<u64>::deserialize(deserializer)? {
            recent.insert(hash, usize::MAX);
        }
        Ok(recent)
    }
}
