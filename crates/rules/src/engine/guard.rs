//! What has to be true of one field for a condition to be met at all.
//!
//! `a and (b or c)` needs `a`, or else `b` or `c`. Where such a need is an equality or a text to be
//! found, conditions are looked up by the value of the field: a thousand that an event does not
//! meet cost one look-up.

use std::{collections::HashMap, rc::Rc};

use super::{
    build::Builder,
    index::{Index, Key, MAX_KEYS},
    program::{Candidate, Node, NodeId, Quantifier, Right},
    slot::SlotId,
    text::Map,
};
use crate::source::Source;

/// Fewer conditions than this are asked one by one: that is cheaper than a look-up.
const MIN_CANDIDATES: usize = 8;
/// Guards of one condition to choose from.
const MAX_CHOICES: usize = 16;

/// One of these holds whenever the condition does.
type Guard = Rc<[(SlotId, Key)]>;

/// Finds guards. Remembers those of nodes that classes share.
#[derive(Debug, Default)]
pub(super) struct Guards {
    known: HashMap<NodeId, Rc<[Guard]>>,
}

impl Guards {
    /// The candidates that have to be asked always, one bit each, and indexes for the others.
    pub(super) fn indexes<S: Source>(
        &mut self,
        builder: &Builder<S>,
        candidates: &[Candidate],
    ) -> (Box<[u64]>, Box<[Index]>) {
        let choices: Vec<Rc<[Guard]>> =
            candidates.iter().map(|candidate| self.of(builder, candidate.root)).collect();
        let mut always = vec![0_u64; candidates.len().div_ceil(64)];
        let mut indexes: HashMap<SlotId, Map<Key, Vec<u32>>> = HashMap::new();
        for ((number, chosen), choices) in (0_u32..).zip(choose(&choices)).zip(&choices) {
            match chosen.and_then(|chosen| choices.get(chosen)) {
                None => set(&mut always, number),
                Some(guard) => guard.iter().for_each(|(slot, key)| {
                    let keys = indexes.entry(*slot).or_default();
                    keys.entry(key.clone()).or_default().push(number);
                }),
            }
        }
        let mut built = Vec::new();
        let mut sorted: Vec<_> = indexes.into_iter().collect();
        sorted.sort_unstable_by_key(|(slot, _)| *slot);
        for (slot, keys) in sorted {
            let numbers: Vec<u32> = keys.values().flatten().copied().collect();
            match Index::new(slot, keys) {
                Ok(index) => built.push(index),
                Err(_) => numbers.into_iter().for_each(|number| set(&mut always, number)),
            }
        }
        (always.into(), built.into())
    }

    /// The guards of a node, to choose one from. As deep as conditions may be.
    fn of<S: Source>(&mut self, builder: &Builder<S>, id: NodeId) -> Rc<[Guard]> {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let mut guards: Vec<Guard> = Vec::new();
        match builder.get(id) {
            None | Some(Node::Const(_) | Node::Not(_)) => {}
            Some(Node::Predicate(predicate)) => guards.extend(predicate_guard(builder, *predicate)),
            Some(Node::And(parts)) => {
                for part in parts {
                    guards.extend(self.of(builder, *part).iter().cloned());
                }
            }
            Some(Node::Or(parts)) => {
                let mut union: Vec<(SlotId, Key)> = Vec::new();
                let mut complete = true;
                for part in parts {
                    let part = self.of(builder, *part);
                    match part.iter().min_by_key(|guard| cost(guard)) {
                        Some(guard) if union.len() + guard.len() <= MAX_KEYS => {
                            union.extend(guard.iter().cloned());
                        }
                        _ => {
                            complete = false;
                            break;
                        }
                    }
                }
                if complete {
                    guards.push(union.into());
                }
            }
        }
        guards.sort_by_key(cost);
        guards.truncate(MAX_CHOICES);
        let guards: Rc<[Guard]> = guards.into();
        self.known.insert(id, guards.clone());
        guards
    }
}

fn predicate_guard<S: Source>(builder: &Builder<S>, predicate: u32) -> Option<Guard> {
    let predicate = builder.predicates.get(predicate as usize)?;
    match &predicate.right {
        Right::Constant(test) if predicate.quantifier == Quantifier::Any => {
            let keys = test.keys().filter(|keys| keys.len() <= MAX_KEYS)?;
            Some(keys.into_iter().map(|key| (predicate.slot, key)).collect())
        }
        _ => None,
    }
}

/// How often a guard is likely to let events through, and how dear it is to look it up.
fn cost(guard: &Guard) -> usize {
    let of = |key: &Key| match key {
        Key::Text(_) | Key::Number(_) | Key::Ip(_) => 1,
        Key::Prefix(text) => {
            if text.len() < 4 {
                50
            } else {
                4
            }
        }
        Key::Part(text) | Key::FoldedPart(text) => {
            if text.len() < 3 {
                100
            } else {
                8
            }
        }
    };
    guard.iter().map(|(_, key)| of(key)).sum()
}

/// For each candidate the number of the guard to use, if that is worth it: fields that guard many
/// are looked up, others not.
fn choose(choices: &[Rc<[Guard]>]) -> Vec<Option<usize>> {
    let slots = |guard: &Guard| {
        let mut slots: Vec<SlotId> = guard.iter().map(|(slot, _)| *slot).collect();
        slots.sort_unstable();
        slots.dedup();
        slots
    };
    let count = |guards: &mut dyn Iterator<Item = &Guard>| {
        let mut popular: HashMap<SlotId, usize> = HashMap::new();
        guards.flat_map(slots).for_each(|slot| *popular.entry(slot).or_default() += 1);
        popular
    };
    let worth = |popular: &HashMap<SlotId, usize>, guard: &Guard| {
        guard.iter().all(|(slot, _)| popular.get(slot).is_some_and(|it| *it >= MIN_CANDIDATES))
    };
    let popular = count(&mut choices.iter().flat_map(|guards| guards.iter()));
    // Among guards that are as good, the field that most conditions ask for wins.
    let best = |guards: &Rc<[Guard]>| {
        let worth = guards.iter().enumerate().filter(|(_, guard)| worth(&popular, guard));
        let rank = |guard: &Guard| {
            let common = slots(guard).iter().filter_map(|slot| popular.get(slot)).min().copied();
            (cost(guard), std::cmp::Reverse(common))
        };
        worth.min_by_key(|(_, guard)| rank(guard)).map(|(at, _)| at)
    };
    let mut chosen: Vec<Option<usize>> = choices.iter().map(best).collect();
    // Choosing made some fields less common.
    loop {
        let guard_of = |(chosen, guards): (&Option<usize>, &'_ Rc<[Guard]>)| {
            chosen.and_then(|chosen| guards.get(chosen).cloned())
        };
        let guards: Vec<Guard> = chosen.iter().zip(choices).filter_map(guard_of).collect();
        let popular = count(&mut guards.iter());
        let mut dropped = false;
        for (chosen, guards) in chosen.iter_mut().zip(choices) {
            let guard = chosen.and_then(|chosen| guards.get(chosen));
            if guard.is_some_and(|guard| !worth(&popular, guard)) {
                *chosen = None;
                dropped = true;
            }
        }
        if !dropped {
            return chosen;
        }
    }
}

fn set(bits: &mut [u64], number: u32) {
    if let Some(word) = usize::try_from(number / 64).ok().and_then(|at| bits.get_mut(at)) {
        *word |= 1 << (number % 64);
    }
}
