//! Debian's short licence names as SPDX expressions.
//!
//! # Source
//! <https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/#license-short-name>,
//! <https://spdx.org/licenses/>

/// A `License` field holds a short name, or in careless files the text itself: nothing this long
/// is a name.
const MAX_NAME_LEN: usize = 100;

/// Families of licences with a version: Debian's stem and SPDX's.
const VERSIONED: &[(&str, &str)] =
    &[("agpl", "AGPL"), ("gfdl", "GFDL"), ("gpl", "GPL"), ("lgpl", "LGPL")];

/// Names that differ from SPDX's, or that are written in many ways; lower case, sorted.
const NAMES: &[(&str, &str)] = &[
    ("afl-2.1", "AFL-2.1"),
    ("apache", "Apache-2.0"),
    ("apache-2", "Apache-2.0"),
    ("apache-2.0", "Apache-2.0"),
    ("artistic", "Artistic-1.0-Perl"),
    ("artistic-1", "Artistic-1.0"),
    ("artistic-2", "Artistic-2.0"),
    ("artistic-2.0", "Artistic-2.0"),
    ("boost-1.0", "BSL-1.0"),
    ("bsd", "BSD-3-Clause"),
    ("bsd-1-clause", "BSD-1-Clause"),
    ("bsd-2", "BSD-2-Clause"),
    ("bsd-2-clause", "BSD-2-Clause"),
    ("bsd-2-clause-netbsd", "BSD-2-Clause"),
    ("bsd-3", "BSD-3-Clause"),
    ("bsd-3-clause", "BSD-3-Clause"),
    ("bsd-4-clause", "BSD-4-Clause"),
    ("bsd-4-clause-uc", "BSD-4-Clause-UC"),
    ("bsl-1.0", "BSL-1.0"),
    ("bzip2-1.0.6", "bzip2-1.0.6"),
    ("cc-by-3.0", "CC-BY-3.0"),
    ("cc-by-4.0", "CC-BY-4.0"),
    ("cc-by-sa-3.0", "CC-BY-SA-3.0"),
    ("cc-by-sa-4.0", "CC-BY-SA-4.0"),
    ("cc0", "CC0-1.0"),
    ("cc0-1.0", "CC0-1.0"),
    ("cddl-1.0", "CDDL-1.0"),
    ("cpl-1.0", "CPL-1.0"),
    ("curl", "curl"),
    ("efl-2", "EFL-2.0"),
    ("epl-1.0", "EPL-1.0"),
    ("epl-2.0", "EPL-2.0"),
    ("expat", "MIT"),
    ("fsfap", "FSFAP"),
    ("fsful", "FSFUL"),
    ("fsfullr", "FSFULLR"),
    ("ftl", "FTL"),
    ("icu", "ICU"),
    ("ijg", "IJG"),
    ("isc", "ISC"),
    ("libpng", "Libpng"),
    ("libtiff", "libtiff"),
    ("mit", "MIT"),
    ("mit/x11", "MIT"),
    ("mpl-1.1", "MPL-1.1"),
    ("mpl-2.0", "MPL-2.0"),
    ("ncsa", "NCSA"),
    ("ntp", "NTP"),
    ("ofl-1.1", "OFL-1.1"),
    ("oldap-2.8", "OLDAP-2.8"),
    ("openldap-2.8", "OLDAP-2.8"),
    ("openssl", "OpenSSL"),
    ("perl", "Artistic-1.0-Perl OR GPL-1.0-or-later"),
    ("postgresql", "PostgreSQL"),
    ("psf-2", "PSF-2.0"),
    ("python-2.0", "Python-2.0"),
    ("qpl-1.0", "QPL-1.0"),
    ("unicode-dfs-2016", "Unicode-DFS-2016"),
    ("unlicense", "Unlicense"),
    ("vim", "Vim"),
    ("w3c", "W3C"),
    ("wtfpl", "WTFPL"),
    ("x11", "X11"),
    ("zlib", "Zlib"),
    ("zope-2.1", "ZPL-2.1"),
];

/// Exceptions, by what follows `with`; lower case, without the closing word `exception`.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("autoconf", "Autoconf-exception-generic"),
    ("bison", "Bison-exception-2.2"),
    ("classpath", "Classpath-exception-2.0"),
    ("font", "Font-exception-2.0"),
    ("libtool", "Libtool-exception"),
    ("linux-syscall-note", "Linux-syscall-note"),
    ("llvm", "LLVM-exception"),
];

/// The short name, or the expression of short names, as SPDX writes it.
///
/// A name that SPDX does not have stays as it is: half an expression would be wrong. `None` when
/// the text is no name at all.
pub(super) fn expression(text: &str) -> Option<String> {
    if text.is_empty() || text.len() > MAX_NAME_LEN || text.split_whitespace().count() > 12 {
        return None;
    }
    let mut parts = Vec::new();
    let mut term = Vec::new();
    for word in text.split_whitespace() {
        // A comma only says which operator binds less: SPDX would need brackets.
        if word.ends_with(',') {
            return Some(text.to_owned());
        }
        let operator = match word.to_ascii_lowercase().as_str() {
            "or" => "OR",
            "and" => "AND",
            _ => {
                term.push(word);
                continue;
            }
        };
        match term_to_spdx(&term) {
            Some(spdx) => parts.extend([spdx, operator.to_owned()]),
            None => return Some(text.to_owned()),
        }
        term.clear();
    }
    let Some(last) = term_to_spdx(&term) else { return Some(text.to_owned()) };
    parts.push(last);
    Some(parts.join(" "))
}

/// `NAME` or `NAME with EXCEPTION exception`.
fn term_to_spdx(words: &[&str]) -> Option<String> {
    match words {
        [name] => license(name),
        [name, with, exception, rest @ ..] if with.eq_ignore_ascii_case("with") => {
            if !rest.iter().all(|word| word.eq_ignore_ascii_case("exception")) {
                return None;
            }
            let exception = exception.to_ascii_lowercase();
            let (_, spdx) = EXCEPTIONS.iter().find(|(debian, _)| *debian == exception)?;
            Some(format!("{} WITH {spdx}", license(name)?))
        }
        _ => None,
    }
}

fn license(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    match NAMES.binary_search_by(|(debian, _)| debian.cmp(&name.as_str())) {
        Ok(at) => NAMES.get(at).map(|(_, spdx)| (*spdx).to_owned()),
        Err(_) => versioned(&name),
    }
}

/// `gpl-2+`, `gpl-2.0+`, `lgplv2.1`, `gfdl-niv-1.3+`, `gpl-3.0-or-later`, `gpl`.
fn versioned(name: &str) -> Option<String> {
    let (rest, spdx) = VERSIONED
        .iter()
        .find_map(|(stem, spdx)| name.strip_prefix(stem).map(|rest| (rest, *spdx)))?;
    let (rest, no_invariants) = match rest.strip_prefix("-niv") {
        Some(rest) if spdx == "GFDL" => (rest, "-no-invariants"),
        _ => (rest, ""),
    };
    let version = rest.strip_prefix("-v").or(rest.strip_prefix(['-', 'v'])).unwrap_or(rest);
    let (version, suffix) = [("+", "or-later"), ("-or-later", "or-later"), ("-only", "only")]
        .into_iter()
        .find_map(|(ending, suffix)| version.strip_suffix(ending).map(|v| (v, suffix)))
        .unwrap_or((version, if version.is_empty() { "or-later" } else { "only" }));
    let version = match (spdx, version) {
        // Without a version every version counts, from the first there was.
        ("GPL", "" | "1" | "1.0") => "1.0",
        ("LGPL", "" | "2" | "2.0") | ("GPL", "2" | "2.0") => "2.0",
        ("LGPL", "2.1") => "2.1",
        ("GPL" | "LGPL" | "AGPL", "3" | "3.0") => "3.0",
        ("GFDL", "" | "1.1") => "1.1",
        ("GFDL", "1.2") => "1.2",
        ("GFDL", "1.3") => "1.3",
        _ => return None,
    };
    Some(format!("{spdx}-{version}{no_invariants}-{suffix}"))
}

/// The licence whose text is the file `name` in `usr/share/common-licenses`; `or_later` when its
/// later versions count too.
pub(super) fn common_license(name: &str, or_later: bool) -> Option<&'static str> {
    Some(match (name, or_later) {
        ("Apache-2.0", _) => "Apache-2.0",
        ("Artistic", _) => "Artistic-1.0-Perl",
        ("BSD", _) => "BSD-3-Clause",
        ("CC0-1.0", _) => "CC0-1.0",
        ("GFDL", _) => "GFDL-1.1-or-later",
        ("GFDL-1.2", true) => "GFDL-1.2-or-later",
        ("GFDL-1.2", false) => "GFDL-1.2-only",
        ("GFDL-1.3", true) => "GFDL-1.3-or-later",
        ("GFDL-1.3", false) => "GFDL-1.3-only",
        ("GPL", _) | ("GPL-1", true) => "GPL-1.0-or-later",
        ("GPL-1", false) => "GPL-1.0-only",
        ("GPL-2", true) => "GPL-2.0-or-later",
        ("GPL-2", false) => "GPL-2.0-only",
        ("GPL-3", true) => "GPL-3.0-or-later",
        ("GPL-3", false) => "GPL-3.0-only",
        ("LGPL", _) | ("LGPL-2", true) => "LGPL-2.0-or-later",
        ("LGPL-2", false) => "LGPL-2.0-only",
        ("LGPL-2.1", true) => "LGPL-2.1-or-later",
        ("LGPL-2.1", false) => "LGPL-2.1-only",
        ("LGPL-3", true) => "LGPL-3.0-or-later",
        ("LGPL-3", false) => "LGPL-3.0-only",
        ("MPL-1.1", _) => "MPL-1.1",
        ("MPL-2.0", _) => "MPL-2.0",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(expression(text).as_deref(), Some(expect));
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(NAMES.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn short_names() {
        check("GPL-2+", "GPL-2.0-or-later");
        check("GPLv3+", "GPL-3.0-or-later");
        check("GPL-3.0", "GPL-3.0-only");
        check("GPL", "GPL-1.0-or-later");
        check("LGPL-2.1", "LGPL-2.1-only");
        check("LGPL-2+", "LGPL-2.0-or-later");
        check("GFDL-NIV-1.3+", "GFDL-1.3-no-invariants-or-later");
        check("AGPL-3+", "AGPL-3.0-or-later");
        check("GPL-2.0-or-later", "GPL-2.0-or-later");
        check("Expat", "MIT");
        check("bsd-3-Clause", "BSD-3-Clause");
    }

    #[test]
    fn expressions() {
        check("GPL-1+ or Artistic", "GPL-1.0-or-later OR Artistic-1.0-Perl");
        check("MPL-1.1 or GPL-2 and Zlib", "MPL-1.1 OR GPL-2.0-only AND Zlib");
        check("Apache-2.0 with LLVM exception", "Apache-2.0 WITH LLVM-exception");
        check("GPL-2 with Linux-syscall-note exception", "GPL-2.0-only WITH Linux-syscall-note");
    }

    #[test]
    fn what_spdx_does_not_have_stays() {
        for name in ["public-domain", "GPL-4", "GPL-2+ or House-rules", "MIT, and BSD", "or or"] {
            check(name, name);
        }
        check("GPL-2+ with OpenSSL exception", "GPL-2+ with OpenSSL exception");
    }

    #[test]
    fn texts_are_no_names() {
        assert_eq!(expression(""), None);
        let text =
            "Permission is hereby granted, free of charge, to any person obtaining a copy of";
        assert_eq!(expression(text), None);
        assert_eq!(expression(&"x".repeat(101)), None);
    }
}
