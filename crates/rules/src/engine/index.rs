//! Finds the conditions that an event may meet by the value of one field.

use std::net::IpAddr;

use super::{
    slot::SlotId,
    test::{bytes, number},
    text::{At, Map, Needles},
};
use crate::value::Value;

/// More values than this are not copied into an index.
pub(super) const MAX_KEYS: usize = 1024;

/// What a value has to be, or to hold, for a predicate to be true.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Text(Box<[u8]>),
    Number(i128),
    Ip(IpAddr),
    Prefix(Box<[u8]>),
    Part(Box<[u8]>),
    /// In lower case; values may have any.
    FoldedPart(Box<[u8]>),
}

/// Candidates of a class, by number.
type Candidates = Box<[u32]>;

/// The candidates that need one of some values of a field.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) slot: SlotId,
    texts: Map<Box<[u8]>, Candidates>,
    numbers: Map<i128, Candidates>,
    ips: Map<IpAddr, Candidates>,
    /// Automata over starts and parts of texts; the candidates of each.
    needles: Vec<(Needles, Vec<Candidates>)>,
}

/// Texts for one automaton.
struct Parts {
    at: At,
    texts: Vec<Box<[u8]>>,
    candidates: Vec<Candidates>,
}

impl Parts {
    const fn new(at: At) -> Self {
        Self { at, texts: Vec::new(), candidates: Vec::new() }
    }

    fn push(&mut self, text: Box<[u8]>, candidates: Candidates) {
        self.texts.push(text);
        self.candidates.push(candidates);
    }
}

impl Index {
    /// # Errors
    /// Texts are too many or too long for an automaton.
    pub(super) fn new(slot: SlotId, keys: Map<Key, Vec<u32>>) -> Result<Self, String> {
        let mut index = Self {
            slot,
            texts: Map::default(),
            numbers: Map::default(),
            ips: Map::default(),
            needles: Vec::new(),
        };
        let mut parts = [At::Start, At::Anywhere, At::AnywhereFolded].map(Parts::new);
        let [prefixes, anywhere, folded] = &mut parts;
        keys.into_iter().for_each(|(key, candidates)| {
            let candidates = candidates.into_boxed_slice();
            match key {
                Key::Prefix(text) => prefixes.push(text, candidates),
                Key::Part(text) => anywhere.push(text, candidates),
                Key::FoldedPart(text) => folded.push(text, candidates),
                Key::Text(text) => drop(index.texts.insert(text, candidates)),
                Key::Number(number) => drop(index.numbers.insert(number, candidates)),
                Key::Ip(addr) => drop(index.ips.insert(addr, candidates)),
            }
        });
        for Parts { at, texts, candidates } in parts {
            if !texts.is_empty() {
                index.needles.push((Needles::new(at, texts)?, candidates));
            }
        }
        Ok(index)
    }

    /// Tells the candidates of a value; some may be told several times.
    pub(super) fn find(&self, value: &Value<'_>, found: &mut dyn FnMut(&[u32])) {
        match value {
            Value::Null => {}
            Value::List(items) => items.iter().for_each(|item| self.find(item, found)),
            Value::Ip(addr) => {
                if let Some(candidates) = self.ips.get(addr) {
                    found(candidates);
                }
            }
            // Equality of ratios and whole numbers is left to the predicates.
            Value::Double(_) => self.numbers.values().for_each(|candidates| found(candidates)),
            value => self.find_one(value, found),
        }
    }

    fn find_one(&self, value: &Value<'_>, found: &mut dyn FnMut(&[u32])) {
        if let Some(text) = bytes(value) {
            if let Some(candidates) = self.texts.get(text) {
                found(candidates);
            }
            for (needles, candidates) in &self.needles {
                needles.each(text, |at| {
                    if let Some(candidates) = candidates.get(at) {
                        found(candidates);
                    }
                });
            }
        } else if let Some(candidates) = number(value).and_then(|it| self.numbers.get(&it)) {
            found(candidates);
        }
    }
}
