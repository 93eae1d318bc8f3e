//! A layer on its way: verified, resumed when the connection breaks, and never waited for without
//! end.

use std::{
    io::{self, Read},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use ureq::BodyReader;

use super::{RegistryError, client::Client, transport::Response};
use crate::source::{
    digest::{Digest, Verifier},
    manifest::Descriptor,
};

/// So many bytes count as progress: the attempts begin anew.
const PROGRESS_BYTES: u64 = 1 << 20;
/// A registry slower than this on the whole is one that stalls.
const MIN_BYTES_PER_SECOND: u64 = 1 << 10;

/// The stored bytes of a layer, as a stream that fails rather than end with wrong bytes.
pub(super) struct Blob {
    client: Arc<Client>,
    /// For messages: `layer 3 (`sha256:...`)`.
    label: String,
    digest: Digest,
    size: u64,
    received: u64,
    verifier: Option<Verifier>,
    body: Option<BodyReader<'static>>,
    /// Attempts since the last progress, and where that was.
    attempts: u32,
    progress: u64,
    /// Time spent waiting for bytes; what the consumer takes does not count.
    waited: Duration,
    failed: Option<String>,
}

impl Blob {
    /// Begins to fetch a layer.
    pub(super) fn open(
        client: Arc<Client>,
        layer: &Descriptor,
        label: String,
    ) -> Result<Self, RegistryError> {
        let answer = client.blob(&layer.digest, 0)?;
        Ok(Self {
            client,
            label,
            digest: layer.digest.clone(),
            size: layer.size,
            received: 0,
            verifier: Some(layer.digest.verifier()),
            body: Some(answer.body.into_reader()),
            attempts: 1,
            progress: 0,
            waited: Duration::ZERO,
            failed: None,
        })
    }

    /// Reads from the body, and counts how long that takes.
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(body) = self.body.as_mut() else { return Ok(0) };
        let started = Instant::now();
        let outcome = body.read(buffer);
        self.waited += started.elapsed();
        let patience = self.client.patience();
        let allowed = patience.idle.saturating_mul(patience.attempts.saturating_add(1))
            + Duration::from_secs(self.received / MIN_BYTES_PER_SECOND);
        if self.waited > allowed {
            return Err(io::Error::new(io::ErrorKind::QuotaExceeded, "it comes far too slowly"));
        }
        outcome
    }

    /// After a break: waits, and asks for the rest.
    fn resume(&mut self, why: &str) -> Result<(), String> {
        self.body = None;
        if self.received >= self.progress.saturating_add(PROGRESS_BYTES) {
            self.attempts = 0;
            self.progress = self.received;
        }
        if self.attempts >= self.client.patience().attempts {
            return Err(format!("{why}, after {} attempts", self.attempts));
        }
        thread::sleep(self.client.pause(self.attempts.max(1)));
        self.attempts += 1;
        let answer = self.client.blob(&self.digest, self.received);
        let answer = answer.map_err(|error| format!("{why}, and then {error}"))?;
        let skip =
            if answer.status == 206 { check_range(&answer, self.received)? } else { self.received };
        let mut body = answer.body.into_reader();
        match io::copy(&mut (&mut body).take(skip), &mut io::sink()) {
            Ok(skipped) if skipped == skip => self.body = Some(body),
            // The next read begins another attempt.
            Ok(_) | Err(_) => {}
        }
        Ok(())
    }

    /// At the last byte: nothing may follow, and the digest must be right.
    fn finish(&mut self) -> Result<usize, String> {
        let mut probe = [0];
        // A connection that breaks behind the last byte has nothing more to say.
        if matches!(self.receive(&mut probe), Ok(1..)) {
            return Err(format!(
                "it is longer than the {} bytes that its manifest says",
                self.size
            ));
        }
        self.body = None;
        match self.verifier.take().map(Verifier::finish) {
            Some(digest) if digest != self.digest => {
                Err("the bytes do not have this digest".to_owned())
            }
            _ => Ok(0),
        }
    }

    fn next(&mut self, buffer: &mut [u8]) -> Result<usize, String> {
        let left = self.size - self.received;
        if left == 0 {
            return self.finish();
        }
        let len = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..len).unwrap_or_default();
        loop {
            let why = match self.receive(buffer) {
                Ok(0) => format!("it breaks off after {} of {} bytes", self.received, self.size),
                Ok(count) => {
                    if let Some(verifier) = &mut self.verifier {
                        verifier.update(buffer.get(..count).unwrap_or_default());
                    }
                    self.received += u64::try_from(count).unwrap_or_default();
                    return Ok(count);
                }
                Err(error) if error.kind() == io::ErrorKind::QuotaExceeded => {
                    return Err(error.to_string());
                }
                Err(error) if is_timeout(&error) => format!(
                    "no byte for {} s after {} of {} bytes",
                    self.client.patience().idle.as_secs_f32(),
                    self.received,
                    self.size
                ),
                Err(error) => {
                    format!("it breaks off after {} of {} bytes: {error}", self.received, self.size)
                }
            };
            self.resume(&why)?;
        }
    }
}

/// The client wraps its own timeouts.
fn is_timeout(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(ureq::Error::Timeout(_))) || error.kind() == io::ErrorKind::TimedOut
}

/// A part must begin where it was asked to.
fn check_range(answer: &Response, offset: u64) -> Result<u64, String> {
    let range = answer.header("content-range").unwrap_or_default();
    if range.starts_with(&format!("bytes {offset}-")) {
        return Ok(0);
    }
    Err(format!("it was asked for from byte {offset} on and came from elsewhere"))
}

impl Read for Blob {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.failed.is_none() {
            match self.next(buffer) {
                Ok(count) => return Ok(count),
                Err(why) => {
                    self.body = None;
                    self.failed =
                        Some(format!("{} from `{}`: {why}", self.label, self.client.host()));
                }
            }
        }
        let why = self.failed.clone().unwrap_or_default();
        Err(io::Error::new(io::ErrorKind::InvalidData, why))
    }
}
