//! Paths below directories: `fd.name pmatch (/etc, /home/*/.ssh)`.
//!
//! # Source
//! `path_prefix_search` of falcosecurity/libs: components are compared, blanks between slashes do
//! not count, and each may be a shell pattern.

use super::{Glob, Map};
use crate::engine::index::Key;

/// Directories, as a tree of components.
#[derive(Debug)]
pub(crate) struct Paths {
    nodes: Vec<Node>,
    /// The longest component of each that is no pattern; `None` if one has none.
    keys: Option<Vec<Key>>,
}

#[derive(Debug, Default)]
struct Node {
    /// Whether a path ends here: all below match.
    is_end: bool,
    children: Map<Box<[u8]>, usize>,
    patterns: Map<Box<[u8]>, (Glob, usize)>,
}

impl Paths {
    pub(crate) fn new<'p>(paths: impl IntoIterator<Item = &'p [u8]>) -> Self {
        let mut this = Self { nodes: vec![Node::default()], keys: Some(Vec::new()) };
        for path in paths {
            let end = components(path).fold(0, |node, component| this.child(node, component));
            if let Some(node) = this.nodes.get_mut(end) {
                node.is_end = true;
            }
            let plain = components(path).filter(|component| !is_pattern(component));
            let key = plain.max_by_key(|it| it.len()).map(|it| Key::Part(it.into()));
            this.keys = this.keys.zip(key).map(|(mut keys, key)| {
                keys.push(key);
                keys
            });
        }
        this
    }

    /// The node for a component below a node.
    fn child(&mut self, node: usize, component: &[u8]) -> usize {
        let new = self.nodes.len();
        let Some(node) = self.nodes.get_mut(node) else { return 0 };
        let known = node.children.get(component).or(node.patterns.get(component).map(|it| &it.1));
        if let Some(known) = known {
            return *known;
        }
        if is_pattern(component) {
            node.patterns.insert(component.into(), (Glob::new(component, false), new));
        } else {
            node.children.insert(component.into(), new);
        }
        self.nodes.push(Node::default());
        new
    }

    /// See [`Test::keys`](crate::engine::test::Test::keys).
    pub(crate) fn keys(&self) -> Option<Vec<Key>> {
        self.keys.clone()
    }

    /// Whether one of the directories is the path or above it.
    pub(crate) fn contain(&self, path: &[u8]) -> bool {
        self.below(0, components(path))
    }

    /// As deep as the deepest of the directories; each node of the tree is visited at most once.
    fn below<'p>(&self, node: usize, mut rest: impl Iterator<Item = &'p [u8]> + Clone) -> bool {
        let Some(node) = self.nodes.get(node) else { return false };
        if node.is_end {
            return true;
        }
        let Some(component) = rest.next() else { return false };
        let exact = node.children.get(component);
        exact.is_some_and(|child| self.below(*child, rest.clone()))
            || node.patterns.values().any(|(pattern, child)| {
                pattern.matches(component) && self.below(*child, rest.clone())
            })
    }
}

fn is_pattern(component: &[u8]) -> bool {
    component.iter().any(|byte| b"*?[\\".contains(byte))
}

fn components(path: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    path.split(|byte| *byte == b'/').filter(|component| !component.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_hold_what_is_below_them() {
        let check = |paths: &[&str], path: &str, expect| {
            let tree = Paths::new(paths.iter().map(|path| path.as_bytes()));
            assert_eq!(tree.contain(path.as_bytes()), expect, "{paths:?} {path}");
        };
        let some = &["/var/run", "/var/run/dmesg", "/etc/", "/lib", "/usr/lib", "/usr/local"];
        check(some, "/var/run/docker", true);
        check(some, "/var/run", true);
        check(some, "/var", false);
        check(some, "/var/lib/messages", false);
        check(some, "/etc", true);
        check(some, "/boot", false);
        check(&["/opt/*/subdir"], "/opt/dir/subdir/file", true);
        check(&["/opt/*/subdir"], "/opt", false);
        check(&["/opt/dir/a", "/opt/*/b"], "/opt/dir/b", true);
        check(&["/opt3/*/subdir2/*"], "/opt3/dir/subdir2", false);
        check(&["/opt/di[!r]/subdir"], "/opt/dir/subdir", false);
        check(&["/opt/di?/subdir"], "/opt/dir/subdir/file.txt", true);
        check(&["/"], "/one/two", true);
        check(&["/"], "", true);
    }
}
