//! Proofs that an entry is in a log, under a checkpoint that the log has signed.
//!
//! # Source
//! RFC 9162, section 2.1.3.2, and <https://c2sp.org/tlog-checkpoint>

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use super::super::{
    encoding::{self, Base64, Number},
    key::PublicKey,
};

type Hash = [u8; 32];

/// A tree of 2^64 entries is no deeper.
const MAX_HASHES: usize = 64;
/// Most signatures under a checkpoint that are looked at.
const MAX_SIGNATURES: usize = 16;

/// The way from an entry to the root of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proof {
    index: u64,
    size: u64,
    root: Vec<u8>,
    hashes: Vec<Hash>,
    /// Signed by the log; absent in bundles of before 2023.
    checkpoint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in super::super) struct RawProof {
    #[serde(default)]
    log_index: Number,
    tree_size: Number,
    root_hash: Base64,
    #[serde(default)]
    hashes: Vec<Base64>,
    checkpoint: Option<RawCheckpoint>,
}

#[derive(Deserialize)]
struct RawCheckpoint {
    envelope: String,
}

impl RawProof {
    pub(super) fn proof(self) -> Result<Proof, String> {
        let malformed = || "its proof of inclusion is malformed".to_owned();
        if self.hashes.len() > MAX_HASHES {
            return Err(malformed());
        }
        let hash = |hash: Base64| hash.0.try_into().map_err(|_| malformed());
        Ok(Proof {
            index: self.log_index.0,
            size: self.tree_size.0,
            root: self.root_hash.0,
            hashes: self.hashes.into_iter().map(hash).collect::<Result<_, _>>()?,
            checkpoint: self.checkpoint.map(|checkpoint| checkpoint.envelope),
        })
    }
}

impl Proof {
    /// The place of the entry in the tree.
    pub(super) const fn index(&self) -> u64 {
        self.index
    }

    /// Whether the log has signed a tree that holds the entry. Without a checkpoint, the tree is
    /// right and nobody's.
    pub(super) fn verify(&self, body: &[u8], log: &PublicKey) -> Result<bool, String> {
        if self.computed_root(body).as_ref().map(Hash::as_slice) != Some(&self.root) {
            return Err("its proof of inclusion in the log is wrong".to_owned());
        }
        let Some(checkpoint) = &self.checkpoint else { return Ok(false) };
        let signed = signed_by(checkpoint, log)
            .ok_or_else(|| "the checkpoint of its log entry is not signed by the log".to_owned())?;
        let mut lines = signed.lines().skip(1);
        let size = lines.next().and_then(|line| line.parse().ok());
        let root = lines.next().and_then(encoding::decode);
        if size != Some(self.size) || root.as_ref() != Some(&self.root) {
            return Err("the checkpoint of its log entry is of another tree".to_owned());
        }
        Ok(true)
    }

    fn computed_root(&self, body: &[u8]) -> Option<Hash> {
        let (mut index, mut last) = (self.index, self.size.checked_sub(1)?);
        if index > last {
            return None;
        }
        let mut root = leaf(body);
        for hash in &self.hashes {
            if last == 0 {
                return None;
            }
            if index & 1 == 1 || index == last {
                root = node(hash, &root);
                while index & 1 == 0 && index != 0 {
                    index >>= 1;
                    last >>= 1;
                }
            } else {
                root = node(&root, hash);
            }
            index >>= 1;
            last >>= 1;
        }
        (last == 0).then_some(root)
    }
}

fn leaf(body: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(body).finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The text of a signed note, if one of its signatures is the key's.
fn signed_by<'a>(note: &'a str, key: &PublicKey) -> Option<&'a str> {
    const KEY_HINT_BYTES: usize = 4;
    let (text, signatures) = note.split_once("\n\n")?;
    let with_newline = note.get(..text.len() + 1)?;
    let is_signed = |line: &str| {
        let (_name, signature) = line.strip_prefix("\u{2014} ")?.rsplit_once(' ')?;
        let signature = encoding::decode(signature)?;
        let (_, signature) = signature.split_at_checked(KEY_HINT_BYTES)?;
        key.verifies(with_newline.as_bytes(), signature).then_some(())
    };
    signatures.lines().take(MAX_SIGNATURES).find_map(is_signed).map(|()| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree of entries `0`, `1`, ... by the recursive definition of the RFC.
    fn tree(from: u64, to: u64) -> Hash {
        if to - from == 1 {
            return leaf(from.to_string().as_bytes());
        }
        let middle = from + (to - from).next_power_of_two() / 2;
        node(&tree(from, middle), &tree(middle, to))
    }

    fn path(index: u64, from: u64, to: u64) -> Vec<Hash> {
        if to - from == 1 {
            return Vec::new();
        }
        let middle = from + (to - from).next_power_of_two() / 2;
        let (mut path, other) = if index < middle {
            (path(index, from, middle), tree(middle, to))
        } else {
            (path(index, middle, to), tree(from, middle))
        };
        path.push(other);
        path
    }

    #[test]
    fn every_entry_of_every_small_tree_is_proven_and_no_other() {
        for size in 1..20 {
            for index in 0..size {
                let root = tree(0, size).to_vec();
                let hashes = path(index, 0, size);
                let proof = Proof { index, size, root, hashes, checkpoint: None };
                let body = index.to_string();
                assert_eq!(proof.computed_root(body.as_bytes()), Some(tree(0, size)));
                assert_ne!(proof.computed_root(b"other"), Some(tree(0, size)));
                let shifted = Proof { index: index + 1, ..proof.clone() };
                assert_ne!(shifted.computed_root(body.as_bytes()), Some(tree(0, size)));
                let mut longer = proof;
                longer.hashes.push([0; 32]);
                assert_eq!(longer.computed_root(body.as_bytes()), None);
            }
        }
        let empty = Proof { index: 0, size: 0, root: vec![], hashes: vec![], checkpoint: None };
        assert_eq!(empty.computed_root(b"0"), None);
    }
}
