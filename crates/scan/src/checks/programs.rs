//! Programs that serve an intruder better than the application.

use farguard_model::Severity;

use super::{
    check::{Check, Hit, Part},
    examined::Examined,
    notable::Program,
};

pub(super) static SHELL_IN_IMAGE: Check = Check {
    id: "shell-in-image",
    title: "the image holds a shell",
    severity: Severity::Negligible,
    why: "A shell is what most attacks start next. It is also how ECS Exec gets in: an image \
          without one is safer and harder to look into.",
    remediation: "build on an image without a shell (distroless, `scratch`, chiselled) when the \
                  application does not need one",
    controls: &["cis-docker-1.6.0-4.3"],
    aliases: &[],
    part: Part::Files,
    run: |examined| programs(examined, Program::Shell, "shell", "shells"),
};

pub(super) static SUDO_IN_IMAGE: Check = Check {
    id: "sudo-in-image",
    title: "the image holds a program for becoming root",
    severity: Severity::Medium,
    why: "A container that runs as another user than root needs no way back, and one that runs as \
          root needs no way there.",
    remediation: "remove `sudo`, `doas` or `pkexec` and switch users with `USER` in the build file",
    controls: &["cis-docker-1.6.0-4.3"],
    aliases: &["DKL-DI-0001"],
    part: Part::Files,
    run: |examined| {
        let (one, many) = ("program for becoming root", "programs for becoming root");
        programs(examined, Program::Escalator, one, many)
    },
};

pub(super) static LOGIN_SERVER_IN_IMAGE: Check = Check {
    id: "login-server-in-image",
    title: "the image holds a server for logging in",
    severity: Severity::Medium,
    why: "A second way in has keys or passwords of its own that somebody has to manage. ECS Exec \
          does the same with IAM and leaves a trail.",
    remediation: "remove the server and log in with ECS Exec",
    controls: &["cis-docker-1.6.0-4.3"],
    aliases: &[],
    part: Part::Files,
    run: |examined| {
        programs(examined, Program::LoginServer, "server for logging in", "servers for logging in")
    },
};

pub(super) static PACKAGE_MANAGER_IN_IMAGE: Check = Check {
    id: "package-manager-in-image",
    title: "the image holds a package manager",
    severity: Severity::Negligible,
    why: "It fetches further tools for whoever has got in, and images are rebuilt, not updated.",
    remediation: "copy the application into a minimal image in a last stage of the build",
    controls: &["cis-docker-1.6.0-4.3"],
    aliases: &[],
    part: Part::Files,
    run: |examined| {
        programs(examined, Program::PackageManager, "package manager", "package managers")
    },
};

fn programs(examined: &Examined<'_>, kind: Program, one: &str, many: &str) -> Option<Hit> {
    let files: Vec<_> = examined.files().filter(|file| file.program() == Some(kind)).collect();
    Hit::of_files(&files, one, many)
}
