//! Measures the advisory database: `advisory_bench IN [COPIES]` builds it from the OSV JSON lines
//! in the directory IN, each record COPIES times under other names, and asks it 2,000 times.

use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, BufWriter, Write},
    path::Path,
    time::Instant,
};

use farguard_scan::{
    advisories::{
        AdvisorySource,
        build::{BuildOptions, Input, build},
        database::Database,
    },
    progress::Silent,
};

const LOOKUPS: u32 = 2000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments.next().ok_or("usage: advisory_bench IN [COPIES]")?;
    let copies: u32 = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let work = tempfile::tempdir()?;
    multiply(Path::new(&input), work.path(), copies)?;
    let mut out = io::stdout();

    let output = work.path().join("out/advisories.db");
    let options = BuildOptions {
        inputs: vec![Input::local(work.path())],
        output: output.clone(),
        now: jiff::Timestamp::UNIX_EPOCH,
    };
    let start = Instant::now();
    let built = build(&options, &Silent)?;
    let seconds = start.elapsed().as_secs_f64();
    let bytes = fs::metadata(&output)?.len();
    let records = built.contents.records;
    writeln!(
        out,
        "built: {records} records, {} packages, {} MiB in {seconds:.1} s, {} bytes a record",
        built.contents.packages,
        bytes >> 20,
        bytes / records.max(1)
    )?;

    for round in ["first", "second"] {
        let start = Instant::now();
        Database::open(&output)?;
        writeln!(out, "{round} open: {:?}", start.elapsed())?;
    }
    let database = Database::open(&output)?;
    let names = names(work.path())?;
    for round in ["first", "second"] {
        let (mut found, start) = (0, Instant::now());
        for (ecosystem, name) in &names {
            found += database.advisories(ecosystem, name)?.len();
        }
        writeln!(out, "{round} {} look-ups: {:?}, {found} found", names.len(), start.elapsed())?;
        let start = Instant::now();
        for (ecosystem, name) in &names {
            found -= database.candidates(ecosystem, name)?.len();
        }
        writeln!(out, "  versions only: {:?}, {found} differ", start.elapsed())?;
    }
    Ok(())
}

/// Copies of every record with other ids and package names.
fn multiply(input: &Path, output: &Path, copies: u32) -> io::Result<()> {
    for entry in fs::read_dir(input)? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let target = output.join(path.file_name().unwrap_or_default());
        let mut target = BufWriter::new(File::create(target)?);
        for line in BufReader::new(File::open(&path)?).lines() {
            let line = line?;
            for copy in 0..copies {
                target.write_all(mutate(&line, copy).as_bytes())?;
                target.write_all(b"\n")?;
            }
        }
        target.flush()?;
    }
    Ok(())
}

/// Another record: its ids and package names differ, and so do the digits of its text.
fn mutate(line: &str, copy: u32) -> String {
    if copy == 0 {
        return line.to_owned();
    }
    let Ok(mut record) = serde_json::from_str::<serde_json::Value>(line) else {
        return line.to_owned();
    };
    if let Some(id) = record.get_mut("id") {
        *id = format!("{}-{copy}", id.as_str().unwrap_or_default()).into();
    }
    for list in ["aliases", "upstream", "related"] {
        let ids = record.get_mut(list).and_then(|ids| ids.as_array_mut());
        for id in ids.into_iter().flatten() {
            *id = shift(id.as_str().unwrap_or_default(), copy).into();
        }
    }
    for member in ["summary", "details"] {
        if let Some(text) = record.get_mut(member) {
            *text = shuffle(text.as_str().unwrap_or_default(), copy).into();
        }
    }
    let affected = record.get_mut("affected").and_then(|entries| entries.as_array_mut());
    for entry in affected.into_iter().flatten() {
        if let Some(name) = entry.pointer_mut("/package/name") {
            *name = format!("{}{}", name.as_str().unwrap_or_default(), copy / 4).into();
        }
        let ranges = entry.get_mut("ranges").and_then(|ranges| ranges.as_array_mut());
        for event in ranges.into_iter().flatten().filter_map(|range| range.get_mut("events")) {
            for event in event.as_array_mut().into_iter().flatten() {
                if let Some(fixed) = event.get_mut("fixed") {
                    *fixed = shift(fixed.as_str().unwrap_or_default(), copy).into();
                }
            }
        }
    }
    record.to_string()
}

/// Turns the digits of a text into others.
fn shift(text: &str, by: u32) -> String {
    let digit = |c: char| c.to_digit(10).and_then(|d| char::from_digit((d * 7 + by) % 10, 10));
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// The words of a text, in another order.
fn shuffle(text: &str, by: u32) -> String {
    let mut words: Vec<_> = text.split(' ').collect();
    let len = words.len().max(1);
    words.rotate_left(by as usize % len);
    words.sort_by_key(|word| (word.len() * by as usize) % 13);
    words.join(" ")
}

/// Packages to ask for: a third of them known.
fn names(input: &Path) -> io::Result<Vec<(String, String)>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(input)? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "jsonl") {
            continue;
        }
        let lines = BufReader::new(File::open(&path)?).lines();
        for line in lines.step_by(97).take(LOOKUPS as usize / 3 / 16) {
            let record: serde_json::Value = serde_json::from_str(&line?)?;
            let package = record.pointer("/affected/0/package");
            let text = |key| package.and_then(|p| p.get(key)).and_then(|v| v.as_str());
            if let (Some(ecosystem), Some(name)) = (text("ecosystem"), text("name")) {
                names.push((ecosystem.to_owned(), name.to_owned()));
            }
        }
    }
    let known = names.len();
    for i in known..LOOKUPS as usize {
        names.push(("npm".to_owned(), format!("unknown-package-{i}")));
    }
    Ok(names)
}
