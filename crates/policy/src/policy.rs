//! A policy, understood: what its rules select, ask and decide.

use farguard_model::{Origin, Outcome, Severity};
use jiff::civil::Date;

use crate::{demand::Demand, glob::Patterns, yaml::Place};

/// Rules and exceptions of one file.
#[derive(Debug, Clone)]
pub struct Policy {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) file: String,
    /// Registries, or registry and repository, of images that are built in-house.
    pub(crate) in_house: Patterns,
    pub(crate) rules: Vec<Rule>,
    pub(crate) exceptions: Vec<Exception>,
}

impl Policy {
    /// Its name, as verdicts show it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for, in its author's words; may be empty.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The file it was read from.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The number of its rules.
    #[must_use]
    pub fn rule_count(&self) -> usize {
        self.rules.len()
    }

    /// The number of its exceptions.
    #[must_use]
    pub fn exception_count(&self) -> usize {
        self.exceptions.len()
    }
}

/// One rule: for these targets, this follows from those findings.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) description: Option<String>,
    pub(crate) place: Place,
    pub(crate) when: Vec<Selector>,
    pub(crate) outcome: Outcome,
    /// Never empty; one has to hold.
    pub(crate) conditions: Vec<Condition>,
}

/// Something that somebody has decided to live with for a while.
#[derive(Debug, Clone)]
pub(crate) struct Exception {
    pub(crate) id: String,
    pub(crate) place: Place,
    pub(crate) when: Vec<Selector>,
    /// Never empty; all have to hold.
    pub(crate) tests: Vec<Test>,
    pub(crate) owner: String,
    pub(crate) reason: String,
    /// The last day on which it counts.
    pub(crate) expires: Date,
}

/// One condition of a rule.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Condition {
    /// Findings that pass all tests.
    Finding(Vec<Test>),
    /// A demand on the target, which holds when it is *not* met.
    Demand(Demand),
    /// Parts that could not be assessed, by code.
    NotAssessed(Patterns),
}

/// Something that is asked of one target.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Selector {
    Image(Patterns),
    Registry(Patterns),
    Repository(Patterns),
    Tag(Patterns),
    Source(Source),
    /// Each label has a value that fits.
    Label(Vec<(String, Patterns)>),
    Family(Patterns),
    Container(Patterns),
    Application(Patterns),
    Workflow(Vec<Workflow>),
    Owner(Patterns),
}

/// Something that is asked of one finding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Test {
    Kind(Vec<Kind>),
    /// At least this severe.
    Severity(Severity),
    SeverityExactly(Vec<Severity>),
    Exploited(bool),
    Fix(Vec<FixState>),
    EpssAbove(f64),
    Origin(Origin),
    Development(bool),
    /// Published longer ago than so many days.
    AgeDays(u32),
    /// A fix exists, and it was published longer ago than so many days.
    GraceDays(u32),
    Check(Patterns),
    Secret(Patterns),
    Id(Patterns),
    Package(Patterns),
    Path(Patterns),
}

impl Test {
    /// Whether a condition with this test speaks of violations, which are findings too: only
    /// when it says so, since a rule on severities means what is wrong, not what is demanded.
    pub(crate) fn may_mean_violations(&self) -> bool {
        match self {
            Self::Kind(kinds) => kinds.contains(&Kind::Violation),
            Self::Id(_) => true,
            _ => false,
        }
    }

    /// Whether only vulnerabilities can pass it.
    pub(crate) const fn is_about_vulnerabilities(&self) -> bool {
        matches!(
            self,
            Self::Exploited(_)
                | Self::Fix(_)
                | Self::EpssAbove(_)
                | Self::Development(_)
                | Self::AgeDays(_)
                | Self::GraceDays(_)
        )
    }

    /// The place in evaluation: comparing a word is cheaper than matching patterns.
    pub(crate) const fn cost(&self) -> u8 {
        match self {
            Self::Kind(_) => 0,
            Self::Severity(_) | Self::SeverityExactly(_) => 1,
            Self::Exploited(_) | Self::Fix(_) | Self::EpssAbove(_) => 2,
            Self::Origin(_) | Self::Development(_) => 3,
            Self::AgeDays(_) | Self::GraceDays(_) => 4,
            Self::Check(_) | Self::Secret(_) => 5,
            Self::Id(_) | Self::Package(_) | Self::Path(_) => 6,
        }
    }
}

/// What kind of finding it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Vulnerability,
    Secret,
    Check,
    Violation,
}

/// Whether a vulnerability can be fixed by an upgrade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FixState {
    Available,
    None,
    WontFix,
}

/// Who builds an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    InHouse,
    Public,
}

/// At which point of its life a target is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Workflow {
    /// While it is built, in CI.
    #[default]
    Build,
    /// When it is pushed to, or lies in, a registry.
    Registry,
    /// Before it is deployed.
    Deploy,
    /// While it runs.
    Runtime,
}

/// A closed set of words.
pub(crate) trait Words: Copy + PartialEq + 'static {
    const ALL: &'static [Self];
    fn word(self) -> &'static str;

    fn read(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }
}

impl Words for Kind {
    const ALL: &'static [Self] = &[Self::Vulnerability, Self::Secret, Self::Check, Self::Violation];

    fn word(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Secret => "secret",
            Self::Check => "check",
            Self::Violation => "violation",
        }
    }
}

impl Words for FixState {
    const ALL: &'static [Self] = &[Self::Available, Self::None, Self::WontFix];

    fn word(self) -> &'static str {
        match self {
            Self::Available => "available",
            Self::None => "none",
            Self::WontFix => "wont-fix",
        }
    }
}

impl Words for Source {
    const ALL: &'static [Self] = &[Self::InHouse, Self::Public];

    fn word(self) -> &'static str {
        match self {
            Self::InHouse => "in-house",
            Self::Public => "public",
        }
    }
}

impl Words for Workflow {
    const ALL: &'static [Self] = &[Self::Build, Self::Registry, Self::Deploy, Self::Runtime];

    fn word(self) -> &'static str {
        match self {
            Self::Build => "build",
            Self::Registry => "registry",
            Self::Deploy => "deploy",
            Self::Runtime => "runtime",
        }
    }
}

impl Words for Origin {
    const ALL: &'static [Self] = &[Self::Own, Self::Base];

    fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Base => "base",
        }
    }
}

impl Words for Outcome {
    const ALL: &'static [Self] = &[Self::Fail, Self::Warn, Self::Pass];

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Words for Severity {
    const ALL: &'static [Self] = &Self::WORST_FIRST;

    fn word(self) -> &'static str {
        self.as_str()
    }
}

impl Workflow {
    /// Every workflow, in the order of a target's life.
    pub const ALL: [Self; 4] = [Self::Build, Self::Registry, Self::Deploy, Self::Runtime];

    /// The name in lower case, as in policies and flags.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.word()
    }
}
