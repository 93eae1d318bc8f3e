//! Processes, descriptors and users as the fields show them: calls, and what is known after each.
//!
//! Names of cases are those of the tests of falcosecurity/libs that ask the same; where its data is at
//! hand, the values expected here are compared with the values expected there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test panics when what it reads is missing, and says what it skips"
)]

#[path = "support/fields.rs"]
mod fields;

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use farguard_events::{
    Kind, State, Syscalls,
    build::EventBuilder,
    capture::Head,
    state::{Fd, FdKind, Thread, User},
    table::kind as k,
};
use farguard_rules::Filter;

/// A field with its value, or a condition with `true` or `false`.
type Known = (&'static str, &'static str);

/// A call, and what is known after it.
struct Step {
    event: EventBuilder,
    known: Vec<Known>,
}

fn after(event: EventBuilder, known: &[Known]) -> Step {
    Step { event, known: known.to_vec() }
}

fn just(event: EventBuilder) -> Step {
    after(event, &[])
}

/// The first process, whose standard input is `/dev/null`.
fn init() -> Vec<Head> {
    let mut thread = Thread::bare(1);
    (thread.pid, thread.ptid, thread.sid, thread.vpgid) = (1, 0, 0, 1);
    (thread.vtid, thread.vpid, thread.uid, thread.gid) = (1, 1, 0, 0);
    thread.comm = b"init"[..].into();
    thread.exe = b"/sbin/init"[..].into();
    thread.exepath = b"/sbin/init"[..].into();
    thread.args = b"context\0ls\0--format\0{{json .}}\0"[..].into();
    thread.env = b"TEST_ENV_PARENT_LINEAGE=secret\0HOME=/home/user/parent\0"[..].into();
    thread.cwd = b"/root/"[..].into();
    let null = Fd { kind: FdKind::File, name: b"/dev/null".to_vec(), ino: 5, ..Fd::default() };
    vec![Head::Thread(Box::new(thread)), Head::Fd { tid: 1, number: 0, fd: null }]
}

/// What libs expects, by case: the values of fields, in order.
fn upstream() -> BTreeMap<String, Vec<(String, String)>> {
    let root = std::env::var("FARGUARD_CONFORMANCE").map_or_else(
        |_| Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")).into(),
        PathBuf::from,
    );
    let Ok(text) = fs::read_to_string(root.join("conformance/filter_eval_cases.jsonl")) else {
        println!("not compared with libs: no conformance data beside the repository");
        return BTreeMap::new();
    };
    let case = |line: &str| {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = case["test"].as_str().unwrap().rsplit('.').next().unwrap().to_owned();
        let text = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let known = case["asserts"].as_array().unwrap().iter().map(|known| {
            let what = if known["kind"] == "eval" { &known["filter"] } else { &known["field"] };
            (text(what), text(&known["result"]))
        });
        (name, known.collect())
    };
    text.lines().map(case).collect()
}

/// Takes the steps one after the other, and compares.
fn check(name: &str, head: Vec<Head>, steps: Vec<Step>) {
    let mut state = State::default();
    head.into_iter().for_each(|head| state.take(head));
    if let Some(expect) = upstream().get(name) {
        let known = steps.iter().flat_map(|step| &step.known);
        let ours: Vec<_> = known.map(|(what, value)| (*what, *value)).collect();
        let theirs: Vec<_> = expect.iter().map(|(what, value)| (&**what, &**value)).collect();
        let missing: Vec<_> = theirs.iter().filter(|pair| !ours.contains(pair)).collect();
        assert!(missing.is_empty(), "{name}: libs also expects {missing:?}");
    }
    let mut time_ns = 1_700_000_000_000_000_000;
    for (step, number) in steps.into_iter().zip(1..) {
        time_ns += 1000;
        let event = step.event.num(number).time_ns(time_ns);
        let event = event.event();
        state.enter(&event);
        let view = state.view(&event);
        for (what, expect) in step.known {
            let found = if what.contains(' ') {
                let filter = Filter::<Syscalls>::compile(what).unwrap();
                filter.matches(&view, &mut filter.scratch()).to_string()
            } else {
                fields::field(&view, what)
            };
            assert_eq!(found, expect, "{name}: {what} after event {number}");
        }
        state.leave(&event);
    }
}

fn by(tid: i64, kind: Kind) -> EventBuilder {
    EventBuilder::new(kind).tid(tid)
}

fn open(fd: i64, path: &str) -> EventBuilder {
    by(1, k::OPEN_X).i64(fd).text(path.as_bytes()).u32(3).u32(0).u32(5).u64(123)
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

const CLIENT: &str = "172.40.111.222:54321";
const SERVER: &str = "142.251.111.147:443";

fn socket(fd: i64) -> EventBuilder {
    by(1, k::SOCKET_X).i64(fd).u32(2).u32(1).u32(0)
}

fn connect(res: i64, fd: i64, server: &str) -> EventBuilder {
    by(1, k::CONNECT_X)
        .i64(res)
        .tuple(address(CLIENT), address(server))
        .i64(fd)
        .addr(address(server))
}

/// A process or thread that its own return from `clone` tells of.
fn cloned(tid: i64, pid: i64, ptid: i64, flags: u32) -> EventBuilder {
    clone(tid, 0, (tid, pid, ptid), flags)
}

fn clone(tid: i64, res: i64, (of, pid, ptid): (i64, i64, i64), flags: u32) -> EventBuilder {
    let event = by(tid, k::CLONE_20_X).i64(res).text(b"bash").absent().i64(of).i64(pid).i64(ptid);
    let event = event.text(b"").i64(1024).u64(0).u64(1).u32(12088).u32(7208).u32(0).text(b"bash");
    event.list(&[b"cpuset=/", b"cpu=/user.slice"]).u32(flags).u32(1000).u32(1000).i64(tid).i64(pid)
}

/// A program is run: path as it was given, name, path as it is.
fn execve(
    tid: i64,
    (pid, ptid): (i64, i64),
    exe: &str,
    comm: &str,
    path: Option<&str>,
) -> EventBuilder {
    let event = by(tid, k::EXECVE_19_X).i64(0).text(exe.as_bytes()).absent().i64(tid).i64(pid);
    let event = event.i64(ptid).text(b"").u64(1024).u64(0).u64(1).u32(29612).u32(4).u32(0);
    let event = event.text(comm.as_bytes()).absent().absent().u32(34818).i64(1).u32(0).u32(0);
    let event = event.u64(0).u64(0).u64(0).u64(1).u64(2).u64(3).u32(0);
    path.map_or_else(|| event.clone().absent(), |path| event.clone().text(path.as_bytes()))
        .i64(1)
        .u32(0)
}

#[test]
fn a_child_has_what_its_parent_had_until_it_runs_something() {
    let pids = (1, 1, 0);
    let event = by(20, k::EXECVE_19_X).i64(0).text(b"/bin/test-exe");
    let event = event.list(&[b"-c", b"'echo aGVsbG8K | base64 -d'"]).i64(20).i64(20).i64(1);
    let event = event.text(b"").u64(1024).u64(0).u64(1).u32(29612).u32(4).u32(0).text(b"test-exe");
    let env: [&[u8]; 4] =
        [b"SHELL=/bin/bash", b"SHELL_NEW=/bin/sh", b"PWD=/home/user", b"HOME=/home/user"];
    let event = event.list(&[b"cpuset=/"]).list(&env).u32(34818).i64(1).u32(4_294_967_294).u32(1);
    let event = event.u64(1).u64(1).u64(1).u64(242_048).u64(1_676_262_698_000_004_588);
    let event = event.u64(1_676_262_698_000_004_577).u32(2000).text(b"/bin/test-exe");
    let all = "SHELL=/bin/bash SHELL_NEW=/bin/sh PWD=/home/user HOME=/home/user";
    let steps = vec![
        just(clone(1, 20, pids, 0)),
        after(clone(20, 0, (20, 20, 1), 0), &[("proc.ppid", "1"), ("proc.cwd", "/root/")]),
        after(
            event,
            &[
                ("proc.cwd", "/root/"),
                ("proc.name", "test-exe"),
                ("proc.aname[0]", "test-exe"),
                ("proc.pid", "20"),
                ("proc.vpid", "20"),
                ("proc.apid[0]", "20"),
                ("proc.exe", "/bin/test-exe"),
                ("proc.aexe[0]", "/bin/test-exe"),
                ("proc.exepath", "/bin/test-exe"),
                ("proc.aexepath[0]", "/bin/test-exe"),
                ("proc.sid", "0"),
                ("proc.sname", "init"),
                ("proc.sid.exe", "/sbin/init"),
                ("proc.sid.exepath", "/sbin/init"),
                ("proc.is_sid_leader", "false"),
                ("proc.vpgid", "1"),
                ("proc.is_vpgid_leader", "false"),
                ("proc.vpgid.name", "init"),
                ("proc.vpgid.exe", "/sbin/init"),
                ("proc.vpgid.exepath", "/sbin/init"),
                ("proc.pname", "init"),
                ("proc.pexepath", "/sbin/init"),
                ("proc.aexepath[1]", "/sbin/init"),
                ("proc.aexepath[2]", "<NA>"),
                ("proc.pexe", "/sbin/init"),
                ("proc.aexe[1]", "/sbin/init"),
                ("proc.aname[1]", "init"),
                ("proc.aname[2]", "<NA>"),
                ("proc.ppid", "1"),
                ("proc.apid[1]", "1"),
                ("proc.pvpid", "1"),
                ("proc.cmdline", "test-exe -c 'echo aGVsbG8K | base64 -d'"),
                ("proc.pcmdline", "init context ls --format {{json .}}"),
                ("proc.acmdline[0]", "test-exe -c 'echo aGVsbG8K | base64 -d'"),
                ("proc.acmdline[1]", "init context ls --format {{json .}}"),
                ("proc.args", "-c 'echo aGVsbG8K | base64 -d'"),
                ("proc.args[0]", "-c"),
                ("proc.args[1]", "'echo aGVsbG8K | base64 -d'"),
                ("proc.args[8]", ""),
                ("proc.aargs[0]", "-c 'echo aGVsbG8K | base64 -d'"),
                ("proc.aargs[1]", "context ls --format {{json .}}"),
                ("proc.exeline", "/bin/test-exe -c 'echo aGVsbG8K | base64 -d'"),
                ("proc.tty", "34818"),
                ("user.loginuid", "4294967294"),
                ("user.uid", "2000"),
                ("proc.vmsize", "29612"),
                ("proc.vmrss", "4"),
                ("proc.vmswap", "0"),
                ("proc.fdlimit", "1024"),
                ("thread.pfmajor", "0"),
                ("thread.pfminor", "1"),
                ("proc.is_exe_writable", "true"),
                ("proc.exe_ino", "242048"),
                ("proc.exe_ino.ctime", "1676262698000004588"),
                ("proc.exe_ino.mtime", "1676262698000004577"),
                ("proc.cmdnargs", "2"),
                ("proc.cmdlenargs", "29"),
                ("proc.env", all),
                ("proc.env[HOME]", "/home/user"),
                ("proc.env[SHELL]", "/bin/bash"),
                ("proc.env[SHELL_NEW]", "/bin/sh"),
                ("proc.aenv", all),
                ("proc.aenv[0]", all),
                ("proc.aenv[1]", "TEST_ENV_PARENT_LINEAGE=secret HOME=/home/user/parent"),
                ("proc.aenv[HOME]", "/home/user/parent"),
                ("proc.aenv[SHELL]", ""),
                ("proc.aenv[TEST_ENV_PARENT_LINEAGE]", "secret"),
            ],
        ),
    ];
    check("spawn_process", init(), steps);
}

#[test]
fn in_a_container_the_child_tells_of_itself() {
    const IN_PIDNS: u32 = 1 << 29 | 1 << 6;
    let id = "f9c7a020960a15738167a77594bff1f7ac5f5bfdb6646ecbc9b17c7ed7ec5066";
    let group = format!("cpuset=/docker/{id}");
    let child = by(20, k::CLONE_20_X).i64(0).text(b"bash").absent().i64(20).i64(20).i64(1);
    let child = child.text(b"").i64(1024).u64(0).u64(1).u32(1).u32(1).u32(0).text(b"bash");
    let child = child.list(&[group.as_bytes()]).u32(IN_PIDNS).u32(0).u32(0).i64(1).i64(1);
    let steps = vec![
        just(clone(1, 5, (1, 1, 0), IN_PIDNS)),
        after(
            child,
            &[
                ("container.id", "f9c7a020960a"),
                ("proc.vpid", "1"),
                ("thread.vtid", "1"),
                ("proc.ppid", "1"),
            ],
        ),
        after(execve(20, (20, 1), "/x", "x", Some("/x")), &[("container.id", "f9c7a020960a")]),
        after(by(5, k::GETCWD_X).i64(-1), &[("proc.name", "<NA>"), ("proc.ppid", "<NA>")]),
    ];
    check("spawn_process_container", init(), steps);
}

/// Processes 1, 2 (three threads), 3, 4 (two), 5 (two), 6, each the child of the last thread before.
fn tree() -> Vec<Step> {
    const THREAD: u32 = 1 << 13;
    let spawned = [
        (2, 2, 1, 0),
        (21, 2, 1, THREAD),
        (22, 2, 1, THREAD),
        (3, 3, 2, 0),
        (4, 4, 3, 0),
        (41, 4, 3, THREAD),
        (5, 5, 41, 0),
        (51, 5, 41, THREAD),
        (6, 6, 51, 0),
    ];
    spawned.map(|(tid, pid, ptid, flags)| just(cloned(tid, pid, ptid, flags))).into()
}

#[test]
fn ancestors_are_processes_whatever_thread_made_the_child() {
    let mut steps = tree();
    let run = |tid, ptid, path| just(execve(tid, (tid, ptid), "/x", "x", Some(path)));
    steps.extend([
        run(3, 2, "/usr/bin/p3_t1_trusted_exepath"),
        run(4, 3, "/usr/bin/p4_t1_trusted_exepath"),
        run(5, 41, "/usr/bin/p5_t1_trusted_exepath"),
        after(
            execve(6, (6, 51), "/p6", "p6_t1", Some("/usr/bin/p6_t1_trusted_exepath")),
            &[
                ("proc.exepath", "/usr/bin/p6_t1_trusted_exepath"),
                ("proc.aexepath[0]", "/usr/bin/p6_t1_trusted_exepath"),
                ("proc.pexepath", "/usr/bin/p5_t1_trusted_exepath"),
                ("proc.aexepath[1]", "/usr/bin/p5_t1_trusted_exepath"),
                ("proc.aexepath[2]", "/usr/bin/p4_t1_trusted_exepath"),
                ("proc.aexepath[3]", "/usr/bin/p3_t1_trusted_exepath"),
                ("proc.aexepath[4]", "/sbin/init"),
                ("proc.aexepath[5]", "/sbin/init"),
                ("proc.aexepath[6]", "<NA>"),
            ],
        ),
    ]);
    check("PROC_FILTER_pexepath_aexepath", init(), steps);

    let mut steps = tree();
    let good = execve(6, (6, 51), "/good-exe", "good-exe", Some("/usr/bin/bad-exe (deleted)"));
    let known = [("proc.exepath", "/usr/bin/bad-exe"), ("proc.name", "good-exe")];
    steps.push(after(good, &known));
    check("PROC_FILTER_exepath", init(), steps);

    let mut steps = tree();
    steps.push(after(
        execve(6, (6, 51), "/good-exe", "good-exe", Some("/good-exe")),
        &[
            ("proc.aname in (init)", "true"),
            ("proc.aname in (bash)", "true"),
            ("proc.aname in (good-exe, init)", "true"),
            ("proc.aname = bash", "true"),
            ("proc.aname = init", "true"),
            ("proc.aname in (good-exe)", "false"),
            ("proc.aname = good-exe", "false"),
            ("proc.aname in (bad-exe)", "false"),
        ],
    ));
    check("PROC_FILTER_aname", init(), steps);
}

#[test]
fn threads_end_and_children_go_to_whom_the_kernel_says() {
    let exit = |tid, heir| by(tid, k::PROCEXIT_1_E).i64(0).i64(0).u8(0).u8(0).i64(heir);
    let call = |tid| by(tid, k::GETCWD_X).i64(-1);
    let mut steps = tree();
    steps.extend([
        after(call(2), &[("proc.nthreads", "3"), ("proc.nchilds", "2")]),
        after(call(3), &[("proc.ppid", "2"), ("proc.pname", "bash")]),
        // The main thread ends, its process does not: it still is the parent.
        after(exit(2, 21), &[("proc.nthreads", "2"), ("proc.nchilds", "2")]),
        after(call(3), &[("proc.ppid", "2")]),
        after(exit(22, 0), &[("proc.nthreads", "1"), ("proc.nchilds", "1")]),
        just(exit(21, 1)),
        // Nobody was named: the first process takes over.
        after(call(3), &[("proc.ppid", "1"), ("proc.aname[2]", "<NA>")]),
        just(exit(3, 0)),
        after(call(4), &[("proc.ppid", "1")]),
        // Named: whoever it is.
        just(exit(41, 6)),
        after(call(5), &[("proc.ppid", "6")]),
    ]);
    check("exits", init(), steps);
}

#[test]
fn executables_of_old_captures_are_found_by_how_the_call_began() {
    let begin = |dirfd: i64, path: &str, flags: u32| {
        just(by(1, Kind(330)).i64(dirfd).text(path.as_bytes()).u32(flags))
    };
    let end = |expect| after(execve(1, (1, 1), "<NA>", "<NA>", None), &[("proc.exepath", expect)]);
    let cases: [(&str, Vec<Step>, &'static str); 6] = [
        (
            "execveat_empty_path_flag",
            vec![just(open(3, "/tmp/file")), begin(3, "<NA>", 1)],
            "/tmp/file",
        ),
        (
            "execveat_relative_path",
            vec![just(open(3, "/tmp/dir")), begin(3, "file", 0)],
            "/tmp/dir/file",
        ),
        ("execveat_invalid_path", vec![just(open(3, "/tmp/dir")), begin(3, "<NA>", 0)], "<NA>"),
        ("execveat_unknown_directory", vec![begin(9, "file", 0)], "<NA>"),
        ("execveat_absolute_path", vec![begin(0, "/tmp/file", 0)], "/tmp/file"),
        ("execve", vec![just(by(1, Kind(292)).text(b"bin/x"))], "/root/bin/x"),
    ];
    for (name, mut steps, expect) in cases {
        steps.push(end(expect));
        check(name, init(), steps);
    }
    let named = execve(1, (1, 1), "/bin/test-exe", "test-exe", Some("/bin/test-exe"));
    let steps = vec![after(named, &[("proc.name", "test-exe")])];
    check("execve_invalid_path_entry", init(), steps);
}

#[test]
fn directories_users_and_groups_follow_successful_calls() {
    let dir = open(3, "/tmp/target-directory-fd");
    let steps = vec![
        after(
            by(1, k::CHDIR_X).i64(0).text(b"/tmp/target-directory"),
            &[("proc.cwd", "/tmp/target-directory/")],
        ),
        after(
            by(1, k::CHDIR_X).i64(-2).text(b"/nowhere"),
            &[("proc.cwd", "/tmp/target-directory/")],
        ),
        after(by(1, k::CHDIR_X).i64(0).text(b"../x"), &[("proc.cwd", "/tmp/x/")]),
        just(dir),
        after(by(1, k::FCHDIR_X).i64(0).i64(3), &[("proc.cwd", "/tmp/target-directory-fd/")]),
    ];
    check("chdir_fchdir", init(), steps);

    let steps = vec![
        after(by(1, k::SETUID_X).i64(0).u32(500), &[("user.uid", "500"), ("group.gid", "0")]),
        after(by(1, k::SETGID_X).i64(0).u32(600), &[("group.gid", "600")]),
        after(by(1, k::SETUID_X).i64(-1).u32(0), &[("user.uid", "500")]),
        after(by(1, k::SETGID_X).i64(-1).u32(0), &[("group.gid", "600")]),
    ];
    check("setuid_setgid", init(), steps);

    let three = |kind, res: i64| by(1, kind).i64(res).u32(1).u32(600).u32(2);
    let steps = vec![
        after(three(k::SETRESUID_X, 0), &[("user.uid", "600"), ("group.gid", "0")]),
        after(three(k::SETRESGID_X, -1), &[("group.gid", "0")]),
        after(three(k::SETRESGID_X, 0), &[("group.gid", "600")]),
        after(by(1, k::SETREUID_X).i64(0).u32(1).u32(7), &[("user.uid", "7")]),
    ];
    check("setresuid_setresgid", init(), steps);
}

#[test]
fn users_are_those_of_the_capture() {
    let add = |uid: u32, name: &str, home: &str, shell: &str| {
        let event = by(-1, k::USER_ADDED_E).u32(uid).u32(uid).text(name.as_bytes());
        just(event.text(home.as_bytes()).text(shell.as_bytes()).text(b""))
    };
    let call = || by(1, k::GETCWD_X).i64(-1);
    let unknown = ["user.name", "user.homedir", "user.shell"].map(|field| (field, "<NA>"));
    let mut head = init();
    if let Some(Head::Thread(thread)) = head.first_mut() {
        (thread.uid, thread.gid, thread.loginuid) = (1000, 1000, 0);
    }
    let steps = vec![
        add(1000, "foo", "/foo", "/bin/bash"),
        after(
            call(),
            &[
                ("user.uid", "1000"),
                ("user.loginuid", "0"),
                ("user.name", "foo"),
                ("user.homedir", "/foo"),
                ("user.shell", "/bin/bash"),
                ("user.loginname", "root"),
            ],
        ),
        just(by(-1, k::USER_DELETED_E).u32(1000).u32(0).text(b"").text(b"").text(b"").text(b"")),
        after(call(), &unknown),
        add(1000, "bar", "/bar", "/bin/bash"),
        after(call(), &[("user.name", "bar"), ("user.homedir", "/bar")]),
    ];
    check("USER_FILTER_extract_from_existent_user_entry", head, steps);

    let root = [
        ("user.uid", "0"),
        ("user.name", "root"),
        ("user.homedir", "/root"),
        ("user.shell", "<NA>"),
    ];
    let name = "USER_FILTER_extract_from_default_user_entry";
    check(name, init(), vec![after(call(), &root)]);
    let mut head = init();
    let user = User { name: b"root"[..].into(), home: b"/root"[..].into(), ..User::default() };
    head.push(Head::User { uid: 0, user });
    let name = "USER_FILTER_extract_from_loaded_user_entry";
    check(name, head, vec![after(call(), &root[..3])]);
    let empty = ["user.name", "user.homedir", "user.shell"].map(|field| (field, ""));
    let steps =
        vec![add(0, "", "", ""), after(call(), &empty), after(call(), &[("user.uid", "0")])];
    check("USER_FILTER_extract_from_existent_user_entry_without_metadata", init(), steps);
}

#[test]
fn files_are_named_by_where_they_were_opened() {
    let steps = vec![
        after(
            open(3, "/tmp/the_file"),
            &[
                ("fd.name", "/tmp/the_file"),
                ("fd.directory", "/tmp"),
                ("fd.filename", "the_file"),
                ("fd.name_changed", "false"),
            ],
        ),
        after(open(4, "a/../b"), &[("fd.name", "/root/b"), ("fd.nameraw", "a/../b")]),
        after(open(-2, "/tmp/x"), &[("fd.num", "-1")]),
        after(
            by(1, k::OPENAT_2_X).i64(5).i64(3).text(b"in").u32(1).u32(0).u32(0).u64(0),
            &[("fd.name", "/tmp/the_file/in"), ("fd.num", "5")],
        ),
        after(
            by(1, k::OPENAT_2_X).i64(6).i64(99).text(b"in").u32(1).u32(0).u32(0).u64(0),
            &[("fd.name", "<UNKNOWN>in")],
        ),
        after(
            by(1, k::OPENAT2_X).i64(6).i64(-100).text(b"in").u32(1).u32(0).u32(0).u32(7).u64(9),
            &[("fd.name", "/root/in"), ("fd.ino", "9")],
        ),
        after(
            by(1, k::OPEN_BY_HANDLE_AT_X).i64(4).i64(5).u32(3).text(b"/tmp/the_file.txt"),
            &[("fd.name", "/tmp/the_file.txt")],
        ),
    ];
    check("file_open", init(), steps);

    let long = ["A", "B", "C"].map(|letter| format!("/{}", letter.repeat(1000))).concat();
    let known = [
        ("fd.name", "/DIR_TOO_LONG/FILENAME_TOO_LONG"),
        ("fd.directory", "/DIR_TOO_LONG"),
        ("fd.filename", "FILENAME_TOO_LONG"),
    ];
    let handle = by(1, k::OPEN_BY_HANDLE_AT_X).i64(4).i64(5).u32(3).text(long.as_bytes());
    let abspath = [known[0], ("evt.abspath", "/DIR_TOO_LONG/FILENAME_TOO_LONG")];
    let steps = vec![after(open(3, &long), &known), after(handle, &abspath)];
    check("path_too_long", init(), steps);

    let layer = |bits: u32| by(1, k::OPEN_X).i64(3).text(b"/f").u32(1 | bits).u32(0).u32(5).u64(1);
    let lower = [("fd.is_lower_layer", "true"), ("fd.is_upper_layer", "false")];
    let upper = [("fd.is_lower_layer", "false"), ("fd.is_upper_layer", "true")];
    check("EVT_FILTER_is_lower_layer", init(), vec![after(layer(1 << 16), &lower)]);
    check("EVT_FILTER_is_upper_layer", init(), vec![after(layer(1 << 15), &upper)]);
}

#[test]
fn the_start_of_a_call_counts_where_its_end_says_otherwise() {
    let (truth, lie) = (&b"/tmp/the_file"[..], &b"/tmp/some_other_file"[..]);
    let known = [("fd.name", "/tmp/the_file")];
    let steps = vec![
        just(by(3, k::OPEN_E).text(truth).u32(0).u32(0)),
        after(by(3, k::OPEN_X).i64(1).text(lie).u32(0).u32(0).u32(0).u64(0), &known),
        just(by(1, k::OPENAT_2_E).i64(3).text(truth).u32(0).u32(0)),
        after(by(1, k::OPENAT_2_X).i64(2).i64(3).text(lie).u32(0).u32(0).u32(0).u64(0), &known),
        just(by(2, k::CREAT_E).text(truth).u32(0)),
        after(by(2, k::CREAT_X).i64(4).text(lie).u32(0).u32(0).u64(0).u16(0), &known),
        // Another call in between: the start is of another time.
        just(by(2, k::CREAT_E).text(b"/tmp/old").u32(0)),
        just(by(2, k::CHDIR_X).i64(0).text(b"/")),
        after(by(2, k::CREAT_X).i64(4).text(truth).u32(0).u32(0).u64(0).u16(0), &known),
    ];
    check("filename_toctou", init(), steps);
}

#[test]
fn every_kind_of_descriptor_is_known() {
    let made = |kind| by(1, kind).i64(21);
    let cases: [(&str, EventBuilder, [Known; 2]); 12] = [
        ("eventfd", made(k::EVENTFD_X).u64(0).u32(6), [("fd.type", "event"), ("fd.typechar", "e")]),
        ("", made(k::EVENTFD2_X).u16(1).u64(0), [("fd.type", "event"), ("fd.num", "21")]),
        ("", made(k::TIMERFD_CREATE_X).u8(0).u8(0), [("fd.type", "timerfd"), ("fd.typechar", "t")]),
        ("", made(k::INOTIFY_INIT_X).u8(0), [("fd.type", "inotify"), ("fd.typechar", "i")]),
        ("", made(k::INOTIFY_INIT1_X).u16(0), [("fd.type", "inotify"), ("fd.typechar", "i")]),
        ("", made(k::USERFAULTFD_X).u32(0), [("fd.type", "userfaultfd"), ("fd.typechar", "u")]),
        ("", made(k::IO_URING_SETUP_X).u32(0), [("fd.type", "io_uring"), ("fd.typechar", "r")]),
        ("", made(k::EPOLL_CREATE_X).u32(0), [("fd.type", "eventpoll"), ("fd.typechar", "l")]),
        ("", made(k::EPOLL_CREATE1_X).u32(0), [("fd.type", "eventpoll"), ("fd.typechar", "l")]),
        ("", made(k::BPF_2_X), [("fd.type", "bpf"), ("fd.typechar", "b")]),
        ("", made(k::PIDFD_OPEN_X).i64(2).u32(0), [("fd.type", "pidfd"), ("fd.typechar", "P")]),
        (
            "memfd_create",
            made(k::MEMFD_CREATE_X).text(b"test_name").u32(0),
            [("fd.typechar", "m"), ("fd.type", "memfd")],
        ),
    ];
    for (name, event, known) in cases {
        let more = [known[0], known[1], ("fd.uid", "121"), ("fd.ino", "0")];
        check(name, init(), vec![after(event, &more)]);
    }
    let signal = by(1, k::SIGNALFD4_X).i64(5).u16(47).i64(-1).u32(0);
    let known = [("fd.type", "signalfd"), ("fd.typechar", "s"), ("fd.uid", "15"), ("fd.ino", "0")];
    check("signalfd4", init(), vec![after(signal, &known)]);
    let pipe = by(1, k::PIPE_X).i64(0).i64(3).i64(4).u64(7_479_253_124);
    let known = [("fd.num", "4"), ("fd.type", "pipe"), ("fd.name", ""), ("fd.ino", "7479253124")];
    let read = by(1, k::READ_X).i64(1).bytes(b"x").i64(3).u32(1);
    check("pipe", init(), vec![after(pipe, &known), after(read, &[("fd.type", "pipe")])]);
    // What this command returns is no descriptor: standard input stays what it was.
    let lookup = by(1, k::BPF_2_X).i64(0).u32(1);
    let read = by(1, k::READ_X).i64(0).bytes(b"").i64(0).u32(1);
    check("", init(), vec![just(lookup), after(read, &[("fd.name", "/dev/null")])]);
}

#[test]
fn descriptors_are_copied_closed_and_used() {
    let known = [("fd.name", "/tmp/test"), ("fd.num", "3")];
    let mode = by(1, k::FCHMOD_X).i64(0).i64(3).u32(0);
    check("fchmod", init(), vec![after(open(3, "/tmp/test"), &known), after(mode, &known)]);
    let owner = by(1, k::FCHOWN_X).i64(0).i64(3).u32(0).u32(0);
    check("fchown", init(), vec![after(open(3, "/tmp/test"), &known), after(owner, &known)]);

    let at = |number| [("fd.name", "/tmp/test"), ("fd.num", number)];
    let read = |fd: i64| by(1, k::READ_X).i64(0).bytes(b"").i64(fd).u32(1);
    let steps = vec![
        just(open(3, "/tmp/test")),
        after(by(1, k::DUP_1_X).i64(123).i64(3), &at("123")),
        after(by(1, k::DUP2_X).i64(124).i64(3).i64(124), &at("124")),
        after(by(1, k::DUP3_X).i64(125).i64(3).i64(125).u32(4096), &at("125")),
        after(by(1, k::FCNTL_X).i64(126).i64(3).u8(1).u64(100), &at("126")),
        after(by(1, k::FCNTL_X).i64(0).i64(3).u8(2).u64(0), &at("3")),
        after(by(1, k::CLOSE_X).i64(0).i64(3), &at("3")),
        after(read(3), &[("fd.num", "3"), ("fd.name", "")]),
        after(read(123), &at("123")),
        after(by(1, k::CLOSE_X).i64(-9).i64(123), &at("123")),
        just(by(1, k::CLOSE_RANGE_X).i64(0).u32(100).u32(125).u32(0)),
        after(read(125), &[("fd.name", "")]),
        after(read(126), &at("126")),
        // A process has a copy, a thread the same table.
        just(cloned(7, 7, 1, 0)),
        just(cloned(8, 1, 0, 1 << 13)),
        just(by(7, k::CLOSE_X).i64(0).i64(126)),
        after(read(126), &at("126")),
        just(by(8, k::CLOSE_X).i64(0).i64(126)),
        after(read(126), &[("fd.name", "")]),
    ];
    check("dup_dup2_dup3", init(), steps);
}

#[test]
fn connections_have_two_ends() {
    let ends = &[
        ("fd.connected", "true"),
        ("fd.name", "172.40.111.222:54321->142.251.111.147:443"),
        ("fd.sip", "142.251.111.147"),
        ("fd.cip", "172.40.111.222"),
        ("fd.sport", "443"),
        ("fd.cport", "54321"),
        ("fd.name_changed", "true"),
    ];
    let new =
        &[("fd.connected", "false"), ("fd.l4proto", "<NA>"), ("fd.name", ""), ("fd.sip", "<NA>")];
    let steps = vec![after(socket(5), new), after(connect(0, 5, SERVER), ends)];
    check("net_ipv4_connect", init(), steps);

    let steps = vec![just(socket(5)), after(connect(-115, 5, SERVER), ends)];
    check("still connecting", init(), steps);
    let steps =
        vec![just(socket(5)), after(connect(-111, 5, SERVER), &[("fd.connected", "false")])];
    check("refused", init(), steps);

    let send = by(1, k::SENDTO_X).i64(0).absent().i64(5).u32(102);
    let send = send.tuple(address(CLIENT), address(SERVER));
    let begin = by(1, k::CONNECT_E).i64(5).addr(address(SERVER));
    let steps =
        vec![just(socket(5)), just(begin), just(send), after(connect(0, 5, SERVER), &ends[..2])];
    check("net_ipv4_connect_with_intermediate_event", init(), steps);

    let begin = by(1, k::CONNECT_E).i64(5).addr(address("6.6.6.6:66"));
    let truth = [("fd.sip", "6.6.6.6"), ("fd.sport", "66")];
    let steps = vec![just(socket(5)), just(begin), after(connect(0, 5, SERVER), &truth)];
    check("connect_toctou", init(), steps);
}

#[test]
fn servers_accept_what_clients_send() {
    let bind = by(1, k::BIND_X).i64(0).addr(address(SERVER)).i64(5);
    let accept = by(1, k::ACCEPT_5_X).i64(6).tuple(address(CLIENT), address(SERVER));
    let steps = vec![
        just(socket(5)),
        after(
            bind,
            &[
                ("fd.name", "142.251.111.147:443"),
                ("fd.is_server", "true"),
                ("fd.sip", "142.251.111.147"),
                ("fd.cip", "<NA>"),
            ],
        ),
        after(by(1, k::LISTEN_X).i64(0).i64(5).u32(5), &[("fd.num", "5")]),
        after(
            accept.u8(0).u32(0).u32(5),
            &[
                ("fd.num", "6"),
                ("fd.name", "172.40.111.222:54321->142.251.111.147:443"),
                ("fd.sip", "142.251.111.147"),
                ("fd.cip", "172.40.111.222"),
                ("fd.l4proto", "tcp"),
                ("fd.connected", "true"),
            ],
        ),
    ];
    check("net_bind_listen_accept_ipv4", init(), steps);

    // Datagrams: the peer of a server and of a client changes from one to the next.
    let udp = |fd: i64| by(1, k::SOCKET_X).i64(fd).u32(2).u32(2).u32(0);
    let receive = |fd: i64, from: &str, to: &str| {
        by(1, k::RECVFROM_X).i64(1).bytes(b"x").tuple(address(from), address(to)).i64(fd).u32(1)
    };
    let send = |fd: i64, from: &str, to: &str| {
        by(1, k::SENDTO_X).i64(1).bytes(b"x").i64(fd).u32(1).tuple(address(from), address(to))
    };
    let name = |name| [("fd.name", name), ("fd.name_changed", "true"), ("fd.l4proto", "udp")];
    let steps = vec![
        just(udp(7)),
        just(by(1, k::BIND_X).i64(0).addr(address("10.0.0.1:53")).i64(7)),
        after(receive(7, "10.0.0.9:999", "10.0.0.1:53"), &name("10.0.0.9:999->10.0.0.1:53")),
        after(
            send(7, "10.0.0.1:53", "10.0.0.9:999"),
            &[("fd.name", "10.0.0.9:999->10.0.0.1:53"), ("fd.name_changed", "false")],
        ),
        just(udp(8)),
        after(send(8, "10.0.0.1:40", "10.0.0.2:53"), &name("10.0.0.1:40->10.0.0.2:53")),
        after(send(9, "10.0.0.1:41", "10.0.0.3:53"), &[("fd.name", "10.0.0.1:41->10.0.0.3:53")]),
    ];
    check("datagrams", init(), steps);

    let steps = vec![
        just(by(1, k::SOCKET_X).i64(3).u32(1).u32(1).u32(0)),
        after(
            by(1, k::CONNECT_X).i64(0).unix_tuple(0, 0x1f, b"/run/x.sock").i64(3).absent(),
            &[("fd.name", "0->1f /run/x.sock"), ("fd.type", "unix")],
        ),
        after(
            by(1, k::SOCKETPAIR_X).i64(0).i64(4).i64(5).u64(1).u64(2).u32(1).u32(1).u32(0),
            &[("fd.num", "4"), ("fd.type", "unix"), ("fd.name", "")],
        ),
    ];
    check("unix", init(), steps);
}

#[test]
fn standard_streams_may_be_sockets() {
    let to = |fd: i64| just(by(1, k::DUP2_X).i64(fd).i64(5).i64(fd));
    let steps = vec![
        just(socket(5)),
        just(connect(0, 5, SERVER)),
        to(0),
        to(1),
        to(2),
        after(
            execve(1, (1, 1), "/sh", "sh", Some("/bin/sh")),
            &[
                ("proc.stdin.type", "ipv4"),
                ("proc.stdout.type", "ipv4"),
                ("proc.stderr.type", "ipv4"),
                ("proc.stdin.name", "172.40.111.222:54321->142.251.111.147:443"),
            ],
        ),
    ];
    check("PROC_FILTER_stdin_stdout_stderr", init(), steps);
}
