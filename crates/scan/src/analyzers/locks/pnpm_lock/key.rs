//! Keys of `packages`: how pnpm writes name and version.

/// Name and version of a package from a registry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    pub(super) version: &'a str,
}

impl<'a> Key<'a> {
    /// Reads `/name/1.0.0_peer@2` (version 5), `/name@1.0.0(peer@2)` (6) or `name@1.0.0` (9).
    /// `None` for what does not come from a registry.
    pub(super) fn parse(text: &'a str, lockfile_version: &str) -> Option<Self> {
        let text = without_peers(text);
        let (name, version) = if lockfile_version.starts_with('5') {
            let (name, version) = text.strip_prefix('/')?.rsplit_once('/')?;
            (name, version.split('_').next()?)
        } else {
            let text = text.strip_prefix('/').unwrap_or(text);
            // The first `@` may belong to a scope; one in a URL comes later.
            let at = text.char_indices().skip(1).find(|(_, c)| *c == '@')?.0;
            let (name, rest) = text.split_at_checked(at)?;
            (name, rest.strip_prefix('@')?)
        };
        (!name.is_empty() && !version.is_empty()).then_some(Self { name, version })
    }
}

/// The key without the peers that follow it in parentheses.
pub(super) fn without_peers(key: &str) -> &str {
    key.split_once('(').map_or(key, |(key, _)| key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(version: &str, text: &str, expect: Option<(&str, &str)>) {
        let expect = expect.map(|(name, version)| Key { name, version });
        assert_eq!(Key::parse(text, version), expect, "{text}");
    }

    #[test]
    fn keys_of_all_versions() {
        check("5.4", "/ms/2.0.0", Some(("ms", "2.0.0")));
        check("5.4", "/@babel/core/7.0.0_abc+x", Some(("@babel/core", "7.0.0")));
        check("5.4", "github.com/x/y/0123", None);
        check("6.0", "/@babel/core@7.0.0(@types/node@20.0.0)", Some(("@babel/core", "7.0.0")));
        check("9.0", "@babel/core@7.0.0", Some(("@babel/core", "7.0.0")));
        check("9.0", "ms", None);
        check("9.0", "", None);
    }
}
