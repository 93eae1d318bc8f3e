//! What selections ask of a target.

use farguard_model::{ScanReport, TargetKind};

use crate::{
    glob::{Patterns, shown},
    policy::{Policy, Selector, Source, Words, Workflow},
};

/// What is known of a run beside its reports.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// At which point of its life targets are judged.
    pub workflow: Workflow,
    /// The application that targets belong to.
    pub application: Option<String>,
    in_house: Patterns,
}

impl Context {
    /// A context; `in_house` adds patterns to those of policies.
    #[must_use]
    pub fn new(workflow: Workflow, application: Option<String>, in_house: &[String]) -> Self {
        Self { workflow, application, in_house: Patterns::new(in_house) }
    }
}

/// One target, as selections see it.
#[derive(Debug)]
pub(crate) struct Target<'r> {
    pub(crate) report: &'r ScanReport,
    pub(crate) image: ImageName<'r>,
    context: &'r Context,
    is_in_house: bool,
}

impl<'r> Target<'r> {
    pub(crate) fn new(report: &'r ScanReport, policy: &Policy, context: &'r Context) -> Self {
        let image = ImageName::of(report);
        let names = image.all();
        let fits = |patterns: &Patterns| names.iter().any(|name| patterns.matches(name));
        let is_in_house = fits(&policy.in_house) || fits(&context.in_house);
        Self { report, image, context, is_in_house }
    }

    /// Whether it is an image, of which more can be demanded than of a directory.
    pub(crate) fn is_image(&self) -> bool {
        use TargetKind::{DockerArchive, OciLayout, Registry};
        self.report.image.is_some()
            || matches!(self.report.target.kind, Registry | DockerArchive | OciLayout)
    }

    /// The value of a label.
    pub(crate) fn label(&self, name: &str) -> Option<&'r str> {
        let labels = &self.report.target.labels;
        labels.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    const fn source(&self) -> Source {
        if self.is_in_house { Source::InHouse } else { Source::Public }
    }
}

/// The parts of the name of an image.
#[derive(Debug, Default)]
pub(crate) struct ImageName<'r> {
    /// As it was given.
    pub(crate) given: &'r str,
    /// `None` for what comes from no registry.
    pub(crate) registry: Option<&'r str>,
    pub(crate) repository: Option<String>,
    pub(crate) tag: Option<&'r str>,
}

/// The first part of a name is a host when it could be no part of a repository.
///
/// # Source
/// <https://github.com/distribution/reference/blob/main/normalize.go>
pub(crate) fn is_host(part: &str) -> bool {
    part.contains(['.', ':']) || part == "localhost"
}

impl<'r> ImageName<'r> {
    fn of(report: &'r ScanReport) -> Self {
        match &report.container {
            Some(container) => Self::parse(&container.image),
            None if report.target.kind == TargetKind::Registry => Self::parse(&report.target.name),
            None => Self { given: &report.target.name, ..Self::default() },
        }
    }

    /// Takes a reference apart as docker does.
    ///
    /// # Source
    /// <https://github.com/distribution/reference/blob/main/reference.go>
    pub(crate) fn parse(given: &'r str) -> Self {
        let given = given.strip_prefix("registry:").unwrap_or(given);
        let (name, digest) = match given.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (given, None),
        };
        let (name, tag) = match name.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (name, None),
        };
        let (registry, repository) = match name.split_once('/') {
            Some((first, rest)) if is_host(first) => (first, rest),
            _ => ("docker.io", name),
        };
        let registry = if registry == "index.docker.io" { "docker.io" } else { registry };
        let repository = match registry {
            "docker.io" if !repository.contains('/') => format!("library/{repository}"),
            _ => repository.to_owned(),
        };
        let tag = tag.or_else(|| digest.is_none().then_some("latest"));
        Self { given, registry: Some(registry), repository: Some(repository), tag }
    }

    /// Registry and repository, or the name that was given.
    pub(crate) fn without_tag(&self) -> String {
        match (self.registry, &self.repository) {
            (Some(registry), Some(repository)) => format!("{registry}/{repository}"),
            _ => self.given.to_owned(),
        }
    }

    /// Every way to write it.
    pub(crate) fn all(&self) -> Vec<String> {
        let full = self.without_tag();
        let mut all = vec![self.given.to_owned()];
        all.extend(self.tag.map(|tag| format!("{full}:{tag}")));
        all.push(full);
        all
    }
}

impl Selector {
    /// Whether it selects that target.
    pub(crate) fn selects(&self, target: &Target<'_>) -> bool {
        let fits = |patterns: &Patterns, text: Option<&str>| {
            text.is_some_and(|text| patterns.matches(text))
        };
        match self {
            Self::Image(patterns) => target.image.all().iter().any(|name| patterns.matches(name)),
            Self::Source(source) => *source == target.source(),
            Self::Workflow(workflows) => workflows.contains(&target.context.workflow),
            Self::Label(labels) => {
                labels.iter().all(|(name, patterns)| fits(patterns, target.label(name)))
            }
            Self::Registry(patterns)
            | Self::Repository(patterns)
            | Self::Tag(patterns)
            | Self::Family(patterns)
            | Self::Container(patterns)
            | Self::Application(patterns)
            | Self::Owner(patterns) => fits(patterns, self.asked_of(target)),
        }
    }

    /// What the patterns of a selector are compared with.
    fn asked_of<'t>(&self, target: &'t Target<'_>) -> Option<&'t str> {
        let container = target.report.container.as_ref();
        match self {
            Self::Image(_) => Some(target.image.given),
            Self::Registry(_) => target.image.registry,
            Self::Repository(_) => target.image.repository.as_deref(),
            Self::Tag(_) => target.image.tag,
            Self::Family(_) => container.map(|container| container.family.as_str()),
            Self::Container(_) => container.map(|container| container.name.as_str()),
            Self::Application(_) => target.context.application.as_deref(),
            Self::Owner(_) => target.report.owner.as_ref().map(|owner| owner.name.as_str()),
            Self::Source(_) => Some(target.source().word()),
            Self::Workflow(_) => Some(target.context.workflow.word()),
            Self::Label(_) => None,
        }
    }

    /// Why it does not select that target.
    pub(crate) fn why_not(&self, target: &Target<'_>) -> String {
        let (what, asked) = match self {
            Self::Image(patterns) => ("image", patterns.shown()),
            Self::Registry(patterns) => ("registry", patterns.shown()),
            Self::Repository(patterns) => ("repository", patterns.shown()),
            Self::Tag(patterns) => ("tag", patterns.shown()),
            Self::Family(patterns) => ("family", patterns.shown()),
            Self::Container(patterns) => ("container", patterns.shown()),
            Self::Application(patterns) => ("application", patterns.shown()),
            Self::Owner(patterns) => ("owner", patterns.shown()),
            Self::Source(source) => ("source", shown(&[source.word().to_owned()])),
            Self::Workflow(workflows) => {
                let words: Vec<String> = workflows.iter().map(|w| w.word().to_owned()).collect();
                ("workflow", shown(&words))
            }
            Self::Label(labels) => return missing_label(labels, target),
        };
        match self.asked_of(target) {
            Some(is) => format!("{what} is `{is}`, not {asked}"),
            None => format!("{what} is not known, {asked} is asked for"),
        }
    }
}

fn missing_label(labels: &[(String, Patterns)], target: &Target<'_>) -> String {
    let missing = labels
        .iter()
        .find(|(name, patterns)| !target.label(name).is_some_and(|is| patterns.matches(is)));
    match missing {
        Some((name, patterns)) => format!("label `{name}` is not {}", patterns.shown()),
        None => "labels do not fit".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_docker_does() {
        let check = |given: &str, registry: &str, repository: &str, tag: Option<&str>| {
            let name = ImageName::parse(given);
            let parts = (name.registry, name.repository.as_deref(), name.tag);
            assert_eq!(parts, (Some(registry), Some(repository), tag), "{given}");
        };
        check("nginx", "docker.io", "library/nginx", Some("latest"));
        check("nginx:1.27", "docker.io", "library/nginx", Some("1.27"));
        check("team/app@sha256:00", "docker.io", "team/app", None);
        check("localhost:5000/a/b", "localhost:5000", "a/b", Some("latest"));
        check("r.example/a:1@sha256:00", "r.example", "a", Some("1"));
        check("registry:index.docker.io/nginx", "docker.io", "library/nginx", Some("latest"));
    }
}
