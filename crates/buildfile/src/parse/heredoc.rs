//! Where an instruction opens heredocs: `RUN <<EOF`, `COPY <<-"a" <<b /dir/`.

use std::ops::Range;

use crate::{
    ast::{Body, Command, Instruction, Keyword, unquote},
    source::Span,
};

/// The most heredocs of one instruction.
const MAX_HEREDOCS: usize = 100;

pub(super) struct Marker {
    pub(super) name: String,
    pub(super) expand: bool,
    pub(super) strip_tabs: bool,
    pub(super) span: Span,
}

/// The markers in the arguments of `RUN`, `COPY` and `ADD`, also behind `ONBUILD`.
pub(super) fn markers(instruction: &Instruction) -> Vec<Marker> {
    if let Body::OnBuild(Some(later)) = &instruction.body {
        return markers(later);
    }
    let opens = matches!(instruction.keyword, Keyword::Run | Keyword::Copy | Keyword::Add);
    if !opens || matches!(instruction.body, Body::Command(Command::Exec(_))) {
        return Vec::new();
    }
    let words = words(instruction.arguments());
    let marker = |range: Range<usize>| {
        let text = instruction.arguments().get(range.clone())?;
        let at = instruction.arguments.start + range.start..instruction.arguments.start + range.end;
        marker(text, instruction.joined.span(at))
    };
    words.into_iter().filter_map(marker).take(MAX_HEREDOCS).collect()
}

fn marker(word: &str, span: Span) -> Option<Marker> {
    let rest = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<")?;
    let (strip_tabs, quoted) = match rest.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, rest),
    };
    let name = unquote(quoted);
    let valid = !name.is_empty() && !name.contains(['<', '"', '\'']);
    valid.then(|| Marker {
        name: name.to_owned(),
        expand: name.len() == quoted.len(),
        strip_tabs,
        span,
    })
}

/// Words as the shell sees them: quotes and backslashes keep blanks together.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let (mut start, mut quote, mut escaped) = (None, None, false);
    for (at, c) in text.char_indices() {
        if c.is_whitespace() && quote.is_none() && !escaped {
            words.extend(start.take().map(|begin| begin..at));
            continue;
        }
        start.get_or_insert(at);
        match (quote, c) {
            _ if escaped => escaped = false,
            (None | Some('"'), '\\') => escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    words.extend(start.map(|begin| begin..text.len()));
    words
}
