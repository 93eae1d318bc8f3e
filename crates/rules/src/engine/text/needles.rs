//! Several texts searched for at once.

use aho_corasick::{
    AhoCorasick, AhoCorasickBuilder, AhoCorasickKind, Anchored, Input, MatchKind, StartKind,
    automaton::OverlappingState,
};

use crate::engine::index::Key;

/// Texts of so many bytes together get the fastest automaton, which is a large table.
const MAX_TABLE: usize = 1 << 14;

/// Where in a value the texts are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum At {
    Start,
    Anywhere,
    /// Anywhere, in upper or lower case.
    AnywhereFolded,
}

/// An automaton over texts: one pass over a value, however many there are.
#[derive(Debug)]
pub(crate) struct Needles {
    automaton: AhoCorasick,
    texts: Box<[Box<[u8]>]>,
    at: At,
}

impl Needles {
    /// # Errors
    /// Together they are too large for an automaton.
    pub(crate) fn new<T: AsRef<[u8]>>(
        at: At,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, String> {
        let texts: Box<[Box<[u8]>]> = texts.into_iter().map(|text| text.as_ref().into()).collect();
        let bytes: usize = texts.iter().map(|text| text.len()).sum();
        let kind = (bytes <= MAX_TABLE).then_some(AhoCorasickKind::DFA);
        let start = if at == At::Start { StartKind::Anchored } else { StartKind::Unanchored };
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .start_kind(start)
            .ascii_case_insensitive(at == At::AnywhereFolded)
            .kind(kind)
            .build(&*texts)
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, texts, at })
    }

    /// See [`Test::keys`](crate::engine::test::Test::keys).
    pub(crate) fn keys(&self) -> Option<Vec<Key>> {
        let key = |text: &[u8]| {
            let key = match self.at {
                At::Start => Key::Prefix(text.into()),
                At::Anywhere => Key::Part(text.into()),
                At::AnywhereFolded => Key::FoldedPart(text.to_ascii_lowercase().into()),
            };
            (!text.is_empty()).then_some(key)
        };
        self.texts.iter().map(|text| key(text)).collect()
    }

    /// Whether any of them occurs.
    pub(crate) fn any(&self, text: &[u8]) -> bool {
        match self.at {
            At::Start => {
                let mut any = false;
                self.each(text, |_| any = true);
                any
            }
            _ => self.automaton.is_match(text),
        }
    }

    /// The numbers of those that occur, in the order given; one may be told several times.
    pub(crate) fn each(&self, text: &[u8], mut found: impl FnMut(usize)) {
        let anchored = if self.at == At::Start { Anchored::Yes } else { Anchored::No };
        let mut state = OverlappingState::start();
        loop {
            let input = Input::new(text).anchored(anchored);
            // It fails for other kinds of anchors or matches than the automaton was built for.
            if self.automaton.try_find_overlapping(input, &mut state).is_err() {
                return;
            }
            match state.get_match() {
                // Endings of what was read so far are told too.
                Some(it) if self.at == At::Start && it.start() > 0 => {}
                Some(it) => found(it.pattern().as_usize()),
                None => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_occur_are_told() {
        let check = |at, text: &str, expect: &[usize]| {
            let needles = Needles::new(at, ["ab", "b", "abc", "Xy"]).expect("an automaton");
            let mut found = Vec::new();
            needles.each(text.as_bytes(), |at| found.push(at));
            found.sort_unstable();
            found.dedup();
            assert_eq!(found, expect, "{at:?} {text}");
            assert_eq!(needles.any(text.as_bytes()), !expect.is_empty(), "{at:?} {text}");
        };
        check(At::Start, "abcd", &[0, 2]);
        check(At::Start, "xab", &[]);
        check(At::Start, "b", &[1]);
        check(At::Start, "", &[]);
        check(At::Anywhere, "xabcxy", &[0, 1, 2]);
        check(At::AnywhereFolded, "xABcxY", &[0, 1, 2, 3]);
    }
}
