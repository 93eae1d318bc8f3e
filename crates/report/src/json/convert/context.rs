//! The image, the container, the owner, the policy.

use farguard_model as model;

use super::super::v1::{
    Base, Baseline, Container, Image, Outcome, Owner, Scanner, Signature, Tag, Verdict,
};

pub(super) fn scanner(scanner: model::Scanner) -> Scanner {
    match scanner {
        model::Scanner::Vulnerabilities => Scanner::Vulnerabilities,
        model::Scanner::Secrets => Scanner::Secrets,
        model::Scanner::Checks => Scanner::Checks,
    }
}

pub(super) fn image(image: &model::ImageFacts) -> Image<'_> {
    let signatures = image.signatures.as_ref();
    Image {
        user: &image.user,
        exposed_ports: &image.exposed_ports,
        has_health_check: image.has_health_check,
        size_bytes: image.size_bytes,
        base: image.base.as_ref().map(|base| Base {
            name: base.name.as_deref(),
            digest: base.digest.as_deref(),
            layers: base.layers,
            is_guess: base.is_guess,
            evidence: &base.evidence,
        }),
        signatures: signatures.map(|signatures| signatures.iter().map(signature).collect()),
    }
}

fn signature(signature: &model::Signature) -> Signature<'_> {
    Signature {
        kind: &signature.kind,
        verified: signature.verified,
        signer: &signature.signer,
        issuer: signature.issuer.as_deref(),
        evidence: &signature.evidence,
    }
}

pub(super) fn container(container: &model::ContainerUse) -> Container<'_> {
    Container {
        task_definition: &container.task_definition,
        family: &container.family,
        name: &container.name,
        image: &container.image,
        tag_can_move: container.tag_can_move,
        user: container.user.as_deref(),
        read_only_root: container.read_only_root,
        effects: &container.effects,
        tags: container.tags.iter().map(|(key, value)| Tag { key, value }).collect(),
    }
}

pub(super) fn owner(owner: &model::Owner) -> Owner<'_> {
    Owner { name: &owner.name, source: &owner.source }
}

pub(super) fn verdict(verdict: &model::Verdict) -> Verdict<'_> {
    Verdict {
        outcome: outcome(verdict.outcome),
        policy: &verdict.policy,
        failed: verdict.failed,
        warned: verdict.warned,
    }
}

pub(super) fn outcome(outcome: model::Outcome) -> Outcome {
    match outcome {
        model::Outcome::Pass => Outcome::Pass,
        model::Outcome::Warn => Outcome::Warn,
        model::Outcome::Fail => Outcome::Fail,
    }
}

pub(super) fn baseline(baseline: &model::BaselineInfo) -> Baseline<'_> {
    Baseline {
        source: &baseline.source,
        created: baseline.created,
        known: baseline.known.len(),
        gone: baseline.gone,
    }
}
