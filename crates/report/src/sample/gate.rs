//! Reports of what is no vulnerability: secrets, checks, policies, task definitions.

use farguard_model::{
    Area, BaseImage, BaselineInfo, ContainerUse, Decision, Detail, Edit, Finding, ImageFacts,
    Location, Misconfiguration, Origin, Outcome, Owner, ScanReport, Scanner, Secret, SecretPlace,
    Severity, Signature, Subject, Suppression, TargetInfo, TargetKind, Verdict, Violation,
    fingerprint,
};

use super::{HOSTILE, bare, digest, report};

/// [`report`] with a policy, an owner, a known base image, secrets and checks.
pub(crate) fn gated() -> ScanReport {
    let mut report = report();
    let suppressed = report.findings.pop();
    report.findings.extend(secrets());
    report.findings.extend(image_checks());
    report.findings.push(violation());
    report.findings.extend(suppressed);
    report.image = Some(image_facts());
    report.owner = Some(owner("payments", "label `com.example.team`"));
    for finding in &mut report.findings {
        finding.owner.clone_from(&report.owner);
        let layer = finding.location.as_ref().and_then(|location| location.layer);
        finding.origin = layer.map(|l| if l == 0 { Origin::Base } else { Origin::Own });
    }
    decide(&mut report);
    report
}

/// A Dockerfile.
pub(crate) fn build_file() -> ScanReport {
    let target = TargetInfo::new("services/checkout/Dockerfile", TargetKind::BuildFile);
    let mut report = ScanReport::new("2026-11-22T09:30:00Z".parse().unwrap(), target);
    report.scanners = vec![Scanner::Secrets, Scanner::Checks];
    report.findings = build_checks();
    let mut secret = secret(
        "github-token",
        Severity::Critical,
        "GitHub",
        "ENV GH_TOKEN=ghp_********************************",
        SecretPlace::File,
    );
    secret.location = Some(at("services/checkout/Dockerfile", 4, 14));
    report.findings.insert(0, secret);
    report
}

/// Three containers of one task definition; the last runs the image of the first.
pub(crate) fn task() -> Vec<ScanReport> {
    let mut first = gated();
    first.container = Some(container("checkout", &first.target.name.clone(), true));
    let mut second = bare();
    second.target.name = "public.ecr.aws/aws-observability/aws-otel-collector@sha256:cccc".into();
    second.target.digest = Some(digest('c'));
    second.scanners = Scanner::ALL.to_vec();
    second.verdict = Some(verdict(Outcome::Pass, 0, 0));
    let mut usage = container("collector", &second.target.name.clone(), false);
    usage.user = Some("65532:65532".into());
    usage.read_only_root = true;
    usage.effects = vec![
        "`user` 65532:65532 replaces root of the image: container-runs-as-root does not apply"
            .into(),
        "the root file system is read-only: 12 writable files cannot be changed".into(),
    ];
    second.container = Some(usage);
    let mut third = first.clone();
    third.container = Some(container("migrate", &first.target.name.clone(), true));
    third.verdict = None;
    vec![first, second, third]
}

/// [`gated`] beside an earlier report that knew of the first findings.
pub(crate) fn compared() -> ScanReport {
    let mut report = gated();
    let mut known = Vec::new();
    for finding in report.findings.iter_mut().take(4) {
        known.push(finding.fingerprint.clone());
        finding.suppression = Some(Suppression {
            reason: "in the baseline of 2026-11-01".into(),
            source: "old.json".into(),
        });
    }
    known.sort_unstable();
    report.baseline = Some(BaselineInfo {
        source: "old.json".into(),
        created: "2026-11-01T00:00:00Z".parse().unwrap(),
        known,
        gone: 3,
    });
    report
}

/// Puts hostile texts wherever [`gated`] and its kin hold text.
pub(super) fn make_hostile(report: &mut ScanReport) {
    let everything = HOSTILE.concat();
    for text in HOSTILE.iter().copied() {
        let mut findings: Vec<Finding> = secrets();
        findings.extend(image_checks());
        findings.extend(build_checks());
        findings.push(violation());
        for finding in &mut findings {
            spoil(finding, text);
        }
        report.findings.extend(findings);
    }
    report.owner = Some(owner(&everything, &everything));
    report.verdict = Some(Verdict { policy: everything.clone(), ..verdict(Outcome::Fail, 9, 9) });
    let base = BaseImage {
        name: Some(everything.clone()),
        digest: Some(everything.clone()),
        layers: u32::MAX,
        is_guess: true,
        evidence: everything.clone(),
    };
    report.image = Some(ImageFacts {
        user: everything.clone(),
        exposed_ports: vec![everything.clone()],
        size_bytes: u64::MAX,
        base: Some(base),
        ..image_facts()
    });
    let mut usage = container(&everything, &everything, true);
    usage.effects = HOSTILE.iter().map(|&text| text.to_owned()).collect();
    usage.user = Some(everything.clone());
    usage.tags = vec![(everything.clone(), everything.clone())];
    report.container = Some(usage);
    let created = report.created;
    report.baseline =
        Some(BaselineInfo { source: everything, created, known: Vec::new(), gone: usize::MAX });
}

fn spoil(finding: &mut Finding, text: &str) {
    let id = format!("{}-{text}", finding.id);
    for field in [&mut finding.title, &mut finding.evidence, &mut finding.subject.name] {
        *field = text.into();
    }
    finding.fingerprint = fingerprint(&[&id]);
    finding.id = id;
    finding.remediation = Some(text.into());
    finding.owner = Some(owner(text, text));
    finding.origin = Some(Origin::Own);
    finding.decision =
        Some(Decision { outcome: Outcome::Fail, rule: text.into(), reason: text.into() });
    if let Some(location) = &mut finding.location {
        *location = Location {
            path: text.into(),
            layer: Some(u32::MAX),
            line: Some(u32::MAX),
            column: Some(0),
        };
    }
    match &mut finding.detail {
        Detail::Secret(secret) => {
            secret.provider = text.into();
            secret.masked = text.into();
            secret.removed_by_layer = Some(u32::MAX);
            if let SecretPlace::ImageEnvironment(name) = &mut secret.place {
                *name = text.into();
            }
        }
        Detail::Misconfiguration(check) => {
            check.aliases = vec![text.into()];
            check.excerpt = Some(text.into());
            check.fix = Some(Edit {
                start_line: u32::MAX,
                start_column: 0,
                end_line: 0,
                end_column: u32::MAX,
                replacement: text.into(),
            });
        }
        Detail::Violation(violation) => {
            violation.policy = text.into();
            violation.rule = text.into();
        }
        Detail::Vulnerability(_) => {}
    }
}

fn owner(name: &str, source: &str) -> Owner {
    Owner { name: name.into(), source: source.into() }
}

fn image_facts() -> ImageFacts {
    ImageFacts {
        user: String::new(),
        exposed_ports: vec!["8080/tcp".into()],
        has_health_check: false,
        size_bytes: 159_750_000,
        base: Some(BaseImage {
            name: Some("debian:12".into()),
            digest: Some(digest('d')),
            layers: 1,
            is_guess: false,
            evidence: "label `org.opencontainers.image.base.name`".into(),
        }),
        signatures: Some(vec![Signature {
            kind: "signature".into(),
            verified: false,
            signer: "SHA256:4f1c".into(),
            issuer: None,
            evidence: "no trusted key fits".into(),
        }]),
    }
}

fn container(name: &str, image: &str, tag_can_move: bool) -> ContainerUse {
    ContainerUse {
        task_definition: "deploy/taskdef.json".into(),
        family: "shop".into(),
        name: name.into(),
        image: image.into(),
        tag_can_move,
        user: None,
        read_only_root: false,
        effects: Vec::new(),
        tags: vec![("team".into(), "payments".into())],
    }
}

fn verdict(outcome: Outcome, failed: usize, warned: usize) -> Verdict {
    Verdict { outcome, policy: "standard".into(), failed, warned }
}

/// What the policy of the sample says: secrets, violations and exploited vulnerabilities fail.
fn decide(report: &mut ScanReport) {
    let says = |finding: &Finding| match &finding.detail {
        _ if finding.suppression.is_some() => None,
        Detail::Secret(_) => Some((Outcome::Fail, "no-secrets", "secrets may not ship")),
        Detail::Violation(_) => {
            Some((Outcome::Fail, "labels", "every image names its source and its team"))
        }
        Detail::Vulnerability(v) if v.kev.is_some() => {
            Some((Outcome::Fail, "exploited", "known to be exploited"))
        }
        _ if finding.severity >= Severity::High => {
            Some((Outcome::Warn, "high", "high or worse, within 30 days of grace"))
        }
        _ => Some((Outcome::Pass, "", "no rule speaks of it")),
    };
    for finding in &mut report.findings {
        finding.decision = says(finding).map(|(outcome, rule, reason)| Decision {
            outcome,
            rule: rule.into(),
            reason: reason.into(),
        });
    }
    let number = |outcome| {
        let decisions = report.active_findings().filter_map(|f| f.decision.as_ref());
        decisions.filter(|decision| decision.outcome == outcome).count()
    };
    report.verdict = Some(verdict(Outcome::Fail, number(Outcome::Fail), number(Outcome::Warn)));
}

fn finding(id: &str, severity: Severity, subject: &str, title: &str, detail: Detail) -> Finding {
    let subject = Subject { id: subject.into(), name: subject.into() };
    let fingerprint = fingerprint(&[id, &subject.id]);
    let title = title.to_owned();
    Finding { title, ..Finding::new(id, severity, subject, fingerprint, detail) }
}

fn secret(
    id: &str,
    severity: Severity,
    provider: &str,
    masked: &str,
    place: SecretPlace,
) -> Finding {
    let secret =
        Secret { provider: provider.into(), masked: masked.into(), place, removed_by_layer: None };
    let mut finding = finding(id, severity, masked, "", Detail::Secret(secret));
    finding.title = format!("{provider} credential in plain sight");
    finding.subject.name = "registry.example.com/shop/checkout:1.4.2".into();
    finding.evidence = format!("the text has the form of a {provider} credential");
    finding.remediation = Some("revoke it, and pass it at run time from a secret store".into());
    finding
}

fn secrets() -> Vec<Finding> {
    let mut key = secret(
        "aws-access-key",
        Severity::Critical,
        "AWS",
        "aws_access_key_id = AKIA************WXYZ",
        SecretPlace::File,
    );
    key.location = Some(Location { layer: Some(3), ..at("app/config/credentials.ini", 2, 21) });
    let mut npm = secret(
        "npm-token",
        Severity::High,
        "npm",
        "//registry.npmjs.org/:_authToken=npm_****************",
        SecretPlace::File,
    );
    npm.location = Some(Location { layer: Some(2), ..at("root/.npmrc", 1, 34) });
    if let Detail::Secret(secret) = &mut npm.detail {
        secret.removed_by_layer = Some(3);
    }
    let password = secret(
        "generic-password",
        Severity::High,
        "generic",
        "DB_PASSWORD=hu****************",
        SecretPlace::ImageEnvironment("DB_PASSWORD".into()),
    );
    vec![key, npm, password]
}

fn check(area: Area, aliases: &[&str], excerpt: Option<&str>, fix: Option<Edit>) -> Detail {
    Detail::Misconfiguration(Misconfiguration {
        area,
        aliases: aliases.iter().map(|&alias| alias.to_owned()).collect(),
        excerpt: excerpt.map(str::to_owned),
        fix,
    })
}

fn image_checks() -> Vec<Finding> {
    let image = "registry.example.com/shop/checkout";
    let mut root = finding(
        "container-runs-as-root",
        Severity::High,
        image,
        "Processes run as root",
        check(Area::Image, &["CIS-DI-0001"], Some("USER"), None),
    );
    root.evidence = "the configuration names no user".into();
    root.remediation = Some("add `USER` with a number above 0 to the last stage".into());
    root.controls = vec!["CIS Docker 4.1".into()];
    let mut setuid = finding(
        "setuid-file",
        Severity::Low,
        "usr/bin/chsh",
        "Programs run with the rights of their owner",
        check(Area::Image, &["CIS-DI-0008"], None, None),
    );
    setuid.evidence = "`usr/bin/chsh` has mode 4755".into();
    setuid.location =
        Some(Location { path: "usr/bin/chsh".into(), layer: Some(0), line: None, column: None });
    vec![root, setuid]
}

fn build_checks() -> Vec<Finding> {
    let file = "services/checkout/Dockerfile";
    let edit = |line, column, end, replacement: &str| Edit {
        start_line: line,
        start_column: column,
        end_line: line,
        end_column: end,
        replacement: replacement.into(),
    };
    let mut pin = finding(
        "unpinned-apt-package",
        Severity::Medium,
        file,
        "Packages are installed without a version",
        check(Area::BuildFile, &["DL3008"], Some("apt-get install -y curl git"), None),
    );
    pin.evidence = "`apt-get install` names curl and git without a version".into();
    pin.remediation = Some("write `curl=VERSION`".into());
    pin.location = Some(at(file, 7, 5));
    pin.docs = Some("https://github.com/hadolint/hadolint/wiki/DL3008".into());
    let mut recommends = finding(
        "apt-installs-recommended-packages",
        Severity::Low,
        file,
        "Recommended packages are installed too",
        check(
            Area::BuildFile,
            &["DL3015"],
            Some("apt-get install -y curl git"),
            Some(edit(7, 20, 20, "--no-install-recommends ")),
        ),
    );
    recommends.location = Some(at(file, 7, 5));
    recommends.remediation = Some("add `--no-install-recommends`".into());
    let mut add = finding(
        "add-instead-of-copy",
        Severity::Medium,
        file,
        "ADD does more than copying",
        check(Area::BuildFile, &["DL3020"], Some("ADD . /app"), Some(edit(11, 1, 4, "COPY"))),
    );
    add.location = Some(at(file, 11, 1));
    vec![pin, add, recommends]
}

fn violation() -> Finding {
    let detail = Detail::Violation(Violation { policy: "standard".into(), rule: "labels".into() });
    let mut finding = finding(
        "missing-label",
        Severity::Medium,
        "registry.example.com/shop/checkout",
        "A required label is missing",
        detail,
    );
    finding.evidence = "there is no label `com.example.cost-centre`".into();
    finding.remediation = Some("add `LABEL com.example.cost-centre=...`".into());
    finding
}

fn at(path: &str, line: u32, column: u32) -> Location {
    Location { path: path.into(), layer: None, line: Some(line), column: Some(column) }
}
