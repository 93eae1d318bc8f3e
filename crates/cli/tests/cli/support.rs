//! Runs the real binary, in an empty environment, on a world that each test builds.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;

/// A directory with a small root file system, a database of advisories, and a cache.
pub(crate) struct World {
    directory: TempDir,
}

/// What one run of the program did.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl World {
    /// Debian 12 with `glibc` that DSA-5514-1 fixes, and `jinja2` that a CVE affects, unfixed.
    pub(crate) fn new() -> Self {
        let world = Self { directory: TempDir::new().unwrap() };
        world.write(
            "rootfs/etc/os-release",
            "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n",
        );
        world.write(
            "rootfs/var/lib/dpkg/status",
            "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n\
             Source: glibc\nVersion: 2.36-9+deb12u1\n\n",
        );
        world.write(
            "rootfs/usr/local/lib/python3.11/site-packages/jinja2-2.10.dist-info/METADATA",
            "Metadata-Version: 2.1\nName: Jinja2\nVersion: 2.10\nLicense: BSD\n\n",
        );
        world.write("advisories/all.jsonl", ADVISORIES);
        let built = world.farguard(&["db", "build", "advisories"]);
        assert_eq!(built.code, 0, "{}", built.stderr);
        world
    }

    /// Nothing at all.
    pub(crate) fn empty() -> Self {
        Self { directory: TempDir::new().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Runs `farguard ARGS` in the directory of the world.
    pub(crate) fn farguard(&self, args: &[&str]) -> Run {
        self.farguard_with(args, &[])
    }

    /// As [`farguard`](Self::farguard), with environment variables.
    pub(crate) fn farguard_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Run {
        self.run(args, environment, "")
    }

    /// As [`farguard`](Self::farguard), with text on standard input.
    #[allow(dead_code, reason = "not every file of tests uses all of its world")]
    pub(crate) fn farguard_reading(&self, args: &[&str], input: &str) -> Run {
        self.run(args, &[], input)
    }

    /// `farguard ARGS` in the directory and environment of the world, not started yet.
    pub(crate) fn command(&self, args: &[&str], environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_farguard"));
        command
            .args(args)
            .current_dir(self.directory.path())
            .env_clear()
            .env("FARGUARD_DB", self.path("advisories.db"))
            .env("FARGUARD_CACHE_DIR", self.path("cache"))
            .envs(environment.iter().copied());
        command
    }

    fn run(&self, args: &[&str], environment: &[(&str, &str)], input: &str) -> Run {
        let mut child = self
            .command(args, environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that does not read what it is given may close its end.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run::of(&output, self.directory.path())
    }
}

impl Run {
    pub(crate) fn of(output: &Output, world: &Path) -> Self {
        let text = |bytes: &[u8]| {
            String::from_utf8(bytes.to_vec()).unwrap().replace(world.to_str().unwrap(), "[WORLD]")
        };
        Self {
            code: output.status.code().expect("the program was not killed"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
        }
    }
}

const ADVISORIES: &str = r#"{"id":"DSA-5514-1","modified":"2023-10-03T00:00:00Z","published":"2023-10-03T00:00:00Z","upstream":["CVE-2023-4911"],"summary":"glibc: buffer overflow in ld.so","affected":[{"package":{"ecosystem":"Debian:12","name":"glibc"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2.36-9+deb12u3"}]}],"ecosystem_specific":{"urgency":"high"}}]}
{"id":"GHSA-test-0000-0001","modified":"2024-01-01T00:00:00Z","aliases":["CVE-2099-0001"],"summary":"jinja2: sandbox escape","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N"}],"affected":[{"package":{"ecosystem":"PyPI","name":"jinja2"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"}]}]}]}
"#;
