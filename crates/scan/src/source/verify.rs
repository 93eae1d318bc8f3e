//! A reader that proves the digest of what it read.

use std::io::{self, Read};

use super::digest::{Digest, Verifier};

/// Passes bytes through; instead of the end it reports a digest that does not match.
pub(crate) struct Verify<R> {
    inner: R,
    expected: Digest,
    verifier: Option<Verifier>,
}

impl<R: Read> Verify<R> {
    pub(crate) fn new(inner: R, expected: Digest) -> Self {
        let verifier = Some(expected.verifier());
        Self { inner, expected, verifier }
    }
}

impl<R: Read> Read for Verify<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read > 0 {
            if let Some(verifier) = &mut self.verifier {
                verifier.update(buffer.get(..read).unwrap_or_default());
            }
        } else if !buffer.is_empty()
            && let Some(found) = self.verifier.take().map(Verifier::finish)
            && found != self.expected
        {
            let text = format!("its digest is `{found}`, not `{}`", self.expected);
            return Err(io::Error::new(io::ErrorKind::InvalidData, text));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_an_error_when_the_digest_is_wrong() {
        let read = |digest_of: &[u8]| {
            let mut seen = Vec::new();
            let mut reader = Verify::new(&b"abc"[..], Digest::sha256(digest_of));
            (reader.read_to_end(&mut seen).is_ok(), seen)
        };
        assert_eq!(read(b"abc"), (true, b"abc".to_vec()));
        assert_eq!(read(b"abd"), (false, b"abc".to_vec()));
    }
}
