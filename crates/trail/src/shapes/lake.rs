//! Columns of CloudTrail Lake: a query shows structures as `{type=Root, sessioncontext={...}}`.

use bumpalo::{Bump, collections::Vec};

use crate::json::text::decode;

/// Levels of a structure that are taken apart.
const MAX_DEPTH: u32 = 16;

/// Writes the value of a column as JSON: a structure as an object, all else as it stands.
pub(super) fn column(value: &[u8], out: &mut Vec<'_, u8>, arena: &Bump) {
    let inner = value.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\""));
    let text = inner.map(|inner| decode(inner, arena)).unwrap_or_default();
    let start = out.len();
    let structured = match text {
        [b'{', b'"', ..] => {
            out.extend_from_slice(text);
            crate::json::validate::validate(text)
                == crate::json::validate::Validity::Valid(text.len())
        }
        [b'{' | b'[', ..] => structure(text, 0, out).is_some_and(<[u8]>::is_empty),
        _ => false,
    };
    if !structured {
        out.truncate(start);
        out.extend_from_slice(value);
    }
}

/// Writes the structure or list that starts here; what follows it, unless it is something else.
fn structure<'t>(text: &'t [u8], depth: u32, out: &mut Vec<'_, u8>) -> Option<&'t [u8]> {
    let (&open, mut rest) = text.split_first()?;
    let (is_object, close) = (open == b'{', if open == b'{' { b'}' } else { b']' });
    if depth == MAX_DEPTH {
        return None;
    }
    out.push(open);
    if let Some(rest) = rest.strip_prefix(&[close]) {
        out.push(close);
        return Some(rest);
    }
    loop {
        if is_object {
            let equals = memchr::memchr(b'=', rest)?;
            let (name, behind) = rest.split_at(equals);
            if !name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.: ".contains(byte)) {
                return None;
            }
            quoted(name, out);
            out.push(b':');
            rest = behind.get(1..)?;
        }
        rest = match rest.first()? {
            b'{' | b'[' => structure(rest, depth + 1, out)?,
            _ => {
                let end = scalar_end(rest, is_object);
                let (scalar, behind) = rest.split_at(end);
                match scalar {
                    b"null" | b"true" | b"false" => out.extend_from_slice(scalar),
                    _ => quoted(scalar, out),
                }
                behind
            }
        };
        if let Some(behind) = rest.strip_prefix(b", ") {
            out.push(b',');
            rest = behind;
        } else {
            out.push(close);
            return rest.strip_prefix(&[close]);
        }
    }
}

/// A scalar ends at a bracket, or at a comma that a name follows.
fn scalar_end(text: &[u8], is_object: bool) -> usize {
    let mut from = 0;
    while let Some(found) =
        text.get(from..).and_then(|rest| memchr::memchr3(b',', b'}', b']', rest))
    {
        let at = from + found;
        let behind = text.get(at + 1..).unwrap_or_default();
        let comma = text.get(at) == Some(&b',');
        let name = |rest: &[u8]| {
            let end = rest.iter().take(64).position(|byte| !byte.is_ascii_alphanumeric());
            end.is_some_and(|end| end > 0 && rest.get(end) == Some(&b'='))
        };
        let fits = match behind.strip_prefix(b" ") {
            Some(rest) if comma && is_object => name(rest),
            Some(_) if comma => true,
            _ => !comma,
        };
        if fits {
            return at;
        }
        from = at + 1;
    }
    text.len()
}

fn quoted(text: &[u8], out: &mut Vec<'_, u8>) {
    out.push(b'"');
    for &byte in text {
        match byte {
            b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
            b'\n' => out.extend_from_slice(b"\\n"),
            0..0x20 => out.push(b' '),
            _ => out.push(byte),
        }
    }
    out.push(b'"');
}
