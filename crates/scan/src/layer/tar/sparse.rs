//! Files with holes: only the pieces between them are stored.
//!
//! # Source
//! <https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html>

use std::io::{self, Read};

use super::{
    TarError,
    header::{BLOCK, Header, number},
    pax::decimal,
};

/// Pieces of one file. GNU tar writes a handful; a disk image may have thousands.
const MAX_PIECES: usize = 1 << 17;

/// One stored piece of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) offset: u64,
    pub(crate) len: u64,
}

/// Which bytes of a file are stored; all others are zero.
#[derive(Debug, Default)]
pub(crate) struct SparseMap {
    pieces: Vec<Piece>,
    next: usize,
    /// Position in the file, holes included.
    at: u64,
    size: u64,
}

impl SparseMap {
    /// Checks that the pieces are in order, inside the file and as long as what is stored.
    pub(crate) fn new(pieces: Vec<Piece>, size: u64, stored: u64) -> Result<Self, TarError> {
        let mut end = 0;
        let mut sum: u64 = 0;
        for piece in &pieces {
            let piece_end = piece.offset.checked_add(piece.len).filter(|end| *end <= size);
            if piece.offset < end || piece_end.is_none() {
                return Err(TarError::BadSparseMap);
            }
            end = piece_end.unwrap_or_default();
            sum = sum.saturating_add(piece.len);
        }
        if sum != stored {
            return Err(TarError::BadSparseMap);
        }
        Ok(Self { pieces, next: 0, at: 0, size })
    }

    /// What comes next: how many bytes, and whether they are stored. Zero bytes is the end.
    pub(crate) fn run(&mut self) -> (u64, bool) {
        while let Some(piece) = self.pieces.get(self.next) {
            let end = piece.offset.saturating_add(piece.len);
            if self.at < piece.offset {
                return (piece.offset - self.at, false);
            }
            if self.at < end {
                return (end - self.at, true);
            }
            self.next += 1;
        }
        (self.size.saturating_sub(self.at), false)
    }

    pub(crate) fn advance(&mut self, bytes: u64) {
        self.at = self.at.saturating_add(bytes);
    }
}

/// Reads the pieces of the old GNU format: some in the header, the rest in blocks behind it.
/// Gives the pieces and the number of bytes read.
pub(crate) fn read_gnu_pieces(
    header: &Header<'_>,
    input: &mut impl Read,
) -> Result<(Vec<Piece>, u64), TarError> {
    let mut pieces = Vec::new();
    add_gnu_pieces(&mut pieces, header.gnu_sparse_pieces())?;
    let mut continues = header.gnu_sparse_continues();
    let mut read = 0;
    let mut block = [0; BLOCK];
    while continues {
        input.read_exact(&mut block)?;
        read += BLOCK as u64;
        let (numbers, rest) = block.split_at(504);
        add_gnu_pieces(&mut pieces, numbers)?;
        continues = rest.first().is_some_and(|flag| *flag != 0);
    }
    Ok((pieces, read))
}

fn add_gnu_pieces(pieces: &mut Vec<Piece>, numbers: &[u8]) -> Result<(), TarError> {
    for pair in numbers.chunks_exact(24) {
        let (offset, len) = pair.split_at(12);
        if offset.first() == Some(&0) {
            break;
        }
        let offset = number(offset).ok_or(TarError::BadSparseMap)?;
        let len = number(len).ok_or(TarError::BadSparseMap)?;
        push(pieces, Piece { offset, len })?;
    }
    Ok(())
}

fn push(pieces: &mut Vec<Piece>, piece: Piece) -> Result<(), TarError> {
    if pieces.len() >= MAX_PIECES {
        return Err(TarError::BadSparseMap);
    }
    pieces.push(piece);
    Ok(())
}

/// Reads the map of version 1.0: decimal lines at the start of the content, padded to a block.
/// Gives the pieces and the number of bytes read.
pub(crate) fn read_content_map(input: &mut impl Read) -> Result<(Vec<Piece>, u64), TarError> {
    let mut lines = Lines { input, block: [0; BLOCK], at: BLOCK, read: 0 };
    let count = lines.next_number()?;
    let mut pieces = Vec::new();
    for _ in 0..count {
        push(&mut pieces, Piece { offset: lines.next_number()?, len: lines.next_number()? })?;
    }
    Ok((pieces, lines.read))
}

struct Lines<'a, R> {
    input: &'a mut R,
    block: [u8; BLOCK],
    at: usize,
    read: u64,
}

impl<R: Read> Lines<'_, R> {
    fn next_number(&mut self) -> Result<u64, TarError> {
        let mut digits = Vec::new();
        loop {
            if self.at >= BLOCK {
                self.input.read_exact(&mut self.block)?;
                self.read += BLOCK as u64;
                self.at = 0;
            }
            let byte = self.block.get(self.at).copied().unwrap_or_default();
            self.at += 1;
            if byte == b'\n' {
                return decimal(&digits).ok_or(TarError::BadSparseMap);
            }
            if digits.len() > 20 {
                return Err(TarError::BadSparseMap);
            }
            digits.push(byte);
        }
    }
}

impl From<io::Error> for TarError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::UnexpectedEof {
            Self::Truncated
        } else {
            Self::Read(error)
        }
    }
}
