//! What an earlier scan knew already.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use anyhow::{Context, Result};
use farguard_model::ScanReport;
use farguard_report::{Baseline, MAX_BASELINE_BYTES};

use crate::{args::ScanArgs, terminal::Terminal};

/// The earlier scan that `--baseline` names.
pub(crate) struct Known {
    baseline: Option<Baseline>,
    /// Whether the run has one target only.
    sole: bool,
}

impl Known {
    /// Reads the report that the flag names, if it names one.
    pub(crate) fn new(args: &ScanArgs) -> Result<Self> {
        let file = args.baseline.baseline.as_deref();
        let baseline = file.map(read).transpose()?;
        Ok(Self { baseline, sole: args.targets.len() == 1 })
    }

    /// Suppresses what the earlier scan knew, and says what became of the rest of it.
    pub(crate) fn suppress(&self, report: &mut ScanReport, terminal: &Terminal) {
        let Some(baseline) = &self.baseline else { return };
        if !baseline.compare(report, self.sole) {
            let name = &report.target.name;
            terminal.note(&format!("the baseline says nothing of `{name}`: all of it is new"));
            return;
        }
        match report.baseline.as_ref().map_or(0, |info| info.gone) {
            0 => {}
            1 => terminal.note("1 finding of the baseline is gone"),
            gone => terminal.note(&format!("{gone} findings of the baseline are gone")),
        }
    }
}

fn read(file: &Path) -> Result<Baseline> {
    let bytes =
        bytes(file).with_context(|| format!("cannot read baseline `{}`", file.display()))?;
    Ok(Baseline::parse(&file.display().to_string(), &bytes)?)
}

/// The file, or one byte more than a baseline may have.
fn bytes(file: &Path) -> io::Result<Vec<u8>> {
    let limit = u64::try_from(MAX_BASELINE_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(file)?.take(limit).read_to_end(&mut bytes)?;
    Ok(bytes)
}
