//! Which distribution is inside: `os-release`.
//!
//! # Source
//! <https://www.freedesktop.org/software/systemd/man/latest/os-release.html>

use farguard_model::Os;

use super::{AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Reads `etc/os-release` and `usr/lib/os-release`.
#[derive(Debug)]
pub(super) struct OsRelease;

impl Analyzer for OsRelease {
    fn name(&self) -> &'static str {
        "os-release"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "distribution and release, from `os-release`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Path("etc/os-release"), Want::Path("usr/lib/os-release")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path().to_owned();
        let os = parse(&String::from_utf8_lossy(file.bytes()?))?;
        harvest.os.push((path, os));
        Ok(())
    }
}

fn parse(text: &str) -> Result<Os, AnalyzeError> {
    let mut os = Os::default();
    let mut codename = String::new();
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = unquote(value);
        match key {
            "ID" => os.id = value.to_ascii_lowercase(),
            "VERSION_ID" => os.version_id = value,
            "VERSION_CODENAME" => codename = value,
            "PRETTY_NAME" => os.pretty_name = value,
            "ID_LIKE" => os.id_like = value.split_whitespace().map(str::to_owned).collect(),
            "CPE_NAME" => os.cpe_name = Some(value).filter(|name| !name.is_empty()),
            _ => {}
        }
    }
    if os.id.is_empty() {
        return Err(AnalyzeError::new("os-release-without-id", "no `ID` in os-release"));
    }
    if os.id == "debian" && os.version_id.is_empty() {
        debian_release(&codename).clone_into(&mut os.version_id);
    }
    if os.pretty_name.is_empty() {
        os.pretty_name = format!("{} {}", os.id, os.version_id).trim_end().to_owned();
    }
    Ok(os)
}

/// The number that a Debian release will have.
///
/// Before its release it has a code name only, and advisories are filed under the number.
fn debian_release(codename: &str) -> &'static str {
    match codename {
        "bookworm" => "12",
        "trixie" => "13",
        "forky" => "14",
        "duke" => "15",
        _ => "",
    }
}

/// Takes the quotes of a shell assignment off. Expansions are not allowed in these files.
fn unquote(value: &str) -> String {
    let mut text = String::new();
    let mut quote = None;
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            // In double quotes a backslash counts only before what it can protect.
            ('\\', Some('"')) => match chars.peek() {
                Some('"' | '\\' | '$' | '`') => text.extend(chars.next()),
                _ => text.push('\\'),
            },
            ('\\', None) => text.extend(chars.next()),
            (c, None) if c.is_whitespace() => break,
            (c, _) => text.push(c),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::run;

    fn check(text: &str, id: &str, version_id: &str, pretty_name: &str) -> Os {
        let (mut harvest, result) = run(&OsRelease, "etc/os-release", text.as_bytes());
        result.unwrap();
        let (path, os) = harvest.os.pop().unwrap();
        assert_eq!(path, "etc/os-release");
        let read = (os.id.as_str(), os.version_id.as_str(), os.pretty_name.as_str());
        assert_eq!(read, (id, version_id, pretty_name));
        os
    }

    #[test]
    fn releases_of_many_distributions() {
        let bookworm = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n\
                        VERSION_CODENAME=bookworm\nID=debian\n";
        check(bookworm, "debian", "12", "Debian GNU/Linux 12 (bookworm)");
        let alpine = "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.19.1\n\
                      PRETTY_NAME=\"Alpine Linux v3.19\"\n";
        check(alpine, "alpine", "3.19.1", "Alpine Linux v3.19");
        let wolfi = "ID=wolfi\nNAME=\"Wolfi\"\nPRETTY_NAME=\"Wolfi\"\nVERSION_ID=\"20230201\"\n";
        check(wolfi, "wolfi", "20230201", "Wolfi");
        let azure = "NAME=\"Microsoft Azure Linux\"\nVERSION=\"3.0.20240727\"\nID=azurelinux\n\
                     VERSION_ID=\"3.0\"\nPRETTY_NAME=\"Microsoft Azure Linux 3.0\"\n";
        check(azure, "azurelinux", "3.0", "Microsoft Azure Linux 3.0");
        let leap = "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\nVERSION_ID=\"15.5\"\n";
        let os = check(leap, "opensuse-leap", "15.5", "opensuse-leap 15.5");
        assert_eq!(os.id_like, ["suse", "opensuse"]);
        let ubi = "ID=\"rhel\"\r\nVERSION_ID=\"9.3\"\r\nPRETTY_NAME='Red Hat'\r\n\
                   CPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\r\n";
        let os = check(ubi, "rhel", "9.3", "Red Hat");
        assert_eq!(os.cpe_name.as_deref(), Some("cpe:/o:redhat:enterprise_linux:9::baseos"));
    }

    #[test]
    fn debian_before_its_release_gets_the_number_of_its_code_name() {
        let testing = "PRETTY_NAME=\"Debian GNU/Linux forky/sid\"\nVERSION_CODENAME=forky\n\
                       ID=debian\n";
        check(testing, "debian", "14", "Debian GNU/Linux forky/sid");
        check("ID=debian\nVERSION_CODENAME=sid\n", "debian", "", "debian");
        check("ID=arch\nVERSION_CODENAME=trixie\n", "arch", "", "arch");
    }

    #[test]
    fn quotes_and_escapes_as_in_a_shell() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("plain # no value", "plain"),
            ("\"two words\"", "two words"),
            ("'single \"$x\" \\'", "single \"$x\" \\"),
            ("\"a \\\"b\\\" \\$ \\\\ \\` \\n\"", "a \"b\" $ \\ ` \\n"),
            ("a\\ b", "a b"),
            ("\"joined\"' parts'", "joined parts"),
            ("\"never closed", "never closed"),
            ("end\\", "end"),
        ];
        for (value, expect) in cases {
            assert_eq!(unquote(value), expect, "{value}");
        }
    }

    #[test]
    fn a_file_that_names_no_distribution_is_an_error() {
        for text in ["", "NAME=x\n", "ID=\n", "\0\0\0"] {
            assert_eq!(parse(text).unwrap_err().code, "os-release-without-id");
        }
    }
}
