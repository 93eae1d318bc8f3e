//! What is wrong with files and digests.

use farguard_rules::Priority;
use jiff::Timestamp;

/// Kinds of findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// A log file is not as it was delivered.
    LogFileAltered,
    /// A log file is gone.
    LogFileMissing,
    /// A file lies among log files that CloudTrail did not sign.
    LogFileUnsigned,
    /// A digest is not as it was delivered.
    DigestAltered,
    /// A digest is gone.
    DigestMissing,
    /// There was a time without digests.
    DigestGap,
}

impl Fault {
    /// All.
    pub const ALL: [Self; 6] = [
        Self::LogFileAltered,
        Self::LogFileMissing,
        Self::LogFileUnsigned,
        Self::DigestAltered,
        Self::DigestMissing,
        Self::DigestGap,
    ];

    /// Its id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::LogFileAltered => "cloudtrail-log-file-altered",
            Self::LogFileMissing => "cloudtrail-log-file-missing",
            Self::LogFileUnsigned => "cloudtrail-log-file-unsigned",
            Self::DigestAltered => "cloudtrail-digest-altered",
            Self::DigestMissing => "cloudtrail-digest-missing",
            Self::DigestGap => "cloudtrail-digest-gap",
        }
    }

    /// How urgent it is.
    #[must_use]
    pub const fn priority(self) -> Priority {
        match self {
            // Another trail without validation may deliver to the same place.
            Self::DigestGap | Self::LogFileUnsigned => Priority::Warning,
            _ => Priority::Critical,
        }
    }

    /// What it is called.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::LogFileAltered => "CloudTrail log file was altered",
            Self::LogFileMissing => "CloudTrail log file is missing",
            Self::LogFileUnsigned => "file among CloudTrail logs was not signed by CloudTrail",
            Self::DigestAltered => "CloudTrail digest file was altered",
            Self::DigestMissing => "CloudTrail digest file is missing",
            Self::DigestGap => "CloudTrail wrote no digests for some time",
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind.
    pub fault: Fault,
    /// The file: `s3://BUCKET/KEY`, or a path.
    pub file: String,
    /// What it is seen by, as the rest of a sentence.
    pub why: String,
    /// The end of the hour that it is about.
    pub time: Timestamp,
}

/// What came of verifying something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Something is wrong.
    Finding(Finding),
    /// It could not be told.
    NotAssessed {
        /// The file, as in a finding.
        file: String,
        /// Why, as the rest of a sentence.
        why: String,
        /// Whether it lies before the first digest or after the last: then it is only not yet, or
        /// not any more, covered.
        at_edge: bool,
    },
}
