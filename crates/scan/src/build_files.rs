//! Dockerfiles and Containerfiles among what is scanned.

use farguard_buildfile::{Options, check};
use farguard_model::{Detail, Finding, Problem, ScanReport};
use serde::Deserialize;

use crate::secrets::mask;

/// The names of hadolint's settings, beside a build file.
pub(crate) const SETTINGS: [&str; 2] = [".hadolint.yaml", ".hadolint.yml"];
/// As much of a build file as is read: one byte more than is accepted.
pub(crate) const MAX_BYTES: u64 = (farguard_buildfile::MAX_BYTES as u64) + 1;
/// All build files of a target together.
const MAX_TOTAL_BYTES: usize = 64 << 20;
/// Settings larger than this are not read.
const MAX_SETTINGS_BYTES: usize = 256 << 10;

/// A build file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildFile {
    /// Relative to the root of the target.
    pub path: String,
    /// Its content; what is larger than is accepted is cut one byte behind that.
    pub bytes: Vec<u8>,
    /// The settings of hadolint beside it.
    pub settings: Option<Vec<u8>>,
}

/// What we take from hadolint's settings.
///
/// # Source
/// <https://github.com/hadolint/hadolint#configure>
#[derive(Default, Deserialize)]
struct Settings {
    #[serde(default)]
    ignored: Option<Vec<String>>,
    #[serde(default, rename = "trustedRegistries")]
    trusted_registries: Option<Vec<String>>,
}

/// Whether one more file may be kept.
pub(crate) fn fits(files: &[BuildFile], bytes: &[u8]) -> bool {
    let kept: usize = files.iter().map(|file| file.bytes.len()).sum();
    files.len() < 10_000 && kept + bytes.len() <= MAX_TOTAL_BYTES
}

/// Adds what is wrong with build files to a report, with every secret masked.
pub fn judge(report: &mut ScanReport, files: &[BuildFile]) {
    for file in files {
        let options = match options(file) {
            Ok(options) => options,
            Err(problem) => {
                report.problems.push(problem);
                Options::default()
            }
        };
        let checked = check(&file.path, &file.bytes, &options);
        report.findings.extend(checked.findings.into_iter().map(masked));
        report.problems.extend(checked.problems.into_iter().map(|mut problem| {
            problem.message = mask(&problem.message);
            problem
        }));
    }
}

fn options(file: &BuildFile) -> Result<Options, Problem> {
    let Some(bytes) = &file.settings else { return Ok(Options::default()) };
    let problem = |what: String| {
        let message = format!("cannot read the hadolint settings beside it: {what}");
        Problem::new("unreadable-hadolint-settings", mask(&message)).at(&file.path)
    };
    if bytes.len() > MAX_SETTINGS_BYTES {
        return Err(problem("they are larger than 256 KiB".to_owned()));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| problem(error.to_string()))?;
    let settings: Option<Settings> =
        serde_saphyr::from_str(text).map_err(|error| problem(error.to_string()))?;
    let settings = settings.unwrap_or_default();
    Ok(Options {
        ignored: settings.ignored.unwrap_or_default(),
        trusted_registries: settings.trusted_registries.unwrap_or_default(),
    })
}

/// Takes out secrets that only patterns can find.
fn masked(mut finding: Finding) -> Finding {
    finding.evidence = mask(&finding.evidence);
    if let Some(suppression) = &mut finding.suppression {
        suppression.reason = mask(&suppression.reason);
    }
    if let Detail::Misconfiguration(detail) = &mut finding.detail {
        detail.excerpt = detail.excerpt.as_deref().map(mask);
        detail.fix = detail.fix.take().filter(|fix| mask(&fix.replacement) == fix.replacement);
    }
    finding
}

#[cfg(test)]
mod tests {
    use farguard_model::{TargetInfo, TargetKind};
    use jiff::Timestamp;

    use super::*;

    fn judged(text: &str, settings: Option<&str>) -> ScanReport {
        let target = TargetInfo::new("Dockerfile", TargetKind::BuildFile);
        let mut report = ScanReport::new(Timestamp::UNIX_EPOCH, target);
        let settings = settings.map(|text| text.as_bytes().to_vec());
        let bytes = text.as_bytes().to_vec();
        judge(&mut report, &[BuildFile { path: "a/Dockerfile".into(), bytes, settings }]);
        report
    }

    fn ids(report: &ScanReport) -> Vec<&str> {
        report.findings.iter().map(|finding| finding.id.as_str()).collect()
    }

    #[test]
    fn settings_of_hadolint_count() {
        let text = "FROM quay.io/a/b\nUSER 1\nHEALTHCHECK NONE\n";
        assert_eq!(ids(&judged(text, None)), ["untagged-base-image"]);
        let settings = "ignored: [DL3006]\ntrustedRegistries:\n  - docker.io\nformat: tty\n";
        assert_eq!(ids(&judged(text, Some(settings))), ["base-image-from-untrusted-registry"]);
        assert_eq!(ids(&judged(text, Some(""))), ["untagged-base-image"]);
        let broken = judged(text, Some("ignored: {"));
        assert_eq!(ids(&broken), ["untagged-base-image"]);
        assert_eq!(broken.problems[0].code, "unreadable-hadolint-settings");
    }

    #[test]
    fn secrets_of_known_shape_are_masked() {
        let token = format!("ghp_{}", "a1B2c3D4e5".repeat(4).get(..36).unwrap());
        let report = judged(&format!("FROM a:1\nRUN pip install {token}\nCMD x {token}\n"), None);
        assert!(ids(&report).contains(&"unpinned-pip-package"));
        assert!(!format!("{report:?}").contains(&token));
    }
}
