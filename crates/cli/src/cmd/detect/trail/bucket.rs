//! Objects of a bucket, in the order of time over all accounts and regions, and without listing more
//! than the days that are wanted.
//!
//! Keys of one account and region are sorted by time, so each is listed from the first wanted day to
//! the last; several of these lists are merged as they come.

mod cursor;
mod discover;

use std::{cmp::Reverse, collections::BinaryHeap, sync::Arc, thread};

use anyhow::{Context, Result, bail};
use farguard_aws::s3::S3;
use farguard_trail::{
    checkpoint::Checkpoint,
    layout::{Kind, Selection},
};
use jiff::Timestamp;

use self::cursor::Cursor;
use super::input::Input;

/// How many lists are begun at once.
const BEGUN_AT_ONCE: usize = 16;
/// Keys that are held over all lists; each holds a page.
const HELD: usize = 20_000;

/// What is listed.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// The bucket.
    pub(crate) bucket: Arc<str>,
    /// Keys begin with it.
    pub(crate) prefix: String,
    /// Records or digests.
    pub(crate) kind: Kind,
    /// Accounts, regions and times.
    pub(crate) selection: Selection,
}

impl Wanted {
    /// Reads `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// When there is no bucket in it.
    pub(crate) fn parse(text: &str, kind: Kind, selection: &Selection) -> Result<Self> {
        let rest = text.strip_prefix("s3://").unwrap_or(text);
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        if bucket.is_empty() {
            bail!("`{text}` names no bucket: write `s3://BUCKET/PREFIX`");
        }
        Ok(Self {
            bucket: bucket.into(),
            prefix: prefix.to_owned(),
            kind,
            selection: selection.clone(),
        })
    }
}

/// The objects that are wanted.
#[derive(Debug)]
pub(crate) struct Bucket {
    s3: S3,
    cursors: Vec<Cursor>,
    /// The next object of each list.
    heads: BinaryHeap<Reverse<(Timestamp, String, usize)>>,
    /// What could not be listed, and why.
    pub(crate) problems: Vec<String>,
}

impl Bucket {
    /// Finds the accounts and regions that are in a bucket, and begins to list each.
    ///
    /// # Errors
    /// When the bucket cannot be listed at all. Parts that cannot be listed are problems.
    pub(crate) fn open(s3: &S3, wanted: &Wanted, done: Option<&Checkpoint>) -> Result<Self> {
        let about = || format!("cannot list `s3://{}/{}`", wanted.bucket, wanted.prefix);
        let mut cursors = discover::cursors(s3, wanted, done).with_context(about)?;
        let page_size = u16::try_from((HELD / cursors.len().max(1)).clamp(50, 1_000))?;
        let mut bucket = Self {
            s3: s3.clone(),
            cursors: Vec::new(),
            heads: BinaryHeap::new(),
            problems: Vec::new(),
        };
        for group in cursors.chunks_mut(BEGUN_AT_ONCE) {
            thread::scope(|scope| {
                for cursor in group {
                    cursor.set_page_size(page_size);
                    scope.spawn(|| cursor.begin(s3));
                }
            });
        }
        bucket.cursors = cursors;
        for index in 0..bucket.cursors.len() {
            bucket.push(index);
        }
        match bucket.problems.first() {
            Some(problem) if bucket.heads.is_empty() => bail!("{problem}"),
            _ => Ok(bucket),
        }
    }

    /// The next object.
    pub(crate) fn next(&mut self) -> Option<Input> {
        let Reverse((_, _, index)) = self.heads.pop()?;
        let input = self.cursors.get_mut(index)?.take();
        self.push(index);
        input
    }

    /// Puts the next object of a list among the heads.
    fn push(&mut self, index: usize) {
        let Some(cursor) = self.cursors.get_mut(index) else { return };
        match cursor.peek(&self.s3) {
            Ok(Some(input)) => {
                let (time, name) = input.order();
                self.heads.push(Reverse((time, name, index)));
            }
            Ok(None) => {}
            Err(error) => self.problems.push(format!("cannot list `{}`: {error}", cursor.name())),
        }
    }
}
