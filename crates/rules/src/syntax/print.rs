//! Conditions back to text: what is printed parses to the same condition.

use std::fmt;

use super::{
    Check, Expr, Operand, Right,
    escape::{push_escaped, push_quoted},
};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        expr(&mut out, self);
        f.write_str(&out)
    }
}

impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        operand(&mut out, self);
        f.write_str(&out)
    }
}

/// Macros are printed as what they stand for, once they are resolved.
fn expr(out: &mut String, it: &Expr) {
    match it {
        Expr::And(parts) => joined(out, parts, " and "),
        Expr::Or(parts) => joined(out, parts, " or "),
        Expr::Not(inner) => {
            out.push_str("not ");
            // Without the parentheses two of them cancel out when they are read.
            let double = matches!(target(inner), Expr::Not(_));
            out.push_str(if double { "(" } else { "" });
            expr(out, inner);
            out.push_str(if double { ")" } else { "" });
        }
        Expr::Macro { body: Some(body), .. } => expr(out, body),
        Expr::Macro { name, body: None, .. } => out.push_str(name),
        Expr::Check(it) => check(out, it),
    }
}

/// What a macro stands for, through macros that are nothing but another one.
fn target(mut it: &Expr) -> &Expr {
    while let Expr::Macro { body: Some(body), .. } = it {
        it = body;
    }
    it
}

fn joined(out: &mut String, parts: &[Expr], between: &str) {
    out.push('(');
    for (index, part) in parts.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { between });
        expr(out, part);
    }
    out.push(')');
}

fn check(out: &mut String, check: &Check) {
    operand(out, &check.left);
    out.push(' ');
    out.push_str(if check.doubled { "==" } else { check.op.as_str() });
    if let Some(modifier) = check.modifier {
        out.push(' ');
        out.push_str(modifier.as_str());
    }
    match &check.right {
        Right::Nothing => {}
        Right::Value(text, _) => {
            out.push(' ');
            value(out, text);
        }
        Right::List(values) => {
            out.push_str(" (");
            for (index, (text, _)) in values.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { ", " });
                value(out, text);
            }
            out.push(')');
        }
        Right::Operand(it @ Operand::Field { .. }) => {
            out.push_str(" val(");
            operand(out, it);
            out.push(')');
        }
        Right::Operand(it) => {
            out.push(' ');
            operand(out, it);
        }
    }
}

fn value(out: &mut String, text: &str) {
    push_escaped(out, text, |c| matches!(c, '(' | ')' | '=' | ','));
}

fn operand(out: &mut String, it: &Operand) {
    let arg = match it {
        Operand::Field { name, arg, .. } => {
            out.push_str(name);
            arg
        }
        Operand::Transform { name, args, arg, .. } => {
            out.push_str(name);
            operands(out, args);
            arg
        }
        Operand::Text(text, _) => return push_quoted(out, text),
        Operand::List(items) => return operands(out, items),
    };
    if let Some(arg) = arg {
        out.push('[');
        push_escaped(out, arg, |c| matches!(c, '[' | ']'));
        out.push(']');
    }
}

fn operands(out: &mut String, items: &[Operand]) {
    out.push('(');
    for (index, item) in items.iter().enumerate() {
        out.push_str(if index == 0 { "" } else { ", " });
        operand(out, item);
    }
    out.push(')');
}
