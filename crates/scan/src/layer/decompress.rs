//! How a layer is stored, and its decoder.

use std::io::{self, BufRead, Read};

use flate2::bufread::MultiGzDecoder;

/// The largest window a zstd frame may ask for, since it is held in memory: 64 MiB. Builders write
/// 8 MiB at most; only `zstd --ultra -22` and `--long` ask for more.
const MAX_ZSTD_WINDOW_LOG: u32 = 26;

/// The kind of stored bytes, by their first ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compression {
    Plain,
    Gzip,
    Zstd,
    /// Known by sight, but no image specification allows it.
    Unsupported(&'static str),
}

impl Compression {
    /// The kind of what starts with these bytes; six are enough.
    pub(crate) fn detect(start: &[u8]) -> Self {
        const MAGIC: [(&[u8], Compression); 5] = [
            (&[0x1f, 0x8b], Compression::Gzip),
            (&[0x28, 0xb5, 0x2f, 0xfd], Compression::Zstd),
            (b"\xfd7zXZ", Compression::Unsupported("xz")),
            (b"BZh", Compression::Unsupported("bzip2")),
            (&[0x04, 0x22, 0x4d, 0x18], Compression::Unsupported("lz4")),
        ];
        let skippable_zstd_frame =
            matches!(start, [first, 0x2a, 0x4d, 0x18, ..] if first & 0xf0 == 0x50);
        if skippable_zstd_frame {
            return Self::Zstd;
        }
        let found = MAGIC.iter().find(|(magic, _)| start.starts_with(magic));
        found.map_or(Self::Plain, |(_, kind)| *kind)
    }
}

/// Plain bytes from stored ones.
pub(crate) enum Decoder<R: BufRead> {
    Plain(R),
    Gzip(Box<MultiGzDecoder<R>>),
    Zstd(Box<zstd::stream::read::Decoder<'static, R>>),
}

impl<R: BufRead> Decoder<R> {
    /// Looks at the first bytes of `stored` and picks the decoder.
    ///
    /// # Errors
    /// When reading fails, or with `Unsupported` for a compression that images do not use.
    pub(crate) fn new(mut stored: R) -> io::Result<Self> {
        match Compression::detect(stored.fill_buf()?) {
            Compression::Plain => Ok(Self::Plain(stored)),
            Compression::Gzip => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(stored)))),
            Compression::Zstd => {
                let mut decoder = zstd::stream::read::Decoder::with_buffer(stored)?;
                decoder.window_log_max(MAX_ZSTD_WINDOW_LOG)?;
                Ok(Self::Zstd(Box::new(decoder)))
            }
            Compression::Unsupported(name) => {
                let message = format!("compressed with {name}, which layers may not be");
                Err(io::Error::new(io::ErrorKind::Unsupported, message))
            }
        }
    }
}

impl<R: BufRead> Read for Decoder<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(inner) => inner.read(buffer),
            Self::Gzip(inner) => inner.read(buffer),
            Self::Zstd(inner) => inner.read(buffer),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(bytes).unwrap();
        out.finish().unwrap()
    }

    fn check(stored: &[u8], expect: Result<&[u8], io::ErrorKind>) {
        let mut plain = Vec::new();
        let result = Decoder::new(stored).and_then(|mut d| d.read_to_end(&mut plain));
        assert_eq!(result.map(|_| plain.as_slice()).map_err(|e| e.kind()), expect);
    }

    #[test]
    fn every_kind_is_decoded() {
        check(b"plain", Ok(b"plain"));
        check(b"", Ok(b""));
        check(&gzip(b"one"), Ok(b"one"));
        check(&[gzip(b"one"), gzip(b"two")].concat(), Ok(b"onetwo"));
        check(&zstd::encode_all(&b"zstd"[..], 1).unwrap(), Ok(b"zstd"));
        let skippable = [&[0x51, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9][..]].concat();
        check(&[skippable, zstd::encode_all(&b"x"[..], 1).unwrap()].concat(), Ok(b"x"));
    }

    #[test]
    fn damage_is_an_error() {
        check(b"\xfd7zXZ\0", Err(io::ErrorKind::Unsupported));
        let whole = gzip(b"some text that is cut short");
        check(&whole[..whole.len() - 9], Err(io::ErrorKind::UnexpectedEof));
        let mut wrong = whole.clone();
        let crc = wrong.len() - 6;
        wrong[crc] ^= 1;
        check(&wrong, Err(io::ErrorKind::InvalidInput));
    }
}
