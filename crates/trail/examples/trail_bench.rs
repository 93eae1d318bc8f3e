//! Times what reading CloudTrail files costs, part by part: only inflating (the floor), finding the
//! records, reading four fields of each.
//!
//! Usage: `cargo run --release -p farguard-trail --example trail_bench -- inflate|records|fields DIRECTORY [WORKERS]`

use std::{
    env, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

use farguard_trail::{Key, Reader, Record};
use libdeflater::Decompressor;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut args = env::args().skip(1);
    let mode = args.next().ok_or("what to do?")?;
    let directory = args.next().ok_or("which directory?")?;
    let workers = args.next().map_or(Ok(1), |count| count.parse())?;
    let mut files = Vec::new();
    collect(Path::new(&directory), &mut files)?;
    files.sort();
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        let work = || work(&mode, &files, &next, &total);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a worker stopped")?)
    })?;
    writeln!(io::stdout(), "{}", total.load(Ordering::Relaxed))?;
    Ok(())
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn work(
    mode: &str,
    files: &[PathBuf],
    next: &AtomicUsize,
    total: &AtomicU64,
) -> Result<(), Failure> {
    let mut reader = Reader::new();
    let mut inflate = (Decompressor::new(), Vec::new());
    while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let bytes = fs::read(path)?;
        let mut sum = 0;
        match mode {
            "inflate" => sum = floor(&bytes, &mut inflate)?,
            "records" => sum = reader.file(&bytes, &mut |_| {}).records,
            "fields" => {
                reader.file(&bytes, &mut |record| sum += four(record));
            }
            _ => return Err("inflate, records or fields".into()),
        }
        total.fetch_add(sum, Ordering::Relaxed);
    }
    Ok(())
}

/// Only inflates: how many bytes there are.
fn floor(bytes: &[u8], (decompressor, out): &mut (Decompressor, Vec<u8>)) -> Result<u64, Failure> {
    let size = bytes.last_chunk::<4>().ok_or("no file")?;
    let size = u32::from_le_bytes(*size) as usize;
    if out.len() < size {
        out.resize(size, 0);
    }
    let out = out.get_mut(..size).ok_or("no room")?;
    Ok(decompressor.gzip_decompress(bytes, out)? as u64)
}

/// Reads the four fields that most records are dismissed by: the length of their texts.
fn four(record: &Record<'_>) -> u64 {
    let keys = [Key::EventName, Key::EventSource, Key::ErrorCode];
    let texts = keys.map(|key| record.get(key)).into_iter();
    let kind = record.path(Key::UserIdentity, &["type"]);
    texts.chain([kind]).flatten().filter_map(|text| Some(text.raw()?.len() as u64)).sum()
}
