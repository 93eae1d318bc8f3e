//! What can be reached in a dependency graph.

use std::collections::HashSet;

/// Every node that can be reached from `roots`, themselves included. Visits each node once, so
/// cycles do no harm.
pub(super) fn reachable<'a, I>(
    roots: impl IntoIterator<Item = &'a str>,
    next: impl Fn(&'a str) -> I,
) -> HashSet<&'a str>
where
    I: IntoIterator<Item = &'a str>,
{
    let mut waiting: Vec<&str> = roots.into_iter().collect();
    let mut seen = HashSet::new();
    while let Some(node) = waiting.pop() {
        if seen.insert(node) {
            waiting.extend(next(node));
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_end() {
        let next = |node: &str| match node {
            "a" => vec!["b"],
            "b" => vec!["a", "c"],
            _ => vec![],
        };
        assert_eq!(reachable(["a"], next), HashSet::from(["a", "b", "c"]));
        assert_eq!(reachable(["d"], next), HashSet::from(["d"]));
    }
}
