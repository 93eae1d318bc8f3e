//! Numbers.

use super::super::text::Text;
use crate::table::{Format, ParamType};

/// A number of 1, 2, 4 or 8 bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    raw: u64,
    bytes: u32,
}

impl Number {
    /// Reads a number that has just the bytes its type asks for.
    pub(super) fn read(kind: ParamType, bytes: &[u8]) -> Option<Self> {
        let size = kind.size();
        if size != bytes.len() || size > 8 || size == 0 {
            return None;
        }
        let raw = bytes.iter().rev().fold(0, |raw, byte| raw << 8 | u64::from(*byte));
        Some(Self { raw, bytes: u32::try_from(size).ok()? })
    }

    /// Without sign.
    pub(super) const fn raw(self) -> u64 {
        self.raw
    }

    /// With sign.
    pub(super) const fn signed(self) -> i64 {
        let unused = 64 - 8 * self.bytes;
        (self.raw << unused).cast_signed() >> unused
    }

    /// The lower 32 bits.
    pub(super) fn bits(self) -> u32 {
        u32::try_from(self.raw & u64::from(u32::MAX)).unwrap_or_default()
    }

    /// As Falco prints it: numbers of 32 and 64 bits have a sign, whatever their type says.
    pub(super) fn print(self, kind: ParamType, format: Format, out: &mut Text<'_>) {
        let unsigned = self.bytes < 4
            || matches!(kind, ParamType::Flags32 | ParamType::Enumflags32 | ParamType::Reltime);
        match format {
            Format::Hex if !has_names(kind) => out.print(format_args!("{:X}", self.raw)),
            Format::Octal if self.raw != 0 => out.print(format_args!("0{:o}", self.raw)),
            _ if unsigned && kind != ParamType::Int16 => out.print(format_args!("{}", self.raw)),
            _ => out.print(format_args!("{}", self.signed())),
        };
    }
}

/// Whether numbers of the type have a sign.
pub(super) const fn is_signed(kind: ParamType) -> bool {
    matches!(
        kind,
        ParamType::Int16
            | ParamType::Int32
            | ParamType::Int64
            | ParamType::Errno
            | ParamType::Fd
            | ParamType::Fd32
            | ParamType::Pid
            | ParamType::Pid32
    )
}

/// Whether the type is always printed as a decimal number, with names behind it.
const fn has_names(kind: ParamType) -> bool {
    matches!(
        kind,
        ParamType::Flags8
            | ParamType::Flags16
            | ParamType::Flags32
            | ParamType::Enumflags8
            | ParamType::Enumflags16
            | ParamType::Enumflags32
            | ParamType::Errno
            | ParamType::Fd
            | ParamType::Fd32
            | ParamType::Pid
            | ParamType::Pid32
            | ParamType::Uid
            | ParamType::Gid
            | ParamType::Sigtype
            | ParamType::Reltime
    )
}

/// Nanoseconds as seconds with six digits that count, as `%g` of C has it: `1.5s`, `2e-09s`.
pub(super) fn seconds(nanoseconds: u64, out: &mut Text<'_>) {
    // Rounding to six digits first: that may carry into another power of ten.
    let (mut digits, mut exponent) = (nanoseconds, -9_i32);
    let mut remainder = 0;
    while digits > 999_999 {
        remainder = digits % 10;
        digits /= 10;
        exponent += 1;
    }
    digits += u64::from(remainder >= 5);
    while digits != 0 && digits % 10 == 0 {
        digits /= 10;
        exponent += 1;
    }
    let text = digits.to_string();
    let point = i32::try_from(text.len()).unwrap_or_default() + exponent;
    let (first, rest) = text.split_at_checked(1).unwrap_or((&text, ""));
    let dot = if rest.is_empty() { "" } else { "." };
    match point {
        _ if digits == 0 => out.print(format_args!("0s")),
        -3..=0 => {
            out.push(b"0.");
            zeros(point.abs(), out);
            out.print(format_args!("{text}s"))
        }
        1..=6 => match text.split_at_checked(usize::try_from(point).unwrap_or_default()) {
            Some((whole, "")) => out.print(format_args!("{whole}s")),
            Some((whole, part)) => out.print(format_args!("{whole}.{part}s")),
            None => {
                out.push(text.as_bytes());
                zeros(exponent, out);
                out.push(b"s")
            }
        },
        _ => {
            let (sign, power) = if point > 0 { ('+', point - 1) } else { ('-', 1 - point) };
            out.print(format_args!("{first}{dot}{rest}e{sign}{power:02}s"))
        }
    };
}

fn zeros(count: i32, out: &mut Text<'_>) {
    for _ in 0..count {
        out.push(b"0");
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    #[test]
    fn numbers_are_printed_by_their_type() {
        let bump = Bump::new();
        for (kind, format, bytes, expect) in [
            (ParamType::Uint32, Format::Decimal, &[255, 255, 255, 255][..], Some("-1")),
            (ParamType::Uint8, Format::Decimal, &[255], Some("255")),
            (ParamType::Int16, Format::Decimal, &[255, 255], Some("-1")),
            (ParamType::Uint64, Format::Hex, &[0xab, 1, 0, 0, 0, 0, 0, 0], Some("1AB")),
            (ParamType::Uint32, Format::Octal, &[0xa4, 1, 0, 0], Some("0644")),
            (ParamType::Mode, Format::Octal, &[0, 0, 0, 0], Some("0")),
            (ParamType::Flags32, Format::Hex, &[1, 16, 0, 0], Some("4097")),
            (ParamType::Errno, Format::Decimal, &[254; 8], Some("-72340172838076674")),
            (ParamType::Fd, Format::Decimal, &[3, 0, 0], None),
            (ParamType::Ipv6addr, Format::Decimal, &[0; 16], None),
        ] {
            let number = Number::read(kind, bytes);
            let mut out = Text::new(&bump);
            if let Some(number) = number {
                number.print(kind, format, &mut out);
            }
            assert_eq!(out.bytes(), expect.unwrap_or_default().as_bytes(), "{kind:?} {bytes:?}");
            assert_eq!(number.is_some(), expect.is_some());
        }
    }

    #[test]
    fn seconds_have_six_digits_that_count() {
        let bump = Bump::new();
        for (nanoseconds, expect) in [
            (0, "0s"),
            (2, "2e-09s"),
            (123, "1.23e-07s"),
            (100_000, "0.0001s"),
            (99_999, "9.9999e-05s"),
            (1_500_000_000, "1.5s"),
            (1_000_000, "0.001s"),
            (12_345_678_901, "12.3457s"),
            (9_999_995_000, "10s"),
            (60_000_000_000, "60s"),
            (999_999_000_000_000, "999999s"),
            (1_234_567_000_000_000, "1.23457e+06s"),
            (u64::MAX - 1, "1.84467e+10s"),
        ] {
            let mut out = Text::new(&bump);
            seconds(nanoseconds, &mut out);
            assert_eq!(String::from_utf8_lossy(out.bytes()), expect, "{nanoseconds}");
        }
    }
}
