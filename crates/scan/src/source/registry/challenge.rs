//! What a registry asks for: the `WWW-Authenticate` header.

/// The longest header that is looked at.
const MAX_HEADER_BYTES: usize = 8 << 10;
/// The most challenges that one header is taken to hold.
const MAX_CHALLENGES: usize = 16;
/// The most parameters that one challenge is taken to have.
const MAX_PARAMETERS: usize = 32;

/// One way to authenticate that a server accepts.
///
/// # Source
/// <https://www.rfc-editor.org/rfc/rfc7235#section-2.1>
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Challenge {
    /// `basic`, `bearer`; in lower case.
    pub scheme: String,
    /// Parameters in order, names in lower case.
    pub parameters: Vec<(String, String)>,
}

impl Challenge {
    /// The first value of a parameter.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// Reads the challenges of one header. What cannot be read ends the list: nothing is guessed.
    #[must_use]
    pub fn parse(header: &str) -> Vec<Self> {
        let mut challenges: Vec<Self> = Vec::new();
        if header.len() > MAX_HEADER_BYTES {
            return challenges;
        }
        let mut rest = header;
        loop {
            rest = rest.trim_start_matches([' ', '\t', ',']);
            let Some((word, after)) = token(rest) else { return challenges };
            if let Some(value) = after.trim_start_matches([' ', '\t']).strip_prefix('=') {
                // A name and a value: a parameter of the challenge that is open.
                let Some((value, after)) = parameter_value(value) else { return challenges };
                let Some(open) = challenges.last_mut() else { return challenges };
                if open.parameters.len() == MAX_PARAMETERS {
                    return challenges;
                }
                open.parameters.push((word.to_ascii_lowercase(), value));
                rest = after;
            } else {
                if challenges.len() == MAX_CHALLENGES {
                    return challenges;
                }
                challenges.push(Self { scheme: word.to_ascii_lowercase(), ..Self::default() });
                rest = token68(after);
            }
        }
    }
}

/// A token as HTTP has them, and what follows it.
fn token(text: &str) -> Option<(&str, &str)> {
    let is_token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    let end = text.bytes().position(|b| !is_token(b)).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(word, _)| !word.is_empty())
}

/// Passes over the blob that may stand in place of parameters: `Negotiate YII=`.
fn token68(text: &str) -> &str {
    let start = text.trim_start_matches(' ');
    let is_blob = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b);
    let end = start.bytes().position(|b| !is_blob(b)).unwrap_or(start.len());
    let Some((blob, after)) = start.split_at_checked(end) else { return text };
    let after = after.trim_start_matches('=');
    let ends = after.is_empty() || after.trim_start().starts_with(',');
    if blob.is_empty() || !ends { text } else { after }
}

/// The value after `=`, quoted or not, and what follows it.
fn parameter_value(text: &str) -> Option<(String, &str)> {
    let text = text.trim_start_matches([' ', '\t']);
    let Some(quoted) = text.strip_prefix('"') else {
        return token(text).map(|(value, rest)| (value.to_owned(), rest));
    };
    let mut value = String::new();
    let mut chars = quoted.chars();
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            c if c.is_control() && c != '\t' => return None,
            c => value.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(header: &str, expect: &[(&str, &[(&str, &str)])]) {
        let expect: Vec<Challenge> = expect
            .iter()
            .map(|(scheme, parameters)| Challenge {
                scheme: (*scheme).to_owned(),
                parameters: parameters
                    .iter()
                    .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                    .collect(),
            })
            .collect();
        assert_eq!(Challenge::parse(header), expect, "{header}");
    }

    #[test]
    fn headers_of_real_registries() {
        check(
            r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/alpine:pull""#,
            &[(
                "bearer",
                &[
                    ("realm", "https://auth.docker.io/token"),
                    ("service", "registry.docker.io"),
                    ("scope", "repository:library/alpine:pull"),
                ],
            )],
        );
        check("Basic realm=\"x\"", &[("basic", &[("realm", "x")])]);
        check("Basic", &[("basic", &[])]);
        check("BASIC REALM = x", &[("basic", &[("realm", "x")])]);
    }

    #[test]
    fn several_challenges_in_one_header() {
        check(
            r#"Negotiate, Basic realm="a, b", Bearer realm="c\"d" , service=e"#,
            &[
                ("negotiate", &[]),
                ("basic", &[("realm", "a, b")]),
                ("bearer", &[("realm", "c\"d"), ("service", "e")]),
            ],
        );
        check(
            "Negotiate YII+/==, Basic realm=x",
            &[("negotiate", &[]), ("basic", &[("realm", "x")])],
        );
    }

    #[test]
    fn what_is_malformed_ends_the_list() {
        check("", &[]);
        check("realm=x", &[]);
        check("=", &[]);
        check("Bearer realm=\"unclosed", &[("bearer", &[])]);
        check("Bearer realm=\"a\\", &[("bearer", &[])]);
        check("Bearer realm=, Basic x=y", &[("bearer", &[]), ("basic", &[("x", "y")])]);
        check("Bearer realm=\"a\nb\"", &[("bearer", &[])]);
        check(&"a ".repeat(10_000), &[]);
        assert_eq!(Challenge::parse(&"a,".repeat(1_000)).len(), MAX_CHALLENGES);
    }

    proptest! {
        #[test]
        fn quoted_values_survive(value in "[ -~]{0,40}") {
            let quoted = value.replace('\\', "\\\\").replace('"', "\\\"");
            let challenges = Challenge::parse(&format!("Bearer a=b, realm=\"{quoted}\", c=d"));
            prop_assert_eq!(challenges[0].parameter("realm"), Some(value.as_str()));
            prop_assert_eq!(challenges[0].parameter("c"), Some("d"));
        }
    }
}
