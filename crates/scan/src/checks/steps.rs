//! What the history of an image says of how it was built.

use farguard_model::Severity;

use super::{
    check::{Check, Hit, Part},
    examined::{Examined, Step},
};

pub(super) static ADD_INSTEAD_OF_COPY: Check = Check {
    id: "add-instead-of-copy",
    title: "`ADD` is used where `COPY` would do",
    severity: Severity::Low,
    why: "`ADD` unpacks archives and fetches URLs on its own account, so that a change of its source \
          changes what it does.",
    remediation: "use `COPY` for files of the build context",
    controls: &["cis-docker-1.6.0-4.9"],
    aliases: &["CIS-DI-0009"],
    part: Part::History,
    run: |examined| of_steps(examined, "instead of `COPY`", |step| adds(step, is_plain_source)),
};

pub(super) static ADD_OF_REMOTE_FILE: Check = Check {
    id: "add-of-remote-file",
    title: "`ADD` fetches a file that nothing verifies",
    severity: Severity::Medium,
    why: "Whatever the server answers becomes part of the image: there is no digest that it has to \
          have.",
    remediation: "give the digest (`ADD --checksum=sha256:...`), or fetch and verify the file in a \
                  `RUN` step",
    controls: &["cis-docker-1.6.0-4.9"],
    aliases: &["CIS-DI-0009"],
    part: Part::History,
    run: |examined| of_steps(examined, "of a file on the network", |step| adds(step, is_remote)),
};

pub(super) static UPDATE_WITHOUT_INSTALL: Check = Check {
    id: "update-without-install",
    title: "the list of packages is updated in a step of its own",
    severity: Severity::Low,
    why: "The step is cached, so that later builds install from an old list: packages without their \
          latest security fixes, or none at all.",
    remediation: "update and install in one step: `RUN apt-get update && apt-get install -y ...`",
    controls: &["cis-docker-1.6.0-4.7"],
    aliases: &["CIS-DI-0007"],
    part: Part::History,
    run: |examined| of_steps(examined, "without an installation", updates_only),
};

/// The most of an instruction that is shown, in characters.
const MAX_EXCERPT_CHARS: usize = 200;

const ARCHIVES: [&str; 9] =
    [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst", ".tar.lzma"];
const REMOTE: [&str; 5] = ["http://", "https://", "ftp://", "git@", "git://"];

/// Package managers that keep a list, how it is updated, and what makes use of it.
const UPDATES: [(&str, &str); 6] = [
    ("apk", "update"),
    ("apt", "update"),
    ("apt-get", "update"),
    ("aptitude", "update"),
    ("zypper", "refresh"),
    ("zypper", "ref"),
];
const USES: [&str; 9] = [
    "add",
    "build-dep",
    "dist-upgrade",
    "download",
    "full-upgrade",
    "in",
    "install",
    "source",
    "upgrade",
];

fn of_steps(
    examined: &Examined<'_>,
    what: &str,
    is_wrong: impl Fn(&Step<'_>) -> bool,
) -> Option<Hit> {
    let wrong: Vec<Step<'_>> = examined.steps().filter(is_wrong).collect();
    let first = wrong.first()?;
    let keyword = first.instruction.split_whitespace().next().unwrap_or_default();
    let count = wrong.len();
    let steps = if count == 1 { "step" } else { "steps" };
    let layers: Vec<String> =
        wrong.iter().take(8).map(|step| (step.layer + 1).to_string()).collect();
    let made = if count == 1 { "layer" } else { "layers" };
    let evidence =
        format!("{count} {steps} `{keyword}` {what}, which made {made} {}", layers.join(", "));
    Some(Hit { excerpt: Some(excerpt(first.instruction)), ..Hit::new(evidence) })
}

/// One line of an instruction.
fn excerpt(instruction: &str) -> String {
    let line = instruction.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_EXCERPT_CHARS) {
        Some((end, _)) => format!("{} ...", line.get(..end).unwrap_or_default()),
        None => line,
    }
}

/// Whether the step is an `ADD` with a source that is wrong; sources that are verified are not.
fn adds(step: &Step<'_>, is_wrong: fn(&str, &str) -> bool) -> bool {
    let mut words = step.instruction.split_whitespace();
    if words.next() != Some("ADD") || step.instruction.contains("--checksum=") {
        return false;
    }
    let words: Vec<&str> = words
        .filter(|word| !word.starts_with("--") && *word != "in")
        .map(|word| word.trim_matches(['[', ']', '"', ',']))
        .collect();
    let Some((destination, sources)) = words.split_last() else { return false };
    sources.iter().any(|source| is_wrong(source, destination))
}

fn is_remote(source: &str, _: &str) -> bool {
    REMOTE.iter().any(|start| source.starts_with(start))
}

/// Whether `COPY` would do the same. The classic builder wrote `file:DIGEST in PATH` for whatever
/// it was; at the root it is the archive of a root file system.
fn is_plain_source(source: &str, destination: &str) -> bool {
    let lower = source.to_ascii_lowercase();
    let is_archive = ARCHIVES.iter().any(|ending| lower.ends_with(ending));
    let is_root = lower.starts_with("file:") && destination == "/";
    !is_archive && !is_root && !is_remote(source, destination)
}

/// Whether a list of packages is updated and then nothing is taken from it.
fn updates_only(step: &Step<'_>) -> bool {
    let Some(command) = step.instruction.strip_prefix("RUN ") else { return false };
    let mut updated = false;
    for part in command.split(['&', ';', '|', '\n']) {
        let words = part.split_whitespace().map(|word| word.trim_matches(['(', ')', '{', '}']));
        let mut words = words.filter(|word| !word.starts_with('-') && !word.contains('='));
        let is_manager = |word: &&str| UPDATES.iter().any(|(manager, _)| manager == word);
        let Some(manager) = words.find(is_manager) else { continue };
        let Some(verb) = words.next() else { continue };
        if USES.contains(&verb) {
            return false;
        }
        updated |= UPDATES.contains(&(manager, verb));
    }
    updated
}
