//! A condition as a tree, with macros opened where they are used.

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use farguard_rules::{
    RuleSet,
    syntax::{Expr, Operand, Right},
};

use crate::text::{plain, wrap};

/// Longest tree that is drawn: macros of macros can stand for any amount of text.
const MAX_LINES: usize = 400;
/// Deepest nesting that is drawn.
const MAX_DEPTH: usize = 40;

/// The fields that a condition asks for.
pub(super) fn fields(expr: &Expr) -> BTreeSet<String> {
    let (mut fields, mut seen, mut open) = (BTreeSet::new(), HashSet::new(), vec![expr]);
    while let Some(expr) = open.pop() {
        match expr {
            Expr::And(parts) | Expr::Or(parts) => open.extend(parts),
            Expr::Not(inner) => open.push(inner),
            Expr::Macro { body: Some(body), .. } => {
                if seen.insert(Arc::as_ptr(body)) {
                    open.push(body);
                }
            }
            Expr::Macro { body: None, .. } => {}
            Expr::Check(check) => {
                operand(&check.left, &mut fields);
                if let Right::Operand(right) = &check.right {
                    operand(right, &mut fields);
                }
            }
        }
    }
    fields
}

fn operand(it: &Operand, fields: &mut BTreeSet<String>) {
    match it {
        Operand::Field { name, arg, .. } => {
            fields.insert(match arg {
                Some(arg) => format!("{name}[{arg}]"),
                None => name.clone(),
            });
        }
        Operand::Transform { args, .. } | Operand::List(args) => {
            args.iter().for_each(|arg| operand(arg, fields));
        }
        Operand::Text(..) => {}
    }
}

/// The tree, a line for each comparison.
pub(super) fn draw(expr: &Expr, rules: &RuleSet, width: usize) -> String {
    let mut drawing = Drawing { lines: Vec::new(), rules, width };
    drawing.node(expr, 1);
    let mut lines = drawing.lines;
    if lines.len() > MAX_LINES {
        lines.truncate(MAX_LINES);
        lines.push("  ... and more: look at the macros one by one".to_owned());
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

struct Drawing<'r> {
    lines: Vec<String>,
    rules: &'r RuleSet,
    width: usize,
}

impl Drawing<'_> {
    fn node(&mut self, expr: &Expr, depth: usize) {
        if self.lines.len() > MAX_LINES {
            return;
        }
        if depth > MAX_DEPTH {
            return self.line(depth, "...");
        }
        match expr {
            Expr::And(parts) => self.parts("all of", parts, depth),
            Expr::Or(parts) => self.parts("any of", parts, depth),
            Expr::Not(inner) if matches!(**inner, Expr::Check(_)) => {
                self.line(depth, &format!("not {inner}"));
            }
            Expr::Not(inner) => {
                self.line(depth, "not");
                self.node(inner, depth + 1);
            }
            Expr::Macro { name, body, .. } => {
                let from = self.rules.macros.iter().find(|it| it.name == *name);
                let from = from.and_then(|it| it.origins.first());
                let place = from.map(|it| format!("  ({}:{})", it.file, it.line));
                self.line(depth, &format!("{name}{}", place.unwrap_or_default()));
                if let Some(body) = body {
                    self.node(body, depth + 1);
                }
            }
            Expr::Check(_) => self.line(depth, &expr.to_string()),
        }
    }

    fn parts(&mut self, head: &str, parts: &[Expr], depth: usize) {
        self.line(depth, head);
        parts.iter().for_each(|part| self.node(part, depth + 1));
    }

    fn line(&mut self, depth: usize, text: &str) {
        let indent = "  ".repeat(depth.min(MAX_DEPTH));
        let columns = self.width.saturating_sub(indent.len() + 4).max(20);
        for (index, line) in wrap(&plain(text), columns).iter().enumerate() {
            let more = if index > 0 { "    " } else { "" };
            self.lines.push(format!("{indent}{more}{line}"));
        }
    }
}
