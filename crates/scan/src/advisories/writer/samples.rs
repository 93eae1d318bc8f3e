//! Samples of what will be compressed, to train a dictionary with.

/// Enough for a dictionary of this size; more costs time and gains nothing.
const MAX_SAMPLE_BYTES: usize = 8 << 20;
const DICTIONARY_BYTES: usize = 112 << 10;

/// An even sample of a stream of unknown length.
#[derive(Debug)]
pub(super) struct Samples {
    values: Vec<Vec<u8>>,
    bytes: usize,
    /// Every so many values one is kept.
    stride: u64,
    offered: u64,
}

impl Default for Samples {
    fn default() -> Self {
        Self { values: Vec::new(), bytes: 0, stride: 1, offered: 0 }
    }
}

impl Samples {
    /// Keeps the value or not.
    pub(super) fn offer(&mut self, value: &[u8]) {
        self.offered += 1;
        if !self.offered.is_multiple_of(self.stride) || value.len() > DICTIONARY_BYTES {
            return;
        }
        self.values.push(value.to_vec());
        self.bytes += value.len();
        if self.bytes > MAX_SAMPLE_BYTES {
            self.stride *= 2;
            let mut index = 0_usize;
            self.values.retain(|_| {
                index += 1;
                index.is_multiple_of(2)
            });
            self.bytes = self.values.iter().map(Vec::len).sum();
        }
    }

    /// A dictionary; empty when there is too little to learn from, which compresses as well.
    pub(super) fn train(&self) -> Vec<u8> {
        // Training wants far more samples than dictionary.
        let size = DICTIONARY_BYTES.min(self.bytes / 20);
        if size < 1024 {
            return Vec::new();
        }
        zstd::dict::from_samples(&self.values, size).unwrap_or_default()
    }
}
