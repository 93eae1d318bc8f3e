//! What costly tests said of texts that come again and again: user agents, sessions, addresses.
//!
//! A text is compared with the one that is remembered, byte by byte: nothing hangs on a hash.

use super::{
    program::{Predicate, Program, Right},
    slot::SlotId,
    test::Test,
};
use crate::source::Source;

/// Texts that are remembered for each field.
const TEXTS: usize = 256;

/// Longer texts are tested each time.
const LONGEST: usize = 512;

/// Tests of one field that are remembered.
const TESTS: u8 = 64;

/// What is remembered, for one thread.
#[derive(Debug, Default)]
pub(super) struct Memo {
    /// For each predicate the bit of its result, if it is remembered.
    bits: Vec<u64>,
    /// For each slot, if any of its tests are remembered.
    slots: Vec<Option<Box<Texts>>>,
}

/// The texts of one field.
#[derive(Debug, Default)]
struct Texts {
    entries: Vec<Entry>,
    /// The event that the text at hand is of, and its entry.
    event: u32,
    at: usize,
}

/// One text and what is known of it: a bit for each test.
#[derive(Debug, Clone, Default)]
struct Entry {
    text: Vec<u8>,
    known: u64,
    results: u64,
}

impl Memo {
    /// Remembers the costly tests of fields that have at least two, where events are few and large.
    /// Sources with kinds of events are different: theirs are many, and told apart by kind.
    pub(super) fn new<S: Source>(program: &Program<S>) -> Self {
        if S::kind_field().is_some() {
            return Self::default();
        }
        let mut counts = vec![0_u8; program.slots.len()];
        let mut bits = vec![0; program.predicates.len()];
        for (bit, predicate) in bits.iter_mut().zip(&program.predicates) {
            if let Some(count) = counts.get_mut(predicate.slot as usize)
                && is_costly(predicate)
                && *count < TESTS
            {
                *bit = 1 << *count;
                *count += 1;
            }
        }
        let texts = |count: u8| (count > 1).then(Box::<Texts>::default);
        Self { bits, slots: counts.into_iter().map(texts).collect() }
    }

    /// Numbers of events start again: none is that of a text at hand.
    pub(super) fn next_round(&mut self) {
        self.slots.iter_mut().flatten().for_each(|texts| texts.event = 0);
    }

    /// What a predicate says of a text: what it said before, else what `test` says now.
    #[inline]
    pub(super) fn ask(
        &mut self,
        (event, predicate, slot): (u32, u32, SlotId),
        text: &[u8],
        test: impl FnOnce() -> bool,
    ) -> bool {
        let bit = self.bits.get(predicate as usize).copied().unwrap_or_default();
        let texts = self.slots.get_mut(slot as usize).and_then(Option::as_mut);
        let entry = match texts {
            Some(texts) if bit != 0 && text.len() <= LONGEST => texts.entry(event, text),
            _ => None,
        };
        let Some(entry) = entry else { return test() };
        if entry.known & bit == 0 {
            entry.known |= bit;
            entry.results = if test() { entry.results | bit } else { entry.results & !bit };
        }
        entry.results & bit != 0
    }
}

impl Texts {
    /// The entry of the text of an event: found once, then known.
    fn entry(&mut self, event: u32, text: &[u8]) -> Option<&mut Entry> {
        if self.event == event {
            return self.entries.get_mut(self.at);
        }
        if self.entries.is_empty() {
            self.entries.resize(TEXTS, Entry::default());
        }
        self.at = spread(text) % TEXTS;
        self.event = event;
        let entry = self.entries.get_mut(self.at)?;
        if entry.text != text {
            entry.text.clear();
            entry.text.extend_from_slice(text);
            entry.known = 0;
        }
        Some(entry)
    }
}

/// A number that differs for most texts.
fn spread(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks::<8>();
    let mut last = [0; 8];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let words = words.iter().chain([&last]).map(|word| u64::from_le_bytes(*word));
    let mixed = words.fold(text.len() as u64, |sum, word| {
        (sum.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    });
    usize::try_from(mixed >> 40).unwrap_or_default()
}

/// Whether a look at what is remembered costs less than the test.
fn is_costly(predicate: &Predicate) -> bool {
    fn costs(test: &Test) -> bool {
        match test {
            Test::Not(inner) => costs(inner),
            Test::Contains(_) | Test::Needles(_) | Test::Pattern(_) | Test::Count(..) => true,
            _ => false,
        }
    }
    matches!(&predicate.right, Right::Constant(test) if costs(test))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_those_of_the_same_text_only() {
        let mut memo = Memo { bits: vec![1, 2, 0], slots: vec![Some(Box::default())] };
        let mut asked = 0;
        let mut ask = |event, predicate, text: &[u8], says| {
            memo.ask((event, predicate, 0), text, || {
                asked += 1;
                says
            })
        };
        assert!(ask(2, 0, b"a", true) && ask(2, 0, b"a", false) && !ask(2, 1, b"a", false));
        assert!(ask(4, 0, b"a", false) && !ask(4, 1, b"a", true));
        // Not remembered: another text, a text that is long, a predicate without a bit.
        assert!(!ask(6, 0, b"b", false));
        let long = [b'x'; LONGEST + 1];
        assert!(ask(8, 0, &long, true) && !ask(10, 0, &long, false));
        assert!(ask(12, 2, b"a", true) && !ask(12, 2, b"a", false));
        for number in 0..5000_u32 {
            let text = number.to_string();
            assert_eq!(ask(14 + number * 2, 1, text.as_bytes(), number % 3 == 0), number % 3 == 0);
        }
        assert_eq!(asked, 3 + 4 + 5000);
    }
}
