//! Alternatives over one field become one test: `a = x or a = y or a in (z)` is a set,
//! `a startswith x or a startswith y` an automaton.

use super::{
    program::Quantifier,
    slot::SlotId,
    test::{Order, Test},
    text::{At, Needles, Texts},
};

/// Fewer texts than this are searched one by one.
const MIN_NEEDLES: usize = 3;
/// To compare with fewer starts than this is cheaper than to start an automaton.
const MIN_STARTS: usize = 16;

/// Tests of one kind, of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Group {
    slot: SlotId,
    family: Family,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Family {
    Texts,
    Numbers,
    Ips,
    Nets,
    Starts,
    Ends,
    Contains,
}

impl Group {
    /// What an alternative may be merged with.
    pub(super) fn of(slot: SlotId, quantifier: Quantifier, test: &Test) -> Option<Self> {
        let family = match test {
            _ if quantifier == Quantifier::All => return None,
            Test::Text(_) | Test::Texts(_) => Family::Texts,
            Test::Number(Order::Equal, _) | Test::Numbers(_) => Family::Numbers,
            Test::Ips(_) => Family::Ips,
            Test::Nets(_) => Family::Nets,
            Test::Starts(_) => Family::Starts,
            Test::Ends(_) => Family::Ends,
            Test::Contains(_) => Family::Contains,
            _ => return None,
        };
        Some(Self { slot, family })
    }

    /// One test for all of a group. `None` if it would not be better.
    pub(super) fn merge(self, tests: &[&Test]) -> Option<Test> {
        if tests.len() < 2 {
            return None;
        }
        match self.family {
            Family::Texts => {
                let texts = tests.iter().flat_map(|test| -> Vec<Box<[u8]>> {
                    match test {
                        Test::Text(text) => vec![text.clone()],
                        Test::Texts(texts) => texts.iter().map(Into::into).collect(),
                        _ => Vec::new(),
                    }
                });
                Some(Test::Texts(texts.collect::<Texts>()))
            }
            Family::Numbers => {
                let numbers = tests.iter().flat_map(|test| -> Vec<i128> {
                    match test {
                        Test::Number(_, number) => vec![*number],
                        Test::Numbers(numbers) => numbers.iter().copied().collect(),
                        _ => Vec::new(),
                    }
                });
                Some(Test::Numbers(numbers.collect()))
            }
            Family::Ips => {
                let set =
                    |test: &&Test| if let Test::Ips(ips) = test { Some(ips.clone()) } else { None };
                Some(Test::Ips(tests.iter().filter_map(set).flatten().collect()))
            }
            Family::Nets => {
                let nets = |test: &&Test| {
                    if let Test::Nets(nets) = test { Some(nets.clone()) } else { None }
                };
                Some(Test::Nets(tests.iter().filter_map(nets).flatten().collect()))
            }
            Family::Starts => {
                let text = |it: &&Test| {
                    if let Test::Starts(text) = it { Some(text.clone()) } else { None }
                };
                let texts: Box<[Box<[u8]>]> = tests.iter().filter_map(text).collect();
                if texts.len() < MIN_STARTS {
                    return Some(Test::StartsWithAny(texts));
                }
                Needles::new(At::Start, &*texts).ok().map(Test::Needles)
            }
            Family::Contains => {
                let text = |it: &&'_ Test| match it {
                    Test::Contains(text) => Some(text.needle().to_vec()),
                    _ => None,
                };
                let texts: Vec<Vec<u8>> = tests.iter().filter_map(text).collect();
                let automaton =
                    (texts.len() >= MIN_NEEDLES).then(|| Needles::new(At::Anywhere, texts))?;
                automaton.ok().map(Test::Needles)
            }
            Family::Ends => {
                let text =
                    |it: &&Test| if let Test::Ends(text) = it { Some(text.clone()) } else { None };
                Some(Test::EndsWithAny(tests.iter().filter_map(text).collect()))
            }
        }
    }
}
