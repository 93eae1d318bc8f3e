//! Times reading a capture. Usage: `cargo run --release -p farguard-events --example capture_bench -- FILE`

use std::{env, fs::File, io, time::Instant};

use farguard_events::capture::{Error, Item, Reader};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = env::args().nth(1).ok_or("which capture?")?;
    let mut times = Vec::new();
    let mut events = 0;
    for _ in 0..9 {
        let start = Instant::now();
        events = read(File::open(&path)?)?;
        times.push(start.elapsed());
    }
    times.sort_unstable();
    for (name, time) in [("least", times.first()), ("median", times.get(times.len() / 2))] {
        let seconds = time.map_or(f64::NAN, std::time::Duration::as_secs_f64);
        let rate = events as f64 / seconds / 1e6;
        io::Write::write_fmt(
            &mut io::stdout(),
            format_args!("{name}: {seconds:.3} s, {rate:.1} million events a second\n"),
        )?;
    }
    Ok(())
}

/// Reads everything, and looks at a parameter of each event.
fn read(file: File) -> Result<u64, Error> {
    let mut reader = Reader::new(file)?;
    let (mut events, mut failed) = (0, 0_u64);
    while let Some(item) = reader.read()? {
        if let Item::Event(event) = item {
            events += 1;
            failed += u64::from(event.params.i64(0).is_some_and(|result| result < 0));
        }
    }
    std::hint::black_box(failed);
    Ok(events)
}
