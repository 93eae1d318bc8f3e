//! Under which name a target is stored.

use farguard_model::{TargetInfo, fingerprint};

/// Longest digest that becomes a file name.
const MAX_HEX_DIGITS: usize = 128;
const MIN_HEX_DIGITS: usize = 32;

/// The digest of the image, else of its configuration, else a hash of the target's name.
pub(super) fn of(target: &TargetInfo) -> String {
    let digests = [&target.digest, &target.image_id];
    let named = digests.into_iter().flatten().find_map(|digest| from_digest(digest));
    named.unwrap_or_else(|| format!("name-{}", fingerprint(&["target", &target.name])))
}

/// `sha256-0123...`. Digests come from files that others wrote: whatever is none is no name.
fn from_digest(digest: &str) -> Option<String> {
    let (algorithm, hex) = digest.split_once(':')?;
    let is_algorithm = (1..=16).contains(&algorithm.len())
        && algorithm.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let is_hex = (MIN_HEX_DIGITS..=MAX_HEX_DIGITS).contains(&hex.len())
        && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    (is_algorithm && is_hex).then(|| format!("{algorithm}-{hex}"))
}

#[cfg(test)]
mod tests {
    use farguard_model::TargetKind;

    use super::*;

    #[test]
    fn digests_are_names_and_nothing_else_is() {
        let check = |digest: Option<&str>, image_id: Option<&str>, expect: &str| {
            let mut target = TargetInfo::new("shop:1", TargetKind::Registry);
            target.digest = digest.map(str::to_owned);
            target.image_id = image_id.map(str::to_owned);
            let key = of(&target);
            assert!(key.starts_with(expect), "{digest:?}: {key}");
            assert!(key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{key}");
        };
        let sha = |c: &str| format!("sha256:{}", c.repeat(64));
        check(Some(&sha("a")), Some(&sha("b")), "sha256-aaaa");
        check(None, Some(&sha("b")), "sha256-bbbb");
        check(Some("sha256:../../../../etc/passwd"), Some(&sha("b")), "sha256-bbbb");
        check(Some(&format!("../x:{}", "a".repeat(64))), None, "name-");
        check(Some("sha256:short"), None, "name-");
        check(Some(&format!("sha256:{}", "a".repeat(5_000))), None, "name-");
        check(None, None, "name-");
    }
}
