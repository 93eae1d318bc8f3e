//! The version of a program that was built from a directory, as its linker flags tell it.

/// The version that `-ldflags "-X package.version=..."` sets, with a leading `v`.
///
/// A program may set many variables that are called `version`, some of them of other things, so
/// the answer counts only when all of them agree. `None` otherwise.
pub(super) fn from_settings(modules: &str) -> Option<String> {
    let flags = modules.lines().find_map(|line| line.strip_prefix("build\t-ldflags="))?;
    let flags = flags.trim_matches(['"', '`']);
    let assignments = flags.strip_prefix("-X").into_iter().chain(flags.split(" -X").skip(1));
    let mut known = assignments.filter_map(assigned_version);
    let first = known.next()?;
    known.all(|version| version == first).then(|| format!("v{first}"))
}

/// `1.2.3` of ` 'main.version=1.2.3' -s`.
fn assigned_version(assignment: &str) -> Option<&str> {
    let assignment = assignment.trim_start_matches(['=', ' ', '\'', '"', '\\']);
    let (variable, value) = assignment.split_once('=')?;
    let name = variable.rsplit('.').next()?;
    if !["version", "buildversion", "appversion"].iter().any(|n| name.eq_ignore_ascii_case(n)) {
        return None;
    }
    let end = value.find([' ', '\'', '"', '\\']).unwrap_or(value.len());
    let value = value.get(..end)?;
    let version = value.strip_prefix('v').unwrap_or(value);
    is_release(version).then_some(version)
}

/// Whether the text is `1.2.3`, with an optional suffix.
fn is_release(version: &str) -> bool {
    let core = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = core.split('.').collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    parts.len() == 3 && parts.iter().all(is_number)
}
