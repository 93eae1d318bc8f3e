//! What a task definition makes of what its image alone would say.

use farguard_model::{
    Area, ContainerUse, Detail, Finding, Misconfiguration, Origin, ScanReport, Severity, Subject,
    Suppression, fingerprint,
};

use super::{Container, TaskDefinition, shown_image};
use crate::{
    analyzers::Account,
    checks::{CONTAINER_RUNS_AS_ROOT, MISSING_HEALTH_CHECK, WORLD_WRITABLE, is_root},
    source::registry::Reference,
};

/// The finding that a task definition takes away what the image gives.
const TASK_RUNS_AS_ROOT: &str = "task-definition-overrides-user-with-root";

/// Says in the report of an image how `container` uses it, and brings the findings in line.
/// `accounts` are those of the image.
pub fn apply(
    report: &mut ScanReport,
    definition: &TaskDefinition,
    container: &Container,
    accounts: &[Account],
) {
    let mut uses = container_use(definition, container);
    if report.image.is_some() {
        user(report, &mut uses, accounts);
        health_check(report, &mut uses, container);
        read_only_root(report, &mut uses);
    }
    report.container = Some(uses);
}

fn container_use(definition: &TaskDefinition, container: &Container) -> ContainerUse {
    let has_digest = container.image.parse().is_ok_and(|image: Reference| image.digest().is_some());
    ContainerUse {
        task_definition: definition.path.clone(),
        family: definition.family.clone(),
        name: container.name.clone(),
        image: shown_image(&container.image),
        tag_can_move: !has_digest,
        user: container.user.clone(),
        read_only_root: container.read_only_root,
        effects: Vec::new(),
        tags: definition.masked_tags(),
    }
}

/// `user` goes before `USER`.
fn user(report: &mut ScanReport, uses: &mut ContainerUse, accounts: &[Account]) {
    let Some(user) = uses.user.clone() else { return };
    let of_image = report.image.as_ref().map(|image| image.user.clone()).unwrap_or_default();
    match (is_root(&of_image, accounts), is_root(&user, accounts)) {
        (true, false) => {
            uses.effects.push(format!(
                "`user` is `{user}`, so that the container does not run as root, as the image \
                 alone would"
            ));
            let reason = format!("the container `{}` runs as user `{user}`", uses.name);
            suppress(report, CONTAINER_RUNS_AS_ROOT, &reason, uses);
        }
        (false, true) => {
            uses.effects.push(format!(
                "`user` is `{user}`, so that the container runs as root, although the image says \
                 `USER {of_image}`"
            ));
            report.findings.push(runs_as_root(report, uses, &user, &of_image));
        }
        _ => {}
    }
}

fn runs_as_root(report: &ScanReport, uses: &ContainerUse, user: &str, of_image: &str) -> Finding {
    let detail = Misconfiguration {
        area: Area::TaskDefinition,
        aliases: Vec::new(),
        excerpt: Some(format!("\"user\": \"{user}\"")),
        fix: None,
    };
    let subject = Subject { id: report.target.name.clone(), name: uses.name.clone() };
    let parts = ["task-definition", TASK_RUNS_AS_ROOT, &uses.family, &uses.name];
    let severity = Severity::Medium;
    let detail = Detail::Misconfiguration(detail);
    let mut finding =
        Finding::new(TASK_RUNS_AS_ROOT, severity, subject, fingerprint(&parts), detail);
    "the task definition runs the image as root".clone_into(&mut finding.title);
    finding.evidence = format!(
        "`user` of the container `{}` is `{user}`, and the image has `USER {of_image}`",
        uses.name
    );
    finding.remediation = Some("take `user` out of the container definition".to_owned());
    finding.controls = vec!["cis-docker-1.6.0-4.1".to_owned()];
    finding.origin = Some(Origin::Own);
    finding
}

/// ECS runs the health check of the task definition and no other.
fn health_check(report: &mut ScanReport, uses: &mut ContainerUse, container: &Container) {
    let has_one = report.image.as_ref().is_some_and(|image| image.has_health_check);
    if container.has_health_check && !has_one {
        let effect = "`healthCheck` tells whether the container works, which the image does not";
        uses.effects.push(effect.to_owned());
        let reason = format!("the container `{}` has a `healthCheck`", uses.name);
        suppress(report, MISSING_HEALTH_CHECK, &reason, uses);
    }
}

/// What cannot be written to does no harm by being writable.
fn read_only_root(report: &mut ScanReport, uses: &mut ContainerUse) {
    if !uses.read_only_root {
        return;
    }
    for finding in &mut report.findings {
        let counts = WORLD_WRITABLE.contains(&finding.id.as_str());
        if !counts || finding.severity <= Severity::Negligible {
            continue;
        }
        uses.effects.push(format!(
            "`readonlyRootFilesystem` is true, so that `{}` is {} instead of {}",
            finding.id,
            Severity::Negligible,
            finding.severity
        ));
        finding.severity = Severity::Negligible;
        finding.evidence += "; the root file system of the container is read-only";
    }
    uses.effects.dedup();
}

fn suppress(report: &mut ScanReport, id: &str, reason: &str, uses: &ContainerUse) {
    let findings = report.findings.iter_mut().filter(|finding| finding.id == id);
    for finding in findings.filter(|finding| finding.suppression.is_none()) {
        let source = uses.task_definition.clone();
        finding.suppression = Some(Suppression { reason: reason.to_owned(), source });
    }
}

#[cfg(test)]
mod tests;
