//! Names of targets and files, as the systems that read reports know them.

use farguard_model::{Area, Detail, Finding, ScanReport, SecretPlace, TargetKind};

/// The name of a target without what changes from build to build: the tag and the digest of an
/// image. Files keep their whole path.
pub(crate) fn family(report: &ScanReport) -> &str {
    let name = report.target.name.as_str();
    match report.target.kind {
        TargetKind::Registry => repository(name),
        _ => name,
    }
}

/// `registry:5000/app` of `registry:5000/app:1.4@sha256:...`.
///
/// # Source
/// <https://github.com/distribution/reference>: a tag follows the last `:` behind the last `/`.
pub(crate) fn repository(reference: &str) -> &str {
    let name = reference.split_once('@').map_or(reference, |(name, _)| name);
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') && !repository.is_empty() => repository,
        _ => name,
    }
}

/// The file of a finding in the repository that is built, where it is in one: a file inside an
/// image is not.
pub(crate) fn repository_file(report: &ScanReport, finding: &Finding) -> Option<String> {
    let is_of_task = match &finding.detail {
        Detail::Secret(secret) => {
            matches!(secret.place, SecretPlace::TaskEnvironment(_) | SecretPlace::TaskSetting(_))
        }
        Detail::Misconfiguration(check) => check.area == Area::TaskDefinition,
        Detail::Vulnerability(_) | Detail::Violation(_) => false,
    };
    if let Some(usage) = report.container.as_ref().filter(|_| is_of_task) {
        return Some(relative(&usage.task_definition));
    }
    let target = report.target.name.as_str();
    let path = finding.location.as_ref().map(|location| location.path.as_str());
    let file = match report.target.kind {
        TargetKind::Source => joined(target, path?),
        // The target is the file, whatever of its path the finding repeats.
        TargetKind::BuildFile | TargetKind::TaskDefinition => relative(target),
        _ => return None,
    };
    (!file.is_empty() && file != "-").then_some(file)
}

fn joined(directory: &str, path: &str) -> String {
    let path = path.trim_start_matches("./").trim_start_matches('/');
    match relative(directory).trim_end_matches('/') {
        "" | "." => path.to_owned(),
        directory => format!("{directory}/{path}"),
    }
}

/// The path without a prefix that only says which kind of target it is, and without `./`.
fn relative(path: &str) -> String {
    let path = path.strip_prefix("file://").unwrap_or(path);
    let mut path = path;
    while let Some(rest) = path.strip_prefix("./") {
        path = rest.trim_start_matches('/');
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn tags_and_digests_are_no_part_of_a_repository() {
        let check = |reference: &str, expect: &str| assert_eq!(repository(reference), expect);
        check("app:1.4", "app");
        check("app", "app");
        check("localhost:5000/app", "localhost:5000/app");
        check("localhost:5000/app:1.4@sha256:abc", "localhost:5000/app");
        check("app@sha256:abc", "app");
        check(":1", ":1");
    }

    #[test]
    fn only_files_of_repositories_are_named() {
        let check = |kind, target: &str, path: &str, expect: Option<&str>| {
            let mut report = sample::build_file();
            report.target.kind = kind;
            report.target.name = target.into();
            let mut finding = report.findings[0].clone();
            finding.location.as_mut().unwrap().path = path.into();
            assert_eq!(repository_file(&report, &finding).as_deref(), expect);
        };
        check(TargetKind::BuildFile, "./a/Dockerfile", "Dockerfile", Some("a/Dockerfile"));
        check(TargetKind::BuildFile, "-", "Dockerfile", None);
        check(TargetKind::Source, ".", "a/Dockerfile", Some("a/Dockerfile"));
        check(TargetKind::Source, "./services/", "./Dockerfile", Some("services/Dockerfile"));
        check(TargetKind::Registry, "app:1", "etc/passwd", None);
    }
}
