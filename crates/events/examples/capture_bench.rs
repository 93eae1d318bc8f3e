//! Times rules over a capture, step by step. Usage:
//! `cargo run --release -p farguard-events --example capture_bench -- CAPTURE [RULES...]`

use std::{
    env,
    fmt::Arguments,
    fs::{self, File},
    io::{self, Write},
    sync::LazyLock,
    time::{Duration, Instant},
};

use farguard_events::{
    State, Syscalls,
    capture::{Error, Item, Reader},
};
use farguard_rules::{Catalog, Engine, Loader, Options, SourceDef};

/// How often each step is timed; the best counts.
const ROUNDS: usize = 5;

type Job<'j> = &'j mut dyn FnMut(&State, &farguard_events::Event<'_>);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let path = arguments.next().ok_or("which capture?")?;
    let catalog = Catalog { sources: vec![SourceDef::of::<Syscalls>()], ..Catalog::default() };
    let mut loader = Loader::new(&catalog);
    for name in arguments {
        loader.file(&name, &fs::read_to_string(&name)?);
    }
    let loaded = loader.finish();
    let (engine, problems) = Engine::<Syscalls>::compile(&loaded.rules, &Options::default());
    let mut scratch = engine.scratch();
    let mut alerts = vec![0_u64; engine.len()];

    say(format_args!("{} rules, {} that cannot be compiled\n", engine.len(), problems.len()))?;
    time("read", || replay(&path, None))?;
    time("read, follow", || replay(&path, Some(&mut |_, _| ())))?;
    time("read, follow, match", || {
        alerts.fill(0);
        replay(
            &path,
            Some(&mut |state, event| {
                engine.matches(&state.view(event), &mut scratch, &mut |id| {
                    let name = engine.rules().position(|(known, _)| known == id);
                    if let Some(count) = name.and_then(|index| alerts.get_mut(index)) {
                        *count += 1;
                    }
                });
            }),
        )
    })?;
    for ((_, rule), count) in engine.rules().zip(&alerts).filter(|(_, count)| **count > 0) {
        say(format_args!("{count:>8} {}\n", rule.name))?;
    }
    Ok(())
}

/// Reads a capture; with a job, follows the state and does the job for each event.
fn replay(path: &str, mut job: Option<Job<'_>>) -> Result<u64, Error> {
    let source = File::open(path).map_err(|source| Error::Io { offset: 0, source })?;
    let mut reader = Reader::new(source)?;
    let mut state = State::default();
    let mut events = 0;
    while let Some(item) = reader.read()? {
        let (event, is_shown) = match item {
            Item::Head(head) => {
                state.take(head);
                continue;
            }
            Item::Event(event) => (event, true),
            Item::StateOnly(event) => (event, false),
        };
        events += 1;
        if let Some(job) = &mut job {
            state.enter(&event);
            if is_shown {
                job(&state, &event);
            }
            state.leave(&event);
        }
    }
    Ok(events)
}

fn time(what: &str, mut run: impl FnMut() -> Result<u64, Error>) -> Result<(), Error> {
    let (mut best, mut events) = (Duration::MAX, 0);
    for _ in 0..ROUNDS {
        let start = cpu_time();
        events = run()?;
        best = best.min(cpu_time().saturating_sub(start));
    }
    let seconds = best.as_secs_f64();
    let rate = events as f64 / seconds / 1e6;
    let told = say(format_args!("{what:<20} {seconds:.3} s, {rate:.2} million events a second\n"));
    told.map_err(|source| Error::Io { offset: 0, source })
}

/// Time on a processor, which is not that of others who wait for it; where the system does not tell,
/// time that passes.
fn cpu_time() -> Duration {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| BEGIN.elapsed(), Duration::from_nanos)
}

fn say(text: Arguments<'_>) -> io::Result<()> {
    io::stdout().write_fmt(text)
}
