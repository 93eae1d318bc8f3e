//! Reports to standard output and files.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, BufWriter, Write, stdout},
    path::Path,
};

use anyhow::{Context, Result, bail};
use farguard_model::{PackageType, ScanReport};
use farguard_report::{Format, RenderError, RenderOptions, render};
use farguard_scan::version::VersionOrder;

use crate::{args::scan::OutputArgs, terminal::Terminal};

/// Writes every output that was asked for; standard output gets `--format` unless a file took it.
pub(crate) fn write(args: &OutputArgs, reports: &[ScanReport], terminal: &Terminal) -> Result<()> {
    let options = RenderOptions {
        color: terminal.color,
        width: terminal.width.unwrap_or(100),
        all: args.all,
        compare_versions: Some(compare_versions),
    };
    for output in &args.output {
        let format = output.format.unwrap_or(args.format);
        let options = RenderOptions { color: false, width: 100, ..options };
        to_file(&output.path, format, reports, &options)?;
    }
    let taken = args.output.iter().filter(|output| output.format.is_none()).count();
    match taken {
        0 => to_stdout(args.format, reports, &options),
        1 => Ok(()),
        _ => bail!("several `--output PATH`, but one `--format`: use `--output FORMAT=PATH`"),
    }
}

fn compare_versions(kind: PackageType, left: &str, right: &str) -> Option<Ordering> {
    VersionOrder::of(kind).compare(left, right).ok()
}

fn to_stdout(format: Format, reports: &[ScanReport], options: &RenderOptions) -> Result<()> {
    let mut out = BufWriter::new(stdout().lock());
    let written = render(format, reports, options, &mut out).and_then(|()| Ok(out.flush()?));
    match written {
        // The reader has seen enough (`| head`): that is no failure, and the verdict stands.
        Err(RenderError::Io(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("cannot write the report"),
    }
}

fn to_file(
    path: &Path,
    format: Format,
    reports: &[ScanReport],
    options: &RenderOptions,
) -> Result<()> {
    let wanted = || format!("cannot write `{}`", path.display());
    let mut out = BufWriter::new(File::create(path).with_context(wanted)?);
    render(format, reports, options, &mut out).with_context(wanted)?;
    out.flush().with_context(wanted)
}
