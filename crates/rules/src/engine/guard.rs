//! What has to be true of one field for a condition to be met at all.
//!
//! `a and (b or c)` needs `a`, or else `b` or `c`. Where such a need is an equality or a text to be
//! found, conditions are looked up by the value of the field: a thousand that an event does not
//! meet cost one look-up.

use std::{collections::HashMap, rc::Rc};

use super::{
    build::Builder,
    index::{Index, Key, MAX_KEYS},
    program::{Candidate, Class, Gate, Node, NodeId, Quantifier, Right},
    slot::SlotId,
    text::Map,
};
use crate::source::Source;

/// Fewer conditions than this are asked one by one: that is cheaper than a look-up.
const MIN_CANDIDATES: usize = 8;
/// The same for texts that have to be searched for.
const MIN_SEARCHED: usize = 32;
/// Fewer conditions than this that begin alike are not put behind a gate.
const MIN_GATED: usize = 3;
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
    /// A class with indexes and gates for as many of its candidates as is worth it.
    pub(super) fn class<S: Source>(
        &mut self,
        builder: &Builder<S>,
        candidates: Box<[Candidate]>,
    ) -> Class {
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
        let gates = gates(builder, &candidates, &mut always);
        Class { candidates, always: always.into(), indexes: built.into(), gates }
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

/// For each candidate the number of the guard to use, if that is worth it.
fn choose(choices: &[Rc<[Guard]>]) -> Vec<Option<usize>> {
    let mut chosen = Uses::of(choices.iter().flat_map(|guards| guards.iter())).choose(choices);
    // Choosing made some fields less common.
    loop {
        let guard = |(chosen, guards): (&Option<usize>, &'_ Rc<[Guard]>)| {
            chosen.and_then(|chosen| guards.get(chosen).cloned())
        };
        let guards: Vec<Guard> = chosen.iter().zip(choices).filter_map(guard).collect();
        let uses = Uses::of(guards.iter());
        let mut dropped = false;
        for (chosen, guards) in chosen.iter_mut().zip(choices) {
            let guard = chosen.and_then(|chosen| guards.get(chosen));
            if guard.is_some_and(|guard| !uses.is_worth(guard)) {
                *chosen = None;
                dropped = true;
            }
        }
        if !dropped {
            return chosen;
        }
    }
}

/// How many guards ask for a field, and for one value of it.
struct Uses<'g> {
    slots: HashMap<SlotId, usize>,
    keys: HashMap<&'g (SlotId, Key), usize>,
}

impl<'g> Uses<'g> {
    fn of(guards: impl Iterator<Item = &'g Guard>) -> Self {
        let mut uses = Self { slots: HashMap::new(), keys: HashMap::new() };
        for guard in guards {
            let mut slots: Vec<SlotId> = guard.iter().map(|(slot, _)| *slot).collect();
            slots.sort_unstable();
            slots.dedup();
            slots.into_iter().for_each(|slot| *uses.slots.entry(slot).or_default() += 1);
            guard.iter().for_each(|key| *uses.keys.entry(key).or_default() += 1);
        }
        uses
    }

    fn slot(&self, slot: SlotId) -> usize {
        self.slots.get(&slot).copied().unwrap_or_default()
    }

    /// The value that most ask for: it tells conditions apart least.
    fn most_common_key(&self, guard: &Guard) -> usize {
        guard.iter().filter_map(|key| self.keys.get(key)).max().copied().unwrap_or_default()
    }

    /// Fields that guard many conditions are looked up, unless one value activates most of them.
    fn is_worth(&self, guard: &Guard) -> bool {
        guard.iter().all(|key| {
            let slot = self.slot(key.0);
            let same = self.keys.get(key).copied().unwrap_or_default();
            let least = match key.1 {
                Key::Text(_) | Key::Number(_) | Key::Ip(_) => MIN_CANDIDATES,
                Key::Prefix(_) | Key::Part(_) | Key::FoldedPart(_) => MIN_SEARCHED,
            };
            slot >= least && same * 2 <= slot
        })
    }

    fn choose(&self, choices: &[Rc<[Guard]>]) -> Vec<Option<usize>> {
        let best = |guards: &Rc<[Guard]>| {
            let worth = guards.iter().enumerate().filter(|(_, guard)| self.is_worth(guard));
            let rank = |guard: &Guard| {
                let common = guard.iter().map(|(slot, _)| self.slot(*slot)).min();
                (self.most_common_key(guard), cost(guard), std::cmp::Reverse(common))
            };
            worth.min_by_key(|(_, guard)| rank(guard)).map(|(at, _)| at)
        };
        choices.iter().map(best).collect()
    }
}

/// Gates for candidates that would be asked always.
fn gates<S: Source>(
    builder: &Builder<S>,
    candidates: &[Candidate],
    always: &mut [u64],
) -> Box<[Gate]> {
    let mut begin: HashMap<NodeId, Vec<u32>> = HashMap::new();
    for (number, candidate) in (0..).zip(candidates).filter(|(number, _)| has(always, *number)) {
        if let Some(Node::And(parts)) = builder.get(candidate.root)
            && let Some(first) = parts.first()
        {
            begin.entry(*first).or_default().push(number);
        }
    }
    let mut begin: Vec<_> =
        begin.into_iter().filter(|(_, behind)| behind.len() >= MIN_GATED).collect();
    begin.sort_unstable();
    let gate = |(node, behind): (NodeId, Vec<u32>)| {
        let mut candidates = vec![0; always.len()];
        for number in behind {
            set(&mut candidates, number);
            clear(always, number);
        }
        Gate { node, candidates: candidates.into() }
    };
    begin.into_iter().map(gate).collect()
}

fn has(bits: &[u64], number: u32) -> bool {
    bits.get((number / 64) as usize).is_some_and(|word| word >> (number % 64) & 1 == 1)
}

fn clear(bits: &mut [u64], number: u32) {
    if let Some(word) = bits.get_mut((number / 64) as usize) {
        *word &= !(1 << (number % 64));
    }
}

fn set(bits: &mut [u64], number: u32) {
    if let Some(word) = bits.get_mut((number / 64) as usize) {
        *word |= 1 << (number % 64);
    }
}
