//! The records of `Packages.db`, the database that RPM has of its own ("ndb").
//!
//! A table of slots says where in the file each package lies, in blocks of 16 bytes.
//!
//! # Source
//! <https://github.com/rpm-software-management/rpm/blob/master/lib/backend/ndb/rpmpkg.c>

use super::{
    Sink,
    bytes::{le32, size},
};

const FILE_MAGIC: &[u8] = b"RpmP";
const SLOT_MAGIC: &[u8] = b"Slot";
const HEAD_MAGIC: &[u8] = b"BlbS";
const TAIL_MAGIC: &[u8] = b"BlbE";
const PAGE_LEN: usize = 4096;
const SLOT_LEN: usize = 16;
const BLOCK_LEN: usize = 16;
const HEAD_LEN: usize = 16;
const TAIL_LEN: usize = 12;

/// Gives every header blob to `each`, and every damaged place.
pub(super) fn read(bytes: &[u8], each: &mut Sink<'_>) {
    let Some(slots) = slots(bytes) else {
        each(Err("not a database of RPM, or cut off in its table of slots".to_owned()));
        return;
    };
    // Slots may point at the same place, and there are many of them.
    let mut left = bytes.len();
    for (number, slot) in slots.chunks_exact(SLOT_LEN).enumerate() {
        if !slot.starts_with(SLOT_MAGIC) {
            each(Err(format!("slot {number} has no magic number")));
            continue;
        }
        let Some(index) = le32(slot, 4).filter(|index| *index != 0) else { continue };
        let blob = blob(bytes, slot, index).filter(|blob| blob.data.len() <= left);
        let Some(blob) = blob else {
            each(Err(format!("slot {number} points at no package")));
            continue;
        };
        left -= blob.data.len();
        // RPM reads such a package too: what can be read of it counts, and is not to be trusted.
        if !blob.intact {
            each(Err(format!("the package of slot {number} has a wrong checksum")));
        }
        each(Ok(blob.data));
    }
}

/// The table of slots. The header of the file takes the place of the first two.
fn slots(bytes: &[u8]) -> Option<&[u8]> {
    let version = le32(bytes, 4).filter(|_| bytes.starts_with(FILE_MAGIC))?;
    let pages = size(le32(bytes, 12)?);
    let len = pages.checked_mul(PAGE_LEN).filter(|_| version == 0)?;
    bytes.get(2 * SLOT_LEN..len)
}

struct Blob<'a> {
    data: &'a [u8],
    intact: bool,
}

fn blob<'a>(bytes: &'a [u8], slot: &[u8], index: u32) -> Option<Blob<'a>> {
    let start = size(le32(slot, 8)?).checked_mul(BLOCK_LEN)?;
    let len = size(le32(slot, 12)?).checked_mul(BLOCK_LEN)?;
    let whole = bytes.get(start..start.checked_add(len)?)?;
    let (checked, tail) = whole.split_at_checked(len.checked_sub(TAIL_LEN)?)?;
    let (head, padded) = checked.split_at_checked(HEAD_LEN)?;
    if !head.starts_with(HEAD_MAGIC) || le32(head, 4)? != index {
        return None;
    }
    let data_len = le32(head, 12)?;
    let intact = le32(tail, 0)? == adler32(checked)
        && le32(tail, 4)? == data_len
        && tail.ends_with(TAIL_MAGIC);
    Some(Blob { data: padded.get(..size(data_len))?, intact })
}

/// The checksum of RFC 1950.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    const MODULUS: u32 = 65521;
    // As many bytes as can be summed up before 32 bits overflow.
    let (a, b) = bytes.chunks(5552).fold((1, 0), |(mut a, mut b), chunk| {
        for byte in chunk {
            a += u32::from(*byte);
            b += a;
        }
        (a % MODULUS, b % MODULUS)
    });
    b << 16 | a
}
