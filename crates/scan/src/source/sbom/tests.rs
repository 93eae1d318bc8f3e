use farguard_model::{LayerInfo, PackageType, ScanReport, SourcePackage};
use farguard_report::{Format, RenderOptions, render};

use super::*;

/// A line `PURL [from SOURCE VERSION] [dev] [PATH] [layer N]` for each package, the distribution
/// before them, then `! MESSAGE` for each problem.
fn check(document: &str, expect: &[&str]) {
    let read = read(document.as_bytes(), "bom.json").unwrap();
    let os = read.os.as_ref();
    let mut lines: Vec<String> = os.map(Os::purl_distro).into_iter().collect();
    lines.extend(read.packages.iter().map(|package| {
        let source = package.source.as_ref();
        let source = source.map(|s| format!(" from {} {}", s.name, s.version)).unwrap_or_default();
        let dev = if package.dev { " dev" } else { "" };
        let layer = package.layer.map(|layer| format!(" layer {layer}")).unwrap_or_default();
        let Package { kind, name, version, path, .. } = package;
        format!("{kind} {name} {version}{source}{dev} {path}{layer}").trim_end().to_owned()
    }));
    lines.extend(read.problems.iter().map(|problem| format!("! {}", problem.message)));
    assert_eq!(lines, expect);
}

fn check_error(document: &str, expect: &str) {
    let error = read(document.as_bytes(), "bom.json").unwrap_err().to_string();
    assert!(error.contains(expect), "{error}");
}

#[test]
fn cyclonedx_of_trivy() {
    check(
        r#"{
          "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
          "metadata": {"component": {"type": "container", "name": "app:1",
            "purl": "pkg:oci/app@sha256:0",
            "properties": [{"name": "aquasecurity:trivy:DiffID", "value": "sha256:a"},
                           {"name": "aquasecurity:trivy:DiffID", "value": "sha256:b"}]}},
          "components": [
            {"type": "operating-system", "name": "debian", "version": "12.4",
             "properties": [{"name": "aquasecurity:trivy:Class", "value": "os-pkgs"}]},
            {"type": "library", "name": "libssl3", "version": "3.0.11-1~deb12u2",
             "licenses": [{"license": {"name": "Apache-2.0"}}],
             "purl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.4",
             "properties": [
               {"name": "aquasecurity:trivy:LayerDiffID", "value": "sha256:b"},
               {"name": "aquasecurity:trivy:SrcName", "value": "openssl"},
               {"name": "aquasecurity:trivy:SrcRelease", "value": "1~deb12u2"},
               {"name": "aquasecurity:trivy:SrcVersion", "value": "3.0.11"}]},
            {"type": "library", "name": "perl-base", "version": "5.36.0-7",
             "purl": "pkg:deb/debian/perl-base@5.36.0-7?arch=amd64&distro=debian-12.4&epoch=1",
             "properties": [
               {"name": "aquasecurity:trivy:SrcName", "value": "perl-base"},
               {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"},
               {"name": "aquasecurity:trivy:SrcRelease", "value": "7"},
               {"name": "aquasecurity:trivy:SrcVersion", "value": "5.36.0"}]},
            {"type": "application", "name": "app/package-lock.json", "properties": []},
            {"type": "library", "group": "@babel", "name": "core", "version": "7.0.0",
             "purl": "pkg:npm/%40babel/core@7.0.0",
             "properties": [{"name": "aquasecurity:trivy:FilePath", "value": "app/node_modules/x"}]},
            {"type": "library", "name": "github.com/BurntSushi/toml", "version": "v1.0.0",
             "purl": "pkg:golang/github.com/burntsushi/toml@v1.0.0"}
          ]
        }"#,
        &[
            "debian-12",
            "deb libssl3 3.0.11-1~deb12u2 from openssl 3.0.11-1~deb12u2  layer 1",
            "deb perl-base 1:5.36.0-7",
            "golang github.com/BurntSushi/toml v1.0.0",
            "npm @babel/core 7.0.0 app/node_modules/x",
        ],
    );
}

#[test]
fn cyclonedx_of_syft_without_operating_system() {
    check(
        r#"{
          "bomFormat": "CycloneDX", "specVersion": "1.4",
          "components": [
            {"type": "library", "name": "bash", "version": "5.2.15-2+b8",
             "purl": "pkg:deb/debian/bash@5.2.15-2%2Bb8?arch=amd64&distro=debian-12&upstream=bash%405.2.15-2",
             "properties": [{"name": "syft:location:0:path", "value": "/var/lib/dpkg/status"}]},
            {"type": "library", "name": "bind-libs", "version": "32:9.11.36-5.el8",
             "purl": "pkg:rpm/redhat/bind-libs@9.11.36-5.el8?epoch=32&upstream=bind-9.11.36-5.el8.src.rpm"},
            {"type": "library", "group": "org.slf4j", "name": "slf4j-api", "version": "2.0",
             "purl": "pkg:maven/org.slf4j/slf4j-api@2.0", "scope": "excluded"},
            {"type": "file", "name": "/etc/passwd"}
          ]
        }"#,
        &[
            "debian-12",
            "deb bash 5.2.15-2+b8 from bash 5.2.15-2 var/lib/dpkg/status",
            "maven org.slf4j:slf4j-api 2.0 dev",
            "rpm bind-libs 32:9.11.36-5.el8 from bind 32:9.11.36-5.el8",
        ],
    );
}

#[test]
fn spdx_of_trivy_and_syft() {
    check(
        r#"{
          "spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "app",
          "packages": [
            {"SPDXID": "SPDXRef-Root", "name": "app:1", "versionInfo": "1",
             "primaryPackagePurpose": "CONTAINER"},
            {"SPDXID": "SPDXRef-Os", "name": "alpine", "versionInfo": "3.19.1",
             "primaryPackagePurpose": "OPERATING-SYSTEM"},
            {"SPDXID": "SPDXRef-1", "name": "libcrypto3", "versionInfo": "3.1.4-r2",
             "sourceInfo": "built package from: openssl 3.1.4-r2",
             "licenseDeclared": "Apache-2.0",
             "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
               "referenceLocator": "pkg:apk/alpine/libcrypto3@3.1.4-r2?arch=x86_64&distro=3.19.1"}]},
            {"SPDXID": "SPDXRef-2", "name": "mystery", "versionInfo": "1.0"},
            {"SPDXID": "SPDXRef-3", "name": "app/package-lock.json",
             "primaryPackagePurpose": "APPLICATION"}
          ],
          "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT",
            "relatedSpdxElement": "SPDXRef-Root", "relationshipType": "DESCRIBES"}]
        }"#,
        &[
            "alpine-3.19.1",
            "apk libcrypto3 3.1.4-r2 from openssl 3.1.4-r2",
            "! 1 components not assessed (no package url): `mystery`",
        ],
    );
}

#[test]
fn what_cannot_be_assessed_is_counted() {
    let entry = |rest: &str| format!(r#"{{"type": "library", "name": "x", {rest}}}"#);
    let document = format!(
        r#"{{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [{}, {}, {}, {}]}}"#,
        entry(r#""version": "1""#),
        entry(r#""purl": "pkg:generic/x@1""#),
        entry(r#""purl": "nonsense""#),
        entry(r#""purl": "pkg:npm/x", "components": [{"type": "library", "name": "y"}]"#),
    );
    check(
        &document,
        &[
            "! 1 components not assessed (malformed package url): `x`",
            "! 2 components not assessed (no package url): `x`, `y`",
            "! 1 components not assessed (no version): `x`",
            "! 1 components not assessed (packages of type `generic` are not known): `x`",
        ],
    );
}

#[test]
fn what_is_no_bill_of_materials_is_an_error() {
    check_error("", "neither");
    check_error("[]", "neither");
    check_error("{}", "neither");
    check_error("<bom/>", "XML is not supported");
    check_error("SPDXVersion: SPDX-2.3", "tag-value is not supported");
    check_error(r#"{"spdxVersion": "SPDX-1.0"}"#, "`SPDX-1.0` is not supported");
    check_error(r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"}"#, "SPDX 3");
    check_error(r#"{"bomFormat": "CycloneDX", "specVersion": "9"}"#, "`9` is not supported");
    check_error(r#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "comp"#, "line 1");
    let nested = r#"{"type": "library", "components": ["#.repeat(10_000) + &"]}".repeat(10_000);
    let bomb =
        format!(r#"{{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{nested}]}}"#);
    check_error(&bomb, "recursion limit");
}

fn report() -> ScanReport {
    let package = |kind, name, version, path| Package::new(kind, name, version, path);
    let mut deb = package(PackageType::Deb, "libssl3", "3.0.11-1", "var/lib/dpkg/status");
    deb.arch = Some("amd64".into());
    deb.layer = Some(1);
    deb.licenses = vec!["Apache-2.0".into(), "some other text".into()];
    deb.source = Some(SourcePackage { name: "openssl".into(), version: "3.0.11-1".into() });
    let mut npm = package(PackageType::Npm, "JSONStream", "1.3.5", "a\nb=c\\d/package.json");
    npm.dev = true;
    npm.licenses = vec!["MIT OR Apache-2.0".into()];
    let mut odd = package(PackageType::Pypi, "Flask_Odd", "git/1.0", "x");
    odd.layer = Some(0);
    let go =
        package(PackageType::Golang, "github.com/BurntSushi/toml", "v1.0.0+incompatible", "app");
    let rpm = package(PackageType::Rpm, "bind", "32:9.11-5.el8", "var/lib/rpm/rpmdb.sqlite");
    let mut packages = vec![deb, npm, odd, go, rpm];
    packages.sort();
    let layer = |digest: &str| LayerInfo {
        digest: Some(format!("sha256:{digest}")),
        diff_id: format!("sha256:{digest}{digest}"),
        created_by: Some("RUN echo \"a\nb\"".into()),
        size_bytes: 7,
    };
    let target = TargetInfo {
        name: "registry.example/app:1".into(),
        kind: TargetKind::Registry,
        digest: Some(format!("sha256:{}", "ab".repeat(32))),
        image_id: Some("sha256:1".into()),
        platform: Some("linux/amd64".into()),
        labels: vec![("a".into(), "b=c\nd".into())],
        built: Some("2026-01-01T00:00:00Z".into()),
    };
    ScanReport {
        os: Some(Os {
            id: "debian".into(),
            version_id: "12".into(),
            pretty_name: "Debian GNU/Linux 12 (bookworm)".into(),
            id_like: vec!["x".into(), "y".into()],
            cpe_name: Some("cpe:/o:debian:12".into()),
        }),
        layers: vec![layer("a"), layer("b")],
        packages,
        problems: vec![Problem::new("truncated-layer", "layer 2 ends early").at("x")],
        ..ScanReport::new("2026-01-02T03:04:05Z".parse().unwrap(), target)
    }
}

#[test]
fn what_we_write_reads_back_whole() {
    let report = report();
    for format in ["cyclonedx", "spdx"] {
        let mut bytes = Vec::new();
        let format: Format = format.parse().unwrap();
        let reports = std::slice::from_ref(&report);
        render(format, reports, &RenderOptions::default(), &mut bytes).unwrap();
        let read = read(&bytes, "bom.json").unwrap();
        assert_eq!(read.target, report.target);
        assert_eq!(read.os, report.os);
        assert_eq!(read.layers, report.layers);
        assert_eq!(read.packages, report.packages);
        assert_eq!(read.problems, report.problems);
    }
}
