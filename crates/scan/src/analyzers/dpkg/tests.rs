use farguard_model::Problem;

use super::*;
use crate::analyzers::testing::run;

const STATUS: &str = "var/lib/dpkg/status";

/// Packages as `name version arch source source-version`.
fn check(path: &str, text: &str, expect: &[&str]) -> Vec<Problem> {
    let (harvest, result) = run(&Dpkg, path, text.as_bytes());
    result.unwrap();
    let packages: Vec<_> = harvest.packages.iter().map(show).collect();
    assert_eq!(packages, expect);
    assert!(harvest.packages.iter().all(|p| p.path == path && p.kind == PackageType::Deb));
    harvest.problems
}

fn show(package: &Package) -> String {
    let source = package.source.as_ref().map(|s| format!(" {} {}", s.name, s.version));
    let arch = package.arch.as_deref().unwrap_or("-");
    format!("{} {} {arch}{}", package.name, package.version, source.unwrap_or_default())
}

#[test]
fn sources_with_and_without_a_version() {
    let text = "\
Package: libssl3
Status: install ok installed
Priority: optional
Architecture: amd64
Multi-Arch: same
Source: openssl
Version: 3.0.11-1~deb12u2
Conffiles:
 /etc/ssl/openssl.cnf 0123456789abcdef
Description: Secure Sockets Layer toolkit
 Version: 9 is not a field here
 .
 Nor is this.

Package: bash
Status: install ok installed
Architecture: amd64
Source: bash (5.2.15-2)
Version: 5.2.15-2+b2

Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib (1:1.2.13.dfsg-1)
Version: 1:1.2.13.dfsg-1

Package: adduser
Status: hold ok installed
Architecture: all
Source: adduser
Version: 3.134
";
    let expect = [
        "libssl3 3.0.11-1~deb12u2 amd64 openssl 3.0.11-1~deb12u2",
        "bash 5.2.15-2+b2 amd64 bash 5.2.15-2",
        "zlib1g 1:1.2.13.dfsg-1 amd64 zlib 1:1.2.13.dfsg-1",
        "adduser 3.134 all",
    ];
    assert_eq!(check(STATUS, text, &expect), []);
}

#[test]
fn only_packages_whose_files_are_there() {
    let states = [
        ("install ok installed", true),
        ("deinstall ok installed", true),
        ("install ok unpacked", true),
        ("install reinstreq half-configured", true),
        ("install ok half-installed", true),
        ("install ok triggers-awaited", true),
        ("install ok triggers-pending", true),
        ("deinstall ok config-files", false),
        ("unknown ok not-installed", false),
    ];
    for (status, there) in states {
        let text = format!("Package: x\nStatus: {status}\nVersion: 1\n");
        let expect: &[&str] = if there { &["x 1 -"] } else { &[] };
        assert_eq!(check(STATUS, &text, expect), [], "{status}");
    }
}

#[test]
fn distroless_paragraphs_have_no_status() {
    let text = "Package: tzdata\r\nVersion: 2024a-0+deb12u1\r\nArchitecture: all\r\n";
    let path = "var/lib/dpkg/status.d/tzdata";
    assert_eq!(check(path, text, &["tzdata 2024a-0+deb12u1 all"]), []);
    assert_eq!(check("var/lib/dpkg/status.d/tzdata.md5sums", "0123  usr/x\n", &[]), []);
}

#[test]
fn damage_is_named_and_the_rest_is_read() {
    let text = "Package: a\nVersion: 1\n\nPackage: b\nno colon here\n\nPackage: c\nVersion: 3\n";
    let problems = check(STATUS, text, &["a 1 -", "c 3 -"]);
    let [problem] = problems.as_slice() else { panic!("{problems:?}") };
    assert_eq!(problem.code, "damaged-dpkg-status");
    assert_eq!(problem.path.as_deref(), Some(STATUS));
    assert!(problem.message.starts_with("line 5 has neither"), "{}", problem.message);
    assert!(problem.message.ends_with("in all: 2)"), "{}", problem.message);
}

#[test]
fn bytes_that_are_no_text_are_a_problem() {
    let (harvest, result) = run(&Dpkg, STATUS, &[0xff, 0, 1, 2, b'\n', 0xfe]);
    assert!(result.is_ok() && harvest.packages.is_empty());
    assert_eq!(harvest.problems.len(), 1);
}

#[test]
fn the_number_of_packages_is_bounded() {
    let text = "Package:a\nVersion:1\n\n".repeat(MAX_PACKAGES + 2);
    let (harvest, result) = run(&Dpkg, STATUS, text.as_bytes());
    assert_eq!(harvest.packages.len(), MAX_PACKAGES);
    assert_eq!(result.unwrap_err().code, "too-many-packages");
}

#[test]
fn a_huge_field_is_skipped() {
    let conffiles = " /etc/x 0123456789abcdef\n".repeat(100_000);
    let text = format!("Package: a\nConffiles:\n{conffiles}Version: 1\n");
    assert_eq!(check(STATUS, &text, &["a 1 -"]), []);
}
