//! Patterns with `*` (anything) and `?` (one character), as ignore files use them.

/// Whether `text` as a whole fits `pattern`. Takes time proportional to the product of their
/// lengths at worst.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on when what follows the last star does not fit.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(expected) if expected == c || *expected == '?' => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                (p, t) = (after_star, from + 1);
            }
        }
    }
    pattern.iter().skip(p).all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expect) in [
            ("openssl", "openssl", true),
            ("openssl", "openssl3", false),
            ("lib*", "libssl3", true),
            ("*/site-packages/*", "usr/lib/site-packages/x/METADATA", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbY", false),
            ("l?b", "lib", true),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("**", "abc", true),
        ] {
            assert_eq!(matches(pattern, text), expect, "{pattern} {text}");
        }
    }

    #[test]
    fn many_stars_end() {
        assert!(!matches(&"*a".repeat(50), &"b".repeat(5_000)));
    }
}
