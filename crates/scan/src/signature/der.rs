//! Just enough DER to walk the extensions of a certificate that `webpki` has already read.

/// `SEQUENCE`, constructed.
pub(super) const SEQUENCE: u8 = 0x30;
/// `OCTET STRING`.
pub(super) const OCTET_STRING: u8 = 0x04;
/// `OBJECT IDENTIFIER`.
pub(super) const OID: u8 = 0x06;
/// `UTF8String`.
pub(super) const UTF8_STRING: u8 = 0x0c;

/// A run of elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct Der<'a>(&'a [u8]);

/// One element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) content: &'a [u8],
    /// Tag, length and content.
    pub(super) whole: &'a [u8],
}

impl<'a> Der<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The content of the next element, which must have this tag.
    pub(super) fn expect(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|element| element.tag == tag).map(|element| element.content)
    }
}

/// Ends at the first element that is malformed or cut off.
impl<'a> Iterator for Der<'a> {
    type Item = Element<'a>;

    fn next(&mut self) -> Option<Element<'a>> {
        let (&tag, rest) = self.0.split_first()?;
        // No certificate has a tag of several bytes.
        if tag & 0x1f == 0x1f {
            return None;
        }
        let (&first, mut rest) = rest.split_first()?;
        let mut length = usize::from(first);
        if first >= 0x80 {
            let (bytes, behind) = rest.split_at_checked(usize::from(first & 0x7f))?;
            if bytes.is_empty() || bytes.len() > 4 {
                return None;
            }
            length = bytes.iter().try_fold(0_usize, |length, &byte| {
                length.checked_mul(256)?.checked_add(usize::from(byte))
            })?;
            rest = behind;
        }
        let (content, behind) = rest.split_at_checked(length)?;
        let whole = self.0.get(..self.0.len() - behind.len())?;
        self.0 = behind;
        Some(Element { tag, content, whole })
    }
}

/// An element around a content.
pub(super) fn encode(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
    match significant.as_slice() {
        [] => out.push(0),
        [short @ 0..0x80] => out.push(*short),
        long => {
            // A `usize` has eight bytes.
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for len in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; len];
            let whole = encode(SEQUENCE, &content);
            let mut der = Der::new(&whole);
            let element = der.next().unwrap();
            assert_eq!((element.tag, element.content.len()), (SEQUENCE, len));
            assert_eq!(element.whole, whole);
            assert_eq!(der.next(), None);
        }
    }

    #[test]
    fn malformed_elements_end_the_walk() {
        let check = |bytes: &[u8]| assert_eq!(Der::new(bytes).next(), None, "{bytes:x?}");
        check(&[]);
        check(&[0x30]);
        check(&[0x30, 1]);
        check(&[0x30, 0x80]);
        check(&[0x30, 0x82, 1]);
        check(&[0x30, 0x84, 255, 255, 255, 255]);
        check(&[0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        check(&[0x3f, 1, 0]);
    }
}
