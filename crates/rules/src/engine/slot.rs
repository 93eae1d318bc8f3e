//! What is read from an event: fields, and what transformers make of them. Each once an event.

use bumpalo::{Bump, collections::Vec as BumpVec};

use super::{run::Run, transform};
use crate::{
    check::Transformer,
    field::Arg,
    source::{Extract, Source},
    value::Value,
};

/// Number of a slot of a program.
pub(crate) type SlotId = u32;

/// Something that is read from an event.
pub(crate) enum Slot<S: Source> {
    Field { extract: Extract<S>, arg: Arg },
    Transform { transformer: Transformer, args: Box<[SlotId]>, option: Option<u8> },
    Text(Box<[u8]>),
    List(Box<[SlotId]>),
}

/// Two operands are the same slot if their keys are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum SlotKey {
    Field(&'static str, String),
    Transform(Transformer, Box<[SlotId]>, Option<u8>),
    Text(String),
    List(Box<[SlotId]>),
}

impl<'e, S: Source> Run<'e, S> {
    /// Reads a slot, without looking whether it was read before.
    pub(super) fn read(&mut self, slot: &'e Slot<S>) -> Value<'e> {
        match slot {
            Slot::Field { extract, arg } => extract(self.event, arg, self.bump),
            Slot::Text(text) => Value::Text(text),
            Slot::List(items) => self.list(items),
            Slot::Transform { transformer, args, option } => match (transformer, &**args) {
                (Transformer::Join, [separator, list]) => {
                    let (separator, list) = (self.value(*separator), self.value(*list));
                    transform::join(separator, list, self.bump)
                }
                (Transformer::Concat, parts) => {
                    let parts = self.list(parts);
                    transform::join(Value::Text(b""), parts, self.bump)
                }
                (Transformer::Getopt, [list, options]) => {
                    let (list, options) = (self.value(*list), self.value(*options));
                    transform::getopt(list, options, *option, self.bump)
                }
                (transformer, [one]) => transform::one(*transformer, self.value(*one), self.bump),
                _ => Value::Null,
            },
        }
    }

    /// All or nothing: if one is absent, so is the list.
    fn list(&mut self, items: &'e [SlotId]) -> Value<'e> {
        let bump: &'e Bump = self.bump;
        let mut values = BumpVec::with_capacity_in(items.len(), bump);
        for item in items {
            match self.value(*item) {
                Value::Null => return Value::Null,
                value => values.push(value),
            }
        }
        Value::List(values.into_bump_slice())
    }
}
