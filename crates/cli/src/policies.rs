//! Policies by name: files, and those that are built in.

use std::{fs::File, io::Read, path::Path};

use anyhow::{Context, Result, bail};
use farguard_model::content;
use farguard_policy::{Known, Level, Parsed, Policy};
use farguard_scan::{checks::CHECKS, secrets::Detector};
use jiff::tz::TimeZone;

use crate::{clock, terminal::Terminal};

/// The policies that are built in, mildest first.
pub(crate) const BUILT_IN: [&str; 3] = ["permissive", "standard", "strict"];

/// The parser refuses longer files itself, with a message; this bounds what is read of them.
const MAX_BYTES: u64 = 4 << 20;

/// The text of a policy that is built in.
pub(crate) fn built_in(name: &str) -> Option<&'static str> {
    let path = format!("policies/{name}.yaml");
    BUILT_IN.contains(&name).then(|| content::text(&path).ok()).flatten()
}

/// The text of a policy by the name that a user gave: one that is built in, or a file.
pub(crate) fn text(name: &str) -> Result<String> {
    if let Some(text) = built_in(name) {
        return Ok(text.to_owned());
    }
    let path = Path::new(name);
    let hint = match path.exists() {
        true => String::new(),
        false => format!("; built in are {}", BUILT_IN.join(", ")),
    };
    let file = File::open(path).with_context(|| format!("cannot open policy `{name}`{hint}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read policy `{name}`"))?;
    String::from_utf8(bytes).with_context(|| format!("policy `{name}` is not UTF-8"))
}

/// Reads a policy, with everything that is to be said of it.
pub(crate) fn parse(name: &str, text: &str) -> Parsed {
    let of_images = CHECKS.iter().map(|check| check.id);
    let of_build_files = farguard_buildfile::rules().iter().map(|rule| rule.id);
    let checks = of_images.chain(of_build_files).map(str::to_owned).collect();
    let patterns = Detector::builtin().map(Detector::patterns).unwrap_or_default();
    let secrets = patterns.iter().map(|pattern| pattern.id.clone()).collect();
    let today = Some(clock::now().to_zoned(TimeZone::UTC).date());
    Policy::parse(name, text, &Known { today, checks, secrets })
}

/// A policy that can be applied.
///
/// # Errors
/// When it cannot be read or has errors; all are named.
pub(crate) fn load(name: &str, terminal: &Terminal) -> Result<Policy> {
    let Parsed { policy, diagnostics } = parse(name, &text(name)?);
    let (errors, warnings): (Vec<_>, Vec<_>) =
        diagnostics.into_iter().partition(|remark| remark.level == Level::Error);
    let Some(policy) = policy else {
        let errors: Vec<String> = errors.iter().map(|error| format!("\n  {error}")).collect();
        bail!("cannot use policy `{name}`: `farguard policy check` shows where{}", errors.concat());
    };
    for warning in warnings {
        terminal.note(&warning.to_string());
    }
    Ok(policy)
}
