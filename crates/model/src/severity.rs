//! How bad a finding is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// How bad a finding is, from `Unknown` (nobody has said) to `Critical`.
///
/// The order is the order of `--fail-on`: a threshold passes everything below it. `Unknown` is
/// lowest, so only `--fail-on unknown` fails on it.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nobody has rated it.
    #[default]
    Unknown,
    /// Known and judged to have no practical effect.
    Negligible,
    /// CVSS 0.1 to 3.9.
    Low,
    /// CVSS 4.0 to 6.9.
    Medium,
    /// CVSS 7.0 to 8.9.
    High,
    /// CVSS 9.0 to 10.0.
    Critical,
}

/// The text is not the name of a severity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a severity: use one of critical, high, medium, low, negligible, unknown")]
pub struct ParseSeverityError(String);

impl Severity {
    /// Every severity, worst first: the order of tables.
    pub const WORST_FIRST: [Self; 6] =
        [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Negligible, Self::Unknown];

    /// The name in lower case, as in JSON and flags.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Negligible => "negligible",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The rating of a CVSS base score (0.0 to 10.0).
    ///
    /// # Source
    /// CVSS v3.1 specification, section 5, qualitative severity rating scale.
    #[must_use]
    pub fn from_cvss_score(score: f64) -> Self {
        match score {
            s if s >= 9.0 => Self::Critical,
            s if s >= 7.0 => Self::High,
            s if s >= 4.0 => Self::Medium,
            s if s > 0.0 => Self::Low,
            _ => Self::Negligible,
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Severity {
    type Err = ParseSeverityError;

    /// Reads our names and the words distributions use for the same thing, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "critical" => Ok(Self::Critical),
            "high" | "important" => Ok(Self::High),
            "medium" | "moderate" => Ok(Self::Medium),
            "low" => Ok(Self::Low),
            "negligible" | "unimportant" | "none" => Ok(Self::Negligible),
            "unknown" => Ok(Self::Unknown),
            _ => Err(ParseSeverityError(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distribution_words_map_to_ours() {
        assert_eq!("Important".parse(), Ok(Severity::High));
        assert_eq!("moderate".parse(), Ok(Severity::Medium));
        assert_eq!("unimportant".parse(), Ok(Severity::Negligible));
        assert!("severe".parse::<Severity>().is_err());
    }

    #[test]
    fn names_read_back() {
        for severity in Severity::WORST_FIRST {
            assert_eq!(severity.as_str().parse(), Ok(severity));
        }
        assert!(Severity::WORST_FIRST.is_sorted_by(|a, b| a > b));
    }
}
