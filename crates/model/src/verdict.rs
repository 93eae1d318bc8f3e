//! What a policy makes of findings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a rule of a policy says, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It may go on.
    Pass,
    /// It may go on, and somebody should look.
    Warn,
    /// It may not.
    Fail,
}

impl Outcome {
    /// The name in lower case, as in JSON and policies.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What the policy says of one finding, and which rule said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// What follows from the finding.
    pub outcome: Outcome,
    /// The id of the rule or exception; empty when no rule speaks of the finding.
    pub rule: String,
    /// Why, in one sentence.
    pub reason: String,
}

/// What the policy says of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The worst outcome of all findings.
    pub outcome: Outcome,
    /// The name of the policy.
    pub policy: String,
    /// Findings that fail.
    pub failed: usize,
    /// Findings that warn.
    pub warned: usize,
}

/// A demand of a policy on the target as a whole that is not met: a missing label, an unsigned
/// image, a forbidden package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The name of the policy.
    pub policy: String,
    /// The id of the rule that demands it.
    pub rule: String,
}
