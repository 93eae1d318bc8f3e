//! Every key of the language: the parser knows no other, and the reference page is made from this.

/// Where in a policy a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// At the top of the file.
    Policy,
    /// In an entry of `rules`.
    Rule,
    /// In `when` of a rule or an exception.
    When,
    /// In a condition: what is asked of a finding.
    Finding,
    /// In a condition: what is demanded of the target.
    Demand,
    /// In an entry of `exceptions`.
    Exception,
}

/// One key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Where it stands.
    pub section: Section,
    /// Its name.
    pub name: &'static str,
    /// What kind of value it takes.
    pub value: &'static str,
    /// What it means, in one sentence or two.
    pub about: &'static str,
    /// A value that could follow it.
    pub example: &'static str,
}

const fn key(
    section: Section,
    name: &'static str,
    value: &'static str,
    about: &'static str,
    example: &'static str,
) -> Key {
    Key { section, name, value, about, example }
}

const GLOB: &str = "pattern or list of patterns";
const DAYS: &str = "days";

/// Every key, grouped by section.
pub const KEYS: &[Key] = &[
    key(Section::Policy, "name", "text", "The name that verdicts show; required.", "web-team"),
    key(Section::Policy, "description", "text", "What it is for.", "What may reach production"),
    key(
        Section::Policy,
        "in-house",
        GLOB,
        "Images that you build: registries, or registry/repository. All other images are `public`.",
        "[registry.example.com/*, 123456789012.dkr.ecr.*]",
    ),
    key(
        Section::Policy,
        "rules",
        "list",
        "The rules; the first that matches decides. At least one.",
        "[{id: worst, fail: [{severity: critical}]}]",
    ),
    key(
        Section::Policy,
        "exceptions",
        "list",
        "What is let pass for a while; looked at before the rules.",
        "[]",
    ),
    key(
        Section::Rule,
        "id",
        "text",
        "The name that decisions show; required.",
        "no-known-exploits",
    ),
    key(
        Section::Rule,
        "description",
        "text",
        "Why the rule is there, for whoever it stops.",
        "Attackers use these today",
    ),
    key(
        Section::Rule,
        "when",
        "mapping",
        "Targets that the rule is for: all keys have to hold. Without it, all targets.",
        "{source: public}",
    ),
    key(
        Section::Rule,
        "fail",
        "list of conditions",
        "What is stopped. One condition of the list has to hold, with all of its keys.",
        "[{severity: critical}]",
    ),
    key(Section::Rule, "warn", "list of conditions", "What is reported.", "[{severity: medium}]"),
    key(Section::Rule, "pass", "list of conditions", "What is let pass.", "[{fix: wont-fix}]"),
    key(
        Section::When,
        "image",
        GLOB,
        "The image as named, or in full: `docker.io/library/nginx:1.27`.",
        "nginx:*",
    ),
    key(Section::When, "registry", GLOB, "Host and port of the registry.", "[docker.io, quay.io]"),
    key(Section::When, "repository", GLOB, "The name without registry and tag.", "team-a/*"),
    key(Section::When, "tag", GLOB, "The tag; `latest` where none is written.", "latest"),
    key(
        Section::When,
        "source",
        "in-house, public",
        "Whether the image fits `in-house` of the policy or `--in-house`.",
        "public",
    ),
    key(
        Section::When,
        "label",
        "mapping of label to pattern",
        "Labels that the image has to have, with these values.",
        "{tier: frontend}",
    ),
    key(Section::When, "family", GLOB, "The family of the task definition.", "checkout-*"),
    key(Section::When, "container", GLOB, "The container of the task definition.", "sidecar"),
    key(Section::When, "application", GLOB, "What `--application` says.", "shop"),
    key(
        Section::When,
        "workflow",
        "build, registry, deploy, runtime; one or a list",
        "What `--workflow` says; `build` without it.",
        "[build, deploy]",
    ),
    key(Section::When, "owner", GLOB, "Who answers for the target.", "team-*"),
    key(
        Section::Finding,
        "kind",
        "vulnerability, secret, check, violation; one or a list",
        "What kind of finding. Violations are only meant where `kind` or `id` is written.",
        "[vulnerability, secret]",
    ),
    key(
        Section::Finding,
        "severity",
        "critical, high, medium, low, negligible, unknown",
        "This severity or worse.",
        "high",
    ),
    key(
        Section::Finding,
        "severity-exactly",
        "severity or list of severities",
        "One of these severities.",
        "[unknown]",
    ),
    key(
        Section::Finding,
        "age-days",
        DAYS,
        "Published more than so many days ago. An unknown date counts as long ago, but never lets \
         pass.",
        "30",
    ),
    key(
        Section::Finding,
        "grace-days",
        DAYS,
        "A fix is available, and the advisory was published more than so many days ago. Advisories \
         do not date their fixes, so the time begins with the advisory.",
        "14",
    ),
    key(
        Section::Finding,
        "fix",
        "available, none, wont-fix; one or a list",
        "Whether an upgrade fixes the vulnerability.",
        "available",
    ),
    key(
        Section::Finding,
        "exploited",
        "true or false",
        "Whether CISA lists the vulnerability as exploited.",
        "true",
    ),
    key(
        Section::Finding,
        "epss-above",
        "number from 0 to 1",
        "The probability of exploitation is higher; unknown is not higher.",
        "0.1",
    ),
    key(
        Section::Finding,
        "id",
        GLOB,
        "The id of the finding or one of its aliases, in any case.",
        "[CVE-2024-3094, GHSA-*]",
    ),
    key(
        Section::Finding,
        "package",
        GLOB,
        "The package, by name or purl.",
        "[linux-libc-dev, pkg:npm/*]",
    ),
    key(Section::Finding, "path", GLOB, "The file, without leading `/`.", "usr/share/doc/*"),
    key(
        Section::Finding,
        "origin",
        "own, base",
        "Whether the base image brought it, or the layers above. Unknown and guessed count as own.",
        "base",
    ),
    key(
        Section::Finding,
        "check",
        GLOB,
        "A check of images or build files.",
        "container-runs-as-root",
    ),
    key(Section::Finding, "secret", GLOB, "A pattern of secrets.", "aws-*"),
    key(
        Section::Finding,
        "development",
        "true or false",
        "Whether the package is needed to build or test only.",
        "false",
    ),
    key(
        Section::Demand,
        "forbidden-packages",
        GLOB,
        "Packages that must not be there, by name or purl.",
        "[telnet*, pkg:npm/event-stream@3.3.6]",
    ),
    key(
        Section::Demand,
        "allowed-packages",
        GLOB,
        "Every package has to be one of these.",
        "[openssl*, zlib*]",
    ),
    key(
        Section::Demand,
        "forbidden-licenses",
        GLOB,
        "Licences by SPDX id. An expression is met if one of its alternatives is not forbidden; \
         several licences of one package all apply.",
        "[AGPL-*, SSPL-1.0]",
    ),
    key(
        Section::Demand,
        "allowed-licenses",
        GLOB,
        "Every package needs one of these licences, by SPDX id.",
        "[MIT, Apache-2.0, BSD-*]",
    ),
    key(
        Section::Demand,
        "unknown-licenses",
        "fail, warn, pass",
        "Beside one of the two above: what follows from packages whose licences cannot be read; \
         `warn` without it.",
        "pass",
    ),
    key(
        Section::Demand,
        "forbidden-base-images",
        GLOB,
        "Base images, by name, that must not be built upon. An unknown base does not meet it.",
        "[\"*:latest\", centos:*]",
    ),
    key(
        Section::Demand,
        "allowed-base-images",
        GLOB,
        "The base image has to be one of these, by name or digest.",
        "registry.example.com/base/*",
    ),
    key(
        Section::Demand,
        "forbidden-registries",
        GLOB,
        "Registries that images must not come from.",
        "docker.io",
    ),
    key(
        Section::Demand,
        "allowed-registries",
        GLOB,
        "The image has to come from one of these registries.",
        "[\"*.dkr.ecr.*.amazonaws.com\", public.ecr.aws]",
    ),
    key(
        Section::Demand,
        "required-labels",
        "list of labels, or mapping of label to pattern",
        "Labels that the image has to have, not empty.",
        "[org.opencontainers.image.source]",
    ),
    key(
        Section::Demand,
        "maximum-size",
        "size",
        "The sum of the stored layers: a number with B, kB, MB, GB, KiB, MiB or GiB.",
        "500MB",
    ),
    key(
        Section::Demand,
        "maximum-age-days",
        DAYS,
        "The image says that it was built so many days ago at most.",
        "90",
    ),
    key(
        Section::Demand,
        "signature",
        "required",
        "A verified signature has to be attached. Not having looked is not having one.",
        "required",
    ),
    key(
        Section::Demand,
        "signer",
        GLOB,
        "Beside `signature`: who has to have signed (fingerprint of a key, identity).",
        "\"*@example.com\"",
    ),
    key(
        Section::Demand,
        "issuer",
        GLOB,
        "Beside `signature`: who has to vouch for the identity.",
        "https://token.actions.githubusercontent.com",
    ),
    key(
        Section::Demand,
        "not-assessed",
        GLOB,
        "Parts that could not be read, by the code of the problem. What no rule speaks of ends \
         with exit code 2.",
        "\"*\"",
    ),
    key(Section::Exception, "id", "text", "The name that decisions show; required.", "log4j-2024"),
    key(
        Section::Exception,
        "findings",
        GLOB,
        "Findings by id or alias, in any case. At least one of `findings`, `packages` and `paths` \
         is required, and all that are written have to hold.",
        "[CVE-2021-44228]",
    ),
    key(Section::Exception, "packages", GLOB, "Packages by name or purl.", "log4j-core"),
    key(Section::Exception, "paths", GLOB, "Files, without leading `/`.", "opt/legacy/*"),
    key(
        Section::Exception,
        "when",
        "mapping",
        "Targets that it is for, as in a rule.",
        "{application: shop}",
    ),
    key(Section::Exception, "owner", "text", "Who answers for it; required.", "team-shop"),
    key(
        Section::Exception,
        "reason",
        "text",
        "Why it may pass; required.",
        "No user input reaches the logger",
    ),
    key(
        Section::Exception,
        "expires",
        "date",
        "The last day on which it counts; required.",
        "2027-03-31",
    ),
];

impl Section {
    /// Every section, from the top of a file inwards.
    pub const ALL: [Self; 6] =
        [Self::Policy, Self::Rule, Self::When, Self::Finding, Self::Demand, Self::Exception];

    /// What stands there, as a title.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Policy => "A policy",
            Self::Rule => "A rule",
            Self::When => "`when`: the targets that a rule or an exception is for",
            Self::Finding => "Conditions on findings",
            Self::Demand => "Demands on the target",
            Self::Exception => "An exception",
        }
    }
}

/// The names of a section's keys.
pub(crate) fn names(sections: &[Section]) -> impl Iterator<Item = &'static str> {
    KEYS.iter().filter(|key| sections.contains(&key.section)).map(|key| key.name)
}
