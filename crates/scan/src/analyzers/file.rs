//! One file of a target, as analyzers see it.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use crate::layer::{Budget, Permit};

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

impl<R: ForwardRead + ?Sized> ForwardRead for &mut R {
    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        (**self).skip(bytes)
    }
}

/// One file of a target: its path, size and mode, and its content, read once, forward.
pub struct FileView<'a> {
    path: &'a str,
    size: u64,
    body: &'a mut dyn ForwardRead,
    whole: Option<Cow<'a, [u8]>>,
    started: bool,
    revisited: bool,
    budget: Option<&'a Budget>,
    permit: Option<Permit<'a>>,
}

impl std::fmt::Debug for FileView<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FileView").field("path", &self.path).field("size", &self.size).finish()
    }
}

impl<'a> FileView<'a> {
    /// A view of a file of `size_bytes` bytes.
    pub fn new(path: &'a str, size_bytes: u64, body: &'a mut dyn ForwardRead) -> Self {
        Self {
            path,
            size: size_bytes,
            body,
            whole: None,
            started: false,
            revisited: false,
            budget: None,
            permit: None,
        }
    }

    /// A view of a file that is in memory already; `body` reads the same bytes.
    pub(crate) fn held(path: &'a str, bytes: &'a [u8], body: &'a mut dyn ForwardRead) -> Self {
        let mut view = Self::new(path, bytes.len() as u64, body);
        view.whole = Some(Cow::Borrowed(bytes));
        view
    }

    /// Takes the memory for [`bytes`](Self::bytes) from `budget`.
    pub(crate) fn within(mut self, budget: &'a Budget) -> Self {
        self.budget = Some(budget);
        self
    }

    /// Says that the analyzer asked for this second visit.
    pub(crate) fn again(mut self) -> Self {
        self.revisited = true;
        self
    }

    /// Whether the content has been read and cannot be read again.
    pub(crate) fn is_spent(&self) -> bool {
        self.started && self.whole.is_none()
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
            if self.started {
                return Err(io::Error::other("content was read already"));
            }
            self.started = true;
            if self.size <= MAX_WHOLE_FILE_BYTES {
                self.permit = self.budget.map(|budget| budget.acquire(self.size));
            }
            self.whole = Some(Cow::Owned(read_whole(self.body, self.size)?));
        }
        Ok(self.whole.as_deref().unwrap_or_default())
    }

    /// The content, from its start, to be read once. For files too large to hold.
    pub fn reader(&mut self) -> &mut dyn ForwardRead {
        self.started = true;
        self.body
    }
}

/// Reads exactly `size` bytes, at most [`MAX_WHOLE_FILE_BYTES`].
pub(crate) fn read_whole(body: &mut dyn ForwardRead, size: u64) -> io::Result<Vec<u8>> {
    if size > MAX_WHOLE_FILE_BYTES {
        let message = format!("larger than {} MiB", MAX_WHOLE_FILE_BYTES >> 20);
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
    }
    // The size is a claim, but a bounded one, and pages that are never written cost nothing.
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    body.take(size).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(bytes)
}
