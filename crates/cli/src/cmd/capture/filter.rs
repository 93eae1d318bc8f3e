//! `farguard capture filter`.

use std::{
    fs::{self, File},
    io::{self, Write, stdout},
    path::Path,
};

use anyhow::{Context, Result, bail};
use farguard_events::{
    Event, State,
    capture::{Item, Reader, Writer},
    table::{self, EventFlags},
};

use super::{compile, open, tell};
use crate::{args::capture::FilterArgs, exit::Exit, terminal::Terminal, text::plural};

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keep {
    /// It matches.
    Shown,
    /// It does not, but those that do may need what it changes.
    StateOnly,
    Nothing,
}

pub(super) fn run(args: &FilterArgs, terminal: &Terminal) -> Result<Exit> {
    if is_same(&args.file, &args.write) {
        bail!("cannot write `{}` while it is read", args.write.display());
    }
    let filter = compile(&args.condition)?;
    let mut scratch = filter.scratch();
    let mut reader = open(&args.file)?;
    let mut writer = create(&args.write)?;
    let failed = || format!("cannot write `{}`", args.write.display());
    let mut state = State::default();
    let mut kept = 0;
    while let Some(item) = reader.read()? {
        let (event, may_match) = match item {
            Item::Head(head) => {
                writer.head(&head).with_context(failed)?;
                state.take(head);
                continue;
            }
            Item::Event(event) => (event, true),
            Item::StateOnly(event) => (event, false),
        };
        state.enter(&event);
        let keep = if may_match && filter.matches(&state.view(&event), &mut scratch) {
            Keep::Shown
        } else if !may_match || modifies_state(&event) {
            Keep::StateOnly
        } else {
            Keep::Nothing
        };
        state.leave(&event);
        kept += usize::from(keep == Keep::Shown);
        write(&reader, &mut writer, keep).with_context(failed)?;
    }
    writer.finish().with_context(failed)?;
    tell(reader.problems(), &args.file, terminal);
    terminal.note(&format!("{} kept in `{}`", plural(kept, "event"), args.write.display()));
    Ok(Exit::Clean)
}

/// Whether two names are of one file.
fn is_same(read: &Path, written: &Path) -> bool {
    let real = |path| fs::canonicalize(path).ok();
    real(read).is_some_and(|read| real(written) == Some(read))
}

/// Writes the event that was read last as it was recorded: its start, if it had one, just before it.
fn write<R: io::Read, W: Write>(
    reader: &Reader<R>,
    writer: &mut Writer<W>,
    keep: Keep,
) -> io::Result<()> {
    let (start, end) = reader.recorded();
    for event in start.iter().chain([&end]) {
        match keep {
            Keep::Shown => writer.event(event)?,
            Keep::StateOnly => writer.state_event(event)?,
            Keep::Nothing => {}
        }
    }
    Ok(())
}

fn modifies_state(event: &Event<'_>) -> bool {
    table::event(event.kind).is_some_and(|def| def.flags.has(EventFlags::MODIFIES_STATE))
}

fn create(path: &Path) -> Result<Writer<Box<dyn Write>>> {
    let out: Box<dyn Write> = if path == Path::new("-") {
        Box::new(stdout().lock())
    } else {
        Box::new(File::create(path).with_context(|| format!("cannot create `{}`", path.display()))?)
    };
    let is_gzip = path.extension().is_some_and(|ending| ending == "gz");
    Ok(if is_gzip { Writer::gzip(out) } else { Writer::new(out) })
}
