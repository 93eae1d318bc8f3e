//! Lists with the lists that they name put in.

use std::{cell::Cell, sync::Arc};

use super::{
    collect::{Collector, List},
    exception::quoted,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    rule,
    syntax::{self, Lists},
};

/// Most values of all lists together.
const MAX_VALUES: usize = 2_000_000;

/// What each list holds in the end.
#[derive(Debug)]
pub(super) struct ListTable<'c> {
    collector: &'c Collector,
    /// Empty until they are known.
    values: Vec<Option<Arc<[String]>>>,
    used: Vec<Cell<bool>>,
    budget: usize,
}

impl Lists for ListTable<'_> {
    fn values(&self, name: &str) -> Option<&[String]> {
        let at = self.collector.lists.position(name)?;
        if let Some(used) = self.used.get(at) {
            used.set(true);
        }
        Some(self.values.get(at).and_then(Option::as_deref).unwrap_or_default())
    }
}

/// A list whose items are being put in, with what is found so far.
struct Open {
    at: usize,
    next: usize,
    values: Vec<String>,
}

impl<'c> ListTable<'c> {
    /// Puts lists into lists, wherever they are defined: Falco does so too when it puts lists into
    /// conditions.
    pub(super) fn new(collector: &'c Collector, out: &mut Vec<Diagnostic>) -> Self {
        let count = collector.lists.iter().count();
        let used = (0..count).map(|_| Cell::new(false)).collect();
        let mut table = Self { collector, values: vec![None; count], used, budget: MAX_VALUES };
        for at in 0..count {
            if table.is_open(at) {
                table.expand(at, out);
            }
        }
        table
    }

    fn is_open(&self, at: usize) -> bool {
        self.values.get(at).is_some_and(Option::is_none)
    }

    fn list(&self, at: usize) -> Option<&'c List> {
        self.collector.lists.iter().as_slice().get(at)
    }

    /// Puts together one list, and before it those that it names; the stack is our own.
    fn expand(&mut self, first: usize, out: &mut Vec<Diagnostic>) {
        let mut stack = vec![Open { at: first, next: 0, values: Vec::new() }];
        let mut on_stack = vec![false; self.values.len()];
        while let Some(mut open) = stack.pop() {
            let Some(list) = self.list(open.at) else { continue };
            set(&mut on_stack, open.at, true);
            let mut waits_for = None;
            while let Some(item) = list.items.get(open.next) {
                match self.collector.lists.position(item) {
                    // A list in itself is no more than a word, as in Falco.
                    Some(inner) if on_stack.get(inner) == Some(&true) => {
                        let message =
                            format!("list '{}' names '{item}', which holds it", list.name);
                        out.push(list.scope.remark(Code::CompileConditionWarning, message));
                        self.put(item, &mut open.values);
                    }
                    Some(inner) if self.is_open(inner) => {
                        waits_for = Some(inner);
                        break;
                    }
                    Some(inner) => self.put_in(inner, &mut open.values),
                    None => self.put(item, &mut open.values),
                }
                open.next += 1;
            }
            if let Some(inner) = waits_for {
                stack.push(open);
                stack.push(Open { at: inner, next: 0, values: Vec::new() });
                continue;
            }
            if self.budget == 0 {
                let message = format!("lists hold more than {MAX_VALUES} values");
                out.push(list.scope.remark(Code::Validate, message));
            }
            set(&mut on_stack, open.at, false);
            if let Some(values) = self.values.get_mut(open.at) {
                *values = Some(open.values.into());
            }
        }
    }

    fn put_in(&mut self, inner: usize, values: &mut Vec<String>) {
        if let Some(used) = self.used.get(inner) {
            used.set(true);
        }
        let known = self.values.get(inner).and_then(Clone::clone).unwrap_or_default();
        let fits = known.len().min(self.budget);
        self.budget -= fits;
        values.extend(known.iter().take(fits).cloned());
    }

    /// An item is what it would be in a condition: text with quotes, or several with commas. What
    /// cannot stand there is taken as it is.
    fn put(&mut self, item: &str, values: &mut Vec<String>) {
        let read = syntax::parse_values(&quoted(item)).unwrap_or_else(|_| vec![item.to_owned()]);
        let fits = read.len().min(self.budget);
        self.budget -= fits;
        values.extend(read.into_iter().take(fits));
    }

    /// A warning for each list that nothing names.
    pub(super) fn unused(&self, out: &mut Vec<Diagnostic>) {
        for (list, used) in self.collector.lists.iter().zip(&self.used) {
            if !used.get() {
                let message = "List not referred to by any other rule/macro";
                out.push(list.scope.remark(Code::UnusedList, message));
            }
        }
    }

    pub(super) fn named_rules(&self) -> Vec<rule::Named> {
        let all = self.collector.lists.iter().zip(&self.used).zip(&self.values);
        all.map(|((list, used), values)| rule::Named {
            name: list.name.clone(),
            text: values.as_deref().unwrap_or_default().join(", "),
            origins: list.origins.clone(),
            used: used.get(),
        })
        .collect()
    }
}

fn set(flags: &mut [bool], at: usize, value: bool) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = value;
    }
}
