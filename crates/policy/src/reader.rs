//! Values of a YAML file, with a remark for each that is not what it should be.
//!
//! Nothing here stops at the first error: what cannot be read is `None`, and reading goes on.

use std::collections::{HashMap, HashSet};

use jiff::civil::Date;

use crate::{
    diagnostic::Remarks,
    glob::{self, Patterns},
    policy::Words,
    suggest,
    yaml::{Entry, Node, Place, Value},
};

/// Reads the values of one file.
#[derive(Debug)]
pub(crate) struct Reader {
    pub(crate) remarks: Remarks,
}

impl Reader {
    pub(crate) fn new(file: &str) -> Self {
        Self { remarks: Remarks::new(file) }
    }

    fn expected(&mut self, node: &Node, key: &str, what: &str) {
        let message = format!("`{key}` is {what}, not {}", node.what());
        self.remarks.error(node.place, message);
    }

    /// The entries of a mapping whose keys are `known`, without those that are written twice.
    pub(crate) fn entries<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&'static str],
    ) -> Option<Vec<&'n Entry>> {
        let entries = self.mapping(node, what)?;
        let (fine, unknown): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| known.contains(&entry.key.as_str()));
        for Entry { key, place, .. } in unknown {
            if self.remarks.is_full() {
                break;
            }
            let message = format!("unknown key `{key}` in {what}");
            let help = suggest::help(key, known.iter().copied());
            self.remarks.error_with(*place, message, help);
        }
        Some(fine)
    }

    /// The entries of a mapping, without those that are written twice.
    pub(crate) fn mapping<'n>(&mut self, node: &'n Node, what: &str) -> Option<Vec<&'n Entry>> {
        let Value::Map(entries) = &node.value else {
            self.remarks.error(node.place, format!("{what} is a mapping, not {}", node.what()));
            return None;
        };
        let mut seen: HashMap<&str, Place> = HashMap::new();
        let mut once = Vec::new();
        for entry in entries {
            if let Some(first) = seen.get(entry.key.as_str()) {
                let message = format!("`{}` is already written in line {}", entry.key, first.line);
                self.remarks.error(entry.place, message);
            } else {
                seen.insert(&entry.key, entry.place);
                once.push(entry);
            }
        }
        Some(once)
    }

    /// The items of a list.
    pub(crate) fn list<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) => Some(items),
            _ => {
                self.expected(node, key, "a list");
                None
            }
        }
    }

    /// The items of a list, or the one that stands for a list of one.
    fn one_or_more<'n>(&mut self, node: &'n Node, key: &str) -> Option<&'n [Node]> {
        match &node.value {
            Value::List(items) if items.is_empty() => {
                self.remarks.error(node.place, format!("`{key}` is an empty list"));
                None
            }
            Value::List(items) => Some(items),
            Value::Scalar { .. } if !node.is_null() => Some(std::slice::from_ref(node)),
            _ => {
                self.expected(node, key, "one value or a list of them");
                None
            }
        }
    }

    /// A text that is not empty.
    pub(crate) fn text(&mut self, node: &Node, key: &str) -> Option<String> {
        match &node.value {
            Value::Scalar { text, .. } if !node.is_null() && !text.trim().is_empty() => {
                Some(text.trim().to_owned())
            }
            Value::Scalar { .. } => {
                self.remarks.error(node.place, format!("`{key}` is empty"));
                None
            }
            Value::List(_) | Value::Map(_) => {
                self.expected(node, key, "a text");
                None
            }
        }
    }

    /// One pattern or several.
    pub(crate) fn patterns(&mut self, node: &Node, key: &str) -> Option<Patterns> {
        Some(Patterns::new(self.pattern_texts(node, key)?.into_iter().map(|(text, _)| text)))
    }

    /// One pattern or several, matched without regard to case.
    pub(crate) fn lower_patterns(&mut self, node: &Node, key: &str) -> Option<Patterns> {
        let texts = self.pattern_texts(node, key)?;
        Some(Patterns::new(texts.into_iter().map(|(text, _)| text.to_ascii_lowercase())))
    }

    /// One pattern or several, each with its place.
    pub(crate) fn pattern_texts(&mut self, node: &Node, key: &str) -> Option<Vec<(String, Place)>> {
        let items = self.one_or_more(node, key)?;
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        for item in items {
            let Some(text) = self.text(item, key) else { continue };
            if text.len() > glob::MAX_BYTES {
                let message = format!("a pattern is longer than {} bytes", glob::MAX_BYTES);
                self.remarks.error(item.place, message);
            } else if seen.insert(text.clone()) {
                texts.push((text, item.place));
            }
        }
        (!texts.is_empty()).then_some(texts)
    }

    /// A whole number from 0.
    pub(crate) fn number(&mut self, node: &Node, key: &str) -> Option<u32> {
        let text = self.text(node, key)?;
        let number = text.parse().ok();
        if number.is_none() {
            self.remarks.error(node.place, format!("`{key}` is a whole number, not `{text}`"));
        }
        number
    }

    /// A number from 0 to 1.
    pub(crate) fn share(&mut self, node: &Node, key: &str) -> Option<f64> {
        let text = self.text(node, key)?;
        let number = text.parse().ok().filter(|number| (0.0..=1.0).contains(number));
        if number.is_none() {
            let message = format!("`{key}` is a number from 0 to 1, not `{text}`");
            self.remarks.error(node.place, message);
        }
        number
    }

    pub(crate) fn boolean(&mut self, node: &Node, key: &str) -> Option<bool> {
        match self.text(node, key)?.as_str() {
            "true" => Some(true),
            "false" => Some(false),
            text => {
                let message = format!("`{key}` is true or false, not `{text}`");
                self.remarks.error(node.place, message);
                None
            }
        }
    }

    pub(crate) fn date(&mut self, node: &Node, key: &str) -> Option<Date> {
        let text = self.text(node, key)?;
        let date = text.parse().ok();
        if date.is_none() {
            let message = format!("`{key}` is a date, not `{text}`");
            self.remarks.error_with(node.place, message, "write it as 2027-03-31");
        }
        date
    }

    /// One word of a closed set.
    pub(crate) fn word<W: Words>(&mut self, node: &Node, key: &str) -> Option<W> {
        let text = self.text(node, key)?;
        let word = W::read(&text);
        if word.is_none() && !self.remarks.is_full() {
            let help = suggest::help(&text, W::ALL.iter().map(|word| word.word()));
            self.remarks.error_with(node.place, format!("`{key}` cannot be `{text}`"), help);
        }
        word
    }

    /// One word of a closed set or several.
    pub(crate) fn words<W: Words>(&mut self, node: &Node, key: &str) -> Option<Vec<W>> {
        let items = self.one_or_more(node, key)?;
        let words: Vec<W> = items.iter().filter_map(|item| self.word(item, key)).collect();
        (!words.is_empty()).then_some(words)
    }

    /// A number of bytes, with its unit.
    pub(crate) fn size(&mut self, node: &Node, key: &str) -> Option<u64> {
        let text = self.text(node, key)?;
        let size = bytes(&text);
        if size.is_none() {
            let message = format!("`{key}` is a size, not `{text}`");
            let help = "write a whole number with B, kB, MB, GB, KiB, MiB or GiB, as in 500MB";
            self.remarks.error_with(node.place, message, help);
        }
        size
    }
}

/// The bytes of `500MB`.
fn bytes(text: &str) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "b" => 1,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}
