//! Ruby: `Gemfile.lock` and `gems.locked`.
//!
//! # Source
//! <https://github.com/rubygems/rubygems/blob/master/bundler/lib/bundler/lockfile_parser.rb>

use farguard_model::PackageType;

use super::super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};
use super::{Locked, document, locked::Reason};

/// Reads `Gemfile.lock`.
#[derive(Debug)]
pub(in super::super) struct GemfileLock;

impl Analyzer for GemfileLock {
    fn name(&self) -> &'static str {
        "gemfile-lock"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Ruby gems locked by Bundler (`Gemfile.lock`, `gems.locked`)"
    }

    fn scope(&self) -> Scope {
        Scope::Source
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Name("Gemfile.lock"), Want::Name("gems.locked")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let mut locked = Locked::new(PackageType::Gem, file.path());
        let mut section = "";
        for line in document::text(file)?.lines().map(str::trim_end) {
            if !line.starts_with(' ') {
                // Conflict markers of a merge would hide what follows.
                if line.starts_with(|c: char| !c.is_ascii_uppercase()) {
                    locked.unassessed(Reason::Malformed, line);
                }
                section = line;
                continue;
            }
            // Specs are indented by four, what they depend on by six. `PATH` is our own code.
            let spec = line.strip_prefix("    ").filter(|spec| !spec.starts_with(' '));
            if let (Some(spec), "GEM" | "GIT" | "PLUGIN SOURCE") = (spec, section) {
                add(&mut locked, spec);
            }
        }
        locked.finish(harvest);
        Ok(())
    }
}

/// `nokogiri (1.15.4-x86_64-linux)`: the platform follows a dash, which versions never have.
fn add(locked: &mut Locked<'_>, spec: &str) {
    let parts = spec.strip_suffix(')').and_then(|spec| spec.split_once(" ("));
    match parts {
        Some((name, version)) => {
            locked.add(name, version.split('-').next().unwrap_or_default(), false);
        }
        None => locked.unassessed(Reason::Malformed, spec),
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::locked_lines;
    use super::*;

    fn check(content: &str, expect: &[&str]) {
        assert_eq!(locked_lines(&GemfileLock, "Gemfile.lock", content.as_bytes()), expect);
    }

    #[test]
    fn gems_repositories_and_directories() {
        check(
            "GIT\n  remote: https://github.com/rails/rails.git\n  revision: 0123\n  specs:\n    \
             rails (7.1.0)\n      actionpack (= 7.1.0)\n\n\
             PATH\n  remote: .\n  specs:\n    app (0.1.0)\n\n\
             GEM\n  remote: https://rubygems.org/\n  specs:\n    \
             nokogiri (1.15.4)\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    \
             racc (1.7.1)\n    broken\n\n\
             PLATFORMS\n  ruby\n  x86_64-linux\n\n\
             DEPENDENCIES\n  app!\n  nokogiri\n\n\
             CHECKSUMS\n  racc (1.7.1) sha256=0\n\n\
             BUNDLED WITH\n   2.4.0\n=======\n",
            &[
                "nokogiri 1.15.4",
                "racc 1.7.1",
                "rails 7.1.0",
                "! malformed-lock-entry: 2 not assessed (not readable): `broken`, `=======`",
            ],
        );
    }
}
