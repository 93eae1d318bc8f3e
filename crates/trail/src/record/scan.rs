//! One pass over an object that finds its end and, on the way, where its keys are. Everything deeper
//! is passed over without a look.

use std::ops::Range;

use wide::u32x8;

use super::key::Key;
use crate::json::{
    Json,
    block::{Strings, blocks},
    skip_blanks,
    walk::MAX_DEPTH,
};

/// Where the keys of a record are.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Index {
    /// Those at the top; CloudTrail writes about 25.
    top: Keys<48>,
    /// Those of `userIdentity`, which is asked for nearly always, at all its levels: about 20.
    identity: Keys<32>,
    /// Where the brace of that object is.
    identity_at: usize,
}

impl Index {
    /// The value of a key: of the last one that is written exactly so, else of the last one in another
    /// case of letters.
    #[inline]
    pub(crate) fn get<'b>(&self, bytes: &'b [u8], key: Key) -> Option<Json<'b>> {
        match self.top.find(bytes, &[key.text()], 1) {
            Ok(found) => found.and_then(value),
            Err(Walk) => Json::new(bytes).get(key.text()),
        }
    }

    /// What is in `userIdentity`, behind one key or more.
    pub(crate) fn identity<'b>(&self, bytes: &'b [u8], path: &[&str]) -> Option<Json<'b>> {
        let object = self.get(bytes, Key::UserIdentity)?;
        let is_last = object.starts_at(bytes, self.identity_at);
        match self.identity.find(bytes, path, 2) {
            Ok(found) if is_last => found.and_then(value),
            _ => object.path(path),
        }
    }

    /// Whether there is any of these keys.
    pub(crate) fn has_any(&self, bytes: &[u8], keys: &[Key]) -> bool {
        keys.iter().any(|&key| self.get(bytes, key).is_some())
    }
}

/// Where keys are, in the order in which they are written: enough to find one without walking, and
/// cheap to note.
#[derive(Debug, Clone, Copy)]
struct Keys<const ROOM: usize> {
    /// The last four letters of each key, whatever their case; of shorter ones also what is before.
    tails: [u32; ROOM],
    /// The quote behind each key, and above [`PLACE`] how many brackets it is in.
    places: [u32; ROOM],
    /// How many there are, also when there is no room for all.
    count: usize,
}

/// The bits of a place in a record: it has at most 16 MiB.
const PLACE: u32 = 24;

impl<const ROOM: usize> Default for Keys<ROOM> {
    fn default() -> Self {
        Self { tails: [0; ROOM], places: [0; ROOM], count: 0 }
    }
}

/// Only walking finds it: there was no room for all keys, or a name is too short.
struct Walk;

impl<const ROOM: usize> Keys<ROOM> {
    /// What starts with the quote behind the last key of a path, whose first one is in `depth` brackets.
    #[inline]
    fn find<'b>(
        &self,
        bytes: &'b [u8],
        path: &[&str],
        depth: u32,
    ) -> Result<Option<&'b [u8]>, Walk> {
        if self.count > ROOM {
            return Err(Walk);
        }
        let (mut range, mut found) = (0..self.count, None);
        for (depth, name) in (depth..).zip(path) {
            let Some((at, behind)) = self.find_in(range, bytes, name, depth)? else {
                return Ok(None);
            };
            // What is in its value follows, in more brackets.
            let places = self.places.get(at + 1..self.count).unwrap_or_default();
            let inside = places.iter().position(|place| place >> PLACE <= depth);
            range = at + 1..at + 1 + inside.unwrap_or(places.len());
            found = Some(behind);
        }
        Ok(found)
    }

    /// The number of the key with that name in that many brackets, and what is behind it.
    #[inline]
    fn find_in<'b>(
        &self,
        range: Range<usize>,
        bytes: &'b [u8],
        name: &str,
        depth: u32,
    ) -> Result<Option<(usize, &'b [u8])>, Walk> {
        let wanted = match name.as_bytes() {
            &[a, b, c] => folded([b'"', a, b, c]),
            name => folded(*name.last_chunk::<4>().ok_or(Walk)?),
        };
        let mut close = None;
        let mut places = self.places_of(wanted) & low_bits(range.end) & !low_bits(range.start);
        while let Some(at) = places.checked_ilog2() {
            places ^= 1 << at;
            let at = at as usize;
            let Some(place) = self.places.get(at).filter(|place| *place >> PLACE == depth) else {
                continue;
            };
            let quote = place & ((1 << PLACE) - 1);
            let Some((before, behind)) = bytes.split_at_checked(quote as usize) else { continue };
            match names(before, name.as_bytes()) {
                Some(Exactly::Yes) => return Ok(Some((at, behind))),
                Some(Exactly::No) if close.is_none() => close = Some((at, behind)),
                _ => {}
            }
        }
        Ok(close)
    }

    /// A bit for each key with that tail, eight looked at together.
    #[inline]
    fn places_of(&self, tail: u32) -> u64 {
        let (chunks, _) = self.tails.as_chunks::<8>();
        let same = |chunk| u64::from(u32x8::new(chunk).simd_eq(u32x8::splat(tail)).to_bitmask());
        chunks.iter().rev().fold(0, |bits, chunk| bits << 8 | same(*chunk))
    }

    /// Notes the keys before these colons.
    #[inline(always)]
    fn note(&mut self, bytes: &[u8], base: usize, mut colons: u64, depth: u32) -> Result<(), Scan> {
        while colons != 0 {
            let at = base + colons.trailing_zeros() as usize;
            colons &= colons - 1;
            let near = bytes.get(at.wrapping_sub(5)..at).and_then(|near| near.first_chunk::<5>());
            if let Some(&[a, b, c, d, b'"']) = near {
                self.push(folded([a, b, c, d]), at - 1, depth);
            } else {
                self.far(bytes, at, depth)?;
            }
        }
        Ok(())
    }

    /// A key with blanks between it and its colon, or a short one at the very start.
    #[cold]
    fn far(&mut self, bytes: &[u8], at: usize, depth: u32) -> Result<(), Scan> {
        let before = bytes.get(..at).unwrap_or_default().trim_ascii_end();
        let name = before.strip_suffix(b"\"").ok_or(Scan::Damage(at))?;
        self.push(name.last_chunk::<4>().map_or(0, |letters| folded(*letters)), name.len(), depth);
        Ok(())
    }

    #[inline]
    fn push(&mut self, tail: u32, quote: usize, depth: u32) {
        let place = u32::try_from(quote).ok().filter(|quote| quote >> PLACE == 0);
        if let (Some(slot), Some(to), Some(place)) =
            (self.tails.get_mut(self.count), self.places.get_mut(self.count), place)
        {
            (*slot, *to) = (tail, depth << PLACE | place);
            self.count += 1;
        } else {
            self.count = usize::MAX;
        }
    }

    /// Whether this is the last key that was noted.
    fn ends_with(&self, bytes: &[u8], key: Key) -> bool {
        let place = self.count.checked_sub(1).and_then(|last| self.places.get(last));
        let quote = place.map(|place| place & ((1 << PLACE) - 1));
        let before = quote.and_then(|quote| bytes.get(..quote as usize));
        before.is_some_and(|before| names(before, key.text().as_bytes()).is_some())
    }
}

/// The lowest bits of a word.
#[inline]
const fn low_bits(count: usize) -> u64 {
    if count < 64 { (1 << count) - 1 } else { u64::MAX }
}

/// Whether a key is written as AWS does, or in another case of letters.
enum Exactly {
    Yes,
    No,
}

/// Whether the text before a quote ends with a key, the quote that opens it included.
#[inline]
fn names(before: &[u8], text: &[u8]) -> Option<Exactly> {
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
    (index.top.count, index.identity.count, index.identity_at) = (0, 0, 0);
    let mut pass = Pass { bytes, index, depth: 0, in_identity: false };
    let mut strings = Strings::default();
    for (base, block) in blocks(bytes) {
        let structure = strings.next(&block);
        let mut brackets = structure.opens | structure.closes;
        // Bits of the block that are not passed yet.
        let mut ahead = u64::MAX;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            let at = base + bit.trailing_zeros() as usize;
            let stop = pass.keys(base, structure.colons & ahead & (bit - 1)).and_then(|()| {
                if structure.opens & bit != 0 { pass.open(at) } else { pass.close(at) }
            });
            if let Err(stop) = stop {
                return stop;
            }
            brackets ^= bit;
            ahead = !(bit | (bit - 1));
        }
        if let Err(stop) = pass.keys(base, structure.colons & ahead) {
            return stop;
        }
    }
    Scan::Cut
}

/// Where a pass stands.
struct Pass<'p> {
    bytes: &'p [u8],
    index: &'p mut Index,
    /// Brackets that are open.
    depth: u32,
    in_identity: bool,
}

impl Pass<'_> {
    #[inline(always)]
    fn keys(&mut self, base: usize, colons: u64) -> Result<(), Scan> {
        match self.depth {
            1 => self.index.top.note(self.bytes, base, colons, 1),
            depth if self.in_identity => self.index.identity.note(self.bytes, base, colons, depth),
            _ => Ok(()),
        }
    }

    #[inline(always)]
    fn open(&mut self, at: usize) -> Result<(), Scan> {
        if self.depth == 1 {
            self.open_value(at)?;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(Scan::Damage(at)) } else { Ok(()) }
    }

    /// The value of a key at the top starts: is it an array of records, or the identity?
    fn open_value(&mut self, at: usize) -> Result<(), Scan> {
        let (bytes, top) = (self.bytes, &self.index.top);
        self.in_identity = false;
        if bytes.get(at) == Some(&b'{') {
            if top.ends_with(bytes, Key::UserIdentity) {
                (self.index.identity.count, self.index.identity_at) = (0, at);
                self.in_identity = true;
            }
            return Ok(());
        }
        let holder = Key::HOLDERS.iter().find(|&&key| top.ends_with(bytes, key));
        match holder.filter(|_| !self.index.has_any(bytes, MARKERS)) {
            Some(&key) => Err(Scan::Enter(at, key)),
            None => Ok(()),
        }
    }

    #[inline(always)]
    fn close(&mut self, at: usize) -> Result<(), Scan> {
        self.depth -= 1;
        match self.bytes.get(at) {
            _ if self.depth > 0 => Ok(()),
            Some(b'}') => Err(Scan::Whole(at + 1)),
            _ => Err(Scan::Damage(at)),
        }
    }
}

/// Four letters as lower case; other bytes may be changed too, but always in the same way.
#[inline]
const fn folded(letters: [u8; 4]) -> u32 {
    u32::from_le_bytes(letters) | 0x2020_2020
}
