//! A compiled set of conditions: predicates that are shared, and for each kind of event the
//! conditions that it can meet.

use super::{
    index::Index,
    slot::{Slot, SlotId},
    test::Test,
};
use crate::{source::Source, syntax::Op};

/// Number of a node of a program.
pub(crate) type NodeId = u32;

/// A graph of predicates without cycles: children come before their parents.
pub(crate) struct Program<S: Source> {
    pub(super) nodes: Box<[Shared]>,
    pub(super) predicates: Box<[Predicate]>,
    pub(super) slots: Box<[Slot<S>]>,
    pub(super) classes: Box<[Class]>,
    /// The class of each kind of event.
    pub(super) class_of: Box<[u32]>,
}

/// A node, and whether its result is kept because more than one parent asks.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) node: Node,
    pub(super) is_shared: bool,
}

/// A condition over predicates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Const(bool),
    Predicate(u32),
    Not(NodeId),
    And(Box<[NodeId]>),
    Or(Box<[NodeId]>),
}

/// A comparison.
#[derive(Debug)]
pub(super) struct Predicate {
    pub(super) slot: SlotId,
    pub(super) quantifier: Quantifier,
    pub(super) right: Right,
}

/// How many of the values of a field have to pass, if it has several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifier {
    Any,
    All,
}

/// What a field is compared with.
#[derive(Debug)]
pub(super) enum Right {
    Constant(Box<Test>),
    Slot(Op, SlotId),
}

/// Kinds of events that answer all questions about their kind alike.
#[derive(Debug, Default)]
pub(super) struct Class {
    /// What is left of the conditions that such an event can meet, in order.
    pub(super) candidates: Box<[Candidate]>,
    /// One bit a candidate: those that neither an index nor a gate is for.
    pub(super) always: Box<[u64]>,
    /// Find candidates by the values of fields.
    pub(super) indexes: Box<[Index]>,
    /// Conditions that several candidates begin with.
    pub(super) gates: Box<[Gate]>,
}

/// A condition that several candidates begin with: if it is not met, none of them is asked.
#[derive(Debug)]
pub(super) struct Gate {
    pub(super) node: NodeId,
    /// One bit a candidate.
    pub(super) candidates: Box<[u64]>,
}

/// A condition that an event of a class can meet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Which of those that were compiled.
    pub(super) condition: u32,
    pub(super) root: NodeId,
}

impl<S: Source> Program<S> {
    pub(super) fn class(&self, kind: usize) -> Option<&Class> {
        self.classes.get(usize::try_from(*self.class_of.get(kind)?).ok()?)
    }

    /// Whether an event of that kind can meet any condition.
    pub(crate) fn wants(&self, kind: usize) -> bool {
        self.class(kind).is_some_and(|class| !class.candidates.is_empty())
    }
}
