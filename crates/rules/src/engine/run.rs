//! One event against a program.

use bumpalo::{Bump, collections::Vec as BumpVec};

use super::{
    memo::Memo,
    program::{Class, Node, NodeId, Predicate, Program, Quantifier, Right},
    slot::SlotId,
    test::{Order, Test, bytes, number},
    text::Glob,
};
use crate::{source::Source, syntax::Op, value::Value};

/// Most events are decided by fewer fields than this.
const FIELDS: usize = 32;

/// What evaluating needs, reused from event to event: one a thread.
#[derive(Debug)]
pub struct Scratch {
    bump: Bump,
    marks: Marks,
}

/// What is known of the event at hand. A mark of another event is recognised by its number, so
/// nothing has to be cleared.
#[derive(Debug, Default)]
struct Marks {
    event: u32,
    /// For each node: event, and its result in the lowest bit.
    nodes: Vec<u32>,
    /// For each slot: event, and where its value stands.
    slots: Vec<(u32, u32)>,
    /// One bit for each candidate.
    active: Vec<u64>,
    /// What was said of texts of events before.
    memo: Memo,
}

impl Scratch {
    pub(super) fn new<S: Source>(program: &Program<S>) -> Self {
        let marks = Marks {
            event: 0,
            nodes: vec![0; program.nodes.len()],
            slots: vec![(0, 0); program.slots.len()],
            active: Vec::new(),
            memo: Memo::new(program),
        };
        Self { bump: Bump::new(), marks }
    }

    /// Forgets the event before.
    fn next(&mut self) {
        self.bump.reset();
        self.marks.event += 2;
        if self.marks.event >= u32::MAX - 2 {
            self.marks.event = 2;
            self.marks.nodes.fill(0);
            self.marks.slots.fill((0, 0));
            self.marks.memo.next_round();
        }
    }
}

/// An event that is looked at.
pub(crate) struct Run<'e, S: Source> {
    program: &'e Program<S>,
    pub(super) event: S::Event<'e>,
    pub(super) bump: &'e Bump,
    marks: &'e mut Marks,
    /// Values that were read.
    values: BumpVec<'e, Value<'e>>,
}

impl<'e, S: Source> Run<'e, S> {
    pub(crate) fn new(
        program: &'e Program<S>,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
    ) -> Self {
        scratch.next();
        let Scratch { bump, marks } = scratch;
        Self { program, event, bump, marks, values: BumpVec::with_capacity_in(FIELDS, bump) }
    }

    /// Tells the conditions that are met, in order, until `found` says that it is enough.
    pub(crate) fn conditions(&mut self, mut found: impl FnMut(u32) -> bool) {
        let program = self.program;
        let Some(class) = program.class(S::kind(self.event)) else { return };
        if class.indexes.is_empty() && class.gates.is_empty() {
            for candidate in &class.candidates {
                if self.node(candidate.root) && !found(candidate.condition) {
                    return;
                }
            }
            return;
        }
        self.activate(class);
        let mut word = 0;
        while let Some(mut bits) = self.marks.active.get(word).copied() {
            while bits != 0 {
                let at = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(candidate) = class.candidates.get(at) else { break };
                if self.node(candidate.root) && !found(candidate.condition) {
                    return;
                }
            }
            word += 1;
        }
    }

    /// Finds the candidates that may be met.
    fn activate(&mut self, class: &'e Class) {
        self.marks.active.clear();
        self.marks.active.extend_from_slice(&class.always);
        for index in &class.indexes {
            let value = self.value(index.slot);
            let active = &mut self.marks.active;
            index.find(&value, &mut |candidates| {
                for candidate in candidates {
                    if let Some(word) = active.get_mut((candidate / 64) as usize) {
                        *word |= 1 << (candidate % 64);
                    }
                }
            });
        }
        for gate in &class.gates {
            if self.node(gate.node) {
                let words = self.marks.active.iter_mut().zip(&gate.candidates);
                words.for_each(|(word, candidates)| *word |= candidates);
            }
        }
    }

    /// As deep as conditions may be: see [`MAX_DEPTH`](crate::check::MAX_DEPTH).
    fn node(&mut self, id: NodeId) -> bool {
        let program = self.program;
        let at = id as usize;
        let Some(shared) = program.nodes.get(at) else { return false };
        if !shared.is_shared {
            return self.fresh(&shared.node);
        }
        match self.marks.nodes.get(at) {
            Some(mark) if mark & !1 == self.marks.event => return mark & 1 == 1,
            _ => {}
        }
        let result = self.fresh(&shared.node);
        if let Some(mark) = self.marks.nodes.get_mut(at) {
            *mark = self.marks.event | u32::from(result);
        }
        result
    }

    fn fresh(&mut self, node: &'e Node) -> bool {
        match node {
            Node::Const(value) => *value,
            Node::Not(inner) => !self.node(*inner),
            Node::And(parts) => {
                for part in parts {
                    if !self.node(*part) {
                        return false;
                    }
                }
                true
            }
            Node::Or(parts) => {
                for part in parts {
                    if self.node(*part) {
                        return true;
                    }
                }
                false
            }
            Node::Predicate(id) => {
                let program = self.program;
                program.predicates.get(*id as usize).is_some_and(|it| self.predicate(*id, it))
            }
        }
    }

    fn predicate(&mut self, id: u32, predicate: &'e Predicate) -> bool {
        let value = self.value(predicate.slot);
        match &predicate.right {
            Right::Constant(test) if let Value::Text(text) = value => {
                let asked = (self.marks.event, id, predicate.slot);
                self.marks.memo.ask(asked, text, || test.passes(&value))
            }
            Right::Constant(test) => holds(test, predicate.quantifier, &value),
            Right::Slot(op, right) => {
                let right = self.value(*right);
                compare(*op, predicate.quantifier, &value, &right)
            }
        }
    }

    /// The value of a slot, read at most once an event.
    pub(crate) fn value(&mut self, slot: SlotId) -> Value<'e> {
        let program = self.program;
        let at = slot as usize;
        if let Some((event, place)) = self.marks.slots.get(at)
            && *event == self.marks.event
        {
            return self.values.get(*place as usize).copied().unwrap_or_default();
        }
        let value = program.slots.get(at).map(|slot| self.read(slot)).unwrap_or_default();
        if let (Some(mark), Ok(place)) =
            (self.marks.slots.get_mut(at), u32::try_from(self.values.len()))
        {
            *mark = (self.marks.event, place);
            self.values.push(value);
        }
        value
    }
}

/// Whether a value passes a test: if it is a list, any or all of its items.
pub(super) fn holds(test: &Test, quantifier: Quantifier, value: &Value<'_>) -> bool {
    match value {
        Value::Null => false,
        Value::List(_) if matches!(test, Test::Always) => true,
        Value::List(items) => match quantifier {
            Quantifier::Any => items.iter().any(|item| !item.is_null() && test.passes(item)),
            Quantifier::All => items.iter().all(|item| !item.is_null() && test.passes(item)),
        },
        value => test.passes(value),
    }
}

/// Compares two fields. What is absent equals nothing and differs from nothing.
fn compare(op: Op, quantifier: Quantifier, left: &Value<'_>, right: &Value<'_>) -> bool {
    if left.is_null() || right.is_null() {
        return false;
    }
    let one = |left: &Value<'_>| match right {
        Value::List(items) => match op {
            Op::Ne => items.iter().all(|item| compare_one(op, left, item)),
            _ => items.iter().any(|item| compare_one(op, left, item)),
        },
        right => compare_one(op, left, right),
    };
    match left {
        Value::List(items) => match quantifier {
            Quantifier::Any => items.iter().any(one),
            Quantifier::All => items.iter().all(one),
        },
        left => one(left),
    }
}

fn compare_one(op: Op, left: &Value<'_>, right: &Value<'_>) -> bool {
    if let (Some(left), Some(right)) = (bytes(left), bytes(right)) {
        return compare_text(op, left, right);
    }
    let ordering = match (number(left), number(right)) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => match (left, right) {
            (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
            (Value::Ip(left), Value::Ip(right)) => Some(left.cmp(right)),
            _ => return op == Op::Ne,
        },
    };
    let holds = ordering.is_some_and(|ordering| Order::of(op).holds(ordering));
    if op == Op::Ne { !holds } else { holds }
}

fn compare_text(op: Op, left: &[u8], right: &[u8]) -> bool {
    match op {
        Op::Ne => left != right,
        Op::Contains | Op::Bcontains => memchr::memmem::find(left, right).is_some(),
        Op::Icontains => {
            let (left, right) = (left.to_ascii_lowercase(), right.to_ascii_lowercase());
            memchr::memmem::find(&left, &right).is_some()
        }
        Op::Startswith | Op::Bstartswith => left.starts_with(right),
        Op::Endswith => left.ends_with(right),
        Op::Glob => Glob::new(right, false).matches(left),
        Op::Iglob => Glob::new(right, true).matches(left),
        op => Order::of(op).holds(left.cmp(right)),
    }
}
