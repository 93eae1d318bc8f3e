//! `farguard rules check`: every mistake, with the line it is in.

use std::collections::HashSet;

use anyhow::{Result, bail};
use farguard_authoring::suggest;
use farguard_rules::{
    FileReport, Filter, Source,
    diagnostic::{json, text},
    load,
};
use farguard_trail::CloudTrail;

use crate::{
    args::rules::{CheckArgs, CheckFormat},
    detection,
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, safe_json},
};

/// Checks files, or one condition.
pub(super) fn run(args: &CheckArgs, terminal: &Terminal) -> Result<Exit> {
    match &args.condition {
        Some(condition) => self::condition(condition, args),
        None => files(args, terminal),
    }
}

fn files(args: &CheckArgs, terminal: &Terminal) -> Result<Exit> {
    let files = detection::read(&args.files)?;
    let catalog = detection::catalog();
    let loaded = detection::load_files(&catalog, &files);
    let windows = detection::window_errors(&loaded.rules);
    let named: Vec<(&str, &[u8])> =
        files.iter().map(|file| (file.name.as_str(), file.bytes.as_slice())).collect();
    let reports = load::validate(&catalog, &named);
    let is_ok = reports.iter().all(FileReport::is_ok) && windows.is_empty();
    print(&match args.format {
        CheckFormat::Json => {
            let answer = serde_json::to_string(&json::validation(&reports))?;
            format!("{}\n", safe_json(&answer))
        }
        CheckFormat::Text => {
            let reports = told_once(reports);
            let remarks = reports.iter().flat_map(|file| &file.diagnostics);
            let mut out: String =
                remarks.map(|remark| format!("{}\n", text::diagnostic(remark))).collect();
            out.extend(windows.iter().map(|error| format!("{error}\n")));
            out.extend(reports.iter().map(|file| format!("{}\n", text::summary(file))));
            out
        }
    })?;
    if args.format == CheckFormat::Json {
        // Windows are ours: the JSON has the keys of Falco only.
        windows.iter().for_each(|error| terminal.warn(&plain(error)));
    }
    Ok(if is_ok { Exit::Clean } else { Exit::Findings })
}

/// Mistakes of a file are mistakes of all that are loaded after it: people are told them once.
fn told_once(mut reports: Vec<FileReport>) -> Vec<FileReport> {
    let mut told = HashSet::new();
    for report in &mut reports {
        report.diagnostics.retain(|remark| told.insert(text::diagnostic(remark)));
    }
    reports
}

fn condition(condition: &str, args: &CheckArgs) -> Result<Exit> {
    let source = args.source.as_str();
    let compiled = match source {
        farguard_events::Syscalls::NAME => {
            Filter::<farguard_events::Syscalls>::compile(condition).err()
        }
        CloudTrail::NAME => Filter::<CloudTrail>::compile(condition).err(),
        _ => {
            let names = detection::catalog().sources.into_iter().map(|source| source.name);
            bail!("there is no source `{source}`: {}", suggest::help(source, names));
        }
    };
    let Some(remark) = compiled else {
        if args.format == CheckFormat::Json {
            print("{\"successful\":true}\n")?;
        }
        return Ok(Exit::Clean);
    };
    print(&match args.format {
        CheckFormat::Json => format!(
            "{}\n",
            serde_json::json!({
                "successful": false,
                "message": remark.message,
                "start": remark.span.start,
                "end": remark.span.end,
                "help": remark.help,
            })
        ),
        CheckFormat::Text => {
            let help = remark.help.map(|help| format!("help: {help}\n")).unwrap_or_default();
            format!("error at byte {}: {}\n{help}", remark.span.start, plain(&remark.message))
        }
    })?;
    Ok(Exit::Findings)
}
