//! What one actor did, as far as records tell: which roles it went through, what it touched, from
//! where, and what failed.
//!
//! ```text
//! records -> learn (who was given which key) -> records again -> add -> finish -> Timeline
//! ```
//!
//! Records may come in any order: links between keys are learned before events are collected. Memory
//! is bounded; what does not fit is counted.

mod actor;
mod chain;
mod identity;
mod render;

use std::collections::BTreeMap;

use serde::Serialize;

pub use actor::Actor;
pub use chain::Link;

use crate::record::{Key, Record};
use chain::Chain;
use identity::{Identity, resources, text};

/// Events that are kept: the earliest ones.
const MAX_EVENTS: usize = 10_000;

/// Names that are counted of each kind; what is new after that counts as one name.
const MAX_NAMES: usize = 1_000;

/// The name of all that is over [`MAX_NAMES`].
const OTHERS: &str = "(others)";

/// Collects what one actor did.
#[derive(Debug)]
pub struct Investigation {
    actor: Actor,
    chain: Chain,
    /// By time and order of reading.
    events: BTreeMap<(u64, u64), Event>,
    counts: Counts,
    seen: u64,
    span: Option<(u64, u64)>,
}

/// One call of the actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Event {
    /// Nanoseconds since 1970; 0 if the record does not say.
    pub time_ns: u64,
    /// The service without `.amazonaws.com`.
    pub service: String,
    /// The call.
    pub name: String,
    /// Region.
    pub region: String,
    /// Address or service that it came from.
    pub address: String,
    /// ARN of the user or session, else what is known of it.
    pub principal: String,
    /// Key that signed the call.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub access_key: String,
    /// Error, empty if it went well.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub error: String,
    /// What it was about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// Rules that it matched.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alerts: Vec<String>,
    /// Id of the record.
    pub id: String,
}

/// How often each name was seen, sorted by name.
pub type Tallies = BTreeMap<String, u64>;

/// What the calls of an actor come to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// `SERVICE:CALL`
    pub calls: Tallies,
    /// `SERVICE:CALL ERROR`
    pub failures: Tallies,
    /// Addresses.
    pub addresses: Tallies,
    /// Programs.
    pub user_agents: Tallies,
    /// Regions.
    pub regions: Tallies,
    /// ARNs and names of what was touched.
    pub resources: Tallies,
    /// Users and sessions that the actor was.
    pub principals: Tallies,
    /// Rules that its calls matched.
    pub alerts: Tallies,
}

/// What one actor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// Who was asked for.
    pub actor: Actor,
    /// Calls, those that are not among the events too.
    pub calls: u64,
    /// When the first was, in nanoseconds since 1970.
    pub first_ns: Option<u64>,
    /// When the last was.
    pub last_ns: Option<u64>,
    /// Keys that were given to or by the actor, in the order of time.
    pub chain: Vec<Link>,
    /// Keys that there was no room to follow or to show.
    pub omitted_links: u64,
    /// The earliest calls, in the order of time.
    pub events: Vec<Event>,
    /// Calls that are only counted.
    pub omitted: u64,
    /// What all calls come to.
    pub counts: Counts,
}

impl Investigation {
    /// Starts to look for an actor.
    #[must_use]
    pub fn new(actor: Actor) -> Self {
        Self {
            actor,
            chain: Chain::default(),
            events: BTreeMap::new(),
            counts: Counts::default(),
            seen: 0,
            span: None,
        }
    }

    /// Learns from a record who was given which key. Show it every record before the first
    /// [`Investigation::add`], so that calls of later sessions are known as the actor's.
    pub fn learn(&mut self, record: &Record<'_>) {
        self.chain.learn(record, &self.actor);
    }

    /// Adds a record if it is a call of the actor or of a session that came from it; says whether.
    /// `alerts` names the rules that it matches.
    pub fn add(&mut self, record: &Record<'_>, alerts: &[&str]) -> bool {
        let who = Identity::of(record);
        self.chain.note(record, &who, &self.actor);
        if !self.actor.is(&who) && !self.chain.follows(&who.access_key) {
            return false;
        }
        let event = event(record, who, alerts);
        self.counts.add(&event, &text(record.get(Key::UserAgent)));
        if event.time_ns > 0 {
            let (first, last) = self.span.unwrap_or((event.time_ns, event.time_ns));
            self.span = Some((first.min(event.time_ns), last.max(event.time_ns)));
        }
        self.events.insert((event.time_ns, self.seen), event);
        self.seen += 1;
        if self.events.len() > MAX_EVENTS {
            self.events.pop_last();
        }
        true
    }

    /// Everything in the order of time.
    #[must_use]
    pub fn finish(self) -> Timeline {
        let omitted = self.seen - self.events.len() as u64;
        Timeline {
            omitted_links: self.chain.omitted,
            chain: self.chain.links(),
            calls: self.seen,
            first_ns: self.span.map(|span| span.0),
            last_ns: self.span.map(|span| span.1),
            events: self.events.into_values().collect(),
            omitted,
            counts: self.counts,
            actor: self.actor,
        }
    }
}

fn event(record: &Record<'_>, who: Identity, alerts: &[&str]) -> Event {
    let top = |key| text(record.get(key));
    let source = top(Key::EventSource);
    Event {
        time_ns: record.time_ns().unwrap_or_default(),
        service: source.strip_suffix(".amazonaws.com").unwrap_or(&source).to_owned(),
        name: top(Key::EventName),
        region: top(Key::AwsRegion),
        address: who.address.clone(),
        principal: who.name(),
        access_key: who.access_key,
        error: top(Key::ErrorCode),
        resources: resources(record),
        alerts: alerts.iter().map(|&alert| alert.to_owned()).collect(),
        id: top(Key::EventId),
    }
}

impl Counts {
    fn add(&mut self, event: &Event, agent: &str) {
        let call = format!("{}:{}", event.service, event.name);
        if !event.error.is_empty() {
            count(&mut self.failures, &format!("{call} {}", event.error));
        }
        count(&mut self.calls, &call);
        count(&mut self.addresses, &event.address);
        count(&mut self.user_agents, agent);
        count(&mut self.regions, &event.region);
        count(&mut self.principals, &event.principal);
        event.resources.iter().for_each(|name| count(&mut self.resources, name));
        event.alerts.iter().for_each(|name| count(&mut self.alerts, name));
    }
}

fn count(tallies: &mut Tallies, name: &str) {
    if name.is_empty() {
        return;
    }
    let known = tallies.len() < MAX_NAMES || tallies.contains_key(name);
    let name = if known { name } else { OTHERS };
    *tallies.entry(name.to_owned()).or_default() += 1;
}

#[cfg(test)]
mod tests;
