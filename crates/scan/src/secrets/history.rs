//! The steps of a build, as builders write them into the configuration of an image.

/// What wraps commands.
const SHELL: &str = "/bin/sh -c ";
/// Variables of one step that are looked at.
const MAX_VARIABLES: usize = 1_000;

/// The variables that a step sets: `ENV`, `LABEL` and `ARG`, and the build arguments that builders
/// put in front of the command (`|1 NAME=value /bin/sh -c make`).
pub(super) fn variables(created_by: &str) -> Vec<(String, String)> {
    let text = instruction(created_by);
    let assignments = match text.split_once(' ') {
        Some(("ENV" | "LABEL" | "ARG", rest)) => rest,
        Some(("RUN", rest)) => arguments(rest).0,
        _ => arguments(text).0,
    };
    split(assignments)
}

/// The text of a step without what [`variables`] gives of it: the command that was run.
pub(super) fn command(created_by: &str) -> &str {
    let text = instruction(created_by);
    match text.split_once(' ') {
        Some(("ENV" | "LABEL" | "ARG", _)) => "",
        Some(("RUN", rest)) => arguments(rest).1,
        _ => arguments(text).1,
    }
}

fn instruction(created_by: &str) -> &str {
    let text = created_by.trim();
    let text = text.strip_suffix("# buildkit").map_or(text, str::trim_end);
    let inner = text.strip_prefix(SHELL).map(str::trim_start);
    inner.and_then(|inner| inner.strip_prefix("#(nop)")).map_or(text, str::trim_start)
}

/// Build arguments and the command behind them.
fn arguments(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    let Some(counted) = text.strip_prefix('|') else { return ("", text) };
    let rest = counted.trim_start_matches(|c: char| c.is_ascii_digit());
    rest.split_once(SHELL).unwrap_or((rest, ""))
}

/// `A=1 B=two words C="3"`: builders leave out the quotes, so a value goes on until the next name.
fn split(text: &str) -> Vec<(String, String)> {
    let mut variables: Vec<(String, String)> = Vec::new();
    for word in text.split(' ') {
        match word.split_once('=') {
            Some((name, value)) if is_name(name) && variables.len() < MAX_VARIABLES => {
                variables.push((name.to_owned(), value.to_owned()));
            }
            // `ENV NAME value`, and words of a value.
            _ => match variables.last_mut() {
                Some((_, value)) => {
                    value.push(' ');
                    value.push_str(word);
                }
                None if is_name(word) => variables.push((word.to_owned(), String::new())),
                None => {}
            },
        }
    }
    for (_, value) in &mut variables {
        let trimmed = value.trim();
        let quoted = |quote| trimmed.strip_prefix(quote)?.strip_suffix(quote);
        *value = quoted('"').or_else(|| quoted('\'')).unwrap_or(trimmed).to_owned();
    }
    variables
}

fn is_name(word: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && word.chars().all(is_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_come_apart() {
        let check = |step: &str, expect: &[(&str, &str)], runs: &str| {
            let found = variables(step);
            let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!((found.as_slice(), command(step)), (expect, runs), "{step}");
        };
        check("ENV A=1 B=two words", &[("A", "1"), ("B", "two words")], "");
        check("/bin/sh -c #(nop)  ENV A=b", &[("A", "b")], "");
        check("/bin/sh -c #(nop)  ARG TOKEN", &[("TOKEN", "")], "");
        check("ENV NAME the value", &[("NAME", "the value")], "");
        check("LABEL a.b=\"c d\"", &[("a.b", "c d")], "");
        check(
            "RUN |2 A=x B=y z /bin/sh -c npm ci # buildkit",
            &[("A", "x"), ("B", "y z")],
            "npm ci",
        );
        check("|1 A=x /bin/sh -c make", &[("A", "x")], "make");
        check("RUN /bin/sh -c curl x # buildkit", &[], "/bin/sh -c curl x");
        check("COPY a b", &[], "COPY a b");
        check("", &[], "");
    }
}
