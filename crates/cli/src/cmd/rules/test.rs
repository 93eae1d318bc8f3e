//! `farguard rules test`: events in, rules that must fire and rules that must not.

mod judge;
mod process;
mod scene;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use farguard_authoring::yaml::Node;
use farguard_rules::{
    Catalog, Loaded, Rule, RuleSet,
    extension::Extension,
    test_file::{Case, Input, TestFile},
};

use self::judge::Judge;
use crate::{
    args::rules::TestArgs,
    detection,
    exit::Exit,
    terminal::{Terminal, print},
    text::{plain, plural},
};

/// Tests that were run.
#[derive(Debug, Default)]
struct Score {
    passed: usize,
    /// What each of the others says.
    failed: Vec<String>,
}

/// Runs test files, or the examples of the rules that are built in.
pub(super) fn run(args: &TestArgs, terminal: &Terminal) -> Result<Exit> {
    let catalog = detection::catalog();
    let mut score = Score::default();
    let mut could_run = true;
    if args.files.is_empty() {
        examples(&detection::load(&[])?.rules, &mut score);
    }
    for path in &args.files {
        match file(path, &catalog, &mut score) {
            Ok(errors) => {
                could_run &= errors.is_empty();
                errors.iter().for_each(|error| terminal.warn(&plain(error)));
            }
            Err(error) => {
                could_run = false;
                terminal.error(&error);
            }
        }
    }
    let mut out: String =
        score.failed.iter().map(|it| format!("FAILED  {}\n", plain(it))).collect();
    let (passed, failed) = (score.passed, score.failed.len());
    out += &format!("{} passed, {failed} failed\n", plural(passed, "test"));
    print(&out)?;
    Ok(match (could_run && passed + failed > 0, failed) {
        (false, _) => Exit::CouldNotRun,
        (true, 0) => Exit::Clean,
        (true, _) => Exit::Findings,
    })
}

/// Runs a test file; gives what is wrong with it or its rules.
fn file(path: &Path, catalog: &Catalog, score: &mut Score) -> Result<Vec<String>> {
    let name = path.display().to_string();
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read the tests of `{name}`"))?;
    let (tests, mut remarks) = TestFile::read(&name, &text, catalog);
    let beside = path.parent().unwrap_or(Path::new(""));
    let paths: Vec<PathBuf> = tests.rules.iter().map(|rules| beside.join(rules)).collect();
    let Loaded { rules, files } = detection::load(&paths)?;
    remarks.extend(tests.check(&rules));
    remarks.extend(files.into_iter().flat_map(|file| file.diagnostics));
    let errors: Vec<String> = remarks
        .iter()
        .filter(|remark| remark.is_error())
        .map(|remark| {
            let origin = &remark.origin;
            format!("{}:{}:{}: {}", origin.file, origin.line, origin.column, remark.message)
        })
        .collect();
    if errors.is_empty() {
        for case in &tests.cases {
            match judge_case(case, &rules, beside) {
                Ok(None) => score.passed += 1,
                Ok(Some(why)) => score.failed.push(format!("{name}: {}: {why}", case.name)),
                Err(error) => score.failed.push(format!("{name}: {}: {error:#}", case.name)),
            }
        }
    }
    Ok(errors)
}

/// Why a case fails; `None` when it does not.
fn judge_case(case: &Case, rules: &RuleSet, beside: &Path) -> Result<Option<String>> {
    // A rule that is named is tried, whether it runs by default or not.
    let named: BTreeSet<&str> = case.fires.iter().chain(&case.silent).map(String::as_str).collect();
    let mut rules = rules.clone();
    rules.rules.iter_mut().for_each(|rule| rule.enabled |= named.contains(rule.name.as_str()));
    let judge = Judge::new(&rules)?;
    let fired = match &case.input {
        Input::Events(events) => judge.events(&case.source, events)?,
        Input::Capture(capture) => judge.capture(&beside.join(capture))?,
    };
    let missing: Vec<&str> =
        case.fires.iter().filter(|rule| !fired.contains(*rule)).map(String::as_str).collect();
    let unwanted: Vec<&str> = fired
        .iter()
        .filter(|rule| case.none_fires || case.silent.contains(rule))
        .map(String::as_str)
        .collect();
    let say = |what: &str, names: &[&str]| match names.is_empty() {
        true => None,
        false => Some(format!("{what}: {}", names.join(", "))),
    };
    let said = [say("did not fire", &missing), say("fired", &unwanted)];
    let said: Vec<String> = said.into_iter().flatten().collect();
    Ok(if said.is_empty() { None } else { Some(said.join("; ")) })
}

/// Runs the examples that stand in rules, each with its rule alone.
fn examples(rules: &RuleSet, score: &mut Score) {
    for rule in &rules.rules {
        let Some(node) = &rule.extension else { continue };
        let (extension, _) = Extension::read(node);
        let alone = Rule { enabled: true, ..rule.clone() };
        let set = RuleSet { rules: vec![alone], ..RuleSet::default() };
        for (sequences, must) in [(&extension.fires, true), (&extension.silent, false)] {
            for (index, events) in sequences.iter().enumerate() {
                match example(&set, rule, events, must) {
                    Ok(true) => score.passed += 1,
                    Ok(false) => {
                        let what = if must { "does not fire on" } else { "fires on" };
                        let kind = if must { "fires" } else { "silent" };
                        score.failed.push(format!("{} {what} {kind}[{index}]", rule.name));
                    }
                    Err(error) => score.failed.push(format!("{}: {error:#}", rule.name)),
                }
            }
        }
    }
}

fn example(set: &RuleSet, rule: &Rule, events: &[Node], must: bool) -> Result<bool> {
    let fired = Judge::new(set)?.events(&rule.source, events)?;
    Ok(fired.contains(&rule.name) == must)
}
