//! Every check, with what does not pass and what does.

use farguard_model::{Finding, LayerInfo, Origin, Severity, TargetInfo};

use super::*;
use crate::{
    analyzers::Account,
    base,
    source::config::{HistoryStep, RunConfig, instruction},
};

const NOW: &str = "2026-06-01T00:00:00Z";

/// An image of lines: `USER app`, `EXPOSE 80/tcp`, `VOLUME /data`, `HEALTHCHECK`, `LABEL k=v`,
/// `name a:1`, `built TIME`, `size BYTES`, `step INSTRUCTION`, `layer INSTRUCTION`, `account NAME
/// UID`, `open NAME`, `file MODE PATH [SIZE]`, `dir MODE PATH`. Files are in the last layer.
fn image(lines: &str) -> Inventory {
    let mut inventory = Inventory::new(TargetInfo::new("a:1", TargetKind::Registry));
    let mut config = RunConfig::default();
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        match word {
            "USER" => config.user = rest.to_owned(),
            "EXPOSE" => config.exposed_ports.push(rest.to_owned()),
            "VOLUME" => config.volumes.push(rest.to_owned()),
            "HEALTHCHECK" => config.health_check = Some(vec!["CMD".to_owned()]),
            "LABEL" => {
                let (name, value) = rest.split_once('=').unwrap();
                inventory.target.labels.push((name.to_owned(), value.to_owned()));
            }
            "name" => inventory.target.name = rest.to_owned(),
            "built" => inventory.target.built = Some(rest.to_owned()),
            "size" | "layer" => {
                let layer = u32::try_from(inventory.layers.len()).ok();
                let created_by = if word == "layer" { rest } else { "COPY a b" };
                config.history.push(HistoryStep {
                    created_by: created_by.to_owned(),
                    created: None,
                    layer,
                });
                inventory.layers.push(LayerInfo {
                    digest: None,
                    diff_id: format!("sha256:{layer:?}"),
                    created_by: Some(instruction(created_by)),
                    size_bytes: if word == "size" { rest.parse().unwrap() } else { 1 },
                });
            }
            "step" => config.history.push(HistoryStep {
                created_by: rest.to_owned(),
                created: None,
                layer: None,
            }),
            "account" | "open" => {
                let (name, uid) = rest.split_once(' ').unwrap_or((rest, ""));
                let (uid, has_no_password) = (uid.parse().ok(), word == "open");
                inventory.accounts.push(Account { name: name.into(), uid, has_no_password });
            }
            "file" | "dir" => {
                let words: Vec<&str> = rest.split(' ').collect();
                let mode = u32::from_str_radix(words[0], 8).unwrap();
                let is_directory = word == "dir";
                assert!(NotableFile::is_notable(words[1], mode, is_directory), "{line}");
                inventory.notable_files.push(NotableFile {
                    path: words[1].to_owned(),
                    mode,
                    size_bytes: words.get(2).map_or(1, |size| size.parse().unwrap()),
                    is_directory,
                    layer: u32::try_from(inventory.layers.len()).unwrap().checked_sub(1),
                });
            }
            _ => panic!("{line}"),
        }
    }
    inventory.config = Some(config);
    inventory
}

fn findings(inventory: &Inventory) -> Vec<Finding> {
    let facts = base::image_facts(inventory, &[]);
    run(inventory, facts.as_ref(), NOW.parse().unwrap())
}

/// Which checks have an example, so that none can be without.
const EXAMPLES: &[(&str, &[&str], &[&str])] = &[
    ("account-without-password", &["open app", "account app 7\nopen app"], &["account root 0"]),
    (
        "add-instead-of-copy",
        &[
            "layer ADD app /app # buildkit",
            "layer /bin/sh -c #(nop) ADD dir:00 in /app",
            "layer ADD [\"a b\", \"/x/\"]",
        ],
        &[
            "layer COPY app /app",
            "layer ADD rootfs.tar.xz / # buildkit",
            "layer /bin/sh -c #(nop) ADD file:00 in /",
            "layer ADD https://x.example/a /a",
            "layer RUN ADD a b",
        ],
    ),
    (
        "add-of-remote-file",
        &["layer ADD https://x.example/a /a", "layer ADD --chmod=755 http://x.example/a.tgz /"],
        &[
            "layer ADD --checksum=sha256:00 https://x.example/a /a",
            "layer ADD a.tgz /",
            "layer RUN curl https://x.example/a",
        ],
    ),
    (
        "base-image-tag-latest",
        &[
            "LABEL org.opencontainers.image.base.name=debian",
            "LABEL org.opencontainers.image.base.name=quay.io:443/x/debian:latest",
        ],
        &[
            "",
            "LABEL org.opencontainers.image.base.name=debian:12",
            "LABEL org.opencontainers.image.base.name=not a reference",
            "LABEL org.opencontainers.image.base.name=a@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ],
    ),
    (
        "container-runs-as-root",
        &["", "USER root", "USER 0:0", "USER 00", "USER toor\naccount toor 0", "USER root:app"],
        &["USER app", "USER 10001", "USER app:root\naccount app 7", "USER root\naccount root 5"],
    ),
    (
        "exposed-administration-port",
        &["EXPOSE 22/tcp", "EXPOSE 20-23"],
        &["EXPOSE 80/tcp", "EXPOSE"],
    ),
    (
        "exposed-privileged-port",
        &["EXPOSE 80/tcp", "EXPOSE 443"],
        &["EXPOSE 22/tcp", "EXPOSE 8080/tcp"],
    ),
    (
        "image-tag-latest",
        &["name docker.io/library/a:latest", "name a"],
        &["name a:1", "name localhost:5000/a:1"],
    ),
    ("large-image", &["size 1073741825", "size 1073741824\nsize 1"], &["size 1073741824", ""]),
    ("login-server-in-image", &["file 755 usr/sbin/sshd"], &["file 755 usr/bin/dash"]),
    ("missing-health-check", &[""], &["HEALTHCHECK"]),
    (
        "missing-standard-labels",
        &["", "LABEL org.opencontainers.image.source=x"],
        &["LABEL org.opencontainers.image.source=x\nLABEL org.opencontainers.image.version=1\n\
           LABEL org.opencontainers.image.revision=1"],
    ),
    (
        "old-image",
        &["built 2025-11-01T00:00:00Z"],
        &[
            "",
            "built 2026-05-01T00:00:00Z",
            "built 1970-01-01T00:00:00Z",
            "built soon",
            "built 2030-01-01T00:00:00Z",
        ],
    ),
    (
        "package-manager-cache",
        &[
            "file 644 var/lib/apt/lists/a 70000",
            "file 644 root/.cache/pip/a 40000\nfile 600 root/.cache/pip/b 40000",
        ],
        &["file 644 var/cache/apt/pkgcache.bin 100", "file 755 usr/bin/apt"],
    ),
    (
        "package-manager-in-image",
        &["file 755 usr/bin/apt", "file 755 sbin/apk"],
        &["file 755 bin/sh"],
    ),
    (
        "setuid-or-setgid-file",
        &["file 4755 usr/bin/su", "file 2755 opt/x"],
        &["dir 2777 srv", "file 755 bin/sh"],
    ),
    (
        "shell-in-image",
        &["file 755 usr/bin/dash", "file 755 bin/busybox"],
        &["file 755 usr/bin/apt"],
    ),
    (
        "sudo-in-image",
        &["file 4755 usr/bin/sudo", "file 755 usr/bin/doas"],
        &["file 4755 usr/bin/su"],
    ),
    (
        "update-without-install",
        &[
            "layer RUN /bin/sh -c apt-get update # buildkit",
            "layer /bin/sh -c apt-get -qq update; true",
            "layer RUN /bin/bash -o pipefail -c sudo apk update",
            "layer RUN apt update && rm -rf /x",
        ],
        &[
            "layer RUN apt-get update && apt-get install -y curl",
            "layer RUN apk add --no-cache curl",
            "layer RUN npm update",
            "layer RUN apt-get update && apt-get -y dist-upgrade",
            "layer COPY apt-get update",
            "layer RUN apt-get update && DEBIAN_FRONTEND=x apt-get install y",
        ],
    ),
    (
        "volume-over-system-directory",
        &["VOLUME /etc/", "VOLUME /"],
        &["VOLUME /data", "VOLUME /etc/app"],
    ),
    ("world-writable-directory", &["dir 777 srv"], &["file 666 srv/a"]),
    ("world-writable-file", &["file 666 srv/a"], &["dir 777 srv"]),
];

#[test]
fn every_check_finds_what_it_should_and_nothing_else() {
    let has = |id: &str, lines: &str| findings(&image(lines)).iter().any(|f| f.id == id);
    for (id, failing, passing) in EXAMPLES {
        failing.iter().for_each(|lines| assert!(has(id, lines), "{id} finds nothing in {lines}"));
        passing.iter().for_each(|lines| assert!(!has(id, lines), "{id} finds fault with {lines}"));
    }
}

#[test]
fn checks_are_sorted_documented_and_have_examples() {
    let ids: Vec<&str> = CHECKS.iter().map(|check| check.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    assert_eq!(ids, EXAMPLES.iter().map(|(id, ..)| *id).collect::<Vec<_>>());
    for check in CHECKS {
        let id = check.id;
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}");
        assert!(check.why.ends_with('.') && !check.remediation.ends_with('.'), "{id}");
        assert!(check.title.chars().all(|c| c != '\n') && !check.title.ends_with('.'), "{id}");
        let is_ours = |control: &&str| control.starts_with("cis-docker-1.6.0-4.");
        assert!(check.controls.iter().all(is_ours), "{id}");
    }
}

/// What a stock Debian has.
const DEBIAN: &str = "layer /bin/sh -c #(nop) ADD file:00 in /
    step /bin/sh -c #(nop)  CMD [\"bash\"]
    file 4755 usr/bin/su
    file 4755 usr/bin/passwd
    file 2755 usr/bin/wall
    file 755 usr/bin/dash
    file 755 usr/bin/bash
    file 755 usr/bin/apt
    account root 0";

#[test]
fn a_stock_image_has_nothing_above_medium_and_one_finding_for_each_check() {
    let found = findings(&image(DEBIAN));
    let ids: Vec<&str> = found.iter().map(|finding| finding.id.as_str()).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
    let medium: Vec<&str> =
        found.iter().filter(|f| f.severity >= Severity::Medium).map(|f| f.id.as_str()).collect();
    assert_eq!(medium, ["container-runs-as-root"]);
    let setuid = found.iter().find(|f| f.id == "setuid-or-setgid-file").unwrap();
    assert_eq!(
        setuid.evidence,
        "3 setuid or setgid files: `usr/bin/su` (4755), `usr/bin/passwd` (4755), \
         `usr/bin/wall` (2755)"
    );
}

#[test]
fn an_unusual_setuid_file_is_rated_higher_and_named_first() {
    let found = findings(&image(&format!("{DEBIAN}\nfile 4755 usr/local/bin/helper")));
    let setuid = found.iter().find(|f| f.id == "setuid-or-setgid-file").unwrap();
    assert_eq!(setuid.severity, Severity::Medium);
    assert_eq!(setuid.location.as_ref().unwrap().path, "usr/local/bin/helper");
}

#[test]
fn caches_are_summed_up_and_named_by_their_directory() {
    let found = findings(&image(
        "file 600 root/.cache/pip/http/a/b 90000\nfile 644 var/lib/apt/lists/x 100000\n\
         file 644 var/lib/apt/lists/y 2000000",
    ));
    let cache = found.iter().find(|f| f.id == "package-manager-cache").unwrap();
    assert_eq!(cache.evidence, "left behind: 2 MiB in 2 files of apt, 87 KiB in 1 file of pip");
    assert_eq!(cache.location.as_ref().unwrap().path, "var/lib/apt/lists");
}

#[test]
fn the_base_image_and_what_is_above_it_are_told_apart() {
    let lines = format!("{DEBIAN}\nlayer COPY a b\nfile 4755 usr/bin/mount\nlayer ADD a b");
    let found = findings(&image(&lines));
    let of = |id: &str| -> Vec<_> {
        found.iter().filter(|f| f.id == id).map(|f| (f.origin, f.fingerprint.clone())).collect()
    };
    let setuid = of("setuid-or-setgid-file");
    assert_eq!(
        setuid.iter().map(|s| s.0).collect::<Vec<_>>(),
        [Some(Origin::Base), Some(Origin::Own)]
    );
    assert_ne!(setuid[0].1, setuid[1].1);
    assert_eq!(of("add-instead-of-copy")[0].0, Some(Origin::Own));
    assert_eq!(of("container-runs-as-root")[0].0, None, "that is for `base::attribute`");
}

#[test]
fn a_root_file_system_is_checked_for_its_files_and_a_list_of_packages_for_nothing() {
    let mut inventory = image(DEBIAN);
    inventory.config = None;
    inventory.target.kind = TargetKind::Rootfs;
    let ids: Vec<String> = findings(&inventory).into_iter().map(|finding| finding.id).collect();
    assert_eq!(ids, ["package-manager-in-image", "setuid-or-setgid-file", "shell-in-image"]);
    inventory.target.kind = TargetKind::Sbom;
    assert_eq!(findings(&inventory), []);
}
