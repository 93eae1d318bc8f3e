//! Maven: `ComparableVersion` of maven-artifact 4, whose quirks are the order that Maven resolves by.
//!
//! A version is a list of numbers and qualifiers that may end in a sub-list; a hyphen, and a change
//! between digits and letters, opens one. So lists form a chain, kept here as a flat `Vec`, and
//! nothing recurses.
//!
//! # Source
//! <https://maven.apache.org/pom.html#version-order-specification>,
//! <https://github.com/apache/maven> (`ComparableVersion.java`)

use std::cmp::Ordering;

use super::number::{Number, split_digits};

/// An element of a list that is not itself a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item<'a> {
    Number(Number<'a>),
    Qualifier(Qualifier<'a>),
    /// `rc1`, `rc-1`.
    Numbered(Qualifier<'a>, Number<'a>),
}

/// A word. The known ones have an order of their own, unknown ones follow by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Qualifier<'a> {
    Alpha,
    Beta,
    Milestone,
    Candidate,
    Snapshot,
    Release,
    ServicePack,
    Other(&'a str),
}

/// The chain of lists, outermost first; only the outermost may be empty.
type Lists<'a> = Vec<Vec<Item<'a>>>;

/// Compares two versions. Maven takes any text; `None` when one is no single version: it is empty,
/// has white space, or is a requirement (`>=0.5`, `[1,2)`).
pub(super) fn compare(left: &str, right: &str) -> Option<Ordering> {
    let (left, right) = (left.trim().to_lowercase(), right.trim().to_lowercase());
    let foreign = |c: char| c.is_whitespace() || "<>=,[]()".contains(c);
    let usable = |text: &str| !text.is_empty() && !text.contains(foreign);
    (usable(&left) && usable(&right)).then(|| compare_lists(&parse(&left), &parse(&right)))
}

impl<'a> Qualifier<'a> {
    fn parse(word: &'a str, before_digit: bool) -> Self {
        match word {
            "alpha" => Self::Alpha,
            "beta" => Self::Beta,
            "milestone" => Self::Milestone,
            "a" if before_digit => Self::Alpha,
            "b" if before_digit => Self::Beta,
            "m" if before_digit => Self::Milestone,
            "rc" | "cr" => Self::Candidate,
            "snapshot" => Self::Snapshot,
            "" | "ga" | "final" | "release" => Self::Release,
            "sp" => Self::ServicePack,
            other => Self::Other(other),
        }
    }
}

impl Item<'_> {
    /// Compares with the absence of an item.
    fn compare_to_nothing(self) -> Ordering {
        let number_to_nothing = |n: Number<'_>| n.cmp(&Number::ZERO);
        match self {
            Self::Number(number) => number_to_nothing(number),
            Self::Qualifier(word) => word.cmp(&Qualifier::Release),
            Self::Numbered(word, number) => {
                word.cmp(&Qualifier::Release).then_with(|| number_to_nothing(number))
            }
        }
    }

    fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Number(left), Self::Number(right)) => left.cmp(&right),
            (Self::Number(_), _) => Ordering::Greater,
            (_, Self::Number(_)) => Ordering::Less,
            (Self::Qualifier(left), Self::Qualifier(right)) => left.cmp(&right),
            (Self::Numbered(left, n), Self::Numbered(right, m)) => {
                left.cmp(&right).then_with(|| n.cmp(&m))
            }
            (Self::Numbered(left, number), Self::Qualifier(right)) => {
                left.cmp(&right).then_with(|| match left {
                    Qualifier::Release => number.cmp(&Number::ZERO),
                    _ => Ordering::Greater,
                })
            }
            (Self::Qualifier(_), Self::Numbered(..)) => other.compare(self).reverse(),
        }
    }
}

fn parse(text: &str) -> Lists<'_> {
    let mut lists: Lists<'_> = vec![Vec::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '.' | '-' => {
                // An empty token is a zero.
                add(&mut lists, Item::Number(Number::ZERO));
                rest.get(1..).unwrap_or_default()
            }
            '0'..='9' => {
                let (digits, after) = split_digits(rest);
                add(&mut lists, Item::Number(Number::parse(digits).unwrap_or(Number::ZERO)));
                after
            }
            _ => {
                let end = rest.find(|c: char| c == '.' || c == '-' || c.is_ascii_digit());
                let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
                parse_word(word, after, &mut lists)
            }
        };
        rest = skip_separator(first, rest, &mut lists);
    }
    normalise(lists)
}

/// Reads a qualifier, with its number if one follows directly or after a hyphen.
fn parse_word<'a>(word: &'a str, after: &'a str, lists: &mut Lists<'a>) -> &'a str {
    let (digits, rest) = split_digits(after.strip_prefix('-').unwrap_or(after));
    match Number::parse(digits) {
        Some(number) => {
            open(lists);
            add(lists, Item::Numbered(Qualifier::parse(word, true), number));
            rest
        }
        None => {
            if after.is_empty() {
                open(lists);
            }
            add(lists, Item::Qualifier(Qualifier::parse(word, false)));
            after
        }
    }
}

/// Consumes the separator after a token; a hyphen or a change to letters opens a sub-list.
fn skip_separator<'a>(first: char, rest: &'a str, lists: &mut Lists<'a>) -> &'a str {
    let was_separator = matches!(first, '.' | '-');
    match rest.chars().next() {
        _ if was_separator => {
            if first == '-' {
                open(lists);
            }
            rest
        }
        Some('.') => rest.get(1..).unwrap_or_default(),
        Some('-') => {
            open(lists);
            rest.get(1..).unwrap_or_default()
        }
        Some(_) => {
            open(lists);
            rest
        }
        None => rest,
    }
}

fn add<'a>(lists: &mut Lists<'a>, item: Item<'a>) {
    if let Some(list) = lists.last_mut() {
        list.push(item);
    }
}

fn open(lists: &mut Lists<'_>) {
    if lists.last().is_some_and(|list| !list.is_empty()) {
        lists.push(Vec::new());
    }
}

/// Drops what does not count: zeros at the end of a list or before a qualifier.
fn normalise(lists: Lists<'_>) -> Lists<'_> {
    let mut inner_first: Lists<'_> = Vec::new();
    for list in lists.into_iter().rev() {
        let mut kept: Vec<Item<'_>> = Vec::new();
        for item in list.into_iter().rev() {
            let redundant = match (kept.last(), inner_first.last().and_then(|sub| sub.first())) {
                (None, None) | (Some(Item::Qualifier(_)), _) => true,
                (None, Some(next)) => !matches!(next, Item::Number(_)),
                _ => false,
            };
            let null = item == Item::Number(Number::ZERO);
            if !(null && redundant) {
                kept.push(item);
            }
        }
        kept.reverse();
        // A list of nothing but its sub-list is that sub-list.
        if !kept.is_empty() {
            inner_first.push(kept);
        }
    }
    inner_first.reverse();
    inner_first
}

/// The element at a place of a list: an item, the sub-list, or nothing.
#[derive(Clone, Copy)]
enum At<'a, 'b> {
    Item(Item<'a>),
    Sub(&'b [Vec<Item<'a>>]),
    Nothing,
}

fn at<'a, 'b>(lists: &'b [Vec<Item<'a>>], index: usize) -> At<'a, 'b> {
    let Some((list, sub)) = lists.split_first() else { return At::Nothing };
    match list.get(index) {
        Some(item) => At::Item(*item),
        None if index == list.len() && !sub.is_empty() => At::Sub(sub),
        None => At::Nothing,
    }
}

fn compare_lists(mut left: &[Vec<Item<'_>>], mut right: &[Vec<Item<'_>>]) -> Ordering {
    let mut index = 0;
    loop {
        let order = match (at(left, index), at(right, index)) {
            (At::Nothing, At::Nothing) => return Ordering::Equal,
            (At::Item(l), At::Item(r)) => l.compare(r),
            (At::Item(l), At::Nothing) => l.compare_to_nothing(),
            (At::Nothing, At::Item(r)) => r.compare_to_nothing().reverse(),
            (At::Sub(l), At::Nothing) => return compare_rest_to_nothing(l, 0),
            (At::Nothing, At::Sub(r)) => return compare_rest_to_nothing(r, 0).reverse(),
            (At::Sub(l), At::Item(r)) => compare_sub_to_item(l, r),
            (At::Item(l), At::Sub(r)) => compare_sub_to_item(r, l).reverse(),
            (At::Sub(l), At::Sub(r)) => {
                // A sub-list is always last: nothing of the outer lists is left to compare.
                (left, right, index) = (l, r, 0);
                continue;
            }
        };
        if order.is_ne() {
            return order;
        }
        index += 1;
    }
}

fn compare_sub_to_item(sub: &[Vec<Item<'_>>], item: Item<'_>) -> Ordering {
    if matches!(item, Item::Number(_)) {
        return Ordering::Less;
    }
    let first = sub.first().and_then(|list| list.first());
    let order = first.map_or_else(|| item.compare_to_nothing().reverse(), |l| l.compare(item));
    order.then_with(|| compare_rest_to_nothing(sub, 1))
}

/// Compares everything from item `skip` of the outer list on with nothing.
fn compare_rest_to_nothing(lists: &[Vec<Item<'_>>], skip: usize) -> Ordering {
    lists
        .iter()
        .flatten()
        .skip(skip)
        .map(|item| item.compare_to_nothing())
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}
