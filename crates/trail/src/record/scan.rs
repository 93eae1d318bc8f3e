//! One pass over an object that finds its end and, on the way, where the values of its known keys
//! start. Everything deeper is passed over without a look.

use super::key::Key;
use crate::json::{
    block::{BLOCK, Strings, blocks},
    skip_blanks,
    walk::MAX_DEPTH,
};

/// Where the values of known keys start, in bytes from the start of the object; 0 is nowhere.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index {
    starts: [u32; Key::COUNT],
    /// One bit for each key that is written exactly so; another case does not replace it.
    exact: u64,
}

impl Default for Index {
    fn default() -> Self {
        Self { starts: [0; Key::COUNT], exact: 0 }
    }
}

impl Index {
    /// Where the value of a key starts.
    #[inline]
    pub(crate) fn start(&self, key: Key) -> Option<usize> {
        let start = *self.starts.get(key as usize)?;
        (start != 0).then_some(start as usize)
    }

    /// Whether there is a key that only records have.
    pub(crate) fn has_any(&self, keys: &[Key]) -> bool {
        keys.iter().any(|&key| self.start(key).is_some())
    }

    #[inline]
    fn note(&mut self, key: Key, raw: &[u8], start: usize) {
        let bit = 1_u64 << key as u32;
        let exact = raw == key.text().as_bytes();
        if !exact && self.exact & bit != 0 {
            return;
        }
        self.exact |= if exact { bit } else { 0 };
        if let (Some(slot), Ok(start)) = (self.starts.get_mut(key as usize), u32::try_from(start)) {
            *slot = start;
        }
    }
}

/// What a pass over an object came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// The object ends before this byte.
    Whole(usize),
    /// Here is the bracket of an array of records: go on inside.
    Enter(usize),
    /// The bytes end before the object does.
    Cut,
    /// What stands here cannot be: a key without quotes, nesting without end.
    Damage(usize),
}

/// Keys that tell a record from what wraps it.
pub(crate) const MARKERS: &[Key] = &[
    Key::EventName,
    Key::EventSource,
    Key::EventId,
    Key::EventTime,
    Key::UserIdentity,
    Key::InsightDetails,
];

/// Passes over the object that starts with the first byte, which is `{`.
pub(crate) fn scan(bytes: &[u8], index: &mut Index) -> Scan {
    *index = Index::default();
    let mut pass = Pass { bytes, index, quotes: 0, before: 0, base: 0 };
    let mut strings = Strings::default();
    let mut depth = 0_u32;
    for (base, block) in blocks(bytes) {
        let structure = strings.next(&block);
        (pass.before, pass.quotes, pass.base) = (pass.quotes, structure.quotes, base);
        let mut brackets = structure.opens | structure.closes;
        // Bits of the block that are not passed yet.
        let mut ahead = u64::MAX;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            if depth == 1
                && let Err(stop) = pass.keys(structure.colons & ahead & (bit - 1))
            {
                return stop;
            }
            let at = base + bit.trailing_zeros() as usize;
            if structure.opens & bit != 0 {
                depth += 1;
                if depth > MAX_DEPTH {
                    return Scan::Damage(at);
                }
            } else {
                depth -= 1;
                if depth == 0 {
                    let fits = bytes.get(at) == Some(&b'}');
                    return if fits { Scan::Whole(at + 1) } else { Scan::Damage(at) };
                }
            }
            brackets ^= bit;
            ahead = !(bit | (bit - 1));
        }
        if depth == 1
            && let Err(stop) = pass.keys(structure.colons & ahead)
        {
            return stop;
        }
    }
    Scan::Cut
}

/// The state of a pass that keys are found with.
struct Pass<'p> {
    bytes: &'p [u8],
    index: &'p mut Index,
    /// Quotes of this block and of the one before it.
    quotes: u64,
    before: u64,
    /// Where this block starts.
    base: usize,
}

impl<'p> Pass<'p> {
    /// Notes the keys before these colons.
    #[inline]
    fn keys(&mut self, mut colons: u64) -> Result<(), Scan> {
        while colons != 0 {
            let bit = colons & colons.wrapping_neg();
            colons ^= bit;
            let at = self.base + bit.trailing_zeros() as usize;
            let raw = self.key_before(bit, at).ok_or(Scan::Damage(at))?;
            if let Some(key) = Key::find(raw) {
                self.index.note(key, raw, at + 1);
                if key.holds_records()
                    && let Some(bracket) = self.array(at + 1)
                {
                    return Err(Scan::Enter(bracket));
                }
            }
        }
        Ok(())
    }

    /// The key between the two quotes before a colon; empty if it is too long to be known.
    #[inline]
    fn key_before(&self, colon: u64, at: usize) -> Option<&'p [u8]> {
        // Two blocks as one word, this one on top: the highest bits are the nearest quotes.
        let near = u128::from(self.quotes & (colon - 1)) << BLOCK | u128::from(self.before);
        if near == 0 {
            return self.far_key(at);
        }
        let from = self.base.wrapping_sub(BLOCK);
        let close = 127 - near.leading_zeros();
        let others = near ^ (1 << close);
        let close = from.wrapping_add(close as usize);
        if close + 1 != at && !skip_blanks(self.bytes.get(close + 1..at)?).is_empty() {
            return None;
        }
        if others == 0 {
            return Some(&[]);
        }
        let open = from.wrapping_add(127 - others.leading_zeros() as usize);
        self.bytes.get(open + 1..close)
    }

    /// A key that is far from its colon: there may be any number of blanks.
    #[cold]
    fn far_key(&self, at: usize) -> Option<&'p [u8]> {
        let end = self.bytes.get(..at)?.trim_ascii_end();
        end.ends_with(b"\"").then_some(&[])
    }

    /// Where the array starts that is the value, unless this is a record already.
    fn array(&self, start: usize) -> Option<usize> {
        let value = skip_blanks(self.bytes.get(start..)?);
        let is_array = value.starts_with(b"[") && !self.index.has_any(MARKERS);
        is_array.then(|| self.bytes.len() - value.len())
    }
}
