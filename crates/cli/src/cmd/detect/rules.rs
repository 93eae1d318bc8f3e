//! Rules that flags choose: those that are built in, and those of files and directories.

use anyhow::{Result, ensure};
use farguard_rules::{RuleSet, Selection};

use super::options::Options;
use crate::{
    args::detect::RuleArgs,
    detection::{BUILT_IN, built_in, catalog, load_files, read, say},
    terminal::Terminal,
    text::plain,
};

/// Errors that are told one by one.
const MAX_TOLD: usize = 20;

/// Loads rules and turns them on and off.
///
/// # Errors
/// When a file cannot be read, or has errors; all are named.
pub(super) fn load(
    args: &RuleArgs,
    options: &Options,
    with_built_in: bool,
    terminal: &Terminal,
) -> Result<RuleSet> {
    let mut files = if with_built_in { built_in() } else { Vec::new() };
    files.extend(read(&args.rules)?);
    let loaded = load_files(&catalog(), &files);
    let remarks = || loaded.files.iter().flat_map(|file| &file.diagnostics);
    let errors: Vec<String> = remarks().filter(|it| it.is_error()).map(say).collect();
    ensure!(errors.is_empty(), "{}", told(&errors));
    // Built-in rules warn of nothing that a user can do something about.
    let of_files = remarks().filter(|it| !it.origin.file.starts_with(BUILT_IN));
    of_files.for_each(|remark| terminal.note(&say(remark)));
    let mut rules = loaded.rules;
    let selection = selection(args, options);
    for text in selection.unmatched(&rules) {
        terminal.warn(&format!("no rule has the name or tag `{}`", plain(text)));
    }
    selection.apply(&mut rules);
    Ok(rules)
}

/// Errors below what they prevent.
pub(super) fn told(errors: &[String]) -> String {
    let lines = errors.iter().take(MAX_TOLD).map(|error| format!("\n  {error}"));
    let more = errors.len().saturating_sub(MAX_TOLD);
    let rest = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!("cannot use the rules{}{rest}", lines.collect::<String>())
}

/// Flags first, then options in their order: what is said last counts.
fn selection(args: &RuleArgs, options: &Options) -> Selection {
    let mut selection = Selection::default();
    if !args.tag.is_empty() {
        selection = selection.all(false);
    }
    selection = args.tag.iter().fold(selection, |it, tag| it.tag(tag, true));
    selection = args.disable.iter().fold(selection, |it, part| it.part(part, false));
    selection = args.disable_tag.iter().fold(selection, |it, tag| it.tag(tag, false));
    for switch in &options.switches {
        selection = match switch.is_tag {
            true => selection.tag(&switch.text, switch.enable),
            false => selection.name(&switch.text, switch.enable),
        };
    }
    match args.min_priority.or(options.priority) {
        Some(priority) => selection.minimum(priority),
        None => selection,
    }
}
