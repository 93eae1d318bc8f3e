//! Scores of the Exploit Prediction Scoring System, in FIRST's CSV.
//!
//! ```text
//! #model_version:v2025.03.14,score_date:2025-03-14T00:00:00+0000
//! cve,epss,percentile
//! CVE-1999-0001,0.01025,0.76163
//! ```
//!
//! # Source
//! <https://www.first.org/epss/data_stats>

use farguard_model::Epss;

use super::layout::cve_key;

/// Probabilities are stored in parts of a thousand million.
const PARTS: f64 = 1e9;

/// Whether a text that begins so is such a file.
pub(crate) fn is_scores(head: &[u8]) -> bool {
    head.starts_with(b"#model_version") || head.starts_with(b"cve,epss,percentile")
}

/// What one line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// A comment, the names of the columns, or nothing.
    Other,
    /// A score: key and value of a row of the table.
    Score(u64, u64),
    /// Not a line of such a file.
    Malformed,
}

/// Reads one line.
#[must_use]
pub fn parse_line(line: &[u8]) -> Line {
    let Ok(line) = std::str::from_utf8(line) else { return Line::Malformed };
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') || line.starts_with("cve,") {
        return Line::Other;
    }
    let mut columns = line.split(',');
    let row = (|| {
        let key = cve_key(columns.next()?)?;
        let score = parts(columns.next()?)?;
        Some((key, score << 32 | parts(columns.next()?)?))
    })();
    row.map_or(Line::Malformed, |(key, value)| Line::Score(key, value))
}

/// The score that [`parse_line`] packed.
pub(crate) fn unpack(value: u64) -> Epss {
    let share = |bits: u64| u32::try_from(bits).map_or(0.0, |parts| f64::from(parts) / PARTS);
    Epss { score: share(value >> 32), percentile: share(value & 0xFFFF_FFFF) }
}

fn parts(text: &str) -> Option<u64> {
    let share: f64 = text.parse().ok().filter(|share| (0.0..=1.0).contains(share))?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and a thousand million"
    )]
    let parts = (share * PARTS).round() as u64;
    Some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_come_back() {
        let Line::Score(key, value) = parse_line(b"CVE-2021-44228,0.94358,0.99957\r\n") else {
            panic!("not a score")
        };
        assert_eq!(Some(key), cve_key("CVE-2021-44228"));
        assert_eq!(unpack(value), Epss { score: 0.94358, percentile: 0.99957 });
        assert_eq!(unpack(u64::MAX).score, 4.294_967_295);
    }

    fn check(line: &str, expect: Line) {
        assert_eq!(parse_line(line.as_bytes()), expect, "{line}");
    }

    #[test]
    fn nonsense_is_told_from_comments() {
        check("#model_version:v2025.03.14", Line::Other);
        check("cve,epss,percentile", Line::Other);
        check("", Line::Other);
        check("CVE-2021-44228,1.5,0.9", Line::Malformed);
        check("CVE-2021-44228,NaN,0.9", Line::Malformed);
        check("CVE-2021-44228,0.5", Line::Malformed);
        check("hello", Line::Malformed);
    }
}
