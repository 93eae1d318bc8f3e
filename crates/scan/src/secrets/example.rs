//! Examples of secrets that are not written out, so that no scanner takes them for real ones.

/// Fills in what stands in braces: `{{alnum:36}}` is so many characters of a kind, always the same
/// ones; `{{}}` is nothing, and keeps two halves apart.
pub(crate) fn expand(template: &str) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, (inside, behind))) =
        rest.split_once("{{").and_then(|(before, rest)| Some((before, rest.split_once("}}")?)))
    {
        text += before;
        text += &fill(inside, text.len()).unwrap_or_else(|| panic!("`{inside}` in `{template}`"));
        rest = behind;
    }
    text + rest
}

fn fill(inside: &str, at: usize) -> Option<String> {
    if inside.is_empty() {
        return Some(String::new());
    }
    let (kind, count) = inside.split_once(':')?;
    let alphabet: &[u8] = match kind {
        "digit" => b"0123456789",
        "hex" => b"0123456789abcdef",
        "upper" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "lower" => b"abcdefghijklmnopqrstuvwxyz",
        "alpha" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "base32" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "loweralnum" => b"abcdefghijklmnopqrstuvwxyz0123456789",
        "upperalnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "alnum" => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "bech32" => b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
        _ => return None,
    };
    // Any generator will do, as long as it gives the same for ever and not twice the same in one.
    let mut state: u32 = 0x2545_f491 ^ u32::try_from(at).ok()?;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        alphabet[(state >> 16) as usize % alphabet.len()] as char
    };
    Some((0..count.parse().ok()?).map(|_| next()).collect())
}

#[test]
fn templates_are_filled() {
    assert_eq!(expand("a{{}}b"), "ab");
    assert_eq!(expand("x{{digit:3}}y").len(), 5);
    assert_eq!(expand("{{hex:8}}"), expand("{{hex:8}}"));
    let twice = expand("{{hex:8}}{{hex:8}}");
    let (first, second) = twice.split_at(8);
    assert_ne!(first, second);
}
