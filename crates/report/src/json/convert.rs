//! From the model to the wire types.

mod context;
mod kinds;

use farguard_model as model;

use super::v1::{
    Cvss, Database, Document, Epss, Finding, FixState, Kev, Label, Layer, Location, Os, Package,
    Problem, Report, SCHEMA_VERSION, Severity, Source, Subject, Summary, Suppression, Target,
    TargetKind, Tool, Vulnerability,
};
use crate::{TOOL_NAME, TOOL_VERSION, summary};

pub(super) fn document(reports: &[model::ScanReport]) -> Document<'_> {
    Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: TOOL_NAME, version: TOOL_VERSION },
        reports: reports.iter().map(convert_report).collect(),
    }
}

fn convert_report(report: &model::ScanReport) -> Report<'_> {
    let database = report.database.as_ref();
    Report {
        created: report.created,
        target: target(&report.target),
        os: report.os.as_ref().map(os),
        database: database.map(|info| Database {
            built: info.built,
            age_days: report.created.duration_since(info.built).as_hours() / 24,
            advisories: info.advisories,
            sources: &info.sources,
            sample: info.sample,
        }),
        scanners: report.scanners.iter().map(|s| context::scanner(*s)).collect(),
        image: report.image.as_ref().map(context::image),
        container: report.container.as_ref().map(context::container),
        owner: report.owner.as_ref().map(context::owner),
        verdict: report.verdict.as_ref().map(context::verdict),
        baseline: report.baseline.as_ref().map(context::baseline),
        summary: convert_summary(&summary::Summary::of(report)),
        layers: report.layers.iter().map(layer).collect(),
        packages: report.packages.iter().map(|p| package(p, report.os.as_ref())).collect(),
        findings: report.findings.iter().map(finding).collect(),
        problems: report.problems.iter().map(problem).collect(),
    }
}

fn target(target: &model::TargetInfo) -> Target<'_> {
    Target {
        name: &target.name,
        kind: match target.kind {
            model::TargetKind::Registry => TargetKind::Registry,
            model::TargetKind::DockerArchive => TargetKind::DockerArchive,
            model::TargetKind::OciLayout => TargetKind::OciLayout,
            model::TargetKind::Rootfs => TargetKind::Rootfs,
            model::TargetKind::Source => TargetKind::Source,
            model::TargetKind::Sbom => TargetKind::Sbom,
            model::TargetKind::BuildFile => TargetKind::BuildFile,
            model::TargetKind::TaskDefinition => TargetKind::TaskDefinition,
        },
        digest: target.digest.as_deref(),
        image_id: target.image_id.as_deref(),
        platform: target.platform.as_deref(),
        built: target.built.as_deref(),
        labels: target.labels.iter().map(|(key, value)| Label { key, value }).collect(),
    }
}

fn os(os: &model::Os) -> Os<'_> {
    Os {
        id: &os.id,
        version_id: &os.version_id,
        pretty_name: &os.pretty_name,
        id_like: &os.id_like,
        cpe_name: os.cpe_name.as_deref(),
    }
}

fn convert_summary(summary: &summary::Summary) -> Summary {
    Summary {
        critical: summary.count(model::Severity::Critical),
        high: summary.count(model::Severity::High),
        medium: summary.count(model::Severity::Medium),
        low: summary.count(model::Severity::Low),
        negligible: summary.count(model::Severity::Negligible),
        unknown: summary.count(model::Severity::Unknown),
        exploited: summary.exploited,
        fixable: summary.fixable,
        distinct_ids: summary.distinct,
        suppressed: summary.suppressed,
        vulnerabilities: summary.vulnerabilities,
        secrets: summary.secrets,
        misconfigurations: summary.checks,
        violations: summary.violations,
        base: summary.base,
        own: summary.own,
    }
}

fn layer(layer: &model::LayerInfo) -> Layer<'_> {
    Layer {
        digest: layer.digest.as_deref(),
        diff_id: &layer.diff_id,
        created_by: layer.created_by.as_deref(),
        size_bytes: layer.size_bytes,
    }
}

fn package<'a>(package: &'a model::Package, os: Option<&model::Os>) -> Package<'a> {
    Package {
        purl: package.purl(os),
        kind: package.kind.as_str(),
        name: &package.name,
        version: &package.version,
        arch: package.arch.as_deref(),
        source: package
            .source
            .as_ref()
            .map(|source| Source { name: &source.name, version: &source.version }),
        licenses: &package.licenses,
        path: &package.path,
        layer_index: package.layer,
        dev: package.dev,
        files: (!package.files.is_empty()).then_some(&package.files),
    }
}

fn finding(finding: &model::Finding) -> Finding<'_> {
    Finding {
        id: &finding.id,
        kind: kinds::kind(&finding.detail),
        fingerprint: &finding.fingerprint,
        title: &finding.title,
        severity: severity(finding.severity),
        subject: Subject { id: &finding.subject.id, name: &finding.subject.name },
        evidence: &finding.evidence,
        location: finding.location.as_ref().map(|location| Location {
            path: &location.path,
            layer_index: location.layer,
            line: location.line,
            column: location.column,
        }),
        remediation: finding.remediation.as_deref(),
        controls: &finding.controls,
        docs: finding.docs.as_deref(),
        suppression: finding.suppression.as_ref().map(|suppression| Suppression {
            reason: &suppression.reason,
            source: &suppression.source,
        }),
        owner: finding.owner.as_ref().map(context::owner),
        origin: finding.origin.map(kinds::origin),
        decision: finding.decision.as_ref().map(kinds::decision),
        vulnerability: finding.vulnerability().map(vulnerability),
        secret: kinds::secret(&finding.detail),
        misconfiguration: kinds::misconfiguration(&finding.detail),
        violation: kinds::violation(&finding.detail),
    }
}

fn severity(severity: model::Severity) -> Severity {
    match severity {
        model::Severity::Critical => Severity::Critical,
        model::Severity::High => Severity::High,
        model::Severity::Medium => Severity::Medium,
        model::Severity::Low => Severity::Low,
        model::Severity::Negligible => Severity::Negligible,
        model::Severity::Unknown => Severity::Unknown,
    }
}

fn vulnerability(detail: &model::Vulnerability) -> Vulnerability<'_> {
    let (fix_state, fixed_versions): (_, &[String]) = match &detail.fix {
        model::Fix::Fixed { versions } => (FixState::Fixed, versions),
        model::Fix::NotFixed => (FixState::NotFixed, &[]),
        model::Fix::WontFix => (FixState::WontFix, &[]),
    };
    Vulnerability {
        package_index: detail.package,
        aliases: &detail.aliases,
        advisories: &detail.advisories,
        severity_source: &detail.severity_source,
        cvss: detail
            .cvss
            .iter()
            .map(|cvss| Cvss { version: &cvss.version, vector: &cvss.vector, score: cvss.score })
            .collect(),
        fix_state,
        fixed_versions,
        kev: detail.kev.as_ref().map(|kev| Kev {
            date_added: &kev.date_added,
            due_date: &kev.due_date,
            ransomware: kev.ransomware,
        }),
        epss: detail.epss.map(|epss| Epss { score: epss.score, percentile: epss.percentile }),
        risk: detail.risk,
        published: detail.published.as_deref(),
        modified: detail.modified.as_deref(),
        references: &detail.references,
    }
}

fn problem(problem: &model::Problem) -> Problem<'_> {
    Problem {
        code: &problem.code,
        message: &problem.message,
        path: problem.path.as_deref(),
        layer_index: problem.layer,
    }
}
