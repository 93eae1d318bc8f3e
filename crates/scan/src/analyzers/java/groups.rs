//! Group ids of well-known artifacts whose archives do not state them.

use std::{collections::HashMap, sync::LazyLock};

use farguard_model::content;

/// Artifact id to group id.
static GROUPS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    let groups: HashMap<String, Vec<String>> =
        content::load("scan/java-groups.toml").unwrap_or_default();
    let pairs = groups.into_iter().flat_map(|(group, artifacts)| {
        artifacts.into_iter().map(move |artifact| (artifact, group.clone()))
    });
    pairs.collect()
});

/// The group of a well-known artifact.
pub(super) fn of_artifact(artifact: &str) -> Option<&'static str> {
    GROUPS.get(artifact).map(String::as_str)
}

/// The group that follows from the name of an OSGi bundle.
///
/// Maven's bundle plugin makes that name of group and artifact: it joins them, and leaves out a
/// repeated part (`org.apache.commons` and `commons-lang3` give `org.apache.commons.lang3`).
pub(super) fn of_bundle(symbolic_name: &str, artifact: &str) -> Option<String> {
    if let Some(group) = symbolic_name.strip_suffix(artifact).and_then(|g| g.strip_suffix('.')) {
        // `org.jsoup` is its own group; `org.yaml.snakeyaml` is `snakeyaml` of `org.yaml`.
        let group = if group.contains('.') { group } else { symbolic_name };
        return Some(group.to_owned());
    }
    let (family, member) = artifact.split_once('-')?;
    let group = symbolic_name.strip_suffix(member)?.strip_suffix('.')?;
    (group.rsplit('.').next() == Some(family)).then(|| group.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_loads() {
        assert_eq!(of_artifact("commons-lang3"), Some("org.apache.commons"));
        assert_eq!(of_artifact("unheard-of"), None);
        let file: HashMap<String, Vec<String>> = content::load("scan/java-groups.toml").unwrap();
        let artifacts: Vec<&String> = file.values().flatten().collect();
        assert_eq!(artifacts.len(), GROUPS.len(), "an artifact is listed twice");
    }

    #[test]
    fn groups_follow_from_bundle_names() {
        let check = |name, artifact, expect| {
            assert_eq!(of_bundle(name, artifact).as_deref(), expect, "{name} {artifact}");
        };
        check(
            "com.fasterxml.jackson.core.jackson-core",
            "jackson-core",
            Some("com.fasterxml.jackson.core"),
        );
        check("org.apache.commons.lang3", "commons-lang3", Some("org.apache.commons"));
        check("io.netty.common", "netty-common", Some("io.netty"));
        check("org.jsoup", "jsoup", Some("org.jsoup"));
        check("org.yaml.snakeyaml", "snakeyaml", Some("org.yaml"));
        check("something.else", "artifact", None);
        check("lang3", "commons-lang3", None);
    }
}
