//! Macros: their conditions are read once and shared by all that name them.

use std::{cell::Cell, sync::Arc};

use super::{
    collect::{Collector, Macro, Order},
    keys,
    lists::ListTable,
    place::{Scope, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic},
    rule,
    syntax::{self, Expr, Span},
};

/// Deepest nesting of a condition with its macros: everything that walks it may recurse.
const MAX_HEIGHT: usize = 400;
/// Names that are compared with one that is not known.
const MOST_NAMES: usize = 2000;
/// Names for which something similar is looked for: looking is slow.
const MOST_SUGGESTIONS: usize = 100;

/// A macro as it is in the end.
#[derive(Debug, Default)]
enum Body {
    #[default]
    Unknown,
    Ready {
        body: Arc<Expr>,
        height: usize,
    },
    /// It cannot be used, and that has been said.
    Refused,
}

/// A reference to a macro in a condition.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    name: String,
    span: Span,
}

/// What is read of a macro before it is resolved.
#[derive(Debug)]
struct Raw {
    expr: Expr,
    references: Vec<Reference>,
}

/// All macros.
#[derive(Debug)]
pub(super) struct MacroTable<'c> {
    collector: &'c Collector,
    bodies: Vec<Body>,
    /// Those that each one names directly.
    children: Vec<Vec<usize>>,
    used: Vec<bool>,
    /// Those that can be used; each after those that it names.
    order: Vec<usize>,
    suggestions: Cell<usize>,
}

impl<'c> MacroTable<'c> {
    pub(super) fn new(
        collector: &'c Collector,
        lists: &ListTable<'_>,
        out: &mut Vec<Diagnostic>,
    ) -> Self {
        let read = |it: &Macro| {
            let expr = parse(&it.condition, lists, &it.condition_scope, out)?;
            let references = references(&expr);
            Some(Raw { expr, references })
        };
        let mut raw: Vec<Option<Raw>> = collector.macros.iter().map(read).collect();
        let count = raw.len();
        let mut table = Self {
            collector,
            bodies: std::iter::repeat_with(Body::default).take(count).collect(),
            children: vec![Vec::new(); count],
            used: vec![false; count],
            order: Vec::with_capacity(count),
            suggestions: Cell::new(MOST_SUGGESTIONS),
        };
        let mut state = vec![false; count];
        for at in 0..count {
            table.resolve(at, &mut raw, &mut state, out);
        }
        table
    }

    pub(super) fn get(&self, at: usize) -> Option<&'c Macro> {
        self.collector.macros.iter().as_slice().get(at)
    }

    /// Those that can be used; each after those that it names.
    pub(super) fn order(&self) -> &[usize] {
        &self.order
    }

    /// Those that one names directly.
    pub(super) fn children(&self, at: usize) -> &[usize] {
        self.children.get(at).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.collector.macros.position(name)
    }

    pub(super) fn body(&self, at: usize) -> Option<&Arc<Expr>> {
        match self.bodies.get(at) {
            Some(Body::Ready { body, .. }) => Some(body),
            _ => None,
        }
    }

    /// Resolves one macro, and before it those that it names; the stack is our own.
    fn resolve(
        &mut self,
        first: usize,
        raw: &mut [Option<Raw>],
        on_stack: &mut [bool],
        out: &mut Vec<Diagnostic>,
    ) {
        // A macro, and how many of its references are known to be resolved.
        let mut stack = vec![(first, 0)];
        while let Some((at, passed)) = stack.last_mut() {
            let at = *at;
            let (Some(Body::Unknown), Some(it)) = (self.bodies.get(at), self.get(at)) else {
                stack.pop();
                continue;
            };
            set(on_stack, at, true);
            let references = match raw.get(at) {
                Some(Some(raw)) => raw.references.as_slice(),
                _ => &[],
            };
            let open = references.iter().skip(*passed).find_map(|reference| {
                let inner = self.visible(&reference.name, Some(it.order));
                let is_open =
                    |inner: &usize| matches!(self.bodies.get(*inner), Some(Body::Unknown));
                let open = inner.filter(is_open).map(|inner| (inner, reference.span));
                *passed += usize::from(open.is_none());
                open
            });
            match open {
                Some((inner, _)) if on_stack.get(inner) == Some(&true) => {
                    let path: Vec<usize> = stack.iter().map(|open| open.0).collect();
                    out.extend(self.looped(&path, inner, raw));
                    for at in path {
                        put(&mut self.bodies, at, Body::Refused);
                        set(on_stack, at, false);
                    }
                    return;
                }
                Some((inner, _)) => stack.push((inner, 0)),
                None => {
                    let body = match raw.get_mut(at).and_then(Option::take) {
                        Some(raw) => self.close(at, it, raw, out),
                        None => Body::Refused,
                    };
                    put(&mut self.bodies, at, body);
                }
            }
            if !matches!(self.bodies.get(at), Some(Body::Unknown)) {
                set(on_stack, at, false);
                stack.pop();
            }
        }
    }

    /// A macro leads back to one on its way, as Falco says it: of the first macro on the way, naming
    /// the one that is met twice from there.
    fn looped(&self, path: &[usize], inner: usize, raw: &[Option<Raw>]) -> Option<Diagnostic> {
        let (&first, next) = (path.first()?, path.get(1).copied());
        let twice = if inner == first { next.unwrap_or(first) } else { inner };
        let (it, name) = (self.get(first)?, &self.get(twice)?.name);
        let leads = self.get(next.unwrap_or(first)).map(|it| &it.name);
        let references = raw.get(first)?.as_ref().map(|raw| raw.references.as_slice());
        let mut references = references.unwrap_or_default().iter();
        let span = references.find(|reference| Some(&reference.name) == leads)?.span;
        let message = format!("reference loop in macro '{name}'");
        Some(it.scope.remark_in(Code::Validate, message, &it.condition, span))
    }

    /// Everything that a macro names is known.
    fn close(&mut self, at: usize, it: &Macro, raw: Raw, out: &mut Vec<Diagnostic>) -> Body {
        let Raw { mut expr, references } = raw;
        let scope = (&it.scope, &it.condition);
        let Some(children) = self.link(&mut expr, &references, Some(it.order), scope, out) else {
            return Body::Refused;
        };
        put(&mut self.children, at, children);
        self.order.push(at);
        let height = self.height(&expr);
        Body::Ready { body: Arc::new(expr), height }
    }

    /// Puts bodies behind the names of macros; tells which they are. Nothing when a macro is missing
    /// or broken, or the whole becomes too deep.
    pub(super) fn link(
        &mut self,
        expr: &mut Expr,
        references: &[Reference],
        order: Option<Order>,
        (scope, text): (&Scope, &Text),
        out: &mut Vec<Diagnostic>,
    ) -> Option<Vec<usize>> {
        let mut children = Vec::new();
        for Reference { name, span } in references {
            match self.visible(name, order) {
                Some(inner) => {
                    set(&mut self.used, inner, true);
                    self.body(inner)?;
                    children.push(inner);
                }
                None if self.collector.was_refused("macro", name) => return None,
                None => {
                    let message = format!("Undefined macro '{name}' used in filter.");
                    let mut error = scope.remark_in(Code::Validate, message, text, *span);
                    error.help = self.help(name);
                    out.push(error);
                    return None;
                }
            }
        }
        children.sort_unstable();
        children.dedup();
        fill(expr, &|name| self.body(self.position(name)?).cloned());
        if self.height(expr) > MAX_HEIGHT {
            let span = references.first().map_or(Span::default(), |reference| reference.span);
            let message = format!("macros are nested deeper than {MAX_HEIGHT} levels");
            out.push(scope.remark_in(Code::Validate, message, text, span));
            return None;
        }
        Some(children)
    }

    /// The macro of that name, if it is defined early enough for what names it.
    fn visible(&self, name: &str, by: Option<Order>) -> Option<usize> {
        let at = self.position(name)?;
        let first = self.get(at)?.order.first;
        by.is_none_or(|by| first < by.until).then_some(at)
    }

    fn help(&self, name: &str) -> Option<String> {
        if self.position(name).is_some() {
            return Some(format!(
                "`{name}` is defined below: define it before the macro that names it"
            ));
        }
        if self.collector.lists.position(name).is_some() {
            return Some(format!(
                "`{name}` is a list: compare a field with it, `field in ({name})`"
            ));
        }
        let left = self.suggestions.get().checked_sub(1)?;
        self.suggestions.set(left);
        keys::did_you_mean(name, self.collector.macros.names().take(MOST_NAMES))
    }

    fn height(&self, expr: &Expr) -> usize {
        let below = match expr {
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().map(|part| self.height(part)).max().unwrap_or_default()
            }
            Expr::Not(inner) => self.height(inner),
            Expr::Macro { name, .. } => {
                match self.position(name).and_then(|at| self.bodies.get(at)) {
                    Some(Body::Ready { height, .. }) => *height,
                    _ => 0,
                }
            }
            Expr::Check(_) => 0,
        };
        below.saturating_add(1)
    }

    /// A warning for each macro that nothing names.
    pub(super) fn unused(&self, out: &mut Vec<Diagnostic>) {
        for (it, used) in self.collector.macros.iter().zip(&self.used) {
            if !used {
                let message = "Macro not referred to by any other rule/macro";
                out.push(it.scope.remark(Code::UnusedMacro, message));
            }
        }
    }

    pub(super) fn named_rules(&self) -> Vec<rule::Named> {
        let all = self.collector.macros.iter().zip(&self.used);
        all.map(|(it, used)| rule::Named {
            name: it.name.clone(),
            text: it.condition.text.clone(),
            origins: it.origins.clone(),
            used: *used,
        })
        .collect()
    }
}

/// Reads a condition.
pub(super) fn parse(
    text: &Text,
    lists: &ListTable<'_>,
    scope: &Scope,
    out: &mut Vec<Diagnostic>,
) -> Option<Expr> {
    match syntax::parse_rule(&text.text, lists) {
        Ok(expr) => Some(expr),
        Err(error) => {
            let mut remark =
                scope.remark_in(Code::CompileCondition, error.message, text, error.span);
            remark.help = error.help;
            out.push(remark);
            None
        }
    }
}

/// The macros that a condition names, in the order in which they stand there.
pub(super) fn references(expr: &Expr) -> Vec<Reference> {
    fn visit(expr: &Expr, found: &mut Vec<Reference>) {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| visit(part, found)),
            Expr::Not(inner) => visit(inner, found),
            Expr::Macro { name, span, .. } => {
                found.push(Reference { name: name.clone(), span: *span });
            }
            Expr::Check(_) => {}
        }
    }
    let mut found = Vec::new();
    visit(expr, &mut found);
    found
}

/// Puts bodies behind the names of macros.
pub(super) fn fill(expr: &mut Expr, body_of: &dyn Fn(&str) -> Option<Arc<Expr>>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter_mut().for_each(|part| fill(part, body_of));
        }
        Expr::Not(inner) => fill(inner, body_of),
        Expr::Macro { name, body, .. } => *body = body_of(name),
        Expr::Check(_) => {}
    }
}

fn put<T>(all: &mut [T], at: usize, value: T) {
    if let Some(place) = all.get_mut(at) {
        *place = value;
    }
}

fn set(flags: &mut [bool], at: usize, value: bool) {
    put(flags, at, value);
}
