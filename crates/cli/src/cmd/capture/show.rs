//! `farguard capture show`.

use std::io::{self, BufWriter, ErrorKind, Write, stdout};

use anyhow::{Context, Result};
use farguard_events::{
    Event, State, Syscalls,
    capture::Item,
    table::{self, Category},
};
use farguard_rules::Printer;
use serde_json::{Map, Value};

use super::{compile, open, tell, wrong};
use crate::{
    args::capture::{ShowArgs, ShowFormat},
    exit::Exit,
    terminal::Terminal,
    text::{plain, safe_json},
};

pub(super) fn run(args: &ShowArgs, terminal: &Terminal) -> Result<Exit> {
    let filter = args.filter.as_deref().map(compile).transpose()?;
    let printer: Printer<Syscalls> =
        Printer::compile(&args.print).map_err(|remark| wrong(&remark, "format", &args.print))?;
    let mut filtering = filter.as_ref().map(|filter| (filter, filter.scratch()));
    let mut printing = printer.scratch();
    let mut reader = open(&args.file)?;
    let mut state = State::default();
    let mut out = BufWriter::new(stdout().lock());
    let mut left = args.count.unwrap_or(u64::MAX);
    while left > 0
        && let Some(item) = reader.read()?
    {
        let (event, is_shown) = match item {
            Item::Head(head) => {
                state.take(head);
                continue;
            }
            Item::Event(event) => (event, filter.is_some() || !is_meta(&event)),
            Item::StateOnly(event) => (event, false),
        };
        state.enter(&event);
        if is_shown {
            let view = state.view(&event);
            let matches =
                filtering.as_mut().is_none_or(|(filter, scratch)| filter.matches(&view, scratch));
            if matches {
                let (line, fields) = printer.print(&view, &mut printing);
                if !is_written(write(&mut out, args.format, &line, fields))? {
                    return Ok(Exit::Clean);
                }
                left -= 1;
            }
        }
        state.leave(&event);
    }
    is_written(out.flush())?;
    tell(reader.problems(), &args.file, terminal);
    Ok(Exit::Clean)
}

/// Whether an event tells nothing that happened: the recorder made it for itself, or for the state.
fn is_meta(event: &Event<'_>) -> bool {
    let has = |bit| table::event(event.kind).is_some_and(|def| def.category.has(bit));
    has(Category::INTERNAL) || has(Category::META)
}

fn write(
    out: &mut impl Write,
    format: ShowFormat,
    line: &str,
    fields: Vec<(String, Value)>,
) -> io::Result<()> {
    match format {
        ShowFormat::Text => writeln!(out, "{}", plain(line)),
        ShowFormat::Json => {
            let fields: Map<String, Value> = fields.into_iter().collect();
            writeln!(out, "{}", safe_json(&Value::Object(fields).to_string()))
        }
    }
}

/// Whether somebody still listens; a reader who has seen enough (`| head`) is no error.
fn is_written(written: io::Result<()>) -> Result<bool> {
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error).context("cannot write the list"),
    }
}
