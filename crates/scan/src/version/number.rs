//! Numbers of any length: versions carry dates, hashes and nonsense that fit no integer type.

use std::cmp::Ordering;

/// A decimal number as text, without leading zeros; zero is empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Number<'a>(&'a str);

impl<'a> Number<'a> {
    pub(super) const ZERO: Self = Number("");

    /// The number that `digits` spells, if it is made of ASCII digits only.
    pub(super) fn parse(digits: &'a str) -> Option<Self> {
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        all_digits.then(|| Self(digits.trim_start_matches('0')))
    }

    pub(super) fn is_zero(self) -> bool {
        self.0.is_empty()
    }
}

impl Ord for Number<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(other.0))
    }
}

impl PartialOrd for Number<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Cuts the leading ASCII digits off `text`.
pub(super) fn split_digits(text: &str) -> (&str, &str) {
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at(end)
}

/// Compares two sequences, the shorter one continued with `fill` for ever.
pub(super) fn compare_filled<T: Ord + Copy>(left: &[T], right: &[T], fill: T) -> Ordering {
    let len = left.len().max(right.len());
    (0..len)
        .map(|i| left.get(i).unwrap_or(&fill).cmp(right.get(i).unwrap_or(&fill)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_any_length_compare_by_value() {
        let number = |text| Number::parse(text).unwrap();
        assert!(number("9") < number("10"));
        assert_eq!(number("007"), number("7"));
        assert_eq!(number("000"), Number::ZERO);
        assert!(number("99999999999999999999999999") < number("100000000000000000000000000"));
        assert_eq!(Number::parse(""), None);
        assert_eq!(Number::parse("1a"), None);
    }
}
