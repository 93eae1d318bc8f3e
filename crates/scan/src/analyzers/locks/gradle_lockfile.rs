//! Gradle: `gradle.lockfile`, `buildscript-gradle.lockfile` and the older
//! `gradle/dependency-locks/*.lockfile`.
//!
//! # Source
//! <https://docs.gradle.org/current/userguide/dependency_locking.html>

use farguard_model::PackageType;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `gradle.lockfile`.
#[derive(Debug)]
pub(in super::super) struct GradleLockfile;

impl Analyzer for GradleLockfile {
    fn name(&self) -> &'static str {
        "gradle-lockfile"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Java packages locked by Gradle (`*.lockfile`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Ending(".lockfile")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Maven, file.path());
        let build_only = is_of_the_build(file.path());
        for line in document::text(file)?.lines().map(str::trim) {
            // `empty=` lists the configurations without dependencies.
            if !line.is_empty() && !line.starts_with('#') && !line.starts_with("empty=") {
                add(&mut locked, line, build_only);
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// `group:artifact:version=configuration,configuration`; the older files say no configurations.
fn add(locked: &mut Locked<'_>, line: &str, build_only: bool) {
    let (coordinates, configurations) = line.split_once('=').unwrap_or((line, ""));
    match coordinates.rsplit_once(':') {
        Some((name, version)) if name.contains(':') => {
            let needed = |name: &str| !name.is_empty() && !is_for_development(name);
            let only_dev = !configurations.is_empty() && !configurations.split(',').any(needed);
            locked.add(name, version, build_only || only_dev);
        }
        _ => locked.unassessed(Reason::Malformed, line),
    }
}

/// Whether a file locks what the build itself runs with.
fn is_of_the_build(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("buildscript-") || name.starts_with("settings-")
}

/// Whether a configuration (`testRuntimeClasspath`) is for tests or for the compiler.
fn is_for_development(configuration: &str) -> bool {
    configuration.starts_with("test")
        || configuration.contains("Test")
        || configuration.ends_with("nnotationProcessor")
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&GradleLockfile, "gradle.lockfile", content.as_bytes()), expect);
    }

    #[test]
    fn configurations_tell_tests_apart() {
        check(
            "# This is a Gradle generated file for dependency locking.\n\
             com.google.guava:guava:31.0-jre=compileClasspath,testCompileClasspath\n\
             junit:junit:4.13=testCompileClasspath,testRuntimeClasspath\n\
             org.projectlombok:lombok:1.18.30=annotationProcessor\n\
             org.slf4j:slf4j-api:2.0.0\n\
             nonsense\n\
             empty=runtimeClasspath\n",
            &[
                "com.google.guava:guava 31.0-jre",
                "junit:junit 4.13 dev",
                "org.projectlombok:lombok 1.18.30 dev",
                "org.slf4j:slf4j-api 2.0.0",
                "! malformed-lock-entry: 1 not assessed (not readable): `nonsense`",
            ],
        );
    }

    #[test]
    fn what_the_build_runs_with_is_not_shipped() {
        let lines =
            locked_lines(&GradleLockfile, "buildscript-gradle.lockfile", b"a:b:1=classpath");
        assert_eq!(lines, ["a:b 1 dev"]);
    }
}
