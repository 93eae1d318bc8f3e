//! Whose the targets are.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail, ensure};
use farguard_model::{ScanReport, TargetKind};
use farguard_policy::owners::{OwnerSources, Owners};

use crate::{args::scan::DeliveryArgs, terminal::Terminal};

/// The owners file that is read when it is there and no other is named.
const OWNERS_FILE: &str = ".farguardowners";
/// More than any owners file has.
const MAX_BYTES: u64 = 16 << 20;

/// What is known of owners in this run.
pub(crate) struct Ownership {
    named: Option<String>,
    file: Option<OwnersFile>,
}

struct OwnersFile {
    owners: Owners,
    /// Where its paths begin.
    root: Option<PathBuf>,
}

impl Ownership {
    /// Reads the file that is named, or the default one if it is there.
    pub(crate) fn new(args: &DeliveryArgs, terminal: &Terminal) -> Result<Self> {
        let default = Path::new(OWNERS_FILE);
        let path = args.owners.as_deref().or_else(|| default.exists().then_some(default));
        let file = path.map(|path| OwnersFile::read(path, terminal)).transpose()?;
        Ok(Self { named: args.owner.clone(), file })
    }

    /// Says of the report and each of its findings whose it is.
    pub(crate) fn assign(&self, report: &mut ScanReport) {
        let path = self.file.as_ref().and_then(|file| file.path_of(report));
        let sources = OwnerSources {
            named: self.named.as_deref(),
            owners: self.file.as_ref().map(|file| &file.owners),
            path: path.as_deref(),
        };
        sources.assign(report);
    }
}

impl OwnersFile {
    fn read(path: &Path, terminal: &Terminal) -> Result<Self> {
        let name = path.display().to_string();
        let mut text = String::new();
        File::open(path)
            .and_then(|file| file.take(MAX_BYTES + 1).read_to_string(&mut text))
            .with_context(|| format!("cannot read owners file `{name}`"))?;
        let parsed = Owners::parse(&name, &text);
        let Some(owners) = parsed.owners else {
            let mistakes: Vec<_> = parsed.diagnostics.iter().map(ToString::to_string).collect();
            bail!("owners file `{name}` has mistakes:\n{}", mistakes.join("\n"));
        };
        for remark in &parsed.diagnostics {
            terminal.warn(&remark.to_string());
        }
        ensure!(text.len() as u64 <= MAX_BYTES, "owners file `{name}` is too long");
        Ok(Self { owners, root: root(path) })
    }

    /// The path of a target on disk from where the paths of the file begin.
    fn path_of(&self, report: &ScanReport) -> Option<String> {
        if report.target.kind == TargetKind::Registry {
            return None;
        }
        let target = Path::new(&report.target.name).canonicalize().ok()?;
        let path = target.strip_prefix(self.root.as_ref()?).ok()?;
        let parts = path.iter().map(|part| part.to_string_lossy());
        Some(parts.collect::<Vec<_>>().join("/"))
    }
}

/// The directory of the file; the one above, where a CODEOWNERS lies as hosts want it.
fn root(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    let directory = path.parent()?;
    let is_codeowners = path.file_name().is_some_and(|name| name == "CODEOWNERS");
    let is_apart = directory
        .file_name()
        .is_some_and(|name| [".github", ".gitlab", "docs"].iter().any(|apart| name == *apart));
    let above = directory.parent().filter(|_| is_codeowners && is_apart);
    Some(above.unwrap_or(directory).to_owned())
}
