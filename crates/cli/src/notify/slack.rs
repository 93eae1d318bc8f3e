//! Messages as Slack's incoming webhooks take them.

use anyhow::Result;
use serde_json::{Value, json};

use super::{
    destination::HookUrl,
    digest::{Digest, Target},
    http,
    text::{self, SHOWN_PER_TARGET},
};
use crate::text::plain;

/// Blocks of one message.
///
/// # Source
/// <https://docs.slack.dev/reference/block-kit/blocks>
const MAX_BLOCKS: usize = 50;
const MAX_HEADER_CHARS: usize = 150;
const MAX_SECTION_CHARS: usize = 3_000;
/// Those that are no targets: the header, the context, the remark on what is not shown.
const OTHER_BLOCKS: usize = 3;
/// One finding never takes more: text that is longer is cut.
const MAX_LINE_CHARS: usize = 250;

/// Posts the digest as blocks.
pub(super) fn send(url: &HookUrl, digest: &Digest<'_>) -> Result<()> {
    http::post(url, &message(digest).to_string())
}

fn message(digest: &Digest<'_>) -> Value {
    let headline = text::headline(digest);
    let owner = match digest.owner {
        Some(owner) => format!("*Owner:* {}", escaped(&owner.name, MAX_LINE_CHARS)),
        None => "*Owner:* nobody is known".to_owned(),
    };
    let context = format!("{owner}  ·  {}", text::severities(&digest.summary));
    let mut blocks = vec![
        json!({"type": "header", "text": {"type": "plain_text", "text": cut(&headline, MAX_HEADER_CHARS)}}),
        json!({"type": "context", "elements": [{"type": "mrkdwn", "text": context}]}),
    ];
    let shown = MAX_BLOCKS - OTHER_BLOCKS;
    for target in digest.targets.iter().take(shown) {
        let text = json!({"type": "mrkdwn", "text": section(target)});
        blocks.push(json!({"type": "section", "text": text}));
    }
    if let Some(rest) = text::rest(digest.behind(shown)) {
        let text = json!({"type": "mrkdwn", "text": rest});
        blocks.push(json!({"type": "context", "elements": [text]}));
    }
    json!({"text": format!("{headline}. {owner}"), "blocks": blocks})
}

/// The name of a target and its most urgent findings.
fn section(target: &Target<'_>) -> String {
    let mut section = format!("*{}*", escaped(&text::target_name(target), MAX_LINE_CHARS));
    let lines = target.findings.iter().take(SHOWN_PER_TARGET);
    for found in lines {
        section += &format!("\n• {}", escaped(&text::item(found), MAX_LINE_CHARS));
    }
    if let Some(rest) = text::rest(text::hidden(target)) {
        section += &format!("\n{rest}");
    }
    cut(&section, MAX_SECTION_CHARS)
}

/// Text from images and advisories, which must neither format nor call anybody.
///
/// # Source
/// <https://docs.slack.dev/messaging/formatting-message-text/#escaping>
fn escaped(text: &str, max_chars: usize) -> String {
    let text = cut(&plain(text), max_chars);
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            // A zero-width space behind them keeps them from pairing up.
            '*' | '_' | '~' | '`' => escaped.extend([c, '\u{200b}']),
            c => escaped.push(c),
        }
    }
    escaped
}

fn cut(text: &str, max_chars: usize) -> String {
    if text.chars().count() <= max_chars {
        return text.to_owned();
    }
    text.chars().take(max_chars.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        args::scan::FailOn,
        notify::{digest::of_reports, sample},
    };

    #[test]
    fn messages_keep_to_the_limits_and_call_nobody() {
        let reports: Vec<_> =
            (0..80).map(|i| sample::report(&format!("shop-{i}:1 <!channel>"), 100)).collect();
        let digests = of_reports(&reports, FailOn::AtLeast(farguard_model::Severity::Low));
        let message = message(&digests[0]);
        let blocks = message["blocks"].as_array().unwrap();
        assert_eq!(blocks.len(), MAX_BLOCKS);
        for block in blocks {
            let text =
                block["text"]["text"].as_str().or(block["elements"][0]["text"].as_str()).unwrap();
            assert!(text.chars().count() <= MAX_SECTION_CHARS);
            assert!(!text.contains("<!channel>"), "{text}");
        }
        let last = blocks[49]["elements"][0]["text"].as_str().unwrap();
        assert!(last.contains("more findings"), "{last}");
        assert!(blocks[2]["text"]["text"].as_str().unwrap().contains("and 90 more findings"));
    }
}
