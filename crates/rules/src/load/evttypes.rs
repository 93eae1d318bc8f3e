//! Which kinds of events a condition can match, as far as its comparisons with the kind tell.

use std::{collections::HashMap, sync::Arc};

use crate::{
    source::SourceDef,
    syntax::{Check, Expr, Op, Operand, Right},
};

/// Most kinds that a rule may match before Falco warns: it counts 100, with two for each of ours.
const MOST: usize = 50;

/// A set of kinds, by their index.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Set(Vec<u64>);

impl Set {
    fn none(kinds: usize) -> Self {
        Self(vec![0; kinds.div_ceil(64)])
    }

    fn all(kinds: usize) -> Self {
        let mut set = Self::none(kinds);
        (0..kinds).for_each(|kind| set.add(kind));
        set
    }

    fn add(&mut self, kind: usize) {
        if let Some(word) = self.0.get_mut(kind / 64) {
            *word |= 1 << (kind % 64);
        }
    }

    fn zip(mut self, other: &Self, join: fn(u64, u64) -> u64) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a = join(*a, *b));
        self
    }

    fn count(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// The kinds for which something can be true, and those for which it can be false.
#[derive(Debug, Clone)]
struct Kinds {
    yes: Set,
    no: Set,
}

/// Counts kinds for the conditions of one source. Macros are looked at once.
#[derive(Debug)]
pub(super) struct Evttypes<'s> {
    source: &'s SourceDef,
    field: &'static str,
    /// By the address of the body; the body is kept, so that no other one takes the address.
    macros: HashMap<*const Expr, (Arc<Expr>, Kinds)>,
}

impl<'s> Evttypes<'s> {
    /// Nothing for sources whose events are of one kind.
    pub(super) fn new(source: &'s SourceDef) -> Option<Self> {
        let field = source.kind_field.filter(|_| !source.kinds.is_empty())?;
        Some(Self { source, field, macros: HashMap::new() })
    }

    /// Whether a condition leaves so many kinds that it is slow for no good reason.
    pub(super) fn are_too_many(&mut self, expr: &Expr) -> bool {
        let count = self.kinds(expr).yes.count();
        count > MOST || count == self.source.kinds.len()
    }

    fn kinds(&mut self, expr: &Expr) -> Kinds {
        let count = self.source.kinds.len();
        let (all, none) = (Set::all(count), Set::none(count));
        match expr {
            Expr::And(parts) => parts.iter().fold(Kinds { yes: all, no: none }, |so_far, part| {
                let part = self.kinds(part);
                let no = so_far.no.zip(&part.no, |a, b| a | b);
                Kinds { yes: so_far.yes.zip(&part.yes, |a, b| a & b), no }
            }),
            Expr::Or(parts) => parts.iter().fold(Kinds { yes: none, no: all }, |so_far, part| {
                let part = self.kinds(part);
                let no = so_far.no.zip(&part.no, |a, b| a & b);
                Kinds { yes: so_far.yes.zip(&part.yes, |a, b| a | b), no }
            }),
            Expr::Not(inner) => {
                let Kinds { yes, no } = self.kinds(inner);
                Kinds { yes: no, no: yes }
            }
            Expr::Macro { body: Some(body), .. } => {
                if let Some((_, known)) = self.macros.get(&Arc::as_ptr(body)) {
                    return known.clone();
                }
                let kinds = self.kinds(body);
                self.macros.insert(Arc::as_ptr(body), (Arc::clone(body), kinds.clone()));
                kinds
            }
            Expr::Macro { body: None, .. } => Kinds { yes: all.clone(), no: all },
            Expr::Check(check) => self.check(check, all, none),
        }
    }

    fn check(&self, check: &Check, all: Set, none: Set) -> Kinds {
        let anything = Kinds { yes: all.clone(), no: all.clone() };
        let Operand::Field { name, arg: None, .. } = &check.left else { return anything };
        // Numbers of events begin with 1: it is how rules say "never".
        if name == "evt.num" {
            let is_never =
                check.op == Op::Eq && matches!(&check.right, Right::Value(text, _) if text == "0");
            return if is_never { Kinds { yes: none, no: all } } else { anything };
        }
        if name != self.field || check.modifier.is_some() {
            return anything;
        }
        let names: Vec<&str> = match &check.right {
            Right::Value(name, _) => vec![name],
            Right::List(names) => names.iter().map(|(name, _)| name.as_str()).collect(),
            Right::Nothing if check.op == Op::Exists => return Kinds { yes: all, no: none },
            Right::Nothing | Right::Operand(_) => return anything,
        };
        let mut named = none;
        for name in names {
            if let Ok(kind) = self.source.kinds.binary_search(&name) {
                named.add(kind);
            }
        }
        let others = named.clone().zip(&all, |a, b| !a & b);
        match check.op {
            Op::Eq | Op::In => Kinds { yes: named, no: others },
            Op::Ne => Kinds { yes: others, no: named },
            _ => anything,
        }
    }
}
