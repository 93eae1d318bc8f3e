//! The physical floor of a scan: inflates the layers of an OCI layout with zlib-rs and walks their
//! tar headers, a thread for each layer, and does nothing else.
//!
//! `cargo run --release -p farguard-scan --example floor -- LAYOUT`

use std::{
    error::Error,
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    thread,
};

use serde_json::Value;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let layout = std::env::args().nth(1).ok_or("usage: floor LAYOUT")?;
    let layout = Path::new(&layout);
    let index: Value = serde_json::from_reader(File::open(layout.join("index.json"))?)?;
    let manifest: Value = serde_json::from_reader(blob(
        layout,
        index.pointer("/manifests/0").ok_or("no manifest")?,
    )?)?;
    let layers = manifest.get("layers").and_then(Value::as_array).ok_or("no layers")?;
    let counts = thread::scope(|scope| {
        let threads: Vec<_> =
            layers.iter().map(|layer| scope.spawn(|| walk(blob(layout, layer)?))).collect();
        let joined =
            threads.into_iter().map(|thread| thread.join().map_err(|_| "a walk failed")?);
        joined.collect::<Outcome<Vec<(u64, u64)>>>()
    })?;
    let entries: u64 = counts.iter().map(|(entries, _)| entries).sum();
    let bytes: u64 = counts.iter().map(|(_, bytes)| bytes).sum();
    #[allow(clippy::print_stdout, reason = "the result of an example")]
    {
        println!("{} layers, {entries} entries, {} MiB", layers.len(), bytes >> 20);
    }
    Ok(())
}

fn blob(layout: &Path, descriptor: &Value) -> Outcome<File> {
    let digest = descriptor.get("digest").and_then(Value::as_str).ok_or("no digest")?;
    Ok(File::open(layout.join("blobs").join(digest.replacen(':', "/", 1)))?)
}

/// Entries and bytes of one layer.
fn walk(stored: File) -> Outcome<(u64, u64)> {
    let mut stored = BufReader::with_capacity(64 << 10, stored);
    let start = io::BufRead::fill_buf(&mut stored)?;
    let plain: Box<dyn Read> = match start {
        [0x1f, 0x8b, ..] => Box::new(flate2::bufread::MultiGzDecoder::new(stored)),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::with_buffer(stored)?),
        _ => Box::new(stored),
    };
    let mut plain = BufReader::with_capacity(128 << 10, plain);
    let (mut entries, mut bytes) = (0, 0);
    let mut header = [0; 512];
    while plain.read_exact(&mut header).is_ok() && header.iter().any(|byte| *byte != 0) {
        let size = std::str::from_utf8(header.get(124..135).unwrap_or_default())?
            .trim_matches(['\0', ' ']);
        let size = if size.is_empty() { 0 } else { u64::from_str_radix(size, 8)? };
        let stored = size.next_multiple_of(512);
        io::copy(&mut plain.by_ref().take(stored), &mut io::sink())?;
        entries += 1;
        bytes += 512 + stored;
    }
    bytes += io::copy(&mut plain, &mut io::sink())?;
    Ok((entries, bytes))
}
