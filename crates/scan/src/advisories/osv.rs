//! OSV records in JSON -> what the database stores of them.
//!
//! Unknown keys are ignored and missing ones are empty; a known key of the wrong shape is an
//! error of that record, and of no other.
//!
//! # Source
//! <https://ossf.github.io/osv-schema/>

mod rules;
mod schema;

use jiff::Timestamp;

use super::{Affected, Event, Range, ecosystem};
use crate::advisories::record::{Detail, PackageRanges, Record};

/// What became of one OSV record.
#[derive(Debug, Clone, PartialEq)]
pub enum Parsed {
    /// It says something of packages that Farguard can match.
    Record(Box<Record>),
    /// It does not count, and this is why.
    Skipped(Skip),
}

/// Why a well-formed record does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Skip {
    /// Its publisher has taken it back.
    Withdrawn,
    /// It names no package of an ecosystem that Farguard matches.
    OtherEcosystem,
    /// A distribution's update without any known vulnerability.
    NotSecurity,
}

/// A record cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("record `{id}`: {message}")]
pub struct OsvError {
    /// Id of the record; empty when not even that could be read.
    pub id: String,
    /// What is wrong, with the place inside the record.
    pub message: String,
}

/// Reads one record.
///
/// # Errors
/// When it is not a JSON object of the schema's shape. The message names the place.
pub fn parse(json: &[u8]) -> Result<Parsed, OsvError> {
    let raw: schema::Record = serde_json::from_slice(json)
        .map_err(|error| OsvError { id: id_of_broken(json), message: error.to_string() })?;
    let fail = |message: String| OsvError { id: shorten(&raw.id, 80), message };
    if raw.id.is_empty() || raw.id.len() > 200 || raw.id.contains(char::is_control) {
        return Err(fail("`id` is missing or is not an id".to_owned()));
    }
    if raw.withdrawn.as_deref().is_some_and(|time| !time.is_empty()) {
        return Ok(Parsed::Skipped(Skip::Withdrawn));
    }
    let packages = packages(&raw).map_err(fail)?;
    let Some(first) = packages.first() else {
        return Ok(Parsed::Skipped(Skip::OtherEcosystem));
    };
    let names = rules::names(&raw, ecosystem::is_distribution(&first.ecosystem));
    if rules::is_plain_update(&raw.id, &names) {
        return Ok(Parsed::Skipped(Skip::NotSecurity));
    }
    let detail = Detail {
        rating: rules::rating(&raw),
        aliases: names.aliases,
        upstream: names.upstream,
        summary: rules::summary(&raw),
        published: raw.published.clone(),
        modified: raw.modified.clone(),
        severity: rules::vectors(&raw.severity),
        references: rules::references(&raw),
        id: raw.id,
    };
    let modified = raw.modified.parse().unwrap_or(Timestamp::MIN);
    Ok(Parsed::Record(Box::new(Record { modified, detail, packages })))
}

/// The entries of `affected`, gathered by package.
fn packages(raw: &schema::Record) -> Result<Vec<PackageRanges>, String> {
    let mut packages: Vec<PackageRanges> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for (index, entry) in raw.affected.iter().enumerate() {
        let Some(package) = &entry.package else { continue };
        let Some(ecosystem) = ecosystem::normalize_ecosystem(&package.ecosystem) else { continue };
        if ecosystem.contains(char::is_control) {
            return Err(format!("affected[{index}].package.ecosystem is not an ecosystem"));
        }
        if package.name.is_empty() || package.name.contains('\0') {
            return Err(format!("affected[{index}].package.name is empty or not a name"));
        }
        let name = ecosystem::normalize_name(&ecosystem, &package.name).into_owned();
        let affected = affected(entry).map_err(|e| format!("affected[{index}].{e}"))?;
        if affected.ranges.is_empty() && affected.versions.is_empty() {
            continue;
        }
        let place = *places.entry((ecosystem.clone(), name.clone())).or_insert(packages.len());
        match packages.get_mut(place) {
            Some(known) if known.affected.contains(&affected) => {}
            Some(known) => known.affected.push(affected),
            None => packages.push(PackageRanges { ecosystem, name, affected: vec![affected] }),
        }
    }
    Ok(packages)
}

fn affected(entry: &schema::Affected) -> Result<Affected, String> {
    let mut ranges = Vec::new();
    for (index, range) in entry.ranges.iter().enumerate() {
        let semver = match range.kind.as_str() {
            "SEMVER" => true,
            "ECOSYSTEM" => false,
            // Commits: no package carries them.
            "GIT" => continue,
            other => {
                let kind = shorten(other, 40);
                return Err(format!("ranges[{index}].type `{kind}` is not a type of OSV"));
            }
        };
        let events = events(&range.events).map_err(|e| format!("ranges[{index}].{e}"))?;
        ranges.push(Range { semver, events });
    }
    Ok(Affected {
        ranges,
        versions: entry.versions.clone(),
        fix_state: rules::fix_state(entry),
        severity: rules::vectors(&entry.severity),
        rating: rules::package_rating(entry),
    })
}

fn events(raw: &[schema::Event]) -> Result<Vec<Event>, String> {
    let mut events = Vec::new();
    for (index, event) in raw.iter().enumerate() {
        let before = events.len();
        // Early records put `introduced` and `fixed` into one object.
        events.extend(event.introduced.clone().map(Event::Introduced));
        events.extend(event.fixed.clone().map(Event::Fixed));
        events.extend(event.last_affected.clone().map(Event::LastAffected));
        events.extend(event.limit.clone().map(Event::Limit));
        if events.len() == before {
            return Err(format!(
                "events[{index}] has none of `introduced`, `fixed`, `last_affected`, `limit`"
            ));
        }
    }
    if !events.iter().any(|event| matches!(event, Event::Introduced(_))) {
        return Err("events has no `introduced`".to_owned());
    }
    Ok(events)
}

/// The id of a record whose shape is wrong, for the message about it.
fn id_of_broken(json: &[u8]) -> String {
    #[derive(serde::Deserialize)]
    struct OnlyId {
        id: String,
    }
    serde_json::from_slice::<OnlyId>(json).map(|r| shorten(&r.id, 80)).unwrap_or_default()
}

fn shorten(text: &str, max_chars: usize) -> String {
    text.chars().filter(|c| !c.is_control()).take(max_chars).collect()
}

#[cfg(test)]
mod tests;
