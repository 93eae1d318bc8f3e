//! Whether a condition means something for a source: fields exist, operators fit their types.

use crate::{
    source::SourceDef,
    syntax::{Expr, Operand, Right, Span},
};

/// What is wrong with a condition or an output, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Whether the rule cannot be used; otherwise it is a warning.
    pub is_error: bool,
    /// Whether the reason is a field that the source does not have: `skip-if-unknown-filter` asks.
    pub is_unknown_field: bool,
    /// In the words that Falco's users know.
    pub message: String,
    /// Where in the text of the condition or output.
    pub span: Span,
    /// What to write instead.
    pub help: Option<String>,
}

/// Everything that is wrong with a condition.
#[must_use]
pub fn condition(expr: &Expr, source: &SourceDef) -> Vec<Remark> {
    let mut remarks = Vec::new();
    visit(expr, source, &mut remarks);
    remarks
}

fn visit(expr: &Expr, source: &SourceDef, remarks: &mut Vec<Remark>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().for_each(|part| visit(part, source, remarks));
        }
        Expr::Not(inner) => visit(inner, source, remarks),
        Expr::Macro { body, .. } => {
            if let Some(body) = body {
                visit(body, source, remarks);
            }
        }
        Expr::Check(check) => {
            operand(&check.left, source, remarks);
            if let Right::Operand(right) = &check.right {
                operand(right, source, remarks);
            }
        }
    }
}

fn operand(operand: &Operand, source: &SourceDef, remarks: &mut Vec<Remark>) {
    match operand {
        Operand::Field { name, span, .. } if source.field(name).is_none() => remarks.push(Remark {
            is_error: true,
            is_unknown_field: true,
            message: format!("filter_check called with nonexistent field {name}"),
            span: *span,
            help: None,
        }),
        Operand::Field { .. } | Operand::Text(..) => {}
        Operand::Transform { args, .. } | Operand::List(args) => {
            args.iter().for_each(|arg| self::operand(arg, source, remarks));
        }
    }
}
