//! How many rules an event may match, and what is added to what they print.

use std::collections::BTreeMap;

use crate::rule::Rule;

/// How many rules one event may match.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Matching {
    /// The first, in the order of definition.
    #[default]
    First,
    /// All of them.
    All,
}

/// Which rules are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// By name, in which `*` stands for anything.
    Rule(String),
    /// By a tag.
    Tag(String),
}

impl Selector {
    fn selects(&self, rule: &Rule) -> bool {
        match self {
            Self::Tag(tag) => rule.tags.contains(tag),
            Self::Rule(pattern) => {
                let pattern = pattern.as_bytes();
                // Only stars are special, as in Falco.
                let escaped: Vec<u8> = pattern
                    .iter()
                    .flat_map(|byte| match byte {
                        b'?' | b'[' | b'\\' => vec![b'\\', *byte],
                        byte => vec![*byte],
                    })
                    .collect();
                super::text::Glob::new(&escaped, false).matches(rule.name.as_bytes())
            }
        }
    }
}

/// Adds to what rules print.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Append {
    /// Only for the rules that this means; `None` for all.
    pub rules: Option<Selector>,
    /// Behind the output, after a blank.
    pub output: Option<String>,
    /// Further fields of JSON alerts: name and format, or name of a field alone.
    pub fields: Vec<(String, Option<String>)>,
}

/// How rules are compiled.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How many rules one event may match.
    pub matching: Matching,
    /// What is added to outputs.
    pub append: Vec<Append>,
}

impl Options {
    fn appends<'a>(&'a self, rule: &'a Rule) -> impl Iterator<Item = &'a Append> {
        self.append.iter().filter(|it| it.rules.as_ref().is_none_or(|rules| rules.selects(rule)))
    }

    /// The output of a rule, with what is added.
    pub(super) fn output_of(&self, rule: &Rule) -> String {
        let added = self.appends(rule).filter_map(|append| append.output.as_deref());
        added.fold(rule.output.clone(), |output, added| format!("{output} {added}"))
    }

    /// Further fields of a rule's JSON.
    pub(super) fn fields_of(&self, rule: &Rule) -> BTreeMap<String, Option<String>> {
        self.appends(rule).flat_map(|append| append.fields.iter().cloned()).collect()
    }
}
