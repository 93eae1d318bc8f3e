//! What conditions mean, said as plainly as possible: no sharing, no index, no sets.

use std::net::IpAddr;

use farguard_rules::syntax::{Check, Expr, Modifier, Op, Operand, Right};

use crate::{Event, Owned, mock::KINDS};

pub(crate) fn evaluate(expr: &Expr, event: &Event) -> bool {
    match expr {
        Expr::And(parts) => parts.iter().all(|part| evaluate(part, event)),
        Expr::Or(parts) => parts.iter().any(|part| evaluate(part, event)),
        Expr::Not(inner) => !evaluate(inner, event),
        Expr::Macro { body, .. } => evaluate(body.as_ref().expect("resolved"), event),
        Expr::Check(check) => holds(check, event),
    }
}

fn value(operand: &Operand, event: &Event) -> Option<Owned> {
    match operand {
        Operand::Field { name, .. } if name == "evt.type" => KINDS[event.kind].map(Owned::from),
        Operand::Field { name, arg: None, .. } => event.get(name).cloned(),
        Operand::Field { name, arg: Some(arg), .. } => {
            event.get(&format!("{name}[{arg}]")).cloned()
        }
        Operand::Transform { name, args, .. } => match (name.as_str(), value(&args[0], event)?) {
            ("tolower", Owned::Text(text)) => Some(Owned::Text(text.to_ascii_lowercase())),
            ("len", Owned::Text(text)) => Some(Owned::Uint(text.len() as u64)),
            ("len", Owned::List(items)) => Some(Owned::Uint(items.len() as u64)),
            ("val", value) => Some(value),
            other => panic!("not in the grammar of the test: {other:?}"),
        },
        Operand::Text(..) | Operand::List(_) => panic!("not in the grammar of the test"),
    }
}

fn holds(check: &Check, event: &Event) -> bool {
    let Some(left) = value(&check.left, event) else { return false };
    let name = match &check.left {
        Operand::Field { name, .. } => name.as_str(),
        _ => "",
    };
    let one = |left: &Owned| match &check.right {
        Right::Nothing => true,
        Right::Value(text, _) => compare(check.op, left, text),
        Right::List(items) => {
            let mut results = items.iter().map(|(text, _)| compare(check.op, left, text));
            match check.modifier {
                Some(Modifier::AllOf) => !items.is_empty() && results.all(|it| it),
                Some(Modifier::OneOf) => results.filter(|it| *it).count() == 1,
                Some(Modifier::AnyOf) | None => results.any(|it| it),
            }
        }
        Right::Operand(right) => {
            value(right, event).is_some_and(|right| match (check.op, left == &right) {
                (Op::Eq, equal) => equal,
                (Op::Ne, equal) => !equal,
                (op, _) => panic!("{op:?}: not in the grammar of the test"),
            })
        }
    };
    match &left {
        Owned::List(_) if check.op == Op::Exists => true,
        Owned::List(items) if check.op == Op::In && name == "fd.types" => items.iter().all(one),
        Owned::List(items) if check.op == Op::Ne && name != "proc.aname" => items.iter().all(one),
        Owned::List(items) => items.iter().any(one),
        left => one(left),
    }
}

fn compare(op: Op, left: &Owned, right: &str) -> bool {
    if op == Op::Ne {
        return !compare(Op::Eq, left, right);
    }
    let order = |ordering: std::cmp::Ordering| match op {
        Op::Lt => ordering.is_lt(),
        Op::Le => ordering.is_le(),
        Op::Gt => ordering.is_gt(),
        Op::Ge => ordering.is_ge(),
        _ => ordering.is_eq(),
    };
    match left {
        Owned::Int(left) => order(i128::from(*left).cmp(&right.parse().expect("a number"))),
        Owned::Uint(left) => order(i128::from(*left).cmp(&right.parse().expect("a number"))),
        Owned::Ip(IpAddr::V4(left)) => match right.split_once('/') {
            None => IpAddr::V4(*left) == right.parse::<IpAddr>().expect("an address"),
            Some((net, bits)) => {
                let bits: u32 = bits.parse().expect("a length");
                let net: std::net::Ipv4Addr = net.parse().expect("a network");
                let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
                u32::from(net) & mask == u32::from(*left) & mask
            }
        },
        Owned::Text(left) => {
            let (text, right) = (left.as_slice(), right.as_bytes());
            let contains = |text: &[u8], part: &[u8]| {
                part.is_empty() || text.windows(part.len()).any(|it| it == part)
            };
            match op {
                Op::Contains => contains(text, right),
                Op::Icontains => contains(&text.to_ascii_lowercase(), &right.to_ascii_lowercase()),
                Op::Startswith => text.starts_with(right),
                Op::Endswith => text.ends_with(right),
                Op::Glob => glob(text, right),
                Op::Iglob => glob(&text.to_ascii_lowercase(), &right.to_ascii_lowercase()),
                Op::Pmatch => {
                    let parts = |path: &[u8]| -> Vec<Vec<u8>> {
                        let parts = path.split(|byte| *byte == b'/').filter(|it| !it.is_empty());
                        parts.map(<[u8]>::to_vec).collect()
                    };
                    let (path, below) = (parts(text), parts(right));
                    path.len() >= below.len()
                        && path.iter().zip(&below).all(|(part, pattern)| glob(part, pattern))
                }
                op => order_text(op, text, right),
            }
        }
        left => panic!("{left:?}: not in the grammar of the test"),
    }
}

fn order_text(op: Op, left: &[u8], right: &[u8]) -> bool {
    assert!(matches!(op, Op::Eq | Op::In | Op::Intersects), "{op:?} is not in the grammar");
    left == right
}

/// `*` and `?` only.
fn glob(text: &[u8], pattern: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, text) => text.is_none(),
        (Some((b'*', rest)), None) => glob(text, rest),
        (Some((b'*', rest)), Some((_, after))) => glob(text, rest) || glob(after, pattern),
        (Some((b'?', rest)), Some((_, after))) => glob(after, rest),
        (Some((byte, rest)), Some((first, after))) => byte == first && glob(after, rest),
        (Some(_), None) => false,
    }
}
