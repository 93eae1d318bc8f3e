//! Takes secrets out of text.

use std::{borrow::Cow, ops::Range};

use super::{Detector, InValue, history, in_value, pattern::Pattern};
use crate::{inventory::Inventory, source::config::RunConfig};

/// What stands for a secret, however long that is.
pub(super) const MASK: &str = "********";
/// The most that is shown around a secret, in bytes.
const MAX_EXCERPT_BYTES: usize = 160;
/// A variable name in front of a secret is shown up to this length.
const MAX_NAME_BYTES: usize = 64;
/// Known values shorter than this are not looked for elsewhere: they would be words.
const MIN_KNOWN_CHARS: usize = 6;

/// The same text with every secret in it replaced by `********`.
///
/// It rather masks too much than too little: what only might be a secret is masked as well.
/// References to variables stay.
#[must_use]
pub fn mask(text: &str) -> String {
    // INVARIANT: the patterns are there.
    let Some(detector) = Detector::builtin() else { return MASK.to_owned() };
    detector.mask(text).into_owned()
}

impl Detector {
    pub(super) fn mask<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut spans = self.spans(text.as_bytes());
        if spans.is_empty() {
            return Cow::Borrowed(text);
        }
        spans.sort_by_key(|(span, _)| (span.start, span.end));
        let mut masked = String::new();
        let mut at = 0;
        for (span, prefix) in spans {
            // A part of what was masked before.
            if span.end <= at {
                continue;
            }
            if span.start >= at {
                masked += &lossy(text, at..span.start);
                masked += &prefix;
                masked += MASK;
            }
            at = span.end;
        }
        masked += &lossy(text, at..text.len());
        Cow::Owned(masked)
    }

    /// Everything that may be a secret, with what may be shown of it.
    fn spans(&self, text: &[u8]) -> Vec<(Range<usize>, String)> {
        let mut spans = Vec::new();
        for pattern in self.mentioned(text).into_iter().filter(|p| p.wants_any_text()) {
            let Some(regex) = pattern.regex() else { continue };
            let mut from = 0;
            while let Some(captures) = regex.captures_at(text, from) {
                let Some(whole) = captures.get(0) else { break };
                let secret = pattern.secret(&captures).unwrap_or(whole.range());
                from = secret.end.max(from + 1);
                let value = text.get(secret.clone()).unwrap_or_default();
                if !self.allow.is_reference(pattern, value) {
                    let prefix = public_prefix(pattern, value).to_owned();
                    spans.push((secret, prefix));
                }
                if from >= text.len() {
                    break;
                }
            }
        }
        spans
    }
}

fn lossy(text: &str, range: Range<usize>) -> Cow<'_, str> {
    String::from_utf8_lossy(text.as_bytes().get(range).unwrap_or_default())
}

/// What every secret of the kind starts with, so that it can be shown: `ghp_`, `AKIA`.
fn public_prefix<'a>(pattern: &'a Pattern, secret: &[u8]) -> &'a str {
    let starts = |keyword: &&String| secret.starts_with(keyword.as_bytes());
    let known = pattern.keywords.iter().filter(starts).max_by_key(|keyword| keyword.len());
    known.filter(|keyword| keyword.len() < secret.len()).map_or("", String::as_str)
}

/// A secret as it may be shown.
pub(super) fn masked_value(pattern: &Pattern, secret: &[u8]) -> String {
    format!("{}{MASK}", public_prefix(pattern, secret))
}

/// The match around a secret, with the name of the variable that holds it, and the secret masked.
pub(super) fn excerpt(
    pattern: &Pattern,
    text: &[u8],
    window: &Range<usize>,
    whole: Range<usize>,
    secret: Range<usize>,
) -> String {
    let shown = |range: Range<usize>| {
        let bytes = text.get(range).unwrap_or_default();
        let bytes = bytes.get(..MAX_EXCERPT_BYTES).unwrap_or(bytes);
        String::from_utf8_lossy(bytes).replace(|c: char| c.is_control(), " ")
    };
    let before = text.get(window.start..whole.start).unwrap_or_default();
    let start = whole.start - name_before(before);
    let value = masked_value(pattern, text.get(secret.clone()).unwrap_or_default());
    let behind = if whole.end > secret.end { shown(secret.end..whole.end) } else { String::new() };
    format!("{}{value}{behind}", shown(start..secret.start)).trim().to_owned()
}

/// How much of the text before a match names the variable that gets it: `TOKEN=`, `token: "`.
fn name_before(text: &[u8]) -> usize {
    let text = text.get(text.len().saturating_sub(MAX_NAME_BYTES)..).unwrap_or_default();
    let without = |text: &mut &[u8], drop: &[u8]| {
        while let Some((last, rest)) = text.split_last()
            && drop.contains(last)
        {
            *text = rest;
        }
    };
    let mut rest = text;
    without(&mut rest, b"\"' ");
    let spaced = rest.len() < text.len();
    match rest.split_last() {
        Some((b'=', front)) => rest = front,
        // `user:password` names nothing.
        Some((b':', front)) if spaced => rest = front,
        _ => return 0,
    }
    without(&mut rest, b"\"' ");
    let is_name = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    let name = rest.iter().rev().take_while(|byte| is_name(byte)).count();
    if name == 0 { 0 } else { text.len() - rest.len() + name }
}

/// Masks the texts of one image, in which secrets of its environment may occur anywhere.
pub(crate) struct ImageMask {
    known: Vec<String>,
}

impl ImageMask {
    /// Learns the secrets that the configuration names.
    pub(crate) fn new(config: &RunConfig) -> Self {
        let arguments = config.history.iter().flat_map(|step| history::variables(&step.created_by));
        let labels = config.labels.iter().cloned();
        let named = config.env.iter().cloned().chain(labels).chain(arguments);
        let mut known: Vec<String> = named
            .filter_map(|(name, value)| {
                let InValue { secret, is_default, .. } = in_value(&name, &value)?;
                let counts = !is_default && secret.chars().count() >= MIN_KNOWN_CHARS;
                counts.then_some(secret)
            })
            .collect();
        // The longest first: one may be a part of another one.
        known.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
        known.dedup();
        Self { known }
    }

    /// Masks everything but the configuration itself, which stays as it was written.
    pub(crate) fn apply(&self, inventory: &mut Inventory) {
        for (name, value) in &mut inventory.target.labels {
            *value = self.value(name, value);
        }
        for text in inventory.layers.iter_mut().filter_map(|layer| layer.created_by.as_mut()) {
            *text = self.text(text);
        }
    }

    /// A text without its secrets.
    fn text(&self, text: &str) -> String {
        let mut text = Cow::Borrowed(text);
        for secret in &self.known {
            if text.contains(secret.as_str()) {
                text = Cow::Owned(text.replace(secret.as_str(), MASK));
            }
        }
        mask(&text)
    }

    /// The value of a label, masked by its name as well.
    fn value(&self, name: &str, value: &str) -> String {
        match in_value(name, value) {
            Some(found) => found.masked_value,
            None => self.text(value),
        }
    }
}

#[cfg(test)]
mod tests;
