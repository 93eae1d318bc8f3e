//! Measures matching: `match_bench TARGET DATABASE` takes the inventory of a local image, opens the
//! database and matches, 21 times over, each time from a freshly opened database.

use std::{
    error::Error,
    io::{self, Write},
    path::Path,
    time::Instant,
};

use farguard_scan::{
    advisories::database::Database,
    inventory::{Options, take},
    matcher::{MatchOptions, match_inventory},
    progress::Silent,
    source::{open_local, platform::Platform},
    target::Target,
};

const ROUNDS: usize = 21;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("usage: match_bench TARGET DATABASE");
    let (target, path) = (Target::detect(&argument()?)?, argument()?);
    let source = open_local(&target, &Platform::defaults())?.ok_or("not a local target")?;
    let inventory = take(source, &Options::default(), &Silent)?;
    let mut out = io::stdout();
    let (mut opening, mut matching, mut findings) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let database = Database::open(Path::new(&path))?;
        opening.push(start.elapsed());
        let options = MatchOptions::new(jiff::Timestamp::UNIX_EPOCH);
        let start = Instant::now();
        findings = match_inventory(&inventory, &database, &options)?.findings.len();
        matching.push(start.elapsed());
    }
    writeln!(out, "{} packages, {findings} findings", inventory.packages.len())?;
    for (what, mut times) in [("open", opening), ("match", matching)] {
        let first = times.first().copied().unwrap_or_default();
        times.sort();
        let [least, median] = [0, ROUNDS / 2].map(|i| times.get(i).copied().unwrap_or_default());
        writeln!(out, "{what}: first {first:?}, min {least:?}, median {median:?}")?;
    }
    Ok(())
}
