//! Files that checks of images ask for: chosen while layers are walked, where nothing is known
//! but path and mode.

use serde::{Deserialize, Serialize};

/// A file that checks of images ask for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotableFile {
    /// Relative to the root, without leading `/`.
    pub path: String,
    /// Permission bits, with setuid, setgid and sticky.
    pub mode: u32,
    /// Size in bytes; 0 for directories.
    pub size_bytes: u64,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// The layer that holds it.
    pub layer: Option<u32>,
}

const SETUID_OR_SETGID: u32 = 0o6000;
const STICKY: u32 = 0o1000;
const WRITABLE_BY_ALL: u32 = 0o002;
const EXECUTABLE: u32 = 0o111;

/// Where programs are, without `usr/` and `usr/local/`.
const PROGRAM_DIRECTORIES: [&str; 2] = ["bin", "sbin"];
/// What the runtime mounts over.
const MOUNTED_OVER: [&str; 3] = ["dev", "proc", "sys"];

/// Programs with which a person, or who has broken in, runs others.
const SHELLS: [&str; 13] = [
    "ash", "bash", "busybox", "csh", "dash", "fish", "ksh", "mksh", "rbash", "sh", "tcsh",
    "toybox", "zsh",
];
/// Programs that run others as root.
const ESCALATORS: [&str; 3] = ["doas", "pkexec", "sudo"];
/// Servers for logging in from outside.
const LOGIN_SERVERS: [&str; 4] = ["dropbear", "in.telnetd", "sshd", "telnetd"];
/// Package managers of distributions.
const PACKAGE_MANAGERS: [&str; 11] =
    ["apk", "apt", "apt-get", "dnf", "dnf5", "dpkg", "microdnf", "pacman", "rpm", "yum", "zypper"];

/// Directories in which package managers keep what they fetched.
const CACHES: [(&str, &str); 9] = [
    ("var/cache/apk/", "apk"),
    ("var/cache/apt/", "apt"),
    ("var/cache/dnf/", "dnf"),
    ("var/cache/libdnf5/", "dnf"),
    ("var/cache/pacman/pkg/", "pacman"),
    ("var/cache/tdnf/", "tdnf"),
    ("var/cache/yum/", "yum"),
    ("var/cache/zypp/", "zypper"),
    ("var/lib/apt/lists/", "apt"),
];
/// The same, in whatever home directory.
const HOME_CACHES: [(&str, &str); 8] = [
    ("/.bundle/cache/", "bundler"),
    ("/.cache/composer/", "composer"),
    ("/.cache/go-build/", "go"),
    ("/.cache/pip/", "pip"),
    ("/.cache/uv/", "uv"),
    ("/.cache/yarn/", "yarn"),
    ("/.composer/cache/", "composer"),
    ("/.npm/_cacache/", "npm"),
];

/// What a program is to whoever has broken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    Shell,
    Escalator,
    LoginServer,
    PackageManager,
}

impl NotableFile {
    /// Whether any check asks for such a file; asked of every file of an image.
    pub(crate) fn is_notable(path: &str, mode: u32, is_directory: bool) -> bool {
        let top = path.split('/').next().unwrap_or_default();
        if MOUNTED_OVER.contains(&top) {
            return false;
        }
        if is_directory {
            return mode & WRITABLE_BY_ALL != 0 && mode & STICKY == 0;
        }
        mode & (SETUID_OR_SETGID | WRITABLE_BY_ALL) != 0
            || (mode & EXECUTABLE != 0 && program(path).is_some())
            || cache_of(path).is_some()
    }

    /// Whether it runs with the rights of its owner or group, whoever starts it.
    pub(crate) fn is_setuid_or_setgid(&self) -> bool {
        !self.is_directory && self.mode & SETUID_OR_SETGID != 0
    }

    /// Whether everybody may write to it, or in it.
    pub(crate) fn is_world_writable(&self) -> bool {
        self.mode & WRITABLE_BY_ALL != 0 && !(self.is_directory && self.mode & STICKY != 0)
    }

    /// What kind of program it is, if it is one.
    pub(crate) fn program(&self) -> Option<Program> {
        if self.is_directory || self.mode & EXECUTABLE == 0 { None } else { program(&self.path) }
    }

    /// The package manager whose cache it lies in, and where that is.
    pub(crate) fn cache_of(&self) -> Option<(&'static str, &str)> {
        if self.is_directory { None } else { cache_of(&self.path) }
    }
}

fn program(path: &str) -> Option<Program> {
    let (directory, name) = path.rsplit_once('/')?;
    let directory = directory.strip_prefix("usr/").unwrap_or(directory);
    let directory = directory.strip_prefix("local/").unwrap_or(directory);
    if !PROGRAM_DIRECTORIES.contains(&directory) {
        return None;
    }
    let kinds = [
        (&SHELLS[..], Program::Shell),
        (&ESCALATORS[..], Program::Escalator),
        (&LOGIN_SERVERS[..], Program::LoginServer),
        (&PACKAGE_MANAGERS[..], Program::PackageManager),
    ];
    kinds.into_iter().find(|(names, _)| names.contains(&name)).map(|(_, kind)| kind)
}

/// The package manager, and its directory without `/` at the end.
fn cache_of(path: &str) -> Option<(&'static str, &str)> {
    if path.starts_with("var/") {
        let (directory, manager) = CACHES.iter().find(|(start, _)| path.starts_with(start))?;
        let rest = path.strip_prefix(directory)?;
        // Every Debian image has these; they are empty.
        let is_frame = *manager == "apt"
            && (rest == "lock" || rest.ends_with("/lock") || rest.ends_with("partial"));
        return (!is_frame).then_some((manager, directory.trim_end_matches('/')));
    }
    if !path.starts_with(['r', 'h', 'u']) {
        return None;
    }
    HOME_CACHES.iter().find_map(|(part, manager)| {
        let end = path.find(part)? + part.len() - 1;
        Some((*manager, path.get(..end)?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_notable_for_their_mode_or_their_place() {
        let check = |path: &str, mode: u32, expect: bool| {
            assert_eq!(NotableFile::is_notable(path, mode, false), expect, "{path} {mode:o}");
        };
        check("usr/bin/passwd", 0o4755, true);
        check("usr/bin/wall", 0o2755, true);
        check("app/data", 0o666, true);
        check("dev/null", 0o666, false);
        check("device/null", 0o666, true);
        check("app/data", 0o664, false);
        check("bin/busybox", 0o755, true);
        check("usr/local/bin/bash", 0o755, true);
        check("usr/bin/bash", 0o644, false);
        check("opt/bin/bash", 0o755, false);
        check("usr/bin/bashful", 0o755, false);
        check("var/lib/apt/lists/deb.debian.org_dists_InRelease", 0o644, true);
        check("var/lib/apt/lists/lock", 0o640, false);
        check("var/cache/apt/archives/lock", 0o640, false);
        check("var/cache/apt/archives/curl_8_amd64.deb", 0o644, true);
        check("root/.cache/pip/http/a", 0o600, true);
        check("home/app/.npm/_cacache/index", 0o600, true);
        check("usr/local/share/.cache/yarn/v6/a", 0o600, true);
    }

    #[test]
    fn directories_are_notable_when_everybody_can_replace_what_is_in_them() {
        let check = |mode: u32, expect: bool| {
            assert_eq!(NotableFile::is_notable("srv", mode, true), expect, "{mode:o}");
        };
        check(0o777, true);
        check(0o1777, false);
        check(0o2755, false);
        check(0o755, false);
    }

    #[test]
    fn lists_are_sorted() {
        assert!(SHELLS.is_sorted() && ESCALATORS.is_sorted() && LOGIN_SERVERS.is_sorted());
        assert!(PACKAGE_MANAGERS.is_sorted() && CACHES.is_sorted() && HOME_CACHES.is_sorted());
    }
}
