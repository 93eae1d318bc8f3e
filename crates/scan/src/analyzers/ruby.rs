//! Installed Ruby gems: `specifications/*.gemspec`.
//!
//! # Source
//! <https://guides.rubygems.org/specification-reference/>

mod literal;

use farguard_model::{Package, PackageType};

use self::literal::Literals;
use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads the specifications that RubyGems writes when it installs a gem.
#[derive(Debug)]
pub(crate) struct Ruby;

impl Analyzer for Ruby {
    fn name(&self) -> &'static str {
        "ruby"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "installed Ruby gems (`specifications/*.gemspec`, `specifications/default/*.gemspec`)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Ending(".gemspec")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        if is_installed(path) {
            harvest.packages.push(parse(file.bytes()?, path)?);
        }
        Ok(())
    }
}

/// RubyGems loads only what is directly in `specifications` and its `default`. A `.gemspec`
/// elsewhere is source code that came along.
fn is_installed(path: &str) -> bool {
    let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
    let directory = directory.strip_suffix("/default").unwrap_or(directory);
    directory.rsplit('/').next() == Some("specifications")
}

/// Reads one specification: Ruby code, of which only assignments of literals are understood. What
/// is computed (`s.version = JSON::VERSION`) is taken from the `# stub:` line that RubyGems itself
/// reads, or from the file name, which it derives from both.
///
/// # Errors
/// When name or version cannot be found.
pub fn parse(gemspec: &[u8], path: &str) -> Result<Package, AnalyzeError> {
    let text = String::from_utf8_lossy(gemspec);
    let stub = text.lines().find_map(|line| line.strip_prefix("# stub: ")).unwrap_or_default();
    let mut stub = stub.split_whitespace();
    let (stub_name, stub_version) = (stub.next(), stub.next());
    let file = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".gemspec");
    let (file_name, file_version) = split_full_name(file).unzip();

    let name = first(&text, "name").or_else(|| stub_name.or(file_name).map(str::to_owned));
    let version =
        first(&text, "version").or_else(|| stub_version.or(file_version).map(str::to_owned));
    let (Some(name), Some(version)) = (name, version) else {
        let message = "the gem specification states no name and version";
        return Err(AnalyzeError::new("corrupt-gemspec", message));
    };
    let mut package = Package::new(PackageType::Gem, name, version, path);
    package.licenses = assigned(&text, "licenses")
        .or_else(|| assigned(&text, "license"))
        .map_or_else(Vec::new, Iterator::collect);
    Ok(package)
}

fn first(text: &str, attribute: &str) -> Option<String> {
    assigned(text, attribute)?.next().filter(|value| !value.is_empty())
}

/// The literals of the first `s.ATTRIBUTE = ...`, whatever the block calls its variable.
fn assigned<'a>(text: &'a str, attribute: &str) -> Option<Literals<'a>> {
    let mut rest = text;
    loop {
        let line = rest.lines().next()?;
        if let Some(value) = right_hand_side(line, attribute) {
            // The value may go on in the lines below: an array of licences.
            let at = line.len() - value.len();
            return rest.get(at..).map(Literals::new);
        }
        rest = rest.get(line.len()..)?.trim_start_matches(['\r', '\n']);
    }
}

/// ` "rack".freeze` of `  s.name = "rack".freeze`.
fn right_hand_side<'a>(line: &'a str, attribute: &str) -> Option<&'a str> {
    let (variable, rest) = line.trim_start().split_once('.')?;
    let rest = rest.strip_prefix(attribute)?.trim_start().strip_prefix('=')?;
    let plain = variable.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (plain && !rest.starts_with(['=', '~'])).then_some(rest)
}

/// `nokogiri-1.16.0-x86_64-linux` is `nokogiri` and `1.16.0`: the version is the last part that
/// starts with a digit and has a dot, else the last one that is a number.
fn split_full_name(name: &str) -> Option<(&str, &str)> {
    let is_version = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    let starts: Vec<usize> = name.match_indices('-').map(|(at, _)| at).collect();
    let part = |at: usize| name.get(at + 1..).and_then(|rest| rest.split('-').next());
    let dotted = |at: &&usize| part(**at).is_some_and(|p| is_version(p) && p.contains('.'));
    let number = |at: &&usize| part(**at).is_some_and(is_version);
    let at = *starts.iter().rev().find(dotted).or_else(|| starts.iter().rev().find(number))?;
    Some((name.get(..at)?, part(at)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::lines;

    fn check(gemspec: &str, file: &str, expect: &[&str]) {
        let path = format!("usr/lib/ruby/gems/3.1.0/specifications/{file}.gemspec");
        assert_eq!(lines(&Ruby, &path, gemspec.as_bytes()), expect, "{gemspec:?}");
    }

    #[test]
    fn reads_what_rubygems_writes() {
        let gemspec = "# -*- encoding: utf-8 -*-\n# stub: rack 2.2.3 ruby lib\n\n\
            Gem::Specification.new do |s|\n  s.name = \"rack\".freeze\n  s.version = \"2.2.3\"\n\n  \
            s.required_rubygems_version = Gem::Requirement.new(\">= 0\".freeze)\n  \
            s.licenses = [\"MIT\".freeze, 'Ruby'] if s.respond_to? :licenses=\n  \
            s.rubygems_version = \"3.3.5\".freeze\nend\n";
        check(gemspec, "rack-2.2.3", &["rack 2.2.3 MIT|Ruby"]);
    }

    #[test]
    fn reads_what_people_write() {
        check(
            "Gem::Specification.new do |spec|\n spec.name    = %q{my-gem}\n # spec.version = '9'\n \
             spec.version = Gem::Version.new('1.0.0')\n spec.license='BSD-2-Clause'\nend",
            "x",
            &["my-gem 1.0.0 BSD-2-Clause"],
        );
        check(
            "s.name = \"a\\\"b\"\ns.version = \"1\"\ns.licenses = [\n  \"MIT\", # or\n  \"Ruby\"\n]\n",
            "x",
            &["a\"b 1 MIT|Ruby"],
        );
    }

    #[test]
    fn what_is_computed_comes_from_stub_or_file_name() {
        check("# stub: json 2.6.1 ruby lib\ns.version = JSON::VERSION", "x", &["json 2.6.1"]);
        check("s.version = V", "nokogiri-1.16.0-x86_64-linux", &["nokogiri 1.16.0"]);
        check("s.version = V", "net-http2-1.0.0.pre.1", &["net-http2 1.0.0.pre.1"]);
        check("s.version = V", "sqlite3-2.0.1-arm64-darwin-20", &["sqlite3 2.0.1"]);
        check("s.version = V", "rake-13", &["rake 13"]);
        check("s.name = 'lost'", "lost", &["! corrupt-gemspec"]);
        check("s.name = \"unterminated", "lost", &["! corrupt-gemspec"]);
    }

    #[test]
    fn only_specifications_are_installed() {
        let default = "opt/ruby/specifications/default/a-1.gemspec";
        assert_eq!(lines(&Ruby, default, b""), ["a 1"]);
        assert!(lines(&Ruby, "app/gems/a-1/a.gemspec", b"s.name = 'a'").is_empty());
    }
}
