//! What detection works with: sources, the rules that are built in, and those of files.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use farguard_events::Syscalls;
use farguard_model::content;
use farguard_rules::{
    Catalog, Detector, Diagnostic, Options, RuleSet, SourceDef,
    load::{Loaded, Loader},
};
use farguard_trail::CloudTrail;

use crate::{terminal::Terminal, text::plain};

/// The loader refuses longer files itself; this bounds what is read of them.
const MAX_BYTES: u64 = 32 << 20;
/// How names of files begin that are built in.
pub(crate) const BUILT_IN: &str = "built-in:";
/// The plugins whose fields we have, with the newest version that rules may ask for.
const PLUGINS: &[(&str, &str)] =
    &[("cloudtrail", "0.17.1"), ("container", "0.4.0"), ("json", "0.7.4")];

/// The sources that rules may be for.
pub(crate) fn catalog() -> Catalog {
    Catalog {
        sources: vec![SourceDef::of::<Syscalls>(), SourceDef::of::<CloudTrail>()],
        plugins: PLUGINS.to_vec(),
    }
}

/// A rule file.
pub(crate) struct RuleFile {
    /// As the user named it.
    pub(crate) name: String,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

/// The rules that are built in.
pub(crate) fn built_in() -> Vec<RuleFile> {
    let file = |(path, text): (&str, &str)| RuleFile {
        name: format!("{BUILT_IN}{path}"),
        bytes: text.as_bytes().to_vec(),
    };
    content::files("rules").into_iter().map(file).collect()
}

/// Rule files, and those in directories: `*.yaml` and `*.yml` in the order of their names.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Vec<RuleFile>> {
    let mut files = Vec::new();
    for path in paths {
        if !path.is_dir() {
            files.push(read_file(path)?);
            continue;
        }
        let entries = fs::read_dir(path)
            .with_context(|| format!("cannot read the directory of rules `{}`", path.display()))?;
        let mut found: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|it| it == "yaml" || it == "yml"))
            .collect();
        if found.is_empty() {
            bail!("there is no rule file (*.yaml, *.yml) in `{}`", path.display());
        }
        found.sort();
        for path in found {
            files.push(read_file(&path)?);
        }
    }
    Ok(files)
}

fn read_file(path: &Path) -> Result<RuleFile> {
    let name = path.display().to_string();
    let about = || format!("cannot read the rule file `{name}`");
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .with_context(about)?;
    Ok(RuleFile { name, bytes })
}

/// Loads rule files, in their order; without any, what is built in.
pub(crate) fn load(paths: &[PathBuf]) -> Result<Loaded> {
    let files = if paths.is_empty() { built_in() } else { read(paths)? };
    Ok(load_files(&catalog(), &files))
}

/// Loads rule files, in their order.
pub(crate) fn load_files(catalog: &Catalog, files: &[RuleFile]) -> Loaded {
    let mut loader = Loader::new(catalog);
    for file in files {
        loader.bytes(&file.name, &file.bytes);
    }
    loader.finish()
}

/// Most remarks that are said one by one.
const MAX_REMARKS: usize = 10;

/// Says what is wrong with rule files, for commands that go on with what could be used. Warnings
/// are for `farguard rules check`.
pub(crate) fn tell_errors(loaded: &Loaded, terminal: &Terminal) {
    let remarks = loaded.files.iter().flat_map(|file| &file.diagnostics);
    let errors: Vec<_> = remarks.filter(|remark| remark.is_error()).collect();
    for remark in errors.iter().take(MAX_REMARKS) {
        let place = format!("{}:{}", remark.origin.file, remark.origin.line);
        let text = format!("{place}: {}: {}", remark.code.as_str(), remark.message);
        terminal.warn(&plain(&text));
    }
    if let Some(more) = errors.len().checked_sub(MAX_REMARKS).filter(|more| *more > 0) {
        terminal.warn(&format!("and {more} more: `farguard rules check` shows all of them"));
    }
}

/// A remark in one line.
pub(crate) fn say(remark: &Diagnostic) -> String {
    let origin = &remark.origin;
    let help = remark.help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
    let place = match origin.line {
        0 => origin.file.clone(),
        line => format!("{}:{line}:{}", origin.file, origin.column),
    };
    plain(&format!("{place}: {}: {}{help}", remark.code.as_str(), remark.message))
}

/// What is wrong with rules that load: their windows, which only Farguard reads.
pub(crate) fn window_errors(rules: &RuleSet) -> Vec<String> {
    let mut rules = rules.clone();
    // Rules that do not run by default can be wrong too.
    rules.rules.iter_mut().for_each(|rule| rule.enabled = true);
    let (rules, options) = (&rules, Options::default());
    let (_, syscalls) = Detector::<Syscalls>::compile(rules, &options);
    let (_, trail) = Detector::<CloudTrail>::compile(rules, &options);
    let windows = syscalls.windows.iter().chain(&trail.windows).map(ToString::to_string);
    let remarks = syscalls.rules.iter().chain(&trail.rules).filter(|remark| remark.is_error());
    windows.chain(remarks.map(say)).collect()
}
