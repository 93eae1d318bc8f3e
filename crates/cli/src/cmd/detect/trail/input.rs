//! One thing to read, wherever it is.

use std::{
    fs::File,
    io::{self, Read, stdin},
    path::PathBuf,
    sync::Arc,
};

use anyhow::{Context, Result};
use farguard_aws::s3::S3;
use farguard_trail::layout::FileName;
use jiff::Timestamp;

/// A file or object with more bytes than this is none that is read.
const MAX_BYTES: u64 = 64 << 30;

/// Where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// Standard input.
    Stdin,
    /// A file.
    File(PathBuf),
    /// An object in S3.
    Object {
        /// The bucket.
        bucket: Arc<str>,
        /// The key.
        key: String,
    },
}

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Input {
    /// Where it is.
    pub(crate) place: Place,
    /// Size in bytes; 0 when it is not known.
    pub(crate) size: u64,
}

impl Input {
    /// An object.
    pub(crate) fn object(bucket: &Arc<str>, key: String, size: u64) -> Self {
        Self { place: Place::Object { bucket: Arc::clone(bucket), key }, size }
    }

    /// What messages and checkpoints call it: `s3://BUCKET/KEY`, a path, `-`.
    pub(crate) fn name(&self) -> String {
        match &self.place {
            Place::Stdin => "-".to_owned(),
            Place::File(path) => path.display().to_string(),
            Place::Object { bucket, key } => format!("s3://{bucket}/{key}"),
        }
    }

    /// The bucket, of an object.
    pub(crate) fn bucket(&self) -> Option<&str> {
        match &self.place {
            Place::Object { bucket, .. } => Some(bucket),
            Place::Stdin | Place::File(_) => None,
        }
    }

    /// What it is sorted by: when it was delivered, as far as the name tells.
    pub(crate) fn order(&self) -> (Timestamp, String) {
        let name = self.name();
        let time = FileName::parse(&name).map_or(Timestamp::UNIX_EPOCH, |name| name.time);
        (time, name)
    }

    /// The input of that name: what [`name`](Self::name) gave.
    pub(crate) fn named(name: &str) -> Self {
        let object = name.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let place = match object {
            Some((bucket, key)) => Place::Object { bucket: bucket.into(), key: key.to_owned() },
            None => Place::File(PathBuf::from(name)),
        };
        Self { place, size: 0 }
    }

    /// Opens it, and says how many bytes there are, if that is known.
    ///
    /// # Errors
    /// When it is not there or may not be read.
    pub(crate) fn open(&self, s3: Option<&S3>) -> Result<(Box<dyn Read>, Option<u64>)> {
        match &self.place {
            Place::Stdin => Ok((Box::new(stdin()), None)),
            Place::File(path) => {
                let file = File::open(path)?;
                let length = file.metadata().ok().filter(|it| it.is_file()).map(|it| it.len());
                Ok((Box::new(file), length))
            }
            Place::Object { bucket, key } => {
                let s3 = s3.context("no connection to S3")?;
                let object = s3.object(bucket, key, MAX_BYTES)?;
                let size = object.size;
                Ok((Box::new(object), Some(size)))
            }
        }
    }
}

/// Reads everything into a buffer that is used again; no more than was said.
pub(crate) fn read_whole(input: impl Read, size: u64, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    input.take(size).read_to_end(buffer).map(drop)
}
