//! Licence expressions, and the licences that the SPDX list does not have.

use std::collections::BTreeMap;

use farguard_model::fingerprint;

use super::document::{ExtractedLicensingInfo, NO_ASSERTION};
use crate::license::{self, Kind};

/// Licences that a document defines itself, by their id.
#[derive(Debug, Default)]
pub(super) struct Extracted(BTreeMap<String, String>);

impl Extracted {
    /// One valid expression for all declared licences. What is not SPDX becomes a `LicenseRef`.
    pub(super) fn expression(&mut self, declared: &[String]) -> String {
        let several = declared.len() > 1;
        let terms = declared.iter().filter(|text| !text.trim().is_empty());
        let terms: Vec<_> = terms
            .map(|text| match license::kind(text) {
                Kind::Expression if several => format!("({text})"),
                Kind::Id | Kind::Expression => text.clone(),
                Kind::Name => self.reference(text),
            })
            .collect();
        if terms.is_empty() { NO_ASSERTION.to_owned() } else { terms.join(" AND ") }
    }

    fn reference(&mut self, text: &str) -> String {
        let hash = fingerprint(&[text]);
        let id = format!("LicenseRef-{}", hash.get(..16).unwrap_or(&hash));
        self.0.entry(id.clone()).or_insert_with(|| text.to_owned());
        id
    }

    /// The definitions, sorted by id.
    pub(super) fn into_infos(self) -> Vec<ExtractedLicensingInfo> {
        let info = |(license_id, text): (String, String)| ExtractedLicensingInfo {
            license_id,
            name: text.clone(),
            extracted_text: text,
        };
        self.0.into_iter().map(info).collect()
    }
}
