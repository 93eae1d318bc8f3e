//! CISA's catalogue of known exploited vulnerabilities.
//!
//! # Source
//! <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>

use farguard_model::Kev;
use serde::Deserialize;

use super::{layout::cve_key, table::Row};

#[derive(Deserialize)]
struct Catalog {
    vulnerabilities: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    date_added: String,
    due_date: String,
    #[serde(default)]
    known_ransomware_campaign_use: String,
}

/// Whether a JSON document, of which this is the beginning, is the catalogue.
pub(crate) fn is_catalog(head: &[u8]) -> bool {
    memchr::memmem::find(head, b"\"cveID\"").is_some()
        || memchr::memmem::find(head, b"\"catalogVersion\"").is_some()
}

/// Rows for the table, and a message for each entry that is not usable.
pub(crate) fn parse(json: &[u8]) -> serde_json::Result<(Vec<Row>, Vec<String>)> {
    let catalog: Catalog = serde_json::from_slice(json)?;
    let mut rows = Vec::new();
    let mut messages = Vec::new();
    for (index, entry) in catalog.vulnerabilities.iter().enumerate() {
        match cve_key(&entry.cve_id).zip(pack(entry)) {
            Some(row) => rows.push(row),
            None => messages.push(format!("vulnerabilities[{index}] has no CVE id or no dates")),
        }
    }
    Ok((rows, messages))
}

/// Date added in the high half; due date and the ransomware flag, lowest bit, in the low half.
fn pack(entry: &Entry) -> Option<u64> {
    let ransomware = u64::from(entry.known_ransomware_campaign_use.eq_ignore_ascii_case("known"));
    Some(date_number(&entry.date_added)? << 32 | date_number(&entry.due_date)? << 1 | ransomware)
}

/// The entry that [`parse`] packed.
pub(crate) fn unpack(value: u64) -> Kev {
    Kev {
        date_added: date_text(value >> 32),
        due_date: date_text((value & 0xFFFF_FFFF) >> 1),
        ransomware: value & 1 == 1,
    }
}

/// `2025-08-25` -> 20250825.
fn date_number(text: &str) -> Option<u64> {
    let date: jiff::civil::Date = text.parse().ok()?;
    let year = u64::try_from(date.year()).ok()?;
    Some(year * 10_000 + u64::try_from(date.month()).ok()? * 100 + u64::try_from(date.day()).ok()?)
}

fn date_text(number: u64) -> String {
    format!("{:04}-{:02}-{:02}", number / 10_000, number / 100 % 100, number % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_and_broken_ones_are_told() {
        let json = br#"{"catalogVersion":"1","vulnerabilities":[
            {"cveID":"CVE-2025-48384","dateAdded":"2025-08-25","dueDate":"2025-09-15",
             "knownRansomwareCampaignUse":"Known","product":"Git"},
            {"cveID":"none","dateAdded":"2025-08-25","dueDate":"2025-09-15"},
            {"cveID":"CVE-2025-48385","dateAdded":"soon","dueDate":"2025-09-15"}]}"#;
        let (rows, messages) = parse(json).unwrap();
        assert_eq!(messages.len(), 2);
        let [(key, value)] = rows.try_into().unwrap();
        assert_eq!(Some(key), cve_key("CVE-2025-48384"));
        let expect = Kev {
            date_added: "2025-08-25".to_owned(),
            due_date: "2025-09-15".to_owned(),
            ransomware: true,
        };
        assert_eq!(unpack(value), expect);
        assert!(is_catalog(json));
    }
}
