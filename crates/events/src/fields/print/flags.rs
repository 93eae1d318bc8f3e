//! Names of bits and of values.

use super::super::{names::signal, text::Text};

type Values = [(&'static str, u32)];

/// Names of the bits that are set. A name of several bits comes before those of each of them.
pub(super) fn names(bits: u32, values: &Values, out: &mut Text<'_>) {
    let mut rest = bits;
    let start = out.len();
    for (name, value) in values {
        let whole = if *value == 0 { bits == 0 } else { rest & value == *value };
        if whole {
            alternative(name, start, out);
            rest &= !value;
            if *value == bits {
                return;
            }
        }
    }
}

/// Every name of a value; some have two.
pub(super) fn enumerated(bits: u32, values: &Values, out: &mut Text<'_>) {
    let start = out.len();
    for (name, _) in values.iter().filter(|(_, value)| *value == bits) {
        alternative(name, start, out);
    }
}

fn alternative(name: &str, start: usize, out: &mut Text<'_>) {
    out.push(if out.len() == start { b"" } else { b"|" }).push(name.as_bytes());
}

/// Names of a set of signals, of which the first bit is signal 1.
pub(super) fn signals(bits: u32, out: &mut Text<'_>) {
    let start = out.len();
    for number in 1..=32_u8 {
        let name = signal(number).filter(|_| bits >> (number - 1) & 1 != 0);
        if let Some(name) = name {
            out.push(if out.len() == start { b"" } else { b" " }).push(name.as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    #[test]
    fn bits_are_named_once() {
        let bump = Bump::new();
        let values = [("RDWR", 3), ("WRONLY", 2), ("RDONLY", 1), ("CLOEXEC", 4096), ("NONE", 0)];
        for (bits, expect) in [
            (4097, "RDONLY|CLOEXEC"),
            (3, "RDWR"),
            (0, "NONE"),
            (8, ""),
            (4096 | 8 | 2, "WRONLY|CLOEXEC"),
        ] {
            let mut out = Text::new(&bump);
            names(bits, &values, &mut out);
            assert_eq!(String::from_utf8_lossy(out.bytes()), expect, "{bits}");
        }
        let mut out = Text::new(&bump);
        enumerated(1, &[("AF_UNIX", 1), ("AF_INET", 2), ("AF_LOCAL", 1)], &mut out);
        assert_eq!(out.bytes(), b"AF_UNIX|AF_LOCAL");
        let mut out = Text::new(&bump);
        signals(0b1000_0000_0000_0000_0000_0001_0000_0010, &mut out);
        assert_eq!(out.bytes(), b"SIGINT SIGKILL");
    }
}
