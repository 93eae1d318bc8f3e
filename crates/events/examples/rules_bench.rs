//! Times rules over a capture.
//!
//! Usage: `cargo run --release -p farguard-events --example rules_bench -- CAPTURE MORE RULES...`,
//! where MORE is how many rules to add that never match.

use std::{env, fs, fs::File, io, io::Write as _, time::Instant};

use farguard_events::{
    Syscalls,
    capture::{Item, Reader},
    state::State,
};
use farguard_rules::{Catalog, Engine, Options, SourceDef, load::Loader};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let mut args = env::args().skip(1);
    let capture = args.next().ok_or("which capture?")?;
    let more: usize = args.next().ok_or("how many more rules?")?.parse()?;
    let catalog = Catalog { sources: vec![SourceDef::of::<Syscalls>()], plugins: Vec::new() };
    let start = Instant::now();
    let mut loader = Loader::new(&catalog);
    for file in args {
        loader.file(&file, &fs::read_to_string(&file)?);
    }
    loader.file("more.yaml", &more_rules(more));
    let loaded = loader.finish();
    let read = start.elapsed();
    let (engine, diagnostics) = Engine::<Syscalls>::compile(&loaded.rules, &Options::default());
    let mut out = io::stdout();
    writeln!(
        out,
        "{} rules, {} left out; read in {read:?}, compiled in {:?}",
        engine.len(),
        diagnostics.len(),
        start.elapsed() - read,
    )?;
    for stage in [Stage::Read, Stage::State, Stage::Rules] {
        let mut best = f64::INFINITY;
        let (mut events, mut asked, mut found) = (0, 0, 0);
        for _ in 0..7 {
            let start = processor_time()?;
            (events, asked, found) = run(&capture, &engine, stage)?;
            best = best.min(processor_time()? - start);
        }
        let each = best * 1e9 / events as f64;
        let rate = events as f64 / best / 1e6;
        writeln!(
            out,
            "{stage:?}: {each:.0} ns an event, {rate:.2} M/s; {events} events, {asked} asked, {found} alerts"
        )?;
    }
    Ok(())
}

/// Seconds that this thread has run: others on the machine do not count.
fn processor_time() -> Result<f64, Failure> {
    let stat = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanos: f64 = stat.split(' ').next().unwrap_or_default().parse()?;
    Ok(nanos / 1e9)
}

/// What is done with events.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Read,
    State,
    Rules,
}

fn run(capture: &str, engine: &Engine<Syscalls>, stage: Stage) -> Result<(u64, u64, u64), Failure> {
    let mut reader = Reader::new(File::open(capture)?)?;
    let mut state = State::default();
    let mut scratch = engine.scratch();
    let (mut events, mut asked, mut found) = (0, 0, 0);
    while let Some(item) = reader.read()? {
        let (event, looked_at) = match item {
            Item::Head(head) => {
                state.take(head);
                continue;
            }
            Item::Event(event) => (event, true),
            Item::StateOnly(event) => (event, false),
        };
        events += 1;
        if stage == Stage::Read {
            continue;
        }
        state.enter(&event);
        if stage == Stage::Rules && looked_at && engine.wants(usize::from(event.kind.0)) {
            asked += 1;
            engine.matches(&state.view(&event), &mut scratch, &mut |_| found += 1);
        }
        state.leave(&event);
    }
    Ok((events, asked, found))
}

fn more_rules(count: usize) -> String {
    let rule = |i: usize| {
        let condition = match i % 4 {
            0 => format!("evt.type in (open, openat, openat2) and fd.name = /data/file{i}"),
            1 => format!("evt.type in (execve, execveat) and proc.name in (tool{i}, other{i})"),
            2 => format!("evt.type in (openat, connect) and fd.name startswith /srv/app{i}/"),
            _ => {
                format!("evt.type in (execve, openat, read) and proc.cmdline contains '--flag{i}='")
            }
        };
        format!(
            "- rule: more {i}\n  desc: never\n  condition: {condition}\n  output: x\n  priority: NOTICE\n"
        )
    };
    if count == 0 { "[]\n".to_owned() } else { (0..count).map(rule).collect() }
}
