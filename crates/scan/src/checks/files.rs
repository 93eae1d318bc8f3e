//! Files with modes that give more rights than needed.

use farguard_model::Severity;

use super::{
    NotableFile,
    check::{Check, Hit, Part},
    examined::Examined,
};

pub(super) static SETUID_OR_SETGID_FILE: Check = Check {
    id: "setuid-or-setgid-file",
    title: "files run with the rights of their owner or group",
    severity: Severity::Medium,
    why: "Whoever gets into the container may use such a program to become root in it. Those that \
          distributions ship are rated low; others are not.",
    remediation: "remove the bits in the build file with `RUN find / -xdev -perm /6000 -type f \
                  -exec chmod a-s {} +`, or keep the files that the application needs",
    controls: &["cis-docker-1.6.0-4.8"],
    aliases: &["CIS-DI-0008"],
    part: Part::Files,
    run: setuid,
};

pub(super) static WORLD_WRITABLE_FILE: Check = Check {
    id: "world-writable-file",
    title: "files can be changed by every user",
    severity: Severity::Medium,
    why: "A process without rights can change what others read or run.",
    remediation: "take the right away where the files are made: `chmod o-w`, or `COPY --chmod`",
    controls: &[],
    aliases: &[],
    part: Part::Files,
    run: writable_files,
};

pub(super) static WORLD_WRITABLE_DIRECTORY: Check = Check {
    id: "world-writable-directory",
    title: "directories without sticky bit can be changed by every user",
    severity: Severity::Medium,
    why: "A process without rights can replace files of others in such a directory. The sticky bit, \
          as `/tmp` has it, prevents that.",
    remediation: "give the directory to the user that needs it with `chown`, or set the sticky bit \
                  with `chmod +t`",
    controls: &[],
    aliases: &[],
    part: Part::Files,
    run: writable_directories,
};

/// Programs that Debian, Ubuntu, Alpine, Fedora, Amazon Linux and their relatives ship this way,
/// without `usr/`.
const SHIPPED: [&str; 36] = [
    "bin/at",
    "bin/bbsuid",
    "bin/bsd-write",
    "bin/chage",
    "bin/chfn",
    "bin/chsh",
    "bin/crontab",
    "bin/dotlockfile",
    "bin/expiry",
    "bin/fusermount",
    "bin/fusermount3",
    "bin/gpasswd",
    "bin/mlocate",
    "bin/mount",
    "bin/newgidmap",
    "bin/newgrp",
    "bin/newuidmap",
    "bin/ntfs-3g",
    "bin/passwd",
    "bin/ping",
    "bin/ping6",
    "bin/ssh-agent",
    "bin/su",
    "bin/umount",
    "bin/wall",
    "bin/write",
    "lib/dbus-1.0/dbus-daemon-launch-helper",
    "lib/openssh/ssh-keysign",
    "libexec/dbus-1/dbus-daemon-launch-helper",
    "libexec/openssh/ssh-keysign",
    "libexec/utempter/utempter",
    "sbin/mount.nfs",
    "sbin/pam_extrausers_chkpwd",
    "sbin/pam_timestamp_check",
    "sbin/unix_chkpwd",
    "sbin/userhelper",
];

fn is_shipped(file: &NotableFile) -> bool {
    let path = file.path.strip_prefix("usr/").unwrap_or(&file.path);
    SHIPPED.binary_search(&path).is_ok()
}

fn setuid(examined: &Examined<'_>) -> Option<Hit> {
    let mut files: Vec<_> = examined.files().filter(|file| file.is_setuid_or_setgid()).collect();
    // The unusual ones are the ones to look at.
    files.sort_by_key(|file| is_shipped(file));
    let only_shipped = files.iter().all(|file| is_shipped(file));
    let hit = Hit::of_files(&files, "setuid or setgid file", "setuid or setgid files")?;
    Some(if only_shipped { hit.rated(Severity::Low) } else { hit })
}

fn writable<'a>(examined: &Examined<'a>, directories: bool) -> Vec<&'a NotableFile> {
    let files = examined.files().filter(|file| file.is_directory == directories);
    files.filter(|file| file.is_world_writable()).collect()
}

fn writable_files(examined: &Examined<'_>) -> Option<Hit> {
    let files = writable(examined, false);
    Hit::of_files(&files, "file is writable by everybody", "files are writable by everybody")
}

fn writable_directories(examined: &Examined<'_>) -> Option<Hit> {
    let directories = writable(examined, true);
    Hit::of_files(
        &directories,
        "directory is writable by everybody and has no sticky bit",
        "directories are writable by everybody and have no sticky bit",
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn shipped_programs_are_sorted() {
        assert!(super::SHIPPED.is_sorted_by(|a, b| a < b));
    }
}
