//! Several texts searched for at once.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, Anchored, Input, MatchKind, StartKind};

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
    at: At,
}

impl Needles {
    /// # Errors
    /// Together they are too large for an automaton.
    pub(crate) fn new<T: AsRef<[u8]>>(
        at: At,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, String> {
        let start = if at == At::Start { StartKind::Anchored } else { StartKind::Unanchored };
        let automaton = AhoCorasickBuilder::new()
            .match_kind(MatchKind::Standard)
            .start_kind(start)
            .ascii_case_insensitive(at == At::AnywhereFolded)
            .build(texts)
            .map_err(|error| error.to_string())?;
        Ok(Self { automaton, at })
    }

    fn input<'t>(&self, text: &'t [u8]) -> Input<'t> {
        let anchored = if self.at == At::Start { Anchored::Yes } else { Anchored::No };
        Input::new(text).anchored(anchored)
    }

    /// Whether any of them occurs.
    pub(crate) fn any(&self, text: &[u8]) -> bool {
        self.automaton.try_find(self.input(text).earliest(true)).is_ok_and(|found| found.is_some())
    }

    /// The numbers of those that occur, in the order given; one may be told several times.
    pub(crate) fn each(&self, text: &[u8], mut found: impl FnMut(usize)) {
        if let Ok(matches) = self.automaton.try_find_overlapping_iter(self.input(text)) {
            matches.for_each(|it| found(it.pattern().as_usize()));
        }
    }
}
