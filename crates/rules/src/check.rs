//! Whether a condition means something for a source: fields exist, operators fit their types,
//! values can be read.

mod advice;
mod compare;
mod literal;
mod operand;
mod services;
mod transformer;

use std::collections::HashSet;

pub(crate) use literal::{Literal, Net, plain_number};
pub(crate) use operand::{Operand as Typed, resolve};
pub(crate) use transformer::Transformer;

use crate::{
    field::FieldType,
    source::SourceDef,
    syntax::{Check, Expr, Modifier, Op, Operand, Right, Span},
};

/// Conditions that are nested deeper, through macros too, are refused, not followed.
pub(crate) const MAX_DEPTH: usize = 1024;
pub(crate) const TOO_DEEP: &str = "condition is nested too deeply";

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

impl Remark {
    /// What makes a rule unusable.
    pub(crate) fn error(message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        Self { is_error: true, is_unknown_field: false, message, span, help: None }
    }

    /// What is allowed, and most often not meant.
    fn warning(message: impl Into<String>, span: Span) -> Self {
        Self { is_error: false, ..Self::error(message, span) }
    }
}

/// Type of a field, or of what a transformer makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Type {
    pub(crate) kind: FieldType,
    /// Whether it is defined to hold several values.
    pub(crate) is_list: bool,
}

/// A comparison with everything resolved.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) left: Typed,
    pub(crate) op: Op,
    pub(crate) modifier: Option<Modifier>,
    pub(crate) right: Values,
}

/// The right side of a comparison.
#[derive(Debug)]
pub(crate) enum Values {
    Nothing,
    Literals(Vec<Literal>),
    Operand(Typed),
}

/// Everything that is wrong with a condition. A macro that is used several times is looked at once.
#[must_use]
pub fn condition(expr: &Expr, source: &SourceDef) -> Vec<Remark> {
    let mut visit = Visit { source, remarks: Vec::new(), macros: HashSet::new() };
    visit.expr(expr, 0);
    visit.remarks
}

/// Everything that is wrong with the format of an output.
#[must_use]
pub fn output(format: &str, source: &SourceDef) -> Vec<Remark> {
    crate::output::parse(format, source).err().into_iter().collect()
}

struct Visit<'a> {
    source: &'a SourceDef,
    remarks: Vec<Remark>,
    /// Bodies of macros that were seen, by address: they are shared.
    macros: HashSet<*const Expr>,
}

impl Visit<'_> {
    fn expr(&mut self, expr: &Expr, depth: usize) {
        match expr {
            Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Macro { .. } if depth > MAX_DEPTH => {
                let span =
                    if let Expr::Macro { span, .. } = expr { *span } else { Span::default() };
                self.remarks.push(Remark::error(TOO_DEEP, span));
            }
            Expr::And(parts) | Expr::Or(parts) => {
                for part in parts {
                    self.expr(part, depth + 1);
                }
            }
            Expr::Not(inner) => self.expr(inner, depth + 1),
            Expr::Macro { body: Some(body), .. } => {
                if self.macros.insert(std::sync::Arc::as_ptr(body)) {
                    self.expr(body, depth + 1);
                }
            }
            Expr::Macro { name, span, body: None } => {
                let message = format!("filter error: unexpected identifier '{name}'");
                self.remarks.push(Remark::error(message, *span));
            }
            Expr::Check(check) => match comparison(check, self.source) {
                Ok(_) => advice::check(check, self.source, &mut self.remarks),
                Err(error) => self.remarks.push(error),
            },
        }
    }
}

/// Resolves fields and reads values.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn comparison(check: &Check, source: &SourceDef) -> Result<Comparison, Remark> {
    let left = resolve(&check.left, source)?;
    let (op, modifier, ty) = (check.op, check.modifier, left.ty());
    let at = span_of(&check.left).unwrap_or(check.span);
    compare::legal(op, ty).map_err(|message| Remark::error(message, at))?;
    let read = |text: &str, span| {
        literal::parse(ty.kind, op, text).map_err(|message| Remark::error(message, span))
    };
    let right = match &check.right {
        Right::Nothing => Values::Nothing,
        Right::Value(text, span) => Values::Literals(vec![read(text, *span)?]),
        Right::List(items) => {
            let read = items.iter().map(|(text, span)| read(text, *span));
            Values::Literals(read.collect::<Result<_, _>>()?)
        }
        Right::Operand(right) => {
            let at = span_of(right).unwrap_or(check.span);
            let right = resolve(right, source)?;
            compare::sides(op, &left, &right).map_err(|message| Remark::error(message, at))?;
            Values::Operand(right)
        }
    };
    Ok(Comparison { left, op, modifier, right })
}

/// Where an operand is written, if it is written at one place.
fn span_of(operand: &Operand) -> Option<Span> {
    match operand {
        Operand::Field { span, .. } | Operand::Transform { span, .. } | Operand::Text(_, span) => {
            Some(*span)
        }
        Operand::List(_) => None,
    }
}
