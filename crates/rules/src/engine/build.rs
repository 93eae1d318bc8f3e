//! From conditions to a program: what is written twice, or in macros, becomes one node.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{
    classes,
    merge::Group,
    program::{Node, NodeId, Predicate, Program, Quantifier, Right},
    slot::{Slot, SlotId, SlotKey},
    test::Test,
};
use crate::{
    check::{self, Comparison, Literal, MAX_DEPTH, Remark, TOO_DEEP, Type, Typed, Values},
    field::{Arg, FieldType},
    source::{Source, SourceDef},
    syntax::{Check, Expr, Modifier, Op, Span},
};

/// Builds a program, condition by condition.
pub(crate) struct Builder<S: Source> {
    source: SourceDef,
    pub(super) nodes: Vec<Node>,
    known_nodes: HashMap<Node, NodeId>,
    pub(super) predicates: Vec<Predicate>,
    known_predicates: HashMap<PredicateKey, NodeId>,
    slots: Vec<Slot<S>>,
    known_slots: HashMap<SlotKey, SlotId>,
    /// What alternatives over one field became, if that was worth it.
    known_merged: HashMap<Box<[NodeId]>, Option<NodeId>>,
    /// Bodies of macros by address: they are shared, and kept alive by who calls.
    macros: HashMap<*const Expr, NodeId>,
    roots: Vec<NodeId>,
}

/// Two comparisons are the same predicate if their keys are equal.
#[derive(Debug, PartialEq, Eq, Hash)]
struct PredicateKey {
    slot: SlotId,
    op: Op,
    modifier: Option<Modifier>,
    right: RightKey,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum RightKey {
    Literals(Vec<Literal>),
    Slot(SlotId),
}

impl<S: Source> Builder<S> {
    pub(crate) fn new() -> Self {
        Self {
            source: SourceDef::of::<S>(),
            nodes: Vec::new(),
            known_nodes: HashMap::new(),
            predicates: Vec::new(),
            known_predicates: HashMap::new(),
            slots: Vec::new(),
            known_slots: HashMap::new(),
            known_merged: HashMap::new(),
            macros: HashMap::new(),
            roots: Vec::new(),
        }
    }

    pub(crate) const fn source(&self) -> &SourceDef {
        &self.source
    }

    /// Adds a condition; their numbers count from 0.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub(crate) fn condition(&mut self, expr: &Expr) -> Result<(), Remark> {
        let root = self.expr(expr, 0)?;
        self.roots.push(root);
        Ok(())
    }

    /// Sorts conditions by kind of event, and ends the program.
    pub(crate) fn finish(mut self) -> Program<S> {
        let kind_slot = S::kind_field()
            .and_then(|field| self.known_slots.get(&SlotKey::Field(field, String::new())).copied());
        let roots = std::mem::take(&mut self.roots);
        let (classes, class_of) = classes::of::<S>(&mut self, kind_slot, &roots);
        let nodes = classes::share(self.nodes, &classes);
        Program {
            nodes,
            predicates: self.predicates.into(),
            slots: self.slots.into(),
            classes: classes.into(),
            class_of: class_of.into(),
        }
    }

    fn expr(&mut self, expr: &Expr, depth: usize) -> Result<NodeId, Remark> {
        match expr {
            Expr::And(_) | Expr::Or(_) | Expr::Not(_) if depth > MAX_DEPTH => {
                Err(Remark::error(TOO_DEEP, Span::default()))
            }
            Expr::And(parts) | Expr::Or(parts) => {
                let mut nodes = Vec::new();
                for part in parts {
                    nodes.push(self.expr(part, depth + 1)?);
                }
                Ok(if matches!(expr, Expr::And(_)) { self.and(nodes) } else { self.or(nodes) })
            }
            Expr::Not(inner) => {
                let inner = self.expr(inner, depth + 1)?;
                Ok(self.not(inner))
            }
            Expr::Macro { body: Some(body), span, .. } => {
                let address = Arc::as_ptr(body);
                if let Some(known) = self.macros.get(&address) {
                    return Ok(*known);
                }
                if depth > MAX_DEPTH {
                    return Err(Remark::error(TOO_DEEP, *span));
                }
                let node = self.expr(body, depth + 1)?;
                self.macros.insert(address, node);
                Ok(node)
            }
            Expr::Macro { name, span, body: None } => {
                let message = format!("filter error: unexpected identifier '{name}'");
                Err(Remark::error(message, *span))
            }
            Expr::Check(check) => self.check(check),
        }
    }

    fn check(&mut self, check: &Check) -> Result<NodeId, Remark> {
        let comparison = check::comparison(check, &self.source)?;
        let Comparison { left, op, modifier, right } = comparison;
        let ty = left.ty();
        let slot = self.slot(&left);
        let right = match right {
            Values::Nothing => RightKey::Literals(Vec::new()),
            Values::Literals(literals) => RightKey::Literals(literals),
            Values::Operand(right) => RightKey::Slot(self.slot(&right)),
        };
        let key = PredicateKey { slot, op, modifier, right };
        if let Some(known) = self.known_predicates.get(&key) {
            return Ok(*known);
        }
        let right = match &key.right {
            RightKey::Slot(right) => Right::Slot(op, *right),
            RightKey::Literals(literals) => {
                let test = Test::new(ty.kind, op, modifier, literals);
                let test = test.map_err(|message| Remark::error(message, check.span))?;
                Right::Constant(Box::new(test))
            }
        };
        let node = self.predicate(Predicate { slot, quantifier: quantifier(ty, op), right });
        self.known_predicates.insert(key, node);
        Ok(node)
    }

    pub(super) fn predicate(&mut self, predicate: Predicate) -> NodeId {
        let id = number(self.predicates.len());
        self.predicates.push(predicate);
        self.node(Node::Predicate(id))
    }

    /// The slot of an operand.
    pub(crate) fn slot(&mut self, operand: &Typed) -> SlotId {
        match operand {
            Typed::Text(text) => {
                let read = || Slot::Text(text.as_bytes().into());
                self.add_slot(SlotKey::Text(text.clone()), read)
            }
            Typed::List(items) => {
                let items: Box<[SlotId]> = items.iter().map(|item| self.slot(item)).collect();
                self.add_slot(SlotKey::List(items.clone()), || Slot::List(items))
            }
            Typed::Transform { transformer, args, option, .. } => {
                let args: Box<[SlotId]> = args.iter().map(|arg| self.slot(arg)).collect();
                let key = SlotKey::Transform(*transformer, args.clone(), *option);
                let (transformer, option) = (*transformer, *option);
                self.add_slot(key, || Slot::Transform { transformer, args, option })
            }
            Typed::Field { def, arg } => {
                let key = SlotKey::Field(def.name, arg.clone());
                self.add_slot(key, || {
                    let fields = S::fields();
                    let at = fields.binary_search_by(|field| field.def.name.cmp(def.name));
                    match at.ok().and_then(|at| fields.get(at)) {
                        Some(field) => Slot::Field { extract: field.extract, arg: Arg::new(arg) },
                        None => Slot::List(Box::default()),
                    }
                })
            }
        }
    }

    fn add_slot(&mut self, key: SlotKey, read: impl FnOnce() -> Slot<S>) -> SlotId {
        if let Some(known) = self.known_slots.get(&key) {
            return *known;
        }
        let id = number(self.slots.len());
        self.slots.push(read());
        self.known_slots.insert(key, id);
        id
    }

    pub(super) fn node(&mut self, node: Node) -> NodeId {
        if let Some(known) = self.known_nodes.get(&node) {
            return *known;
        }
        let id = number(self.nodes.len());
        self.nodes.push(node.clone());
        self.known_nodes.insert(node, id);
        id
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    fn constant(&self, id: NodeId) -> Option<bool> {
        match self.get(id) {
            Some(Node::Const(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn not(&mut self, inner: NodeId) -> NodeId {
        match self.get(inner) {
            Some(Node::Const(value)) => self.node(Node::Const(!value)),
            Some(Node::Not(inner)) => *inner,
            _ => self.node(Node::Not(inner)),
        }
    }

    pub(super) fn and(&mut self, parts: Vec<NodeId>) -> NodeId {
        self.both(parts, true, Node::And)
    }

    pub(super) fn or(&mut self, parts: Vec<NodeId>) -> NodeId {
        let parts = self.merge(parts);
        self.both(parts, false, Node::Or)
    }

    /// Replaces alternatives over the same field by one test, at the place of the first.
    fn merge(&mut self, mut parts: Vec<NodeId>) -> Vec<NodeId> {
        let mut groups: HashMap<Group, Vec<NodeId>> = HashMap::new();
        for part in &parts {
            if let Some((predicate, test)) = self.constant_test(*part)
                && let Some(group) = Group::of(predicate.slot, predicate.quantifier, test)
            {
                groups.entry(group).or_default().push(*part);
            }
        }
        let mut groups: Vec<_> = groups.into_iter().filter(|(_, nodes)| nodes.len() > 1).collect();
        groups.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        for (group, nodes) in groups {
            let Some(merged) = self.merged(group, &nodes) else { continue };
            let Some(first) = parts.iter().position(|part| nodes.contains(part)) else { continue };
            let members: HashSet<NodeId> = nodes.into_iter().collect();
            parts.retain(|part| !members.contains(part));
            parts.insert(first.min(parts.len()), merged);
        }
        parts
    }

    fn merged(&mut self, group: Group, nodes: &[NodeId]) -> Option<NodeId> {
        if let Some(known) = self.known_merged.get(nodes) {
            return *known;
        }
        let tests: Vec<(&Predicate, &Test)> =
            nodes.iter().filter_map(|node| self.constant_test(*node)).collect();
        let (slot, quantifier) = tests.first().map(|(it, _)| (it.slot, it.quantifier))?;
        let tests: Vec<&Test> = tests.into_iter().map(|(_, test)| test).collect();
        let test = group.merge(&tests);
        let node = test.map(|test| {
            self.predicate(Predicate { slot, quantifier, right: Right::Constant(Box::new(test)) })
        });
        self.known_merged.insert(nodes.into(), node);
        node
    }

    fn constant_test(&self, node: NodeId) -> Option<(&Predicate, &Test)> {
        let Some(Node::Predicate(id)) = self.get(node) else { return None };
        let predicate = self.predicates.get(*id as usize)?;
        match &predicate.right {
            Right::Constant(test) => Some((predicate, test)),
            Right::Slot(..) => None,
        }
    }

    /// `neutral`: the constant that changes nothing; the other one decides.
    fn both(
        &mut self,
        mut parts: Vec<NodeId>,
        neutral: bool,
        node: fn(Box<[NodeId]>) -> Node,
    ) -> NodeId {
        if parts.iter().any(|part| self.constant(*part) == Some(!neutral)) {
            return self.node(Node::Const(!neutral));
        }
        let mut seen = HashSet::new();
        parts.retain(|part| self.constant(*part).is_none() && seen.insert(*part));
        match parts.as_slice() {
            [] => self.node(Node::Const(neutral)),
            [one] => *one,
            _ => self.node(node(parts.into())),
        }
    }
}

/// Fields that hold several values without being lists match with any of them, `proc.aname = sh`;
/// unless addresses and ports are to differ, then with all. Lists are `in` with all their items.
///
/// # Source
/// `compare_nocache` of the filter checks for threads and descriptors of falcosecurity/libs.
fn quantifier(ty: Type, op: Op) -> Quantifier {
    let is_endpoint = matches!(ty.kind, FieldType::Ipaddr | FieldType::Ipnet | FieldType::Port);
    match op {
        Op::In if ty.is_list => Quantifier::All,
        Op::Ne if is_endpoint => Quantifier::All,
        _ => Quantifier::Any,
    }
}

/// Programs are made from files of bounded length: there are fewer nodes than bytes.
fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
