//! One pass over an object that finds its end and, on the way, where its keys are. Everything deeper
//! is passed over without a look.

use super::key::Key;
use crate::json::{
    Json,
    block::{Strings, blocks},
    skip_blanks,
    walk::MAX_DEPTH,
};

/// Keys that an index has room for; CloudTrail writes about 25.
const KEYS: usize = 48;

/// Where the keys of an object are: enough to find one without walking, and cheap to note.
#[derive(Clone, Copy)]
pub(crate) struct Index {
    /// The last four letters of each key, whatever their case.
    tails: [u32; KEYS],
    /// The quote behind each key.
    quotes: [u32; KEYS],
    /// How many there are, more than there is room for too.
    count: usize,
}

impl Default for Index {
    fn default() -> Self {
        Self { tails: [0; KEYS], quotes: [0; KEYS], count: 0 }
    }
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("count", &self.count).finish_non_exhaustive()
    }
}

impl Index {
    /// The value of a key: of the last one that is written exactly so, else of the last one in another
    /// case of letters.
    #[inline]
    pub(crate) fn get<'b>(&self, bytes: &'b [u8], key: Key) -> Option<Json<'b>> {
        let (Some(tails), Some(quotes)) =
            (self.tails.get(..self.count), self.quotes.get(..self.count))
        else {
            return Json::new(bytes).get(key.text());
        };
        let wanted = key.tail();
        let mut close = None;
        for (_, &quote) in tails.iter().zip(quotes).rev().filter(|(tail, _)| **tail == wanted) {
            let Some((before, behind)) = bytes.split_at_checked(quote as usize) else { continue };
            match names(before, key) {
                Some(Exactly::Yes) => return value(behind),
                Some(Exactly::No) if close.is_none() => close = Some(behind),
                _ => {}
            }
        }
        close.and_then(value)
    }

    /// Whether there is any of these keys.
    pub(crate) fn has_any(&self, bytes: &[u8], keys: &[Key]) -> bool {
        keys.iter().any(|&key| self.get(bytes, key).is_some())
    }

    #[inline]
    fn note(&mut self, tail: u32, quote: usize) {
        if let (Some(slot), Some(place), Ok(quote)) =
            (self.tails.get_mut(self.count), self.quotes.get_mut(self.count), u32::try_from(quote))
        {
            (*slot, *place) = (tail, quote);
        }
        self.count += 1;
    }
}

/// Whether a key is written as AWS does, or in another case of letters.
enum Exactly {
    Yes,
    No,
}

/// Whether the text before a quote ends with a key, the quote that opens it included.
#[inline]
fn names(before: &[u8], key: Key) -> Option<Exactly> {
    let text = key.text().as_bytes();
    let (rest, raw) = before.split_at_checked(before.len().checked_sub(text.len())?)?;
    // A quote behind a backslash is part of a longer key.
    let opened = rest.ends_with(b"\"") && !rest.ends_with(b"\\\"");
    match raw {
        _ if !opened => None,
        _ if raw == text => Some(Exactly::Yes),
        _ if raw.eq_ignore_ascii_case(text) => Some(Exactly::No),
        _ => None,
    }
}

/// The value behind the quote that closes a key.
#[inline]
fn value(behind: &[u8]) -> Option<Json<'_>> {
    let value = Json::new(skip_blanks(behind.get(1..)?).strip_prefix(b":")?);
    value.kind().map(|_| value)
}

/// What a pass over an object came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scan {
    /// The object ends before this byte.
    Whole(usize),
    /// Here is the bracket of an array of records, which this key has: go on inside.
    Enter(usize, Key),
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
    index.count = 0;
    let mut strings = Strings::default();
    let mut depth = 0_u32;
    for (base, block) in blocks(bytes) {
        let structure = strings.next(&block);
        let mut brackets = structure.opens | structure.closes;
        // Bits of the block that are not passed yet.
        let mut ahead = u64::MAX;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            let at = base + bit.trailing_zeros() as usize;
            if depth == 1
                && let Err(stop) = keys(bytes, base, structure.colons & ahead & (bit - 1), index)
            {
                return stop;
            }
            if structure.opens & bit != 0 {
                if depth == 1
                    && let Some(key) = holder(bytes, at, index)
                {
                    return Scan::Enter(at, key);
                }
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
            && let Err(stop) = keys(bytes, base, structure.colons & ahead, index)
        {
            return stop;
        }
    }
    Scan::Cut
}

/// Notes the keys before these colons.
#[inline(always)]
fn keys(bytes: &[u8], base: usize, mut colons: u64, index: &mut Index) -> Result<(), Scan> {
    while colons != 0 {
        let at = base + colons.trailing_zeros() as usize;
        colons &= colons - 1;
        let near = bytes.get(at.wrapping_sub(5)..at).and_then(|near| near.first_chunk::<5>());
        if let Some(&[a, b, c, d, b'"']) = near {
            index.note(folded([a, b, c, d]), at - 1);
        } else {
            far_key(bytes, at, index)?;
        }
    }
    Ok(())
}

/// A key with blanks between it and its colon, or a short one at the very start.
#[cold]
fn far_key(bytes: &[u8], at: usize, index: &mut Index) -> Result<(), Scan> {
    let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
    let name = before.strip_suffix(b"\"").ok_or(Scan::Damage(at))?;
    let tail = name.last_chunk::<4>().map_or(0, |tail| folded(*tail));
    index.note(tail, name.len());
    Ok(())
}

/// Four letters as lower case; other bytes may be changed too, but always in the same way.
pub(super) const fn folded(letters: [u8; 4]) -> u32 {
    u32::from_le_bytes(letters) | 0x2020_2020
}

/// The key whose value is the array of records that opens here, unless this is a record already.
fn holder(bytes: &[u8], at: usize, index: &Index) -> Option<Key> {
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    let quote = *index.quotes.get(index.count.checked_sub(1)?)?;
    let before = bytes.get(..quote as usize)?;
    let key = Key::HOLDERS.iter().find(|&&key| names(before, key).is_some())?;
    (!index.has_any(bytes, MARKERS)).then_some(*key)
}
