//! CVSS vectors -> scores.

use std::str::FromStr;

use cvss::{v2, v3, v4};
use farguard_model::Cvss;

/// Longest vector read; one of v4 with every metric is shorter.
const MAX_VECTOR_BYTES: usize = 400;

/// Scores a vector of OSV type `kind` (`CVSS_V2`, `CVSS_V3`, `CVSS_V4`) from 0.0 to 10.0; `None`
/// when it is not a complete vector of that type.
#[must_use]
pub fn score(kind: &str, vector: &str) -> Option<Cvss> {
    let vector = vector.trim().trim_start_matches('(').trim_end_matches([')', '/']);
    if vector.len() > MAX_VECTOR_BYTES {
        return None;
    }
    let (version, score) = match kind {
        "CVSS_V2" => {
            let bare = vector.strip_prefix("CVSS2#").unwrap_or(vector);
            ("2.0", v2::Vector::from_str(bare).ok()?.score().value())
        }
        "CVSS_V3" => score_v3(vector)?,
        "CVSS_V4" => ("4.0", v4::Vector::from_str(vector).ok()?.score().value()),
        _ => return None,
    };
    let score = (score * 10.0).round() / 10.0;
    Some(Cvss { version: version.to_owned(), vector: vector.to_owned(), score })
}

fn score_v3(vector: &str) -> Option<(&'static str, f64)> {
    let version = if vector.starts_with("CVSS:3.0/") { "3.0" } else { "3.1" };
    let parsed = v3::Vector::from_str(vector).ok()?;
    let exploitability =
        parsed.av.is_some() && parsed.ac.is_some() && parsed.pr.is_some() && parsed.ui.is_some();
    let impact = parsed.c.is_some() && parsed.i.is_some() && parsed.a.is_some();
    (exploitability && impact && parsed.s.is_some()).then(|| (version, parsed.score().value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: &str, vector: &str, expect: Option<(&str, f64)>) {
        let found = score(kind, vector);
        assert_eq!(found.as_ref().map(|c| (c.version.as_str(), c.score)), expect, "{vector}");
    }

    #[test]
    fn version_2() {
        // The worked examples of the guide (section 3.3).
        check("CVSS_V2", "AV:N/AC:L/Au:N/C:N/I:N/A:C", Some(("2.0", 7.8)));
        check("CVSS_V2", "AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(("2.0", 10.0)));
        check("CVSS_V2", "(AV:L/AC:H/Au:N/C:C/I:C/A:C)", Some(("2.0", 6.2)));
        check("CVSS_V2", "CVSS2#AV:N/AC:L/Au:N/C:N/I:N/A:N", Some(("2.0", 0.0)));
        check("CVSS_V2", "AV:N/AC:L", None);
    }

    #[test]
    fn version_3() {
        // Examples that FIRST publishes with their scores.
        check("CVSS_V3", "CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", Some(("3.0", 6.4)));
        check("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(("3.1", 6.1)));
        check("CVSS_V3", "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", Some(("3.1", 3.1)));
        check("CVSS_V3", "CVSS:3.1/AV:L/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", Some(("3.1", 7.8)));
        check("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(("3.1", 10.0)));
        check("CVSS_V3", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(("3.1", 0.0)));
        // Rounding is where 3.0 and 3.1 differ.
        check("CVSS_V3", "CVSS:3.0/AV:P/AC:H/PR:L/UI:R/S:U/C:L/I:H/A:H", Some(("3.0", 5.8)));
        check("CVSS_V3", "CVSS:3.1/AV:N/AC:L", None);
    }

    #[test]
    fn version_4() {
        // Examples that FIRST publishes with their scores.
        let worst = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H";
        check("CVSS_V4", worst, Some(("4.0", 10.0)));
        let log4shell = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A";
        check("CVSS_V4", log4shell, Some(("4.0", 10.0)));
        let heartbleed = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N";
        check("CVSS_V4", heartbleed, Some(("4.0", 8.7)));
        let local = "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N";
        check("CVSS_V4", local, Some(("4.0", 7.3)));
        let none = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N";
        check("CVSS_V4", none, Some(("4.0", 0.0)));
    }

    #[test]
    fn what_is_no_vector_has_no_score() {
        for kind in ["CVSS_V2", "CVSS_V3", "CVSS_V4", "Ubuntu"] {
            for text in ["", "7.5", "high", "CVSS:9.9/AV:N", "AV:", "/", "CVSS:3.1/", ":::"] {
                check(kind, text, None);
            }
        }
        check("CVSS_V3", &"CVSS:3.1/".repeat(1000), None);
    }
}
