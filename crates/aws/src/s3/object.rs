//! An object, as a stream that survives broken connections.

use std::{
    collections::BTreeMap,
    fmt,
    io::{self, Read},
    time::Duration,
};

use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream};

use super::S3;
use crate::{client::AwsError, operation::GET_OBJECT, protocol::escaped_path};

/// How often a stream that breaks off is continued.
const CONTINUATIONS: u32 = 4;
/// How long to wait for the next bytes.
const PATIENCE: Duration = Duration::from_secs(30);

/// An object whose bytes are read as they are wanted. A connection that breaks off is continued
/// where it ended, as long as the object is still the same.
pub struct Object {
    s3: S3,
    bucket: String,
    key: String,
    /// Size in bytes.
    pub size: u64,
    metadata: BTreeMap<String, String>,
    etag: Option<String>,
    stream: ByteStream,
    /// What has come and was not read yet.
    chunk: bytes::Bytes,
    position: u64,
    continuations: u32,
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("bucket", &self.bucket)
            .field("key", &self.key)
            .field("size", &self.size)
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl S3 {
    /// Opens an object. Blocks until it is found; its bytes are read later.
    ///
    /// # Errors
    /// [`AwsError`], when there is no such object (code `NoSuchKey`), it may not be read, or it has
    /// more than `max_bytes`.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    pub fn object(&self, bucket: &str, key: &str, max_bytes: u64) -> Result<Object, AwsError> {
        let answer = self.session.wait(self.get(&GET_OBJECT, bucket, &escaped_path(key), &[]))?;
        let header = |name| answer.headers().get(name).map(str::to_owned);
        let size = header("content-length").and_then(|length| length.parse().ok());
        let size: u64 = size.ok_or_else(|| GET_OBJECT.failed("the answer has no length"))?;
        if size > max_bytes {
            let why = format!("`{key}` has {size} bytes, more than the {max_bytes} that are read");
            return Err(GET_OBJECT.failed(why));
        }
        Ok(Object {
            s3: self.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size,
            metadata: metadata(&answer),
            etag: header("etag"),
            stream: ByteStream::new(answer.into_body()),
            chunk: bytes::Bytes::new(),
            position: 0,
            continuations: 0,
        })
    }
}

fn metadata(answer: &Response<SdkBody>) -> BTreeMap<String, String> {
    let own = |(name, value): (&str, &str)| {
        Some((name.strip_prefix("x-amz-meta-")?.to_owned(), value.to_owned()))
    };
    answer.headers().iter().filter_map(own).collect()
}

impl Object {
    /// What whoever wrote it said about it: the value of the header `x-amz-meta-NAME`.
    #[must_use]
    pub fn metadata(&self, name: &str) -> Option<&str> {
        self.metadata.get(name).map(String::as_str)
    }

    /// The next bytes; none at the end.
    fn next(&mut self) -> io::Result<bytes::Bytes> {
        let session = self.s3.session.clone();
        loop {
            let next =
                session.wait(async { tokio::time::timeout(PATIENCE, self.stream.next()).await });
            let why = match next {
                Ok(Some(Ok(chunk))) => return Ok(chunk),
                Ok(None) if self.position >= self.size => return Ok(bytes::Bytes::new()),
                Ok(None) => "it ends too early".to_owned(),
                Ok(Some(Err(error))) => error.to_string(),
                Err(_) => "nothing comes any more".to_owned(),
            };
            if self.continuations >= CONTINUATIONS {
                let why = format!("s3://{}/{} breaks off: {why}", self.bucket, self.key);
                return Err(io::Error::other(why));
            }
            self.continuations += 1;
            self.stream = self.rest().map_err(io::Error::other)?;
        }
    }

    /// What was not read yet, over a new connection.
    fn rest(&self) -> Result<ByteStream, AwsError> {
        let mut headers = vec![("range", format!("bytes={}-", self.position))];
        headers.extend(self.etag.clone().map(|etag| ("if-match", etag)));
        let session = &self.s3.session;
        let path = escaped_path(&self.key);
        let answer = session.wait(self.s3.get(&GET_OBJECT, &self.bucket, &path, &headers))?;
        if self.position > 0 && answer.status().as_u16() != 206 {
            return Err(GET_OBJECT.failed("the server does not continue where it ended"));
        }
        Ok(ByteStream::new(answer.into_body()))
    }
}

impl Read for Object {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        // Chunks may be empty; only the end gives none.
        while self.chunk.is_empty() {
            self.chunk = self.next()?;
            if self.chunk.is_empty() && self.position >= self.size {
                return Ok(0);
            }
        }
        let length = into.len().min(self.chunk.len());
        let taken = self.chunk.split_to(length);
        into.iter_mut().zip(&taken).for_each(|(to, from)| *to = *from);
        self.position = self.position.saturating_add(u64::try_from(length).unwrap_or(u64::MAX));
        if self.position > self.size {
            return Err(io::Error::other("the server sends more than it said"));
        }
        Ok(length)
    }
}
