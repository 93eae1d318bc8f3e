//! Strict reading of one value, only to find where damage starts: nothing is kept, nothing recurses.

use super::walk::MAX_DEPTH;

/// What strict reading came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Validity {
    /// A value that ends before this byte.
    Valid(usize),
    /// Fine up to the last byte, but not at its end.
    Unfinished,
    /// This byte cannot stand here.
    Damaged(usize),
    /// Nested deeper than is followed, from this byte on.
    TooDeep(usize),
}

/// What may stand at the next byte that is not blank.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
}

/// Reads the value that starts with the first byte.
pub(crate) fn validate(bytes: &[u8]) -> Validity {
    let mut reader = Strict { bytes, at: 0, objects: 0, depth: 0 };
    match reader.value() {
        Ok(()) => Validity::Valid(reader.at),
        Err(stop) => stop,
    }
}

struct Strict<'b> {
    bytes: &'b [u8],
    at: usize,
    /// One bit for each level that is open, the innermost lowest: whether it is an object.
    objects: u128,
    depth: u32,
}

impl Strict<'_> {
    fn value(&mut self) -> Result<(), Validity> {
        let mut expect = Expect::Value;
        loop {
            self.blanks();
            let byte = *self.bytes.get(self.at).ok_or(Validity::Unfinished)?;
            expect = match (expect, byte) {
                (Expect::Value | Expect::ValueOrEnd, b'{') => self.open(true)?,
                (Expect::Value | Expect::ValueOrEnd, b'[') => self.open(false)?,
                (Expect::ValueOrEnd, b']') => self.close(),
                (Expect::KeyOrEnd, b'}') => self.close(),
                (Expect::CommaOrEnd, b'}') if self.objects & 1 == 1 => self.close(),
                (Expect::CommaOrEnd, b']') if self.objects & 1 == 0 => self.close(),
                (Expect::CommaOrEnd, b',') => {
                    self.at += 1;
                    if self.objects & 1 == 1 { Expect::Key } else { Expect::Value }
                }
                (Expect::Colon, b':') => {
                    self.at += 1;
                    Expect::Value
                }
                (Expect::Key | Expect::KeyOrEnd, b'"') => {
                    self.string()?;
                    Expect::Colon
                }
                (Expect::Value | Expect::ValueOrEnd, b'"') => {
                    self.string()?;
                    Expect::CommaOrEnd
                }
                (Expect::Value | Expect::ValueOrEnd, _) => {
                    self.word()?;
                    Expect::CommaOrEnd
                }
                _ => return Err(Validity::Damaged(self.at)),
            };
            if self.depth == 0 {
                return Ok(());
            }
        }
    }

    fn blanks(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at = self.bytes.len() - super::skip_blanks(rest).len();
    }

    fn open(&mut self, object: bool) -> Result<Expect, Validity> {
        if self.depth == MAX_DEPTH {
            return Err(Validity::TooDeep(self.at));
        }
        self.depth += 1;
        self.at += 1;
        self.objects = self.objects << 1 | u128::from(object);
        Ok(if object { Expect::KeyOrEnd } else { Expect::ValueOrEnd })
    }

    const fn close(&mut self) -> Expect {
        self.depth -= 1;
        self.at += 1;
        self.objects >>= 1;
        Expect::CommaOrEnd
    }

    /// A string holds no control characters as such, and only escapes that exist.
    fn string(&mut self) -> Result<(), Validity> {
        self.at += 1;
        let mut rest = self.bytes.get(self.at..).unwrap_or_default().iter();
        while let Some(byte) = rest.next() {
            match byte {
                b'"' => {
                    self.at = self.bytes.len() - rest.len();
                    return Ok(());
                }
                b'\\' => match rest.next() {
                    Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' | b'u') => {}
                    None => return Err(Validity::Unfinished),
                    Some(_) => return Err(Validity::Damaged(self.bytes.len() - rest.len() - 1)),
                },
                0..0x20 => return Err(Validity::Damaged(self.bytes.len() - rest.len() - 1)),
                _ => {}
            }
        }
        Err(Validity::Unfinished)
    }

    /// A number, `true`, `false` or `null`; numbers only roughly.
    fn word(&mut self) -> Result<(), Validity> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let inside = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        let length = rest.iter().position(|byte| !inside(byte)).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(length);
        let number = |word: &[u8]| {
            word.first().is_some_and(|first| *first == b'-' || first.is_ascii_digit())
                && word.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte))
        };
        match word {
            b"true" | b"false" | b"null" => {}
            _ if number(word) => {}
            _ if rest.is_empty() && !word.is_empty() => return Err(Validity::Unfinished),
            _ => return Err(Validity::Damaged(self.at)),
        }
        self.at += length;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn damage_is_found_where_it_starts() {
        let check = |text: &str, expect| assert_eq!(validate(text.as_bytes()), expect, "{text}");
        check(r#"{"a":[1,{"b":"x\"y"},null], "c" : -1.5e3 } tail"#, Validity::Valid(42));
        check("[]", Validity::Valid(2));
        check(r#"{"a":1"#, Validity::Unfinished);
        check(r#"{"a":"b"#, Validity::Unfinished);
        check(r#"{"a":"b,"c":"d"}"#, Validity::Damaged(9));
        check("{\"a\":\"b\n\"}", Validity::Damaged(7));
        check(r#"{"a":[1}"#, Validity::Damaged(7));
        check(r#"{"a" 1}"#, Validity::Damaged(5));
        check(r#"{"a":yes}"#, Validity::Damaged(5));
        check(r#"{"a":"\x"}"#, Validity::Damaged(7));
        check(&"[".repeat(200), Validity::TooDeep(128));
    }

    proptest! {
        #[test]
        fn what_serde_reads_is_valid(text in r#"[{}\[\]:,"\\a1 tn\n-]{0,12}"#) {
            let container = text.trim_start().starts_with(['{', '[']);
            if container && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok() {
                prop_assert_eq!(validate(text.as_bytes()), Validity::Valid(text.trim_end().len()));
            }
        }
    }
}
