//! Times what CloudTrail files cost, part by part: only inflating (the floor), finding the records,
//! reading four fields of each, asking rules.
//!
//! Usage: `trail_bench inflate|records|fields DIRECTORY WORKERS`, `trail_bench rules DIRECTORY WORKERS RULES...`

use std::{
    env, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
    thread,
};

use farguard_rules::{
    Catalog, SourceDef,
    engine::{Engine, Matching, Options},
    load::Loader,
};
use farguard_trail::{CloudTrail, Key, Reader, Record, Trail};
use libdeflater::Decompressor;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    let mut args = env::args().skip(1);
    let mode = args.next().ok_or("what to do?")?;
    let directory = args.next().ok_or("which directory?")?;
    let workers = args.next().map_or(Ok(1), |count| count.parse::<usize>())?;
    let mut files = Vec::new();
    collect(Path::new(&directory), &mut files)?;
    files.sort();
    let engine = engine(args)?;
    let (next, total) = (AtomicUsize::new(0), AtomicU64::new(0));
    thread::scope(|scope| {
        let work = || work(&mode, &engine, &files, &next, &total);
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a worker stopped")?)
    })?;
    writeln!(io::stdout(), "{}", total.load(Ordering::Relaxed))?;
    Ok(())
}

/// All rules of these files, as `detect` runs them to find everything.
fn engine(paths: impl Iterator<Item = String>) -> Result<Engine<CloudTrail>, Failure> {
    let catalog = Catalog { sources: vec![SourceDef::of::<CloudTrail>()], ..Catalog::default() };
    let mut loader = Loader::new(&catalog);
    for path in paths {
        loader.bytes(&path, &fs::read(&path)?);
    }
    let loaded = loader.finish();
    let options = Options { matching: Matching::All, ..Options::default() };
    let (engine, problems) = Engine::compile(&loaded.rules, &options);
    writeln!(io::stderr(), "{} rules, {} problems", engine.len(), problems.len())?;
    Ok(engine)
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
    engine: &Engine<CloudTrail>,
    files: &[PathBuf],
    next: &AtomicUsize,
    total: &AtomicU64,
) -> Result<(), Failure> {
    let mut reader = Reader::new();
    let (mut scratch, mut number) = (engine.scratch(), 0);
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
            "rules" => {
                reader.file(&bytes, &mut |record| {
                    number += 1;
                    engine.matches(Trail { record, number }, &mut scratch, &mut |_| sum += 1);
                });
            }
            _ => return Err("inflate, records, fields or rules".into()),
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
