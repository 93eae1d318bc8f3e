//! What only some kinds of findings have.

use farguard_model as model;

use super::{
    super::v1::{
        Area, Decision, Edit, Kind, Misconfiguration, Origin, Place, Secret, SecretPlace, Violation,
    },
    context::outcome,
};

pub(super) fn kind(detail: &model::Detail) -> Kind {
    match detail {
        model::Detail::Vulnerability(_) => Kind::Vulnerability,
        model::Detail::Secret(_) => Kind::Secret,
        model::Detail::Misconfiguration(_) => Kind::Misconfiguration,
        model::Detail::Violation(_) => Kind::Violation,
    }
}

pub(super) fn origin(origin: model::Origin) -> Origin {
    match origin {
        model::Origin::Base => Origin::Base,
        model::Origin::Own => Origin::Own,
    }
}

pub(super) fn decision(decision: &model::Decision) -> Decision<'_> {
    Decision { outcome: outcome(decision.outcome), rule: &decision.rule, reason: &decision.reason }
}

pub(super) fn secret(detail: &model::Detail) -> Option<Secret<'_>> {
    let model::Detail::Secret(secret) = detail else { return None };
    Some(Secret {
        provider: &secret.provider,
        masked: &secret.masked,
        place: place(&secret.place),
        removed_by_layer_index: secret.removed_by_layer,
    })
}

fn place(place: &model::SecretPlace) -> SecretPlace<'_> {
    let (place, name, step) = match place {
        model::SecretPlace::File => (Place::File, None, None),
        model::SecretPlace::ImageEnvironment(name) => (Place::ImageEnvironment, Some(name), None),
        model::SecretPlace::ImageLabel(name) => (Place::ImageLabel, Some(name), None),
        model::SecretPlace::ImageHistory(step) => (Place::ImageHistory, None, Some(*step)),
        model::SecretPlace::TaskEnvironment(name) => (Place::TaskEnvironment, Some(name), None),
        model::SecretPlace::TaskSetting(name) => (Place::TaskSetting, Some(name), None),
    };
    SecretPlace { place, name: name.map(String::as_str), step }
}

pub(super) fn misconfiguration(detail: &model::Detail) -> Option<Misconfiguration<'_>> {
    let model::Detail::Misconfiguration(check) = detail else { return None };
    Some(Misconfiguration {
        area: match check.area {
            model::Area::Image => Area::Image,
            model::Area::BuildFile => Area::BuildFile,
            model::Area::TaskDefinition => Area::TaskDefinition,
        },
        aliases: &check.aliases,
        excerpt: check.excerpt.as_deref(),
        fix: check.fix.as_ref().map(|edit| Edit {
            start_line: edit.start_line,
            start_column: edit.start_column,
            end_line: edit.end_line,
            end_column: edit.end_column,
            replacement: &edit.replacement,
        }),
    })
}

pub(super) fn violation(detail: &model::Detail) -> Option<Violation<'_>> {
    let model::Detail::Violation(violation) = detail else { return None };
    Some(Violation { policy: &violation.policy, rule: &violation.rule })
}
