//! Sorts more entries than memory holds: sorted runs in temporary files, merged at the end.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufReader, Read, Write},
    path::{Path, PathBuf},
};

/// Entries held in memory before they are written out, in bytes.
const RUN_BYTES: usize = 48 << 20;

/// Takes entries in any order and gives them back sorted by key; equal keys in any order.
#[derive(Debug)]
pub(crate) struct Sorter {
    directory: PathBuf,
    run_bytes: usize,
    arena: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<File>,
}

/// Where one entry lies in the arena: key, then value.
#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    key_len: u32,
    value_len: u32,
}

impl Sorter {
    /// A sorter that writes its runs, which nobody else can see, into `directory`.
    pub(crate) fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            run_bytes: RUN_BYTES,
            arena: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Adds one entry.
    pub(crate) fn push(&mut self, key: &[u8], value: &[u8]) -> io::Result<()> {
        let too_long = |_| io::Error::new(io::ErrorKind::InvalidData, "entry of 4 GiB or more");
        let entry = Entry {
            start: self.arena.len(),
            key_len: u32::try_from(key.len()).map_err(too_long)?,
            value_len: u32::try_from(value.len()).map_err(too_long)?,
        };
        self.arena.extend_from_slice(key);
        self.arena.extend_from_slice(value);
        self.entries.push(entry);
        if self.arena.len() >= self.run_bytes { self.spill() } else { Ok(()) }
    }

    /// All entries in the order of their keys.
    pub(crate) fn finish(mut self) -> io::Result<Merge> {
        self.spill()?;
        let mut merge = Merge { runs: Vec::new(), heap: BinaryHeap::new() };
        for file in self.runs {
            let mut run = Run { stream: zstd::Decoder::with_buffer(BufReader::new(file))? };
            if let Some((key, value)) = run.next()? {
                merge.heap.push(Reverse((key, merge.runs.len(), value)));
            }
            merge.runs.push(run);
        }
        Ok(merge)
    }

    fn spill(&mut self) -> io::Result<()> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let arena = &self.arena;
        self.entries.sort_unstable_by(|a, b| a.key(arena).cmp(b.key(arena)));
        let mut out = zstd::Encoder::new(tempfile::tempfile_in(&self.directory)?, 1)?;
        for entry in &self.entries {
            out.write_all(&entry.key_len.to_le_bytes())?;
            out.write_all(&entry.value_len.to_le_bytes())?;
            out.write_all(entry.key(arena))?;
            out.write_all(entry.value(arena))?;
        }
        let mut file = out.finish()?;
        io::Seek::rewind(&mut file)?;
        self.runs.push(file);
        self.arena.clear();
        self.entries.clear();
        Ok(())
    }
}

impl Entry {
    fn key(self, arena: &[u8]) -> &[u8] {
        let end = self.start + self.key_len as usize;
        arena.get(self.start..end).unwrap_or_default()
    }

    fn value(self, arena: &[u8]) -> &[u8] {
        let start = self.start + self.key_len as usize;
        arena.get(start..start + self.value_len as usize).unwrap_or_default()
    }
}

/// The first entry that a run has left: key, number of the run, value.
type Head = (Vec<u8>, usize, Vec<u8>);

/// The sorted entries of a [`Sorter`].
pub(crate) struct Merge {
    runs: Vec<Run>,
    heap: BinaryHeap<Reverse<Head>>,
}

impl std::fmt::Debug for Merge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Merge({} runs)", self.runs.len())
    }
}

impl Merge {
    /// The next entry: its key and its value.
    pub(crate) fn next(&mut self) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let Some(Reverse((key, index, value))) = self.heap.pop() else { return Ok(None) };
        if let Some(run) = self.runs.get_mut(index)
            && let Some((key, value)) = run.next()?
        {
            self.heap.push(Reverse((key, index, value)));
        }
        Ok(Some((key, value)))
    }
}

struct Run {
    stream: zstd::Decoder<'static, BufReader<File>>,
}

impl Run {
    fn next(&mut self) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
        let mut lengths = [0; 8];
        match self.stream.read_exact(&mut lengths) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
            Err(error) => return Err(error),
        }
        let [a, b, c, d, e, f, g, h] = lengths;
        let key = self.take(u32::from_le_bytes([a, b, c, d]))?;
        let value = self.take(u32::from_le_bytes([e, f, g, h]))?;
        Ok(Some((key, value)))
    }

    fn take(&mut self, len: u32) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.stream.by_ref().take(u64::from(len)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_merged_in_order() {
        let directory = tempfile::tempdir().unwrap();
        let mut sorter = Sorter::new(directory.path());
        sorter.run_bytes = 64; // A handful of entries a run.
        let mut expect: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
        for i in 0..500_u32 {
            let key = format!("{:03}", i.wrapping_mul(7919) % 499).into_bytes();
            let value = i.to_le_bytes().to_vec();
            sorter.push(&key, &value).unwrap();
            expect.push((key, value));
        }
        let mut merge = sorter.finish().unwrap();
        let mut found = Vec::new();
        while let Some(entry) = merge.next().unwrap() {
            found.push(entry);
        }
        assert!(found.is_sorted_by(|a, b| a.0 <= b.0));
        found.sort();
        expect.sort();
        assert_eq!(found, expect);
    }
}
