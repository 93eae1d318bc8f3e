//! Versions of the engine and of plugins.

use std::fmt;

/// The engine whose language we read.
pub(super) const ENGINE: Version = Version { major: 0, minor: 63, patch: 0 };

/// `major.minor.patch`
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version {
    major: u32,
    minor: u32,
    patch: u32,
}

impl Version {
    /// Before version 0.26 the engine had one number.
    pub(super) const fn of_number(minor: u32) -> Self {
        Self { major: 0, minor, patch: 0 }
    }

    /// Reads all three numbers; what follows the last one, as in `1.0.0-rc1`, does not count.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, '.');
        let (major, minor) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let patch = parts.next()?;
        let digits = patch.bytes().take_while(u8::is_ascii_digit).count();
        Some(Self { major, minor, patch: patch.get(..digits)?.parse().ok()? })
    }

    /// Whether what needs `wanted` runs with this.
    pub(super) fn satisfies(self, wanted: Self) -> bool {
        self.major == wanted.major && (self.minor, self.patch) >= (wanted.minor, wanted.patch)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        let check = |have: &str, want: &str, expect| {
            let versions = (Version::parse(have), Version::parse(want));
            let got = versions.0.zip(versions.1).map(|(have, want)| have.satisfies(want));
            assert_eq!(got, expect, "{have} {want}");
        };
        check("0.63.0", "0.26.0", Some(true));
        check("0.63.0", "0.63.1", Some(false));
        check("0.7.0", "0.7.0-rc1", Some(true));
        check("1.0.0", "0.9.0", Some(false));
        check("0.63", "0.1.0", None);
        check("seven", "0.1.0", None);
        check("0.1.x", "0.1.0", None);
    }
}
