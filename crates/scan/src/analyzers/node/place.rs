//! Where Node packages are installed, and where there are only copies for tests.

/// Directories in which packages keep what only their own tests and documentation use. A
/// `node_modules` below one of them is a fixture that no program loads.
const NOT_LOADED: [&str; 14] = [
    "__fixtures__",
    "__mocks__",
    "__tests__",
    "example",
    "examples",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "spec",
    "test",
    "test-fixtures",
    "testdata",
    "tests",
];

/// The name (`lodash`, `@babel/core`) under which Node loads the package whose `package.json`
/// this is; `None` when it is not an installed package.
///
/// A package is a directory directly in `node_modules`, or in a scope directly in it. That also
/// holds for pnpm's store (`node_modules/.pnpm/a@1.0.0/node_modules/a`) and for global packages
/// (`usr/lib/node_modules/npm`). Debian's packages are in `usr/share/nodejs`, and the official
/// images keep yarn in `opt/yarn-v1.22.22`.
pub(super) fn installed_as(path: &str) -> Option<&str> {
    let directory = path.strip_suffix("/package.json")?;
    if let Some(name) = directory.strip_prefix("usr/share/nodejs/") {
        return package_name(name);
    }
    if let Some(name) = directory.strip_prefix("opt/") {
        return (name.starts_with("yarn-v") && !name.contains('/')).then_some("yarn");
    }
    let (before, name) = split_at_last_node_modules(directory)?;
    if is_fixture(before) {
        return None;
    }
    package_name(name)
}

/// `app/node_modules/@a/b` is `app` and `@a/b`.
fn split_at_last_node_modules(directory: &str) -> Option<(&str, &str)> {
    match directory.rsplit_once("/node_modules/") {
        Some(halves) => Some(halves),
        None => Some(("", directory.strip_prefix("node_modules/")?)),
    }
}

/// The text, if it is a name with an optional scope and nothing else.
fn package_name(name: &str) -> Option<&str> {
    let bare = match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/')?.1,
        None => name,
    };
    (!bare.is_empty() && !bare.contains('/') && !bare.starts_with('.')).then_some(name)
}

/// Whether the directory is one for tests *within* an installed package. A project that happens
/// to be called `test` is none.
fn is_fixture(directory: &str) -> bool {
    let Some(at) = directory.find("node_modules/") else { return false };
    let inside = directory.get(at..).unwrap_or_default();
    let mut previous = "";
    for part in inside.split('/') {
        // `node_modules/test` and `node_modules/@scope/test` are packages of that name.
        let is_package = previous == "node_modules" || previous.starts_with('@');
        if !is_package && NOT_LOADED.contains(&part) {
            return true;
        }
        previous = part;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(directory: &str, expect: Option<&str>) {
        assert_eq!(installed_as(&format!("{directory}/package.json")), expect, "{directory}");
    }

    #[test]
    fn packages_are_directly_in_node_modules() {
        check("node_modules/lodash", Some("lodash"));
        check("app/node_modules/@babel/core", Some("@babel/core"));
        check("usr/lib/node_modules/npm", Some("npm"));
        check("usr/lib/node_modules/npm/node_modules/tar", Some("tar"));
        check("app/node_modules/.pnpm/a@1.0.0/node_modules/@s/a", Some("@s/a"));
        check("app/node_modules/electron/dist/node_modules/a", Some("a"));
        check("usr/share/nodejs/@types/node", Some("@types/node"));
        check("opt/yarn-v1.22.22", Some("yarn"));
    }

    #[test]
    fn other_package_json_files_are_not_packages() {
        check("app", None);
        check("app/node_modules", None);
        check("app/node_modules/@babel", None);
        check("app/node_modules/.cache", None);
        check("app/node_modules/a/lib", None);
        check("app/node_modules/@s/a/esm", None);
        check("app/my_node_modules/a", None);
        check("opt/app", None);
        check("opt/yarn-v1.22.22/lib", None);
    }

    #[test]
    fn fixtures_of_packages_are_not_loaded() {
        check("app/node_modules/resolve/test/resolver/node_modules/x", None);
        check("app/node_modules/@s/a/__fixtures__/node_modules/x", None);
        check("srv/test/node_modules/x", Some("x"));
        check("app/node_modules/test/node_modules/x", Some("x"));
        check("app/node_modules/@s/test/node_modules/x", Some("x"));
    }
}
