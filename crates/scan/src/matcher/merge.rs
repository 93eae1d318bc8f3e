//! Many records, one vulnerability.
//!
//! Records of one package that are aliases of one another, directly or through others, are one
//! vulnerability. An update of a distribution that names several CVEs is none itself: it is proof
//! for each of them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::collect::Hit;
use crate::advisories::record::Detail;

/// One vulnerability of one package.
#[derive(Debug)]
pub(super) struct Group<'h> {
    /// The preferred name: CVE, else GHSA, else that of a record.
    pub(super) id: String,
    /// All other names, sorted, those of the records included.
    pub(super) aliases: Vec<String>,
    /// Never empty; sorted by id.
    pub(super) hits: Vec<&'h Hit>,
}

/// Groups the records that matched one package, sorted by id.
pub(super) fn group(hits: &[Hit]) -> Vec<Group<'_>> {
    let mut names = Names::default();
    let mut places = Vec::new();
    for hit in hits {
        for identity in identities(&hit.advisory) {
            let mut nodes = identity.iter().map(|name| names.node(name)).collect::<Vec<_>>();
            let Some(first) = nodes.pop() else { continue };
            nodes.into_iter().for_each(|node| names.join(first, node));
            places.push((first, hit));
        }
    }
    let mut groups: BTreeMap<usize, Vec<&Hit>> = BTreeMap::new();
    for (node, hit) in places {
        groups.entry(names.root(node)).or_default().push(hit);
    }
    let members = names.members();
    let mut groups: Vec<_> = groups
        .into_iter()
        .filter_map(|(root, hits)| name_group(members.get(&root)?, hits))
        .collect();
    groups.sort_by(|a, b| a.id.cmp(&b.id));
    groups
}

fn name_group<'h>(names: &[&str], mut hits: Vec<&'h Hit>) -> Option<Group<'h>> {
    hits.sort_by(|a, b| a.advisory.id.cmp(&b.advisory.id));
    let records = hits.iter().map(|hit| hit.advisory.id.as_str());
    let mut all: BTreeSet<&str> = names.iter().copied().chain(records).collect();
    let is_record = |name: &str| hits.iter().any(|hit| hit.advisory.id == name);
    let id = all.iter().copied().min_by_key(|name| (preference(name), !is_record(name), *name))?;
    all.remove(id);
    Some(Group { id: id.to_owned(), aliases: all.into_iter().map(str::to_owned).collect(), hits })
}

fn preference(name: &str) -> u8 {
    match name {
        name if name.starts_with("CVE-") => 0,
        name if name.starts_with("GHSA-") => 1,
        _ => 2,
    }
}

/// The vulnerabilities that a record is about, each with the names that the record has for it.
fn identities(advisory: &Detail) -> Vec<Vec<&str>> {
    let upstream = || advisory.upstream.iter().map(String::as_str).filter(|id| is_id(id));
    let own = || {
        let aliases = advisory.aliases.iter().map(String::as_str);
        aliases.filter(|id| is_id(id)).chain([advisory.id.as_str()])
    };
    let cves: Vec<_> = upstream().filter(|id| id.starts_with("CVE-")).collect();
    match cves.as_slice() {
        // The record is another name of that one vulnerability, and so is all that it names.
        [_] => vec![upstream().chain(own()).collect()],
        [] if upstream().next().is_some() => upstream().map(|id| vec![id]).collect(),
        [] => vec![own().collect()],
        // Which other name belongs to which CVE is not said.
        several => several.iter().map(|id| vec![*id]).collect(),
    }
}

/// Some feeds put remarks where ids belong: `(802.11)`.
fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.contains('-')
        && text.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'(' | b')' | b',' | b'`'))
}

/// Disjoint sets of names.
#[derive(Default)]
struct Names<'a> {
    nodes: HashMap<&'a str, usize>,
    names: Vec<&'a str>,
    parents: Vec<usize>,
}

impl<'a> Names<'a> {
    fn node(&mut self, name: &'a str) -> usize {
        *self.nodes.entry(name).or_insert_with(|| {
            self.names.push(name);
            self.parents.push(self.parents.len());
            self.parents.len() - 1
        })
    }

    fn parent(&self, node: usize) -> usize {
        self.parents.get(node).copied().unwrap_or(node)
    }

    fn root(&mut self, mut node: usize) -> usize {
        while self.parent(node) != node {
            let grandparent = self.parent(self.parent(node));
            if let Some(parent) = self.parents.get_mut(node) {
                *parent = grandparent;
            }
            node = grandparent;
        }
        node
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(parent) = self.parents.get_mut(b) {
            *parent = a;
        }
    }

    fn members(mut self) -> HashMap<usize, Vec<&'a str>> {
        let mut members: HashMap<usize, Vec<&'a str>> = HashMap::new();
        for (node, name) in std::mem::take(&mut self.names).into_iter().enumerate() {
            members.entry(self.root(node)).or_default().push(name);
        }
        members
    }
}
