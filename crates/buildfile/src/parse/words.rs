//! Words of the arguments of an instruction.

use std::ops::Range;

use crate::{ast::Word, joined::Joined};

/// Words between blanks, quotes meaning nothing: `COPY`, `EXPOSE`, `FROM`.
pub(super) fn plain(joined: &Joined, range: Range<usize>) -> Vec<Word> {
    split(joined, range, |_| false)
}

/// Words between blanks, where quotes and escapes keep blanks together: `ENV`, `LABEL`, `ARG`.
pub(super) fn quoted(joined: &Joined, range: Range<usize>, escape: char) -> Vec<Word> {
    let mut quote = None;
    let mut escaped = false;
    split(joined, range, move |c| {
        if escaped {
            escaped = false;
            return true;
        }
        match (quote, c) {
            (None | Some('"'), c) if c == escape => escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        quote.is_some() || escaped
    })
}

/// Splits at blanks for which `keeps` does not say that they belong to the word.
fn split(joined: &Joined, range: Range<usize>, mut keeps: impl FnMut(char) -> bool) -> Vec<Word> {
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in joined.slice(range.clone()).char_indices() {
        let at = range.start + at;
        let kept = keeps(c);
        match (c.is_whitespace() && !kept, start) {
            (false, None) => start = Some(at),
            (true, Some(begin)) => {
                words.push(word(joined, begin..at));
                start = None;
            }
            _ => {}
        }
    }
    words.extend(start.map(|begin| word(joined, begin..range.end)));
    words
}

pub(super) fn word(joined: &Joined, range: Range<usize>) -> Word {
    Word { text: joined.slice(range.clone()).to_owned(), span: joined.span(range) }
}
