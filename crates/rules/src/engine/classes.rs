//! Which conditions an event of a kind can meet: known when rules are compiled.
//!
//! Conditions ask for the kind of an event all the time, `evt.type in (open, openat)`. Kinds that
//! answer all these questions alike form a class; for each class the questions are replaced by
//! their answers, and what cannot become true is left out.

use std::collections::HashMap;

use super::{
    build::Builder,
    guard::Guards,
    program::{Candidate, Class, Node, NodeId, Predicate, Right, Shared},
    run,
    slot::SlotId,
};
use crate::{source::Source, value::Value};

/// The classes, and the class of each kind.
pub(super) fn of<S: Source>(
    builder: &mut Builder<S>,
    kind_slot: Option<SlotId>,
    roots: &[NodeId],
) -> (Vec<Class>, Vec<u32>) {
    let questions = questions(&builder.predicates, kind_slot);
    let depends = depends(&builder.nodes, &questions);
    let mut classes = Vec::new();
    let mut guards = Guards::default();
    let mut known: HashMap<Option<Vec<bool>>, u32> = HashMap::new();
    let mut class_of = Vec::new();
    for name in S::kinds() {
        let answers = name.map(|name| answers(&builder.predicates, &questions, name));
        let class = match known.get(&answers) {
            Some(class) => *class,
            None => {
                let given = questions.iter().copied().zip(answers.iter().flatten().copied());
                let given = given.collect();
                let mut fold = Fold { builder, depends: &depends, given, folded: HashMap::new() };
                let candidates = fold.candidates(roots);
                let class = u32::try_from(classes.len()).unwrap_or(u32::MAX);
                classes.push(guards.class(builder, candidates));
                known.insert(answers, class);
                class
            }
        };
        class_of.push(class);
    }
    (classes, class_of)
}

/// The predicates that ask for the kind alone.
fn questions(predicates: &[Predicate], kind_slot: Option<SlotId>) -> Vec<u32> {
    let asks = |predicate: &Predicate| {
        Some(predicate.slot) == kind_slot && matches!(predicate.right, Right::Constant(_))
    };
    (0..).zip(predicates).filter(|(_, predicate)| asks(predicate)).map(|(id, _)| id).collect()
}

fn answers(predicates: &[Predicate], questions: &[u32], name: &str) -> Vec<bool> {
    let answer = |id: &u32| match predicates.get(*id as usize) {
        Some(Predicate { right: Right::Constant(test), quantifier, .. }) => {
            run::holds(test, *quantifier, &Value::Text(name.as_bytes()))
        }
        _ => false,
    };
    questions.iter().map(answer).collect()
}

/// For each node whether a question is below it. Children come before their parents.
fn depends(nodes: &[Node], questions: &[u32]) -> Vec<bool> {
    let mut depends: Vec<bool> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let below = |id: &NodeId| depends.get(*id as usize) == Some(&true);
        depends.push(match node {
            Node::Const(_) => false,
            Node::Predicate(id) => questions.binary_search(id).is_ok(),
            Node::Not(inner) => below(inner),
            Node::And(parts) | Node::Or(parts) => parts.iter().any(below),
        });
    }
    depends
}

/// Replaces questions by answers.
struct Fold<'b, S: Source> {
    builder: &'b mut Builder<S>,
    depends: &'b [bool],
    /// Answers by predicate.
    given: HashMap<u32, bool>,
    /// What became of nodes.
    folded: HashMap<NodeId, NodeId>,
}

impl<S: Source> Fold<'_, S> {
    fn candidates(&mut self, roots: &[NodeId]) -> Box<[Candidate]> {
        let mut candidates = Vec::new();
        for (condition, root) in (0..).zip(roots) {
            let root = self.node(*root);
            if self.builder.get(root) != Some(&Node::Const(false)) {
                candidates.push(Candidate { condition, root });
            }
        }
        candidates.into()
    }

    /// As deep as conditions may be.
    fn node(&mut self, id: NodeId) -> NodeId {
        if self.depends.get(id as usize) != Some(&true) {
            return id;
        }
        if let Some(folded) = self.folded.get(&id) {
            return *folded;
        }
        let folded = match self.builder.get(id).cloned() {
            None | Some(Node::Const(_)) => id,
            Some(Node::Predicate(predicate)) => match self.given.get(&predicate) {
                Some(answer) => self.builder.node(Node::Const(*answer)),
                None => id,
            },
            Some(Node::Not(inner)) => {
                let inner = self.node(inner);
                self.builder.not(inner)
            }
            Some(ref node @ (Node::And(ref parts) | Node::Or(ref parts))) => {
                let mut folded = Vec::new();
                for part in parts {
                    folded.push(self.node(*part));
                }
                match node {
                    Node::And(_) => self.builder.and(folded),
                    _ => self.builder.or(folded),
                }
            }
        };
        self.folded.insert(id, folded);
        folded
    }
}

/// Marks the nodes that are asked more than once. Children come before their parents, so one pass
/// from the end sees all that conditions reach.
pub(super) fn share(nodes: Vec<Node>, classes: &[Class]) -> Box<[Shared]> {
    let mut asked = vec![0_u32; nodes.len()];
    let ask = |asked: &mut [u32], id: NodeId| {
        if let Some(times) = asked.get_mut(id as usize) {
            *times = times.saturating_add(1);
        }
    };
    for candidate in classes.iter().flat_map(|class| &class.candidates) {
        ask(&mut asked, candidate.root);
    }
    for (at, node) in nodes.iter().enumerate().rev() {
        if asked.get(at) == Some(&0) {
            continue;
        }
        match node {
            Node::Const(_) | Node::Predicate(_) => {}
            Node::Not(inner) => ask(&mut asked, *inner),
            Node::And(parts) | Node::Or(parts) => {
                parts.iter().for_each(|part| ask(&mut asked, *part));
            }
        }
    }
    let share = |(node, times)| Shared { node, is_shared: times > 1 };
    nodes.into_iter().zip(asked).map(share).collect()
}
