//! What is said of the images that stages begin with.

use farguard_model::Severity;

use super::support::short;
use crate::{
    ast::{Body, Keyword},
    context::{Context, Stage},
    rule::{Concern, Rule},
    source::Span,
};

pub(super) static UNTAGGED: Rule = Rule {
    id: "untagged-base-image",
    aliases: &["DL3006"],
    title: "base image without a tag",
    severity: Severity::Medium,
    concern: Concern::Reproducibility,
    why: "Without a tag the builder takes `latest`, which is another image tomorrow.",
    fix: "name a version, and pin it with a digest",
    bad: "FROM debian\n",
    good: "FROM debian:12\n",
    check: |context, hits| {
        for (stage, image, span) in pulled(context) {
            if image.tag.is_none() && image.digest.is_none() {
                hits.add(span, format!("`{}` names no tag", short(stage.image)));
            }
        }
    },
};

pub(super) static LATEST: Rule = Rule {
    id: "latest-base-image",
    aliases: &["DL3007"],
    title: "base image with the tag `latest`",
    severity: Severity::Medium,
    concern: Concern::Reproducibility,
    why: "`latest` is another image tomorrow.",
    fix: "name a version, and pin it with a digest",
    bad: "FROM debian:latest\n",
    good: "FROM debian:12\n",
    check: |context, hits| {
        for (stage, image, span) in pulled(context) {
            if image.tag == Some("latest") && image.digest.is_none() {
                hits.add(span, format!("`{}` moves with every release", short(stage.image)));
            }
        }
    },
};

pub(super) static NO_DIGEST: Rule = Rule {
    id: "base-image-without-digest",
    aliases: &[],
    title: "base image without a digest",
    severity: Severity::Negligible,
    concern: Concern::Reproducibility,
    why: "A tag can be moved to another image, by its owner or by an attacker.",
    fix: "write `FROM debian:12@sha256:...` and let a bot keep the digest up to date",
    bad: "FROM debian:12\n",
    good: "FROM debian:12@sha256:\
           0a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddeeff\n",
    check: |context, hits| {
        for (stage, image, span) in pulled(context) {
            if image.digest.is_none() && image.tag.is_some_and(|tag| tag != "latest") {
                hits.add(span, format!("`{}` has a tag and no digest", short(stage.image)));
            }
        }
    },
};

pub(super) static UNTRUSTED: Rule = Rule {
    id: "base-image-from-untrusted-registry",
    aliases: &["DL3026"],
    title: "base image from a registry that is not trusted",
    severity: Severity::High,
    concern: Concern::Security,
    why: "Whoever can push to that registry can put code into the image.",
    fix: "take the image from a registry of the list, or mirror it there",
    bad: "FROM registry.example.net/debian:12\n",
    good: "FROM registry.example.com/debian:12\n",
    check: |context, hits| {
        if context.trusted_registries.is_empty() {
            return;
        }
        for (_, image, span) in pulled(context) {
            if !context.trusted_registries.iter().any(|trusted| matches(trusted, image.registry)) {
                let evidence = format!("`{}` is not on the list", short(image.registry));
                hits.add(span, evidence);
            }
        }
    },
};

pub(super) static PLATFORM: Rule = Rule {
    id: "platform-in-from",
    aliases: &["DL3029"],
    title: "fixed platform in FROM",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "The image is built for one platform, whatever the builder is asked for.",
    fix: "leave `--platform` to the builder, or take it from `$BUILDPLATFORM`",
    bad: "FROM --platform=linux/amd64 debian:12\n",
    good: "FROM --platform=$BUILDPLATFORM debian:12\n",
    check: |context, hits| {
        for item in context.of(Keyword::From) {
            let Some(flag) = item.instruction.flag("platform") else { continue };
            let value = flag.value.as_deref().unwrap_or_default();
            if !value.is_empty() && !value.contains('$') {
                hits.add(flag.span, format!("the platform is always `{}`", short(value)));
            }
        }
    },
};

pub(super) static TARGET_PLATFORM: Rule = Rule {
    id: "redundant-target-platform",
    aliases: &["DL3065"],
    title: "FROM asks for the platform that it gets anyway",
    severity: Severity::Negligible,
    concern: Concern::Correctness,
    why: "`$TARGETPLATFORM` is what the builder takes without being told.",
    fix: "leave `--platform` out",
    bad: "FROM --platform=$TARGETPLATFORM debian:12\n",
    good: "FROM debian:12\n",
    check: |context, hits| {
        for item in context.of(Keyword::From) {
            let Some(flag) = item.instruction.flag("platform") else { continue };
            if matches!(flag.value.as_deref(), Some("$TARGETPLATFORM" | "${TARGETPLATFORM}")) {
                let behind = item.instruction.arguments_span().start;
                let span = Span { start: flag.span.start, end: behind };
                hits.add(flag.span, "`$TARGETPLATFORM` is the default").replace(span, "");
            }
        }
    },
};

/// The parts of an image reference.
struct Image<'a> {
    registry: &'a str,
    tag: Option<&'a str>,
    digest: Option<&'a str>,
}

/// Stages that begin with an image of a registry whose name is known, and where it is named.
fn pulled<'c>(context: &'c Context<'_>) -> impl Iterator<Item = (&'c Stage<'c>, Image<'c>, Span)> {
    context.stages.iter().filter_map(|stage| {
        let Body::From { image: Some(word), .. } = &stage.from.body else { return None };
        let name = stage.expanded.as_deref()?;
        if stage.base.is_some() || name.is_empty() || name == "scratch" {
            return None;
        }
        Some((stage, Image::new(name), word.span))
    })
}

impl<'a> Image<'a> {
    fn new(name: &'a str) -> Self {
        let (name, digest) = match name.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (name, None),
        };
        let path = name.rsplit('/').next().unwrap_or(name);
        let tag = path.split_once(':').map(|(_, tag)| tag).filter(|tag| !tag.is_empty());
        // The first part is a registry when it cannot be a user name.
        let registry = match name.split_once('/') {
            Some((first, _)) if first.contains(['.', ':']) || first == "localhost" => first,
            _ => "docker.io",
        };
        Self { registry, tag, digest }
    }
}

/// Whether an entry of the list allows a registry; `*` stands for anything at one end.
fn matches(trusted: &str, registry: &str) -> bool {
    let trusted = trusted.trim_end_matches('/');
    let hub = |name: &str| matches!(name, "docker.io" | "hub.docker.com" | "index.docker.io");
    match (trusted.strip_prefix('*'), trusted.strip_suffix('*')) {
        _ if trusted == "*" => true,
        (Some(ending), _) => registry.ends_with(ending),
        (_, Some(start)) => registry.starts_with(start),
        _ => trusted == registry || (hub(trusted) && hub(registry)),
    }
}
