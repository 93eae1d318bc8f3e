//! A timeline as text, JSON and a Mermaid diagram.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use super::{Event, Tallies, Timeline};

/// Names that are shown of each kind, the most frequent ones.
const SHOWN: usize = 10;

/// Services that a diagram shows for each principal.
const MAX_EDGES: usize = 60;

impl Timeline {
    /// For people: what it comes to, the way through roles, and every call.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing into a text cannot fail.
        let _ = self.write_text(&mut out);
        out
    }

    /// All of it.
    ///
    /// # Errors
    /// None in practice: everything has a form in JSON.
    pub fn json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// A flow chart: who became whom, and which services were called.
    #[must_use]
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        let _ = self.write_mermaid(&mut out);
        out
    }

    fn write_text(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "{}: {}", self.actor.as_str(), number_of_calls(self.calls))?;
        if let (Some(first), Some(last)) = (self.first_ns, self.last_ns) {
            writeln!(out, "from {} to {}", moment(first), moment(last))?;
        }
        let counts = &self.counts;
        let kinds = [
            ("as", &counts.principals),
            ("from", &counts.addresses),
            ("with", &counts.user_agents),
            ("in", &counts.regions),
            ("failed", &counts.failures),
            ("touched", &counts.resources),
            ("alerts", &counts.alerts),
        ];
        for (label, tallies) in kinds {
            write_tallies(out, label, tallies)?;
        }
        if !self.chain.is_empty() {
            writeln!(out, "\nKeys that were given out")?;
        }
        for link in &self.chain {
            let (time, to) =
                (moment(link.time_ns), if link.to.is_empty() { "?" } else { &link.to });
            writeln!(out, "{time}  {} -> {to} ({}, key {})", link.from, link.call, link.key)?;
        }
        if self.omitted_links > 0 {
            writeln!(out, "{} keys could not be followed", self.omitted_links)?;
        }
        if !self.events.is_empty() {
            writeln!(out, "\nCalls")?;
        }
        self.events.iter().try_for_each(|event| write_event(out, event))?;
        if self.omitted > 0 {
            writeln!(out, "{} later calls are not shown", self.omitted)?;
        }
        Ok(())
    }

    fn write_mermaid(&self, out: &mut String) -> fmt::Result {
        let mut nodes: BTreeMap<&str, usize> = BTreeMap::new();
        let links = self.chain.iter().filter(|link| !link.to.is_empty());
        let mut hops: Vec<(&str, &str, &str)> =
            links.map(|link| (&*link.from, &*link.to, &*link.call)).collect();
        hops.sort_unstable();
        hops.dedup();
        for (from, to, call) in hops.into_iter().take(MAX_EDGES) {
            let from = node(out, &mut nodes, from)?;
            let to = node(out, &mut nodes, to)?;
            writeln!(out, "  n{from} -->|{}| n{to}", label(call))?;
        }
        let mut used: BTreeMap<(&str, &str), (u64, u64)> = BTreeMap::new();
        for event in &self.events {
            let (calls, failures) = used.entry((&event.principal, &event.service)).or_default();
            *calls += 1;
            *failures += u64::from(!event.error.is_empty());
        }
        for ((who, service), (calls, failures)) in used.into_iter().take(MAX_EDGES) {
            let who = node(out, &mut nodes, who)?;
            let service = node(out, &mut nodes, service)?;
            let failed = if failures > 0 { format!(", {failures} failed") } else { String::new() };
            let calls = number_of_calls(calls);
            writeln!(out, "  n{who} -.->|{calls}{failed}| n{service}")?;
        }
        Ok(())
    }
}

/// `1 call`, `2 calls`.
fn number_of_calls(calls: u64) -> String {
    format!("{calls} call{}", if calls == 1 { "" } else { "s" })
}

/// The number of a node, which is declared when it is first named.
fn node<'t>(
    out: &mut String,
    nodes: &mut BTreeMap<&'t str, usize>,
    name: &'t str,
) -> Result<usize, fmt::Error> {
    let next = nodes.len();
    if let Some(number) = nodes.get(name) {
        return Ok(*number);
    }
    nodes.insert(name, next);
    writeln!(out, "  n{next}[\"{}\"]", label(name))?;
    Ok(next)
}

/// A text that Mermaid takes for nothing else.
fn label(text: &str) -> String {
    let plain = |it: char| it.is_alphanumeric() || " :/.@_-=+,".contains(it);
    text.chars()
        .map(|it| if plain(it) { it.to_string() } else { format!("#{};", u32::from(it)) })
        .collect()
}

fn write_tallies(out: &mut String, label: &str, tallies: &Tallies) -> fmt::Result {
    let mut most: Vec<_> = tallies.iter().collect();
    most.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    for (name, count) in most.iter().take(SHOWN) {
        writeln!(out, "  {label:<8} {name} ({count})")?;
    }
    if most.len() > SHOWN {
        writeln!(out, "  {label:<8} and {} more", most.len() - SHOWN)?;
    }
    Ok(())
}

fn write_event(out: &mut String, event: &Event) -> fmt::Result {
    let Event { service, name, region, address, principal, error, .. } = event;
    write!(out, "{}  {region}  {service}:{name}", moment(event.time_ns))?;
    if !error.is_empty() {
        write!(out, " failed: {error}")?;
    }
    if !event.resources.is_empty() {
        write!(out, "  on {}", event.resources.join(", "))?;
    }
    write!(out, "  by {principal} from {address}")?;
    if !event.alerts.is_empty() {
        write!(out, "  ALERT {}", event.alerts.join(", "))?;
    }
    writeln!(out)
}

/// A moment, to the second.
fn moment(ns: u64) -> String {
    let moment = i64::try_from(ns / crate::time::SECOND).ok();
    let moment = moment.and_then(|seconds| jiff::Timestamp::from_second(seconds).ok());
    moment.filter(|_| ns > 0).map_or_else(|| "time unknown".to_owned(), |moment| moment.to_string())
}
