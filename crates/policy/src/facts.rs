//! What conditions ask of a finding.

use std::cell::OnceCell;

use farguard_model::{Detail, Finding, Fix, Origin, Outcome, Package, ScanReport, Vulnerability};
use jiff::{Timestamp, civil::Date, tz::TimeZone};

use crate::policy::{FixState, Kind, Test, Words};

/// One finding, as tests see it.
pub(crate) struct Facts<'r> {
    pub(crate) finding: &'r Finding,
    pub(crate) kind: Kind,
    vulnerability: Option<&'r Vulnerability>,
    package: Option<&'r Package>,
    /// Whether the layers of the base image are only guessed.
    base_is_guess: bool,
    now: Timestamp,
    /// Id and aliases in lower case.
    ids: OnceCell<Vec<String>>,
    /// Full days since it was published, where that is known.
    age: OnceCell<Option<i64>>,
}

impl<'r> Facts<'r> {
    pub(crate) fn new(finding: &'r Finding, report: &'r ScanReport) -> Self {
        let kind = match finding.detail {
            Detail::Vulnerability(_) => Kind::Vulnerability,
            Detail::Secret(_) => Kind::Secret,
            Detail::Misconfiguration(_) => Kind::Check,
            Detail::Violation(_) => Kind::Violation,
        };
        let vulnerability = finding.vulnerability();
        let package = vulnerability.and_then(|one| report.packages.get(one.package));
        let base = report.image.as_ref().and_then(|image| image.base.as_ref());
        let base_is_guess = base.is_some_and(|base| base.is_guess);
        let (ids, age) = (OnceCell::new(), OnceCell::new());
        let now = report.created;
        Self { finding, kind, vulnerability, package, base_is_guess, now, ids, age }
    }

    fn ids(&self) -> &[String] {
        self.ids.get_or_init(|| {
            let names = std::iter::once(&self.finding.id).chain(self.finding.aliases());
            names.map(|name| name.to_ascii_lowercase()).collect()
        })
    }

    fn age_days(&self) -> Option<i64> {
        *self.age.get_or_init(|| {
            let published = moment(self.vulnerability?.published.as_deref()?)?;
            Some(days_between(published, self.now))
        })
    }

    fn path(&self) -> &str {
        self.finding.location.as_ref().map_or("", |location| location.path.as_str())
    }

    fn fix(&self) -> Option<FixState> {
        Some(match self.vulnerability?.fix {
            Fix::Fixed { .. } => FixState::Available,
            Fix::NotFixed => FixState::None,
            Fix::WontFix => FixState::WontFix,
        })
    }

    /// What nobody knows of is one's own: nothing is blamed on a base without evidence, and an
    /// image cannot pass its layers off as somebody else's.
    fn origin(&self) -> Origin {
        self.finding.origin.filter(|_| !self.base_is_guess).unwrap_or(Origin::Own)
    }
}

/// A point in time, RFC 3339 or a date.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let date = || text.parse::<Date>().ok()?.to_zoned(TimeZone::UTC).ok();
    text.parse().ok().or_else(|| date().map(|zoned| zoned.timestamp()))
}

/// Full days, rounded down.
pub(crate) fn days_between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_second().saturating_sub(from.as_second()).div_euclid(24 * 60 * 60)
}

impl Test {
    /// Whether the finding passes it. What is not known counts against the target: `outcome` says
    /// which way that is.
    pub(crate) fn holds(&self, facts: &Facts<'_>, outcome: Outcome) -> bool {
        let any_id =
            |patterns: &crate::glob::Patterns| facts.ids().iter().any(|id| patterns.matches(id));
        let older = |days: &u32| match facts.age_days() {
            Some(age) => age > i64::from(*days),
            None => facts.kind == Kind::Vulnerability && outcome != Outcome::Pass,
        };
        match self {
            Self::Kind(kinds) => kinds.contains(&facts.kind),
            Self::Severity(least) => facts.finding.severity >= *least,
            Self::SeverityExactly(severities) => severities.contains(&facts.finding.severity),
            Self::Exploited(asked) => {
                facts.vulnerability.is_some_and(|one| one.kev.is_some() == *asked)
            }
            Self::Fix(states) => facts.fix().is_some_and(|fix| states.contains(&fix)),
            Self::EpssAbove(least) => {
                let epss = facts.vulnerability.and_then(|one| one.epss);
                epss.is_some_and(|epss| epss.score > *least)
            }
            Self::Origin(origin) => facts.origin() == *origin,
            Self::Development(asked) => facts.package.is_some_and(|one| one.dev == *asked),
            Self::AgeDays(days) => older(days),
            Self::GraceDays(days) => facts.fix() == Some(FixState::Available) && older(days),
            Self::Check(patterns) => facts.kind == Kind::Check && any_id(patterns),
            Self::Secret(patterns) => facts.kind == Kind::Secret && any_id(patterns),
            Self::Id(patterns) => any_id(patterns),
            Self::Package(patterns) => {
                patterns.matches(&facts.finding.subject.name)
                    || patterns.matches(&facts.finding.subject.id)
            }
            Self::Path(patterns) => patterns.matches(facts.path()),
        }
    }

    /// What is true of the finding where this test looks.
    pub(crate) fn fact(&self, facts: &Facts<'_>) -> String {
        let published = || match facts.age_days() {
            Some(1) => "published 1 day ago".to_owned(),
            Some(days) => format!("published {days} days ago"),
            None => "published nobody knows when".to_owned(),
        };
        let fix = || match facts.fix() {
            Some(FixState::Available) => "a fix is available",
            Some(FixState::None) => "there is no fix",
            Some(FixState::WontFix) => "it will not be fixed",
            None => "no upgrade fixes it",
        };
        match self {
            Self::Kind(_) => format!("it is a {}", facts.kind.word()),
            Self::Severity(_) | Self::SeverityExactly(_) => {
                format!("severity is {}", facts.finding.severity)
            }
            Self::Exploited(_) => match facts.vulnerability.and_then(|one| one.kev.as_ref()) {
                Some(kev) => format!("known to be exploited since {}", kev.date_added),
                None => "not known to be exploited".to_owned(),
            },
            Self::Fix(_) => fix().to_owned(),
            Self::EpssAbove(_) => match facts.vulnerability.and_then(|one| one.epss) {
                Some(epss) => format!("epss is {:.3}", epss.score),
                None => "epss is unknown".to_owned(),
            },
            Self::Origin(_) => match facts.finding.origin {
                Some(Origin::Base) if facts.base_is_guess => {
                    "origin is base by a guess, which counts as own: `--base` compares".to_owned()
                }
                Some(origin) => format!("origin is {}", origin.word()),
                None => "origin is unknown and counts as own".to_owned(),
            },
            Self::Development(_) => match facts.package.map(|package| package.dev) {
                Some(true) => "needed to build or test only".to_owned(),
                _ => "needed to run".to_owned(),
            },
            Self::AgeDays(_) => published(),
            Self::GraceDays(_) => format!("{}, {}", fix(), published()),
            Self::Check(_) | Self::Secret(_) | Self::Id(_) => {
                format!("id is `{}`", facts.finding.id)
            }
            Self::Package(_) => format!("it is about `{}`", facts.finding.subject.name),
            Self::Path(_) => format!("path is `{}`", facts.path()),
        }
    }

    /// Why the finding does not pass it, in words that fit every such finding.
    pub(crate) fn mismatch(&self, facts: &Facts<'_>) -> String {
        fn words<W: Words>(words: &[W]) -> String {
            words.iter().map(|word| word.word()).collect::<Vec<_>>().join(" or ")
        }
        if self.is_about_vulnerabilities() && facts.kind != Kind::Vulnerability {
            return format!("it is a {}, not a vulnerability", facts.kind.word());
        }
        match self {
            Self::Kind(kinds) => format!("{}, not a {}", self.fact(facts), words(kinds)),
            Self::Severity(least) => format!("{}, not {least} or worse", self.fact(facts)),
            Self::SeverityExactly(severities) => {
                format!("{}, not {}", self.fact(facts), words(severities))
            }
            Self::Exploited(true) => "not known to be exploited".to_owned(),
            Self::Exploited(false) => "known to be exploited".to_owned(),
            Self::Fix(_) => self.fact(facts),
            Self::EpssAbove(least) => format!("epss is not above {least}"),
            Self::Origin(_) | Self::Development(_) => self.fact(facts),
            Self::AgeDays(days) => format!("not published more than {days} days ago"),
            Self::GraceDays(days) => {
                format!("no fix is available since more than {days} days")
            }
            Self::Check(patterns) => format!("not check {}", patterns.shown()),
            Self::Secret(patterns) => format!("not secret {}", patterns.shown()),
            Self::Id(patterns) => format!("id is not {}", patterns.shown()),
            Self::Package(patterns) => format!("package is not {}", patterns.shown()),
            Self::Path(patterns) => format!("path is not {}", patterns.shown()),
        }
    }
}
