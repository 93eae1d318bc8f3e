//! A report as a real image gives it, for tests.

mod gate;

pub(crate) use gate::{build_file, compared, gated, task};

use farguard_model::{
    Cvss, DatabaseInfo, Detail, Epss, Finding, Fix, Kev, LayerInfo, Location, Os, Package,
    PackageType, Problem, ScanReport, Scanner, Severity, SourcePackage, Subject, Suppression,
    TargetInfo, TargetKind, Vulnerability, fingerprint,
};

/// A Python service on Debian 12, with something of everything.
pub(crate) fn report() -> ScanReport {
    let mut report = bare();
    report.packages = packages();
    for row in FINDINGS {
        add_finding(&mut report, row);
    }
    if let Some(finding) = report.findings.last_mut() {
        finding.suppression = Some(Suppression {
            reason: "the parser is not compiled in".into(),
            source: ".farguardignore".into(),
        });
    }
    report.problems = vec![
        Problem::new("corrupt-rpm-database", "cannot read `rpmdb.sqlite`: page 7 is cut short")
            .at("opt/vendor/rootfs/var/lib/rpm/rpmdb.sqlite"),
        Problem {
            layer: Some(3),
            ..Problem::new(
                "nested-archive-too-deep",
                "`app.jar` holds archives 9 deep: the inner ones were not read",
            )
        },
    ];
    report
}

/// The same target with no packages, findings or problems.
pub(crate) fn bare() -> ScanReport {
    let target = TargetInfo {
        name: "registry.example.com/shop/checkout:1.4.2".into(),
        kind: TargetKind::Registry,
        digest: Some(digest('a')),
        image_id: Some(digest('b')),
        platform: Some("linux/amd64".into()),
        labels: vec![(
            "org.opencontainers.image.source".into(),
            "https://git.example.com/shop".into(),
        )],
        built: Some("2026-10-30T12:00:00Z".into()),
    };
    ScanReport {
        os: Some(Os {
            id: "debian".into(),
            version_id: "12".into(),
            pretty_name: "Debian GNU/Linux 12 (bookworm)".into(),
            id_like: Vec::new(),
            cpe_name: None,
        }),
        layers: vec![
            layer('1', "ADD rootfs.tar.xz /", 49_100_000),
            layer(
                '2',
                "RUN apt-get update && apt-get install -y --no-install-recommends openssl libwebp7 ca-certificates && rm -rf /var/lib/apt/lists/*",
                21_400_000,
            ),
            layer('3', "RUN pip install --no-cache-dir -r requirements.txt", 88_000_000),
            layer('4', "COPY . /app", 1_250_000),
        ],
        database: Some(DatabaseInfo {
            built: "2026-11-20T04:00:00Z".parse().unwrap(),
            advisories: 312_044,
            sources: vec!["Debian".into(), "GHSA".into(), "PyPI".into()],
            sample: false,
        }),
        scanners: Scanner::ALL.to_vec(),
        ..ScanReport::new("2026-11-22T09:30:00Z".parse().unwrap(), target)
    }
}

/// Texts that attack whatever shows them.
pub(crate) const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]>",
    "\"'`&;{{7*7}}${7*7}",
    "\u{1b}[31mred\u{1b}[2J\u{9b}0m\u{7}",
    "a\r\nb\n\n## c\td",
    "| a | b |",
    "[x](javascript:alert(1)) ![y](https://evil.example/y.png) @octocat #1",
    "\u{202e}gpj.exe\u{2066}\u{feff}\u{2028}",
    "\u{1f4a3} \u{1d54f} \u{6771}\u{4eac} e\u{301}",
    "\0\u{fffe}\u{ffff}",
    "MIT OR",
    "",
];

/// A report in which everything that an image says is hostile.
pub(crate) fn hostile() -> ScanReport {
    let mut report = bare();
    let long = "x".repeat(10_000);
    for text in HOSTILE.iter().copied().chain([long.as_str()]) {
        let index = report.packages.len();
        let kind = PackageType::ALL[index % PackageType::ALL.len()];
        report.packages.push(Package {
            arch: Some(text.into()),
            source: Some(SourcePackage { name: text.into(), version: text.into() }),
            licenses: vec![text.into(), "MIT".into()],
            layer: Some(u32::MAX),
            ..Package::new(kind, text, text, text)
        });
        add_finding(&mut report, &("CVE-2024-1", index, Severity::High, "1.0", 0.5, true, "title"));
        let finding = report.findings.last_mut().unwrap();
        finding.id = format!("CVE-{text}");
        for field in [&mut finding.title, &mut finding.evidence, &mut finding.subject.name] {
            *field = text.into();
        }
        finding.docs = Some(format!("javascript:{text}"));
        finding.remediation = Some(text.into());
        let Detail::Vulnerability(detail) = &mut finding.detail else { unreachable!() };
        detail.aliases = vec![text.into()];
        detail.references = vec![text.into(), format!("https://example.com/{text}")];
        detail.severity_source = text.into();
        detail.published = Some(text.into());
        detail.fix = Fix::Fixed { versions: vec![text.into()] };
        if index.is_multiple_of(2) {
            finding.suppression = Some(Suppression { reason: text.into(), source: text.into() });
        }
        report.problems.push(Problem::new("hostile", text).at(text));
        report.layers.push(layer('5', text, u64::MAX));
        report.target.labels.push((text.into(), text.into()));
    }
    report.target.name = HOSTILE.concat();
    report.target.digest = Some(HOSTILE.concat());
    report.os = Some(Os {
        id: HOSTILE.concat(),
        version_id: HOSTILE.concat(),
        pretty_name: HOSTILE.concat(),
        ..Os::default()
    });
    gate::make_hostile(&mut report);
    report
}

/// As many findings as asked for, in a tenth as many packages.
pub(crate) fn large(findings: usize) -> ScanReport {
    let mut report = bare();
    for i in 0..findings.div_ceil(10) {
        let mut package = Package::new(PackageType::Npm, format!("package-{i}"), "1.0.0", "app");
        package.layer = Some(3);
        report.packages.push(package);
    }
    for i in 0..findings {
        let row = ("CVE-2024-1", i / 10, Severity::Medium, "1.0.1", 0.01, false, "a flaw");
        add_finding(&mut report, &row);
        report.findings.last_mut().unwrap().id = format!("CVE-2024-{i}");
    }
    report
}

fn digest(c: char) -> String {
    format!("sha256:{}", c.to_string().repeat(64))
}

fn layer(c: char, created_by: &str, size_bytes: u64) -> LayerInfo {
    LayerInfo {
        digest: Some(digest(c)),
        diff_id: digest(c),
        created_by: Some(created_by.into()),
        size_bytes,
    }
}

fn packages() -> Vec<Package> {
    let deb = |name: &str, source: &str, version: &str, licenses: &[&str], layer| Package {
        arch: Some("amd64".into()),
        source: (name != source)
            .then(|| SourcePackage { name: source.into(), version: version.into() }),
        licenses: licenses.iter().map(|&l| l.to_owned()).collect(),
        layer: Some(layer),
        files: vec![format!("usr/share/doc/{name}/copyright")],
        ..Package::new(PackageType::Deb, name, version, "var/lib/dpkg/status")
    };
    let python = |name: &str, version: &str, license: &str| Package {
        licenses: vec![license.into()],
        layer: Some(2),
        ..Package::new(
            PackageType::Pypi,
            name,
            version,
            format!("usr/local/lib/python3.11/site-packages/{name}-{version}.dist-info/METADATA"),
        )
    };
    vec![
        deb("libc6", "glibc", "2.36-9+deb12u1", &["LGPL-2.1-or-later", "GPL-2+"], 0),
        deb("libssl3", "openssl", "3.0.9-1", &["Apache-2.0"], 1),
        deb("libwebp7", "libwebp", "1.2.4-0.2", &["BSD-3-Clause"], 1),
        deb("openssl", "openssl", "3.0.9-1", &["Apache-2.0"], 1),
        deb("zlib1g", "zlib", "1:1.2.13.dfsg-1", &["Zlib"], 0),
        python("certifi", "2023.5.7", "MPL-2.0"),
        python("jinja2", "3.1.2", "BSD License"),
        python("requests", "2.30.0", "Apache-2.0 OR MIT"),
    ]
}

/// id, package, severity, fix, EPSS, KEV, title.
type Row = (&'static str, usize, Severity, &'static str, f64, bool, &'static str);

const FINDINGS: &[Row] = &[
    (
        "CVE-2023-4863",
        2,
        Severity::High,
        "1.2.4-0.2+deb12u1",
        0.941,
        true,
        "Heap buffer overflow in the lossless decoder, reached by a crafted image",
    ),
    (
        "CVE-2023-4911",
        0,
        Severity::High,
        "2.36-9+deb12u3",
        0.62,
        true,
        "Looney Tunables: buffer overflow in the dynamic loader through GLIBC_TUNABLES",
    ),
    (
        "CVE-2023-6246",
        0,
        Severity::High,
        "2.36-9+deb12u4",
        0.012,
        false,
        "Heap overflow in syslog()",
    ),
    (
        "CVE-2023-5363",
        1,
        Severity::High,
        "3.0.11-1~deb12u2",
        0.022,
        false,
        "Incorrect cipher key and IV length processing",
    ),
    (
        "CVE-2023-5363",
        3,
        Severity::High,
        "3.0.11-1~deb12u2",
        0.022,
        false,
        "Incorrect cipher key and IV length processing",
    ),
    (
        "CVE-2023-5678",
        1,
        Severity::Medium,
        "3.0.13-1~deb12u1",
        0.006,
        false,
        "Excessive time spent in DH check",
    ),
    (
        "CVE-2023-5678",
        3,
        Severity::Medium,
        "3.0.13-1~deb12u1",
        0.006,
        false,
        "Excessive time spent in DH check",
    ),
    (
        "CVE-2024-2511",
        3,
        Severity::Low,
        "3.0.14-1~deb12u1",
        0.0004,
        false,
        "Unbounded memory growth with session handling in TLS 1.3",
    ),
    (
        "CVE-2024-22195",
        6,
        Severity::Medium,
        "3.1.3",
        0.0009,
        false,
        "Cross-site scripting through the xmlattr filter",
    ),
    (
        "CVE-2023-37920",
        5,
        Severity::Critical,
        "2023.7.22",
        0.0007,
        false,
        "Removal of the e-Tugra root certificate",
    ),
    (
        "CVE-2023-45853",
        4,
        Severity::Critical,
        "",
        0.0026,
        false,
        "Integer overflow and heap overflow in MiniZip (zipOpenNewFileInZip4_6)",
    ),
    (
        "CVE-2019-1010022",
        0,
        Severity::Negligible,
        "",
        0.0015,
        false,
        "Stack guard protection bypass",
    ),
    (
        "CVE-2023-32681",
        7,
        Severity::Medium,
        "2.31.0",
        0.06,
        false,
        "Proxy-Authorization header leaked to the destination on redirect",
    ),
];

fn add_finding(report: &mut ScanReport, row: &Row) {
    let (id, index, severity, fixed, epss, exploited, title) = *row;
    let package = &report.packages[index];
    let vulnerability = Vulnerability {
        package: index,
        aliases: vec![id.replacen("CVE", "GHSA", 1)],
        advisories: vec![format!("DEBIAN-{id}")],
        severity_source: if package.kind.is_os() { "debian" } else { "ghsa" }.into(),
        cvss: vec![Cvss {
            version: "3.1".into(),
            vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H".into(),
            score: 8.8,
        }],
        fix: if fixed.is_empty() {
            Fix::NotFixed
        } else {
            Fix::Fixed { versions: vec![fixed.into()] }
        },
        kev: exploited.then(|| Kev {
            date_added: "2023-09-13".into(),
            due_date: "2023-10-04".into(),
            ransomware: false,
        }),
        epss: Some(Epss { score: epss, percentile: 0.99 }),
        risk: epss,
        published: Some("2023-09-12T00:00:00Z".into()),
        modified: Some("2024-01-02T00:00:00Z".into()),
        references: vec![format!("https://nvd.nist.gov/vuln/detail/{id}")],
    };
    report.findings.push(Finding {
        id: id.into(),
        title: title.into(),
        severity,
        subject: Subject { id: package.purl(report.os.as_ref()), name: package.name.clone() },
        evidence: format!("{} {} is in a range that {id} affects", package.name, package.version),
        location: Some(Location {
            path: package.path.clone(),
            layer: package.layer,
            line: None,
            column: None,
        }),
        remediation: (!fixed.is_empty()).then(|| format!("upgrade {} to {fixed}", package.name)),
        controls: Vec::new(),
        docs: Some(format!("https://nvd.nist.gov/vuln/detail/{id}")),
        fingerprint: fingerprint(&[id, &package.name, &package.path]),
        suppression: None,
        owner: None,
        origin: None,
        decision: None,
        detail: Detail::Vulnerability(Box::new(vulnerability)),
    });
}
