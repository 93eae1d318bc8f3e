//! How containers of the image run: health, ports, volumes.

use farguard_model::Severity;

use super::{
    check::{Check, Hit, Part},
    examined::Examined,
};

pub(super) static MISSING_HEALTH_CHECK: Check = Check {
    id: "missing-health-check",
    title: "the image says nothing of how to tell that it works",
    severity: Severity::Low,
    why: "A container that hangs keeps its place. ECS takes the health check of the task definition \
          and passes over the one of the image; others (docker, compose) take that of the image.",
    remediation: "add `HEALTHCHECK` to the build file, and `healthCheck` to the container \
                  definition for ECS",
    controls: &["cis-docker-1.6.0-4.6"],
    aliases: &["CIS-DI-0006"],
    part: Part::Configuration,
    run: |examined| {
        let has_one = examined.config().health_check.is_some();
        (!has_one).then(|| Hit::new("the image has no `HEALTHCHECK`"))
    },
};

pub(super) static EXPOSED_ADMINISTRATION_PORT: Check = Check {
    id: "exposed-administration-port",
    title: "the image offers a port for logging in from outside",
    severity: Severity::Medium,
    why: "A container that people log in to has a second door with keys of its own.",
    remediation: "take the port out of `EXPOSE`, and log in with ECS Exec",
    controls: &[],
    aliases: &[],
    part: Part::Configuration,
    run: |examined| {
        let is_one = |port: u16| ADMINISTRATION.iter().any(|(known, _)| *known == port);
        ports(examined, is_one, |port| {
            let known = ADMINISTRATION.iter().find(|(known, _)| *known == port);
            known.map_or(String::new(), |(_, name)| format!(" ({name})"))
        })
    },
};

pub(super) static EXPOSED_PRIVILEGED_PORT: Check = Check {
    id: "exposed-privileged-port",
    title: "the image offers a port below 1024",
    severity: Severity::Negligible,
    why: "On many hosts only root may listen there, which keeps images from dropping root.",
    remediation: "listen on a port from 1024 on; load balancers map it to 80 or 443",
    controls: &[],
    aliases: &[],
    part: Part::Configuration,
    run: |examined| {
        let is_one = |port| port < 1024 && ADMINISTRATION.iter().all(|(known, _)| *known != port);
        ports(examined, is_one, |_| String::new())
    },
};

pub(super) static VOLUME_OVER_SYSTEM_DIRECTORY: Check = Check {
    id: "volume-over-system-directory",
    title: "a volume covers a directory of the system",
    severity: Severity::Medium,
    why: "What is mounted there replaces programs, libraries or configuration of the image, and \
          stays when the image is updated.",
    remediation: "declare `VOLUME` for directories of data only",
    controls: &[],
    aliases: &["DKL-DI-0002"],
    part: Part::Configuration,
    run: volumes,
};

/// Ports for logging in, sorted.
const ADMINISTRATION: [(u16, &str); 6] =
    [(22, "SSH"), (23, "telnet"), (2375, "docker"), (3389, "RDP"), (5900, "VNC"), (5985, "WinRM")];

/// Directories that are no data.
const SYSTEM: [&str; 11] =
    ["", "bin", "boot", "dev", "etc", "lib", "proc", "sbin", "sys", "usr", "usr/bin"];

fn ports(
    examined: &Examined<'_>,
    is_one: impl Fn(u16) -> bool,
    about: impl Fn(u16) -> String,
) -> Option<Hit> {
    let mut found: Vec<u16> = Vec::new();
    for exposed in &examined.config().exposed_ports {
        let number = exposed.split('/').next().unwrap_or_default();
        // `8000-8010` is a range; its ends stand for it.
        found.extend(number.split('-').filter_map(|end| end.parse::<u16>().ok()));
    }
    found.retain(|port| is_one(*port));
    found.sort_unstable();
    found.dedup();
    if found.is_empty() {
        return None;
    }
    let told: Vec<String> =
        found.iter().take(16).map(|port| format!("{port}{}", about(*port))).collect();
    let mut hit = Hit::new(format!("`EXPOSE` names {}", told.join(", ")));
    hit.identity = found.iter().map(u16::to_string).collect();
    Some(hit)
}

fn volumes(examined: &Examined<'_>) -> Option<Hit> {
    let config = examined.config();
    let covers = |path: &&String| SYSTEM.contains(&path.trim_matches('/'));
    let found: Vec<String> = config.volumes.iter().filter(covers).cloned().collect();
    if found.is_empty() {
        return None;
    }
    let told: Vec<String> = found.iter().take(16).map(|path| format!("`{path}`")).collect();
    let mut hit = Hit::new(format!("`VOLUME` names {}", told.join(", ")));
    hit.identity = found;
    Some(hit)
}
