//! A quick hash for numbers that captures give.

use std::hash::{BuildHasher, Hasher, RandomState};

/// Hashes one number by a multiplication. Thread ids of a capture are chosen by whoever made it, so
/// the seed differs from state to state: nobody can prepare ids that collide.
#[derive(Debug, Clone)]
pub(crate) struct Keyed(u64);

impl Default for Keyed {
    fn default() -> Self {
        Self(RandomState::new().build_hasher().finish())
    }
}

impl BuildHasher for Keyed {
    type Hasher = Fold;

    fn build_hasher(&self) -> Fold {
        Fold(self.0)
    }
}

/// State of the hash.
#[derive(Debug)]
pub(crate) struct Fold(u64);

impl Fold {
    #[allow(clippy::cast_possible_truncation, reason = "both halves of the product are wanted")]
    const fn fold(&mut self, number: u64) {
        // The fractional part of the golden ratio: no pattern in its bits.
        let product =
            ((self.0 ^ number) as u128).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        self.0 = (product as u64) ^ ((product >> 64) as u64);
    }
}

impl Hasher for Fold {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.fold(u64::from(*byte));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.fold(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.fold(number);
    }

    fn write_i64(&mut self, number: i64) {
        self.fold(number.cast_unsigned());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn neighbours_and_multiples_spread_over_every_part_of_the_hash() {
        let keyed = Keyed::default();
        for stride in [1, 64, 4096, 1 << 32] {
            let hashes: Vec<u64> = (0..4096_i64).map(|key| keyed.hash_one(key * stride)).collect();
            for shift in [0, 20, 52] {
                let parts: HashSet<u64> =
                    hashes.iter().map(|hash| (hash >> shift) & 0xfff).collect();
                assert!(parts.len() > 2000, "stride {stride}, bits from {shift}: {}", parts.len());
            }
        }
    }
}
