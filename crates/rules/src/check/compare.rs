//! Which operators compare which types.
//!
//! # Source
//! `flt_is_comparable` and `check_rhs_field_type_consistency` of falcosecurity/libs.

use super::{Type, Typed};
use crate::{field::FieldType, syntax::Op};

/// What the operators know of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Number,
    Bool,
    Text,
    Bytes,
    Address,
    Any,
}

const fn family(kind: FieldType) -> Family {
    match kind {
        FieldType::Bool => Family::Bool,
        FieldType::Charbuf | FieldType::Fspath | FieldType::Fsrelpath => Family::Text,
        FieldType::Bytebuf => Family::Bytes,
        FieldType::Ipaddr | FieldType::Ipnet => Family::Address,
        FieldType::Dynamic => Family::Any,
        _ => Family::Number,
    }
}

/// Whether a type is text: letters can be changed, parts joined.
pub(super) const fn is_text(kind: FieldType) -> bool {
    matches!(family(kind), Family::Text)
}

/// Whether an operator compares a type.
///
/// # Errors
/// The message that Falco prints.
pub(super) fn legal(op: Op, ty: Type) -> Result<(), String> {
    if op == Op::Exists {
        return Ok(());
    }
    if ty.is_list {
        return legal_list(op, ty.kind);
    }
    let equality = matches!(op, Op::Eq | Op::Ne | Op::In | Op::Intersects);
    let order = matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge);
    let bytes = matches!(op, Op::Bcontains | Op::Bstartswith);
    let (legal, filters) = match family(ty.kind) {
        Family::Number => (equality || order, "numeric"),
        Family::Bool => (equality, "numeric"),
        Family::Text => (!bytes, "string"),
        Family::Bytes => {
            let parts = matches!(op, Op::Contains | Op::Startswith | Op::Endswith);
            (equality || bytes || parts, "buffer")
        }
        Family::Address => (equality, "ip address and network"),
        Family::Any => (true, "any"),
    };
    if legal {
        return Ok(());
    }
    Err(format!("filter error: '{}' operator not supported for {filters} filters", op.as_str()))
}

fn legal_list(op: Op, kind: FieldType) -> Result<(), String> {
    let comparable = matches!(
        kind,
        FieldType::Charbuf
            | FieldType::Uint64
            | FieldType::Reltime
            | FieldType::Abstime
            | FieldType::Bool
            | FieldType::Ipaddr
            | FieldType::Ipnet
    );
    if !comparable {
        let name = kind.as_str();
        return Err(format!("filter error: list filters are not supported for type '{name}'"));
    }
    if matches!(op, Op::In | Op::Intersects) {
        return Ok(());
    }
    Err(format!("filter error: '{}' operator not supported list filters", op.as_str()))
}

/// Whether two fields can be compared with each other.
///
/// # Errors
/// The message that Falco prints.
pub(super) fn sides(op: Op, left: &Typed, right: &Typed) -> Result<(), String> {
    if matches!(op, Op::Pmatch | Op::Regex) {
        let name = op.as_str();
        return Err(format!("operator '{name}' doesn't support right-hand side fields"));
    }
    let (l, r) = (left.ty(), right.ty());
    let unfit = |ty: Type| matches!(ty.kind, FieldType::Ipnet | FieldType::Dynamic);
    if unfit(l) {
        return Err(format!("field '{left}' doesn't support right-hand side fields"));
    }
    if unfit(r) {
        return Err(format!("field '{right}' can't be used as a right-hand side field"));
    }
    if l == r {
        return Ok(());
    }
    let list = |ty: Type| if ty.is_list { " (list)" } else { "" };
    Err(format!(
        "field '{left}' has type '{}'{} while the right-hand side field '{right}' has \
         incompatible type '{}'{}",
        l.kind.as_str(),
        list(l),
        r.kind.as_str(),
        list(r),
    ))
}
