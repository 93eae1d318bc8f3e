//! What one lock file asks for.

use std::collections::BTreeMap;

use farguard_model::{Package, PackageType, Problem};

use super::super::Harvest;

/// How many names a problem lists before it counts.
const NAMED: usize = 5;

/// The packages of one lock file, each name and version once.
#[derive(Debug)]
pub(super) struct Locked<'a> {
    kind: PackageType,
    path: &'a str,
    packages: BTreeMap<(String, String), Package>,
    unassessed: BTreeMap<Reason, Unassessed>,
}

/// Why an entry of a lock file cannot be assessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    /// A version is missing, or is a range.
    Unpinned,
    /// It comes from a directory, a repository or a URL, so that its version is not known.
    NotFromRegistry,
    /// Another file that says more is not read.
    NotFollowed,
    /// The text is not what the format promises.
    Malformed,
    /// The format leaves out packages that will be installed.
    Incomplete,
}

impl Reason {
    const fn code(self) -> &'static str {
        match self {
            Self::Unpinned => "unpinned-dependency",
            Self::NotFromRegistry => "dependency-not-from-registry",
            Self::NotFollowed => "include-not-followed",
            Self::Malformed => "malformed-lock-entry",
            Self::Incomplete => "incomplete-lock-file",
        }
    }

    const fn says(self) -> &'static str {
        match self {
            Self::Unpinned => "without an exact version",
            Self::NotFromRegistry => "from a directory, a repository or a url, version unknown",
            Self::NotFollowed => "in a file that is not read",
            Self::Malformed => "not readable",
            Self::Incomplete => "not listed in this file",
        }
    }
}

#[derive(Debug, Default)]
struct Unassessed {
    named: Vec<String>,
    count: usize,
}

impl<'a> Locked<'a> {
    /// Nothing yet, of the lock file at `path`.
    pub(super) fn new(kind: PackageType, path: &'a str) -> Self {
        Self { kind, path, packages: BTreeMap::new(), unassessed: BTreeMap::new() }
    }

    /// Adds a package. One that is asked for twice is a development dependency only if both say so.
    pub(super) fn add(&mut self, name: &str, version: &str, dev: bool) {
        self.add_licensed(name, version, dev, Vec::new());
    }

    /// As [`add`](Self::add), with the licences that the lock file states.
    pub(super) fn add_licensed(
        &mut self,
        name: &str,
        version: &str,
        dev: bool,
        licenses: Vec<String>,
    ) {
        if name.is_empty() || version.is_empty() {
            return self.unassessed(Reason::Unpinned, name);
        }
        let key = (name.to_owned(), version.to_owned());
        let package = self.packages.entry(key).or_insert_with(|| {
            let package = Package::new(self.kind, name, version, self.path);
            Package { dev, licenses, ..package }
        });
        package.dev &= dev;
    }

    /// Notes an entry that nothing can be said of.
    pub(super) fn unassessed(&mut self, reason: Reason, entry: &str) {
        let group = self.unassessed.entry(reason).or_default();
        group.count += 1;
        if group.named.len() < NAMED {
            group.named.push(format!("`{}`", shorten(entry)));
        }
    }

    /// Hands everything over.
    pub(super) fn finish(self, harvest: &mut Harvest) {
        harvest.packages.extend(self.packages.into_values());
        for (reason, group) in self.unassessed {
            let mut names = group.named.join(", ");
            let rest = group.count.saturating_sub(group.named.len());
            if rest > 0 {
                names += &format!(" and {rest} more");
            }
            let message = format!("{} not assessed ({}): {names}", group.count, reason.says());
            harvest.problems.push(Problem::new(reason.code(), message).at(self.path));
        }
    }
}

fn shorten(entry: &str) -> String {
    const LONGEST: usize = 80;
    if entry.chars().count() <= LONGEST {
        return entry.to_owned();
    }
    entry.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_counted_not_repeated() {
        let mut locked = Locked::new(PackageType::Pypi, "requirements.txt");
        for index in 0..7 {
            locked.unassessed(Reason::Unpinned, &format!("p{index}"));
        }
        let mut harvest = Harvest::default();
        locked.finish(&mut harvest);
        let messages: Vec<_> = harvest.problems.iter().map(|p| p.message.as_str()).collect();
        let expect = "7 not assessed (without an exact version): `p0`, `p1`, `p2`, `p3`, `p4` \
                      and 2 more";
        assert_eq!(messages, [expect]);
    }

    #[test]
    fn a_package_needed_for_production_too_is_not_a_development_dependency() {
        let mut locked = Locked::new(PackageType::Npm, "package-lock.json");
        locked.add("a", "1", true);
        locked.add("a", "1", false);
        locked.add("a", "1", true);
        let mut harvest = Harvest::default();
        locked.finish(&mut harvest);
        assert_eq!(harvest.packages.iter().map(|p| p.dev).collect::<Vec<_>>(), [false]);
    }
}
