//! Which rules run: by name, by tag, by priority.

use crate::rule::{Priority, Rule, RuleSet};

/// Rules that are turned on and off after they are loaded; what is said last counts.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    steps: Vec<(Choice, bool)>,
    minimum: Option<Priority>,
}

#[derive(Debug, Clone)]
enum Choice {
    /// `*` stands for any characters.
    Name(String),
    /// Names with that text in them.
    Part(String),
    Tag(String),
    All,
}

impl Selection {
    /// Turns rules on or off whose name matches; `*` stands for any characters.
    #[must_use]
    pub fn name(mut self, pattern: &str, enabled: bool) -> Self {
        self.steps.push((Choice::Name(pattern.to_owned()), enabled));
        self
    }

    /// Turns rules on or off whose name holds a text.
    #[must_use]
    pub fn part(mut self, part: &str, enabled: bool) -> Self {
        self.steps.push((Choice::Part(part.to_owned()), enabled));
        self
    }

    /// Turns rules on or off that have a tag.
    #[must_use]
    pub fn tag(mut self, tag: &str, enabled: bool) -> Self {
        self.steps.push((Choice::Tag(tag.to_owned()), enabled));
        self
    }

    /// Turns all rules on or off.
    #[must_use]
    pub fn all(mut self, enabled: bool) -> Self {
        self.steps.push((Choice::All, enabled));
        self
    }

    /// Leaves out what is less urgent.
    #[must_use]
    pub const fn minimum(mut self, priority: Priority) -> Self {
        self.minimum = Some(priority);
        self
    }

    /// Sets `enabled` of all rules.
    pub fn apply(&self, rules: &mut RuleSet) {
        for rule in &mut rules.rules {
            for (choice, enabled) in &self.steps {
                if choice.matches(rule) {
                    rule.enabled = *enabled;
                }
            }
            if self.minimum.is_some_and(|minimum| rule.priority > minimum) {
                rule.enabled = false;
            }
        }
    }

    /// Patterns and tags that no rule has: most often typing errors.
    #[must_use]
    pub fn unmatched(&self, rules: &RuleSet) -> Vec<&str> {
        let choices = self.steps.iter().map(|(choice, _)| choice);
        let unmatched =
            choices.filter(|choice| !rules.rules.iter().any(|rule| choice.matches(rule)));
        unmatched.filter_map(Choice::text).collect()
    }
}

impl Choice {
    fn matches(&self, rule: &Rule) -> bool {
        match self {
            Self::Name(pattern) => wildcard(pattern.as_bytes(), rule.name.as_bytes()),
            Self::Part(part) => rule.name.contains(part.as_str()),
            Self::Tag(tag) => rule.tags.contains(tag),
            Self::All => true,
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Self::Name(text) | Self::Part(text) | Self::Tag(text) => Some(text),
            Self::All => None,
        }
    }
}

/// Whether a name matches a pattern with `*`, in time of the product of their lengths at most.
fn wildcard(mut pattern: &[u8], mut name: &[u8]) -> bool {
    let mut retry: Option<(&[u8], &[u8])> = None;
    loop {
        match (pattern, name) {
            ([b'*', rest @ ..], _) => {
                pattern = rest;
                retry = Some((rest, name));
            }
            ([expected, more @ ..], [found, rest @ ..]) if expected == found => {
                (pattern, name) = (more, rest);
            }
            ([], []) => return true,
            _ => match retry {
                Some((after, [_, rest @ ..])) => {
                    (pattern, name) = (after, rest);
                    retry = Some((after, rest));
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        let check = |pattern: &str, name: &str, expect| {
            assert_eq!(wildcard(pattern.as_bytes(), name.as_bytes()), expect, "{pattern} {name}");
        };
        check("*", "", true);
        check("open*", "open_from_cat", true);
        check("*cat", "open_from_cat", true);
        check("*from*", "open_from_cat", true);
        check("o*m*t", "open_from_cat", true);
        check("o*m*x", "open_from_cat", false);
        check("open", "open_from_cat", false);
        check("($\\.*+?", "($\\.x+?", true);
        check(&"*a".repeat(500), &"a".repeat(499), false);
    }
}
