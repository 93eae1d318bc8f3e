//! Shell patterns over whole texts: `*`, `?`, `[a-z]`, `[!a-z]`, backslash.
//!
//! # Source
//! `fnmatch(3)` without flags: `*` and `?` match slashes too. Byte by byte, as in the C locale.

use memchr::memmem::Finder;

use crate::engine::index::Key;

/// A shell pattern.
///
/// Pieces between stars are found one after the other, the leftmost place first; that is enough
/// since only stars stretch, and it never goes back over what a star took.
#[derive(Debug)]
pub(crate) struct Glob {
    /// What it starts with, up to the first star.
    head: Piece,
    /// What stands between stars.
    middle: Box<[Piece]>,
    /// What it ends with, after the last star. `None` without a star: then `head` is all.
    tail: Option<Piece>,
    folded: bool,
}

/// A stretch of a pattern without stars: so many tokens match so many bytes.
#[derive(Debug)]
enum Piece {
    Literal(Box<Finder<'static>>),
    Tokens(Box<[Token]>),
}

#[derive(Debug)]
enum Token {
    Byte(u8),
    Any,
    /// One bit for each byte.
    Class(Box<[u64; 4]>),
}

impl Glob {
    /// `folded`: upper and lower case are the same.
    pub(crate) fn new(pattern: &[u8], folded: bool) -> Self {
        let mut pieces =
            split(pattern, folded).into_iter().map(|tokens| Piece::new(tokens, folded));
        let head = pieces.next().unwrap_or_else(|| Piece::Tokens(Box::default()));
        let mut middle: Vec<Piece> = pieces.collect();
        let tail = middle.pop();
        middle.retain(|piece| piece.len() > 0);
        Self { head, middle: middle.into(), tail, folded }
    }

    pub(crate) fn matches(&self, text: &[u8]) -> bool {
        if self.folded && text.iter().any(u8::is_ascii_uppercase) {
            return self.matches_folded(&text.to_ascii_lowercase());
        }
        self.matches_folded(text)
    }

    fn matches_folded(&self, text: &[u8]) -> bool {
        let Some((start, text)) = text.split_at_checked(self.head.len()) else { return false };
        if !self.head.matches(start) {
            return false;
        }
        let Some(tail) = &self.tail else { return text.is_empty() };
        let at = text.len().checked_sub(tail.len());
        let Some((mut text, end)) = at.and_then(|at| text.split_at_checked(at)) else {
            return false;
        };
        tail.matches(end)
            && self.middle.iter().all(|piece| {
                let rest = piece.find(text).and_then(|at| text.get(at + piece.len()..));
                text = rest.unwrap_or_default();
                rest.is_some()
            })
    }

    /// What everything that matches starts with, or holds.
    pub(crate) fn key(&self) -> Option<Key> {
        let pieces = self.middle.iter().chain([&self.head]).chain(&self.tail);
        let longest = pieces.filter_map(Piece::literal).max_by_key(|text| text.len());
        let head = self.head.literal().unwrap_or_default();
        match longest? {
            [] => None,
            text if self.folded => Some(Key::FoldedPart(text.into())),
            _ if !head.is_empty() => Some(Key::Prefix(head.into())),
            text => Some(Key::Part(text.into())),
        }
    }
}

impl Piece {
    fn new(tokens: Vec<Token>, folded: bool) -> Self {
        let bytes: Option<Vec<u8>> = tokens
            .iter()
            .map(|token| match token {
                Token::Byte(byte) if folded => Some(byte.to_ascii_lowercase()),
                Token::Byte(byte) => Some(*byte),
                _ => None,
            })
            .collect();
        match bytes {
            Some(bytes) => Self::Literal(Box::new(Finder::new(&bytes).into_owned())),
            None => Self::Tokens(tokens.into()),
        }
    }

    fn literal(&self) -> Option<&[u8]> {
        match self {
            Self::Literal(finder) => Some(finder.needle()),
            Self::Tokens(_) => None,
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Literal(finder) => finder.needle().len(),
            Self::Tokens(tokens) => tokens.len(),
        }
    }

    /// Whether it matches this text of the same length.
    fn matches(&self, text: &[u8]) -> bool {
        match self {
            Self::Literal(finder) => finder.needle() == text,
            Self::Tokens(tokens) => {
                tokens.iter().zip(text).all(|(token, byte)| token.matches(*byte))
            }
        }
    }

    fn find(&self, text: &[u8]) -> Option<usize> {
        match self {
            Self::Literal(finder) => finder.find(text),
            Self::Tokens(tokens) => text.windows(tokens.len()).position(|it| self.matches(it)),
        }
    }
}

impl Token {
    fn matches(&self, byte: u8) -> bool {
        match self {
            Self::Byte(expect) => *expect == byte,
            Self::Any => true,
            Self::Class(bits) => has(bits, byte),
        }
    }
}

fn has(bits: &[u64; 4], byte: u8) -> bool {
    bits.get(usize::from(byte / 64)).is_some_and(|word| word >> (byte % 64) & 1 == 1)
}

/// Takes a pattern apart at its stars.
fn split(pattern: &[u8], folded: bool) -> Vec<Vec<Token>> {
    let fold = |byte: u8| if folded { byte.to_ascii_lowercase() } else { byte };
    let mut pieces = vec![Vec::new()];
    let mut rest = pattern;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let token = match byte {
            b'*' => {
                pieces.push(Vec::new());
                continue;
            }
            b'?' => Token::Any,
            b'[' => match class(after, folded) {
                Some((bits, after)) => {
                    rest = after;
                    Token::Class(Box::new(bits))
                }
                None => Token::Byte(b'['),
            },
            b'\\' => match after.split_first() {
                Some((&byte, after)) => {
                    rest = after;
                    Token::Byte(fold(byte))
                }
                // Nothing follows: nothing can match.
                None => Token::Class(Box::default()),
            },
            byte => Token::Byte(fold(byte)),
        };
        if let Some(piece) = pieces.last_mut() {
            piece.push(token);
        }
    }
    pieces
}

/// Reads `a-z]` behind the bracket; `None` if it is not closed.
fn class(text: &[u8], folded: bool) -> Option<([u64; 4], &[u8])> {
    let negated = matches!(text.first(), Some(b'!' | b'^'));
    let mut rest = if negated { text.get(1..)? } else { text };
    let mut bits = [0_u64; 4];
    let mut set = |byte: u8| {
        let mut set = |byte: u8| {
            if let Some(word) = bits.get_mut(usize::from(byte / 64)) {
                *word |= 1 << (byte % 64);
            }
        };
        set(byte);
        if folded {
            set(byte.to_ascii_lowercase());
        }
    };
    let mut is_first = true;
    loop {
        let (&byte, after) = rest.split_first()?;
        if byte == b']' && !is_first {
            rest = after;
            break;
        }
        is_first = false;
        if let Some((name, after)) = named(rest) {
            (0..=u8::MAX).filter(|byte| in_named(name, *byte)).for_each(&mut set);
            rest = after;
            continue;
        }
        let (low, after) = unescape(byte, after)?;
        rest = after;
        match rest {
            [b'-', high, after @ ..] if *high != b']' => {
                let (high, after) = unescape(*high, after)?;
                (low..=high).for_each(&mut set);
                rest = after;
            }
            _ => set(low),
        }
    }
    if negated {
        bits = bits.map(|word| !word);
    }
    Some((bits, rest))
}

fn unescape(byte: u8, after: &[u8]) -> Option<(u8, &[u8])> {
    match byte {
        b'\\' => after.split_first().map(|(byte, after)| (*byte, after)),
        byte => Some((byte, after)),
    }
}

/// `[:alpha:]` within a class.
fn named(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let text = text.strip_prefix(b"[:")?;
    let end = text.windows(2).take(16).position(|it| it == b":]")?;
    Some((text.get(..end)?, text.get(end + 2..)?))
}

fn in_named(name: &[u8], byte: u8) -> bool {
    match name {
        b"alnum" => byte.is_ascii_alphanumeric(),
        b"alpha" => byte.is_ascii_alphabetic(),
        b"blank" => matches!(byte, b' ' | b'\t'),
        b"cntrl" => byte.is_ascii_control(),
        b"digit" => byte.is_ascii_digit(),
        b"graph" => byte.is_ascii_graphic(),
        b"lower" => byte.is_ascii_lowercase(),
        b"print" => byte == b' ' || byte.is_ascii_graphic(),
        b"punct" => byte.is_ascii_punctuation(),
        b"space" => matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => byte.is_ascii_uppercase(),
        b"xdigit" => byte.is_ascii_hexdigit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_fnmatch_does() {
        let check = |pattern: &str, text: &str, expect| {
            assert_eq!(
                Glob::new(pattern.as_bytes(), false).matches(text.as_bytes()),
                expect,
                "{pattern} {text}"
            );
        };
        check("", "", true);
        check("", "a", false);
        check("*", "", true);
        check("*", "/a/b", true);
        check("a*", "a", true);
        check("a*a", "a", false);
        check("a*a", "aa", true);
        check("/proc/*/environ", "/proc/1/environ", true);
        check("/proc/*/environ", "/proc/1/2/environ", true);
        check("/proc/*/environ", "/proc/environ", false);
        check("*b?d*", "abcde", true);
        check("*b?d*", "abcce", false);
        check("*ab*ab*", "ab", false);
        check("*ab*ab*", "xabyabz", true);
        check("[a-c]x", "bx", true);
        check("[!a-c]x", "bx", false);
        check("[^a-c]x", "dx", true);
        check("[]]", "]", true);
        check("[a", "[a", true);
        check("[[:digit:]x]", "7", true);
        check("[[:digit:]x]", "y", false);
        check(r"\*", "*", true);
        check(r"\*", "a", false);
        check(r"a\", r"a\", false);
        check("?", "", false);
    }

    #[test]
    fn bytes_are_bytes_and_case_can_be_ignored() {
        assert!(Glob::new(b"/p?/q?", false).matches(b"/p\xff/q\xff"));
        assert!(Glob::new(b"*PassWD*", true).matches(b"/ETC/passwd-"));
        assert!(Glob::new(b"[A-C]", true).matches(b"b"));
    }

    #[test]
    fn what_is_always_there_is_known() {
        let key = |pattern: &[u8], folded| Glob::new(pattern, folded).key();
        assert_eq!(key(b"/proc/*/environ", false), Some(Key::Prefix(b"/proc/"[..].into())));
        assert_eq!(key(b"*/Environ?", false), None);
        assert_eq!(key(b"*/Environ*", true), Some(Key::FoldedPart(b"/environ"[..].into())));
        assert_eq!(key(b"?*", false), None);
    }
}
