//! One file of a target, as analyzers see it.

use std::io::{self, Read};

/// The largest file that [`FileView::bytes`] reads: package databases are below it, and what an
/// attacker can make us hold is bounded by it.
pub const MAX_WHOLE_FILE_BYTES: u64 = 64 << 20;

/// Bytes that can only be read forward. Skipping is cheap where the source can seek.
pub trait ForwardRead: Read {
    /// Moves `bytes` forward. Skipping past the end is an error (`UnexpectedEof`).
    ///
    /// # Errors
    /// As [`Read::read`].
    fn skip(&mut self, bytes: u64) -> io::Result<()>;
}

impl ForwardRead for &[u8] {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let rest = usize::try_from(bytes).ok().and_then(|n| self.get(n..));
        *self = rest.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(())
    }
}

/// One file of a target: its path, size and mode, and its content, read once, forward.
pub struct FileView<'a> {
    path: &'a str,
    size: u64,
    body: &'a mut dyn ForwardRead,
    whole: Option<Vec<u8>>,
    started: bool,
    revisited: bool,
}

impl std::fmt::Debug for FileView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileView").field("path", &self.path).field("size", &self.size).finish()
    }
}

impl<'a> FileView<'a> {
    /// A view of a file of `size_bytes` bytes.
    pub fn new(path: &'a str, size_bytes: u64, body: &'a mut dyn ForwardRead) -> Self {
        Self { path, size: size_bytes, body, whole: None, started: false, revisited: false }
    }

    /// Relative to the root of the target, without leading `/`.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// Size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether this is the second visit that
    /// [`AnalyzeError::needs_whole_file`](super::AnalyzeError::needs_whole_file) asked for.
    #[must_use]
    pub fn is_revisit(&self) -> bool {
        self.revisited
    }

    /// The whole content. The first call reads it, later calls are free.
    ///
    /// # Errors
    /// When the file is larger than [`MAX_WHOLE_FILE_BYTES`], ends early, or
    /// [`reader`](Self::reader) was used before.
    pub fn bytes(&mut self) -> io::Result<&[u8]> {
        if self.whole.is_none() {
            if self.size > MAX_WHOLE_FILE_BYTES {
                let message = format!("larger than {} MiB", MAX_WHOLE_FILE_BYTES >> 20);
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
            }
            if self.started {
                return Err(io::Error::other("content was read already"));
            }
            let mut bytes = Vec::new();
            self.body.take(self.size).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != self.size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.whole = Some(bytes);
        }
        Ok(self.whole.as_deref().unwrap_or_default())
    }

    /// The content, from its start, to be read once. For files too large to hold.
    pub fn reader(&mut self) -> &mut dyn ForwardRead {
        self.started = true;
        self.body
    }
}
