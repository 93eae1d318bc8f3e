//! RubyGems: dot-separated numbers and letters; letters make a pre-release.
//!
//! # Source
//! <https://docs.ruby-lang.org/en/master/Gem/Version.html>

use std::cmp::Ordering;

use super::number::{Number, compare_filled};

/// Letters come before numbers, which is what makes them pre-releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Segment<'a> {
    Letters(&'a str),
    Number(Number<'a>),
}

impl Segment<'_> {
    const ZERO: Self = Self::Number(Number::ZERO);
}

/// Compares two versions, `None` when one is not a gem's.
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (parse(left.trim())?, parse(right.trim())?);
    Some(compare_filled(&left, &right, Segment::ZERO))
}

/// The canonical segments: zeros at the end, and before the first letters, do not count.
fn parse(text: &str) -> Option<Vec<Segment<'_>>> {
    let mut segments = Vec::new();
    let mut numbers_end = None;
    for (index, part) in text.split('-').enumerate() {
        // A hyphen is spelt `.pre.` by RubyGems.
        if index > 0 {
            numbers_end.get_or_insert(segments.len());
            segments.push(Segment::Letters("pre"));
        }
        for word in part.split('.') {
            if word.is_empty() && !text.is_empty() {
                return None;
            }
            push_segments(word, &mut segments, &mut numbers_end)?;
        }
    }
    let starts_with_digit = text.is_empty() || text.starts_with(|c: char| c.is_ascii_digit());
    starts_with_digit.then(|| without_zeros(&segments, numbers_end.unwrap_or(segments.len())))
}

/// Cuts `word` at every change between digits and letters.
fn push_segments<'a>(
    word: &'a str,
    segments: &mut Vec<Segment<'a>>,
    numbers_end: &mut Option<usize>,
) -> Option<()> {
    let mut rest = word;
    while let Some(first) = rest.bytes().next() {
        let digits = first.is_ascii_digit();
        let same = |b: &u8| if digits { b.is_ascii_digit() } else { b.is_ascii_alphabetic() };
        let (run, after) = rest.split_at(rest.bytes().take_while(same).count());
        if run.is_empty() {
            return None;
        }
        match Number::parse(run) {
            Some(number) => segments.push(Segment::Number(number)),
            None => {
                numbers_end.get_or_insert(segments.len());
                segments.push(Segment::Letters(run));
            }
        }
        rest = after;
    }
    Some(())
}

fn without_zeros<'a>(segments: &[Segment<'a>], numbers_end: usize) -> Vec<Segment<'a>> {
    let (numbers, rest) = segments.split_at(numbers_end.min(segments.len()));
    let trimmed = |part: &[Segment<'a>]| {
        let kept = part.iter().rposition(|s| *s != Segment::ZERO).map_or(0, |i| i + 1);
        part.iter().copied().take(kept).collect::<Vec<_>>()
    };
    let mut segments = trimmed(numbers);
    segments.extend(trimmed(rest));
    segments
}
