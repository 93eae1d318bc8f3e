//! How stages are put together.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Body, Instruction, Keyword, Word},
    context::Context,
    rule::{Concern, Hits, Rule},
};

pub(super) static BEFORE_FROM: Rule = Rule {
    id: "instruction-before-from",
    aliases: &["DL3061"],
    title: "instruction before the first FROM",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "Only `ARG` may stand there: no builder accepts the file.",
    fix: "move the instruction behind a `FROM`",
    bad: "RUN make\nFROM debian:12\n",
    good: "ARG TAG=12\nFROM debian:$TAG\n",
    check: |context, hits| {
        for item in &context.items {
            let allowed =
                matches!(item.instruction.keyword, Keyword::Arg | Keyword::From | Keyword::Unknown);
            if item.stage.is_none() && !item.on_build && !allowed {
                hits.add(item.instruction.keyword_span, "no `FROM` stands before it");
            }
        }
    },
};

pub(super) static DUPLICATE_NAME: Rule = Rule {
    id: "duplicate-stage-name",
    aliases: &["DL3024"],
    title: "two stages have the same name",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "What refers to the name gets the last stage of that name, perhaps not the one meant.",
    fix: "give each stage a name of its own",
    bad: "FROM debian:12 AS build\nFROM debian:12 AS build\n",
    good: "FROM debian:12 AS build\nFROM debian:12 AS test\n",
    check: |context, hits| {
        let mut seen = std::collections::BTreeSet::new();
        for (_, alias) in aliases(context) {
            if !seen.insert(alias.text.to_ascii_lowercase()) {
                let evidence =
                    format!("an earlier stage is named `{}` as well", short(&alias.text));
                hits.add(alias.span, evidence);
            }
        }
    },
};

pub(super) static RESERVED_NAME: Rule = Rule {
    id: "reserved-stage-name",
    aliases: &["DL3063"],
    title: "stage has a name that means something else",
    severity: Severity::Low,
    concern: Concern::Correctness,
    why: "`scratch` and `context` have a meaning of their own for builders.",
    fix: "give the stage another name",
    bad: "FROM debian:12 AS scratch\n",
    good: "FROM debian:12 AS build\n",
    check: |context, hits| {
        for (_, alias) in aliases(context) {
            let name = alias.text.to_ascii_lowercase();
            if matches!(name.as_str(), "scratch" | "context") {
                hits.add(alias.span, format!("`{name}` is reserved"));
            }
        }
    },
};

pub(super) static UNKNOWN_SOURCE: Rule = Rule {
    id: "copy-from-unknown-stage",
    aliases: &["DL3022"],
    title: "COPY --from names no earlier stage",
    severity: Severity::Low,
    concern: Concern::Reproducibility,
    why: "The builder takes the name for an image and pulls whatever has that name today.",
    fix: "name the image in a `FROM ... AS name` of its own, with a tag and digest",
    bad: "FROM debian:12\nCOPY --from=nginx /etc/nginx /etc/nginx\n",
    good: "FROM nginx:1.25 AS web\nFROM debian:12\nCOPY --from=web /etc/nginx /etc/nginx\n",
    check: |context, hits| {
        from_flags(context, hits, |context, stage, name| {
            let earlier = context.stages.get(..stage).unwrap_or_default();
            let known = earlier
                .iter()
                .any(|stage| stage.alias.is_some_and(|alias| alias.eq_ignore_ascii_case(name)))
                || name.parse::<usize>().is_ok_and(|index| index < stage);
            // An image with a tag or digest is as good as one in a `FROM`.
            let pinned = name.contains('@')
                || name.rsplit('/').next().is_some_and(|last| last.contains(':'));
            let variable = name.contains('$');
            let own = is_own(context, stage, name);
            (!known && !pinned && !variable && !own)
                .then(|| format!("no stage before is named `{}`", short(name)))
        });
    },
};

pub(super) static OWN_SOURCE: Rule = Rule {
    id: "copy-from-own-stage",
    aliases: &["DL3023"],
    title: "COPY --from names its own stage",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "A stage cannot copy from itself: no builder accepts the file.",
    fix: "name another stage, or copy with `RUN cp`",
    bad: "FROM debian:12 AS build\nCOPY --from=build /a /b\n",
    good: "FROM debian:12 AS build\nFROM debian:12\nCOPY --from=build /a /b\n",
    check: |context, hits| {
        from_flags(context, hits, |context, stage, name| {
            is_own(context, stage, name).then(|| format!("`{}` is this stage", short(name)))
        });
    },
};

pub(super) static ON_BUILD: Rule = Rule {
    id: "forbidden-onbuild-trigger",
    aliases: &["DL3043"],
    title: "instruction that may not stand behind ONBUILD",
    severity: Severity::Medium,
    concern: Concern::Correctness,
    why: "Builders refuse `FROM`, `MAINTAINER` and `ONBUILD` as triggers.",
    fix: "leave the instruction out",
    bad: "FROM debian:12\nONBUILD MAINTAINER me\n",
    good: "FROM debian:12\nONBUILD RUN make\n",
    check: |context, hits| {
        for item in &context.items {
            let Body::OnBuild(Some(later)) = &item.instruction.body else { continue };
            if matches!(later.keyword, Keyword::From | Keyword::Maintainer | Keyword::OnBuild) {
                hits.add(later.keyword_span, "it cannot be triggered by a later build");
            }
        }
    },
};

fn aliases<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c Instruction, &'c Word)> {
    context.stages.iter().filter_map(|stage| match &stage.from.body {
        Body::From { alias: Some(alias), .. } => Some((stage.from, alias)),
        _ => None,
    })
}

fn is_own(context: &Context<'_>, stage: usize, name: &str) -> bool {
    let alias = context.stages.get(stage).and_then(|stage| stage.alias);
    alias.is_some_and(|alias| alias.eq_ignore_ascii_case(name))
}

/// Reports `COPY --from` flags for which `judge` has something to say, given the stage.
fn from_flags(
    context: &Context<'_>,
    hits: &mut Hits,
    judge: impl Fn(&Context<'_>, usize, &str) -> Option<String>,
) {
    for item in context.of(Keyword::Copy) {
        let Some(flag) = item.instruction.flag("from") else { continue };
        let (Some(stage), Some(name)) = (item.stage, flag.value.as_deref()) else { continue };
        if let Some(evidence) = judge(context, stage, name.trim_matches('"')) {
            hits.add(flag.span, evidence);
        }
    }
}
