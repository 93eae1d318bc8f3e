//! What fields say of the events of a small machine.

use super::machine;

fn check(event: &str, expect: &[(&str, &str)]) {
    let (_, made) = machine::events().into_iter().find(|(name, _)| *name == event).unwrap();
    for (name, expect) in expect {
        let mut state = machine::state();
        assert_eq!(machine::field(&mut state, &made, name), *expect, "{event}: {name}");
    }
}

#[test]
fn a_file_is_opened() {
    check(
        "open",
        &[
            ("evt.num", "7"),
            ("evt.type", "openat"),
            ("evt.source", "syscall"),
            ("evt.category", "file"),
            ("evt.cpu", "2"),
            ("evt.dir", "<"),
            ("evt.res", "SUCCESS"),
            ("evt.rawres", "7"),
            ("evt.failed", "false"),
            ("evt.hostname", "host-1"),
            (
                "evt.args",
                "fd=7(<f>/data/f) dirfd=3(<d>/data) name=sub/../f(/data/f) flags=16391(O_CREAT|O_RDWR|O_F_CREATED) mode=0755 dev=5 ino=9",
            ),
            ("evt.abspath", "/data/f"),
            ("evt.is_open_read", "true"),
            ("evt.is_open_write", "true"),
            ("evt.is_open_exec", "true"),
            ("evt.is_open_create", "true"),
            ("evt.time", "22:13:20.123456789"),
            ("evt.time.s", "22:13:20"),
            ("evt.time.iso8601", "2023-11-14T22:13:20.123456789+0000"),
            ("evt.datetime", "2023-11-14 22:13:20.123456789"),
            ("evt.rawtime.s", "1700000000"),
            ("evt.rawtime.ns", "123456789"),
            ("evt.count.error", "0"),
            ("evt.count.error.net", "<NA>"),
            ("fd.num", "7"),
            ("fd.name", "/data/f"),
            ("fd.nameraw", "sub/../f"),
            ("fd.directory", "/data"),
            ("fd.filename", "f"),
            ("fd.type", "file"),
            ("fd.typechar", "f"),
            ("fd.types", "(pipe file ipv4 directory unix)"),
            ("fd.dev", "5"),
            ("fd.ino", "9"),
            ("fd.uid", "207"),
            ("fd.containername", ":/data/f"),
            ("fd.name_changed", "false"),
            ("fs.path.name", "/data/f"),
            ("fs.path.nameraw", "sub/../f"),
        ],
    );
}

#[test]
fn a_file_cannot_be_opened() {
    check(
        "open-fails",
        &[
            ("evt.res", "ENOENT"),
            ("evt.rawres", "-2"),
            ("evt.failed", "true"),
            ("evt.count.error.file", "1"),
            (
                "evt.args",
                "fd=-2(ENOENT) dirfd=-100(AT_FDCWD) name=x//y(/srv/x/y) flags=1(O_RDONLY) mode=0 dev=<NA> ino=<NA>",
            ),
            ("fd.num", "-1"),
            ("fd.name", "/srv/x/y"),
            ("fd.nameraw", "x/y"),
            ("fd.directory", "/srv/x"),
            ("fd.filename", "<NA>"),
            ("fd.type", "<NA>"),
            ("fd.typechar", "f"),
            ("fs.path.name", "<NA>"),
            ("evt.is_open_create", "false"),
        ],
    );
}

#[test]
fn a_process_has_ancestors() {
    check(
        "read",
        &[
            ("proc.name", "worker"),
            ("proc.exe", "/bin/worker"),
            ("proc.exepath", "/usr/bin/worker"),
            ("proc.args", "-c worker it"),
            ("proc.cmdline", "worker -c worker it"),
            ("proc.exeline", "/bin/worker -c worker it"),
            ("proc.cmdnargs", "2"),
            ("proc.cmdlenargs", "11"),
            ("proc.env", "HOME=/home/worker ONLY_20=yes"),
            ("proc.cwd", "/srv/"),
            ("proc.pid", "20"),
            ("proc.ppid", "10"),
            ("proc.vpid", "20"),
            ("proc.sid", "1"),
            ("proc.sname", "init"),
            ("proc.sid.exe", "/bin/init"),
            ("proc.vpgid.name", "bash"),
            ("proc.pgid.exepath", "/usr/bin/bash"),
            ("proc.pname", "bash"),
            ("proc.pcmdline", "bash -c bash it"),
            ("proc.aname", "(bash init)"),
            ("proc.apid", "(10 1)"),
            ("proc.acmdline", "(bash -c bash it init -c init it)"),
            ("proc.loginshellid", "10"),
            ("proc.duration", "5000"),
            ("proc.exe_ino.ctime_duration_proc_start", "4000"),
            ("proc.exe_ino.ctime_duration_pidns_start", "1000"),
            ("proc.fdopencount", "6"),
            ("proc.fdlimit", "8"),
            ("proc.fdusage", "75"),
            ("proc.nthreads", "2"),
            ("proc.nchilds", "1"),
            ("proc.stdin.type", "pipe"),
            ("proc.stdout.name", "/var/log/out"),
            ("proc.is_exe_upper_layer", "true"),
            ("proc.is_vpgid_leader", "false"),
            ("thread.tid", "20"),
            ("thread.ismain", "true"),
            ("thread.cap_effective", "CAP_CHOWN CAP_SYS_ADMIN"),
            ("thread.cap_inheritable", ""),
            ("thread.cgroups", "cpu=/docker/x blkio=/slow memory=/m"),
            ("thread.vmsize.b", "30720"),
            ("user.name", "foo"),
            ("user.homedir", "/home/foo"),
            ("user.shell", "/bin/bash"),
            ("user.loginuid", "1000"),
            ("user.loginname", "foo"),
            ("group.name", "staff"),
            ("container.id", "host"),
            ("container.name", "host"),
            ("container.image.repository", ""),
            ("container.privileged", "false"),
            ("k8s.pod.name", "<NA>"),
        ],
    );
}

#[test]
fn bytes_are_read() {
    check(
        "read",
        &[
            ("evt.buffer", "[127, 69, 76, 70]"),
            ("evt.buflen", "4"),
            ("evt.buflen.file.in", "4"),
            ("evt.buflen.out", "<NA>"),
            ("evt.is_io_read", "true"),
            ("evt.is_io_write", "false"),
            ("evt.io_dir", "read"),
            ("fd.is_upper_layer", "true"),
            ("fd.is_lower_layer", "false"),
        ],
    );
}

#[test]
fn bytes_are_sent() {
    check(
        "send",
        &[
            (
                "evt.args",
                "res=2 data=hi fd=2(<4t>10.0.0.1:40000->10.0.0.2:443) size=2 tuple=10.0.0.1:40000->10.0.0.2:443",
            ),
            ("evt.category", "net"),
            ("evt.buflen.net.out", "2"),
            ("fd.type", "ipv4"),
            ("fd.typechar", "4"),
            ("fd.name", "10.0.0.1:40000->10.0.0.2:443"),
            ("fd.ip", "(10.0.0.1 10.0.0.2)"),
            ("fd.cip", "10.0.0.1"),
            ("fd.sip", "10.0.0.2"),
            ("fd.lip", "10.0.0.1"),
            ("fd.rip", "10.0.0.2"),
            ("fd.port", "(40000 443)"),
            ("fd.cport", "40000"),
            ("fd.sport", "443"),
            ("fd.lport", "40000"),
            ("fd.rport", "443"),
            ("fd.net", "(10.0.0.1 10.0.0.2)"),
            ("fd.snet", "10.0.0.2"),
            ("fd.l4proto", "tcp"),
            ("fd.sockfamily", "ip"),
            ("fd.is_server", "false"),
            ("fd.connected", "true"),
            ("fd.cproto", "40000"),
            ("fd.sproto", "443"),
        ],
    );
}

#[test]
fn a_connection_is_refused() {
    check(
        "connect-fails",
        &[
            ("evt.args", "res=-111(ECONNREFUSED) tuple=NULL fd=9 addr=10.0.0.2:443"),
            ("evt.res", "ECONNREFUSED"),
            ("evt.count.error.net", "1"),
            ("fd.name", "10.0.0.2:443"),
            ("fd.nameraw", "10.0.0.2:443"),
            ("fd.num", "9"),
            ("fd.cip", "<NA>"),
        ],
    );
}

#[test]
fn a_socket_listens() {
    check(
        "listen",
        &[
            ("evt.args", "res=0 fd=4(<2t>0.0.0.0:80) backlog=5"),
            ("fd.name", "0.0.0.0:80"),
            ("fd.typechar", "2"),
            ("fd.ip", "(0.0.0.0)"),
            ("fd.cip", "<NA>"),
            ("fd.sip", "0.0.0.0"),
            ("fd.sport", "80"),
            ("fd.is_server", "true"),
            ("fd.l4proto", "tcp"),
        ],
    );
}

#[test]
fn descriptors_are_waited_for() {
    check(
        "poll",
        &[
            ("evt.args", "res=1 fds=1:f1 2:44 9:?1 4:21 timeout=5"),
            ("evt.category", "wait"),
            ("evt.is_wait", "true"),
            ("fd.num", "<NA>"),
            ("fdlist.nums", "1,2,9,4"),
            ("fdlist.names", "/var/log/out,10.0.0.1:40000->10.0.0.2:443,<NA>,0.0.0.0:80"),
            ("fdlist.cips", "10.0.0.1"),
            ("fdlist.sips", "10.0.0.2,0.0.0.0"),
            ("fdlist.cports", "40000"),
            ("fdlist.sports", "443,80"),
        ],
    );
}

#[test]
fn a_file_is_renamed() {
    check(
        "rename",
        &[
            (
                "evt.args",
                "res=0 olddirfd=-100(AT_FDCWD) oldpath=a(/srv/a) newdirfd=3(<d>/data) newpath=b(/data/b) flags=1(RENAME_NOREPLACE)",
            ),
            ("evt.abspath", "/srv/a"),
            ("fs.path.name", "<NA>"),
            ("fs.path.source", "/srv/a"),
            ("fs.path.sourceraw", "a"),
            ("fs.path.target", "/data/b"),
            ("fs.path.targetraw", "b"),
        ],
    );
}

#[test]
fn rights_are_changed() {
    check(
        "chmod",
        &[
            (
                "evt.args",
                "res=0 dirfd=3(<d>/data) filename=f(/data/f) mode=04755(S_IXOTH|S_IROTH|S_IXGRP|S_IRGRP|S_IXUSR|S_IWUSR|S_IRUSR|S_ISUID)",
            ),
            ("fs.path.name", "/data/f"),
            ("fs.path.nameraw", "f"),
        ],
    );
}

#[test]
fn a_signal_is_sent() {
    check(
        "kill",
        &[
            ("evt.args", "res=-3(ESRCH) pid=10(bash) sig=9(SIGKILL)"),
            ("evt.res", "ESRCH"),
            ("evt.category", "signal"),
            ("evt.count.error.other", "1"),
        ],
    );
}

#[test]
fn a_thread_is_not_its_process() {
    check(
        "thread",
        &[
            ("proc.name", "helper"),
            ("proc.pid", "20"),
            ("proc.cwd", "/srv/"),
            ("proc.stdin.type", "pipe"),
            ("thread.ismain", "false"),
            ("thread.tid", "21"),
            ("thread.nametid", "helper21"),
            ("thread.vmsize", "0"),
            ("proc.nthreads", "2"),
        ],
    );
}

#[test]
fn a_container_has_users_of_its_own() {
    check(
        "contained",
        &[
            ("container.id", "0123456789ab"),
            ("container.name", "web"),
            ("container.full_id", "0123456789ab0123456789ab"),
            ("container.type", "containerd"),
            ("container.image", "registry/nginx:1.27"),
            ("container.image.repository", "registry/nginx"),
            ("container.image.tag", "1.27"),
            ("container.privileged", "true"),
            ("container.host_pid", "true"),
            ("container.host_ipc", "false"),
            ("container.mounts", "/proc/1:/host:ro:true:rprivate,/etc:/conf::false:"),
            ("container.mount[1]", "/etc:/conf::false:"),
            ("container.mount[/proc*]", "/proc/1:/host:ro:true:rprivate"),
            ("container.mount.dest[/proc*]", "/host"),
            ("container.mount.dest[/proc]", "<NA>"),
            ("container.mount.source[/conf]", "/etc"),
            ("container.mount.rdwr[0]", "true"),
            ("container.label[app]", "shop"),
            ("container.labels", "app:shop, tier"),
            ("k8s.pod.name", "web-1"),
            ("k8s.ns.name", "prod"),
            ("k8s.pod.uid", "u-1"),
            ("k8s.pod.sandbox_id", "aabbccddeeff"),
            ("k8s.pod.label[team]", "blue"),
            ("k8s.pod.ip", "10.0.0.9"),
            ("container.start_ts", "1700000000123446789"),
            ("container.duration", "10000"),
            ("user.uid", "1000"),
            ("user.name", "<NA>"),
            ("user.homedir", "<NA>"),
            ("group.name", "<NA>"),
            ("proc.vpid", "3"),
            ("proc.pid", "30"),
            ("proc.sname", "init"),
        ],
    );
}

#[test]
fn a_call_has_only_a_number() {
    check(
        "generic",
        &[
            ("evt.type", "sched_yield"),
            ("syscall.type", "sched_yield"),
            ("evt.args", ""),
            ("evt.category", "other"),
            ("evt.res", "<NA>"),
        ],
    );
}

#[test]
fn something_else_happens() {
    check(
        "async",
        &[
            ("evt.type", "container"),
            ("evt.asynctype", "container"),
            ("evt.is_async", "true"),
            ("evt.dir", ">"),
            ("syscall.type", "<NA>"),
            ("proc.name", "<NA>"),
        ],
    );
}

#[test]
fn a_process_ends() {
    check(
        "exit",
        &[
            ("evt.type", "procexit"),
            ("evt.args", "status=0 ret=1 sig=0 core=0 reaper_tid=1(init)"),
            ("evt.dir", ">"),
            ("evt.res", "<NA>"),
            ("syscall.type", "<NA>"),
            ("evt.count.exit", "<NA>"),
            ("proc.name", "worker"),
        ],
    );
}

#[test]
fn arguments_choose_what_is_said() {
    check(
        "read",
        &[
            ("proc.aname[0]", "worker"),
            ("proc.aname[1]", "bash"),
            ("proc.aname[2]", "init"),
            ("proc.aname[3]", "<NA>"),
            ("proc.aexe[1]", "/bin/bash"),
            ("proc.apid[2]", "1"),
            ("proc.aargs[1]", "-c bash it"),
            ("proc.args[1]", "worker it"),
            ("proc.args[2]", ""),
            ("proc.env[HOME]", "/home/worker"),
            ("proc.env[HOM]", ""),
            ("proc.aenv[ONLY_1]", "yes"),
            ("proc.aenv[ONLY_20]", ""),
            ("proc.aenv[1]", "HOME=/home/bash ONLY_10=yes"),
            ("thread.cgroup[memory]", "/m"),
            ("thread.cgroup[blkio]", "/slow"),
            ("thread.cgroup[net]", "<NA>"),
            ("fd.types[0]", "(pipe)"),
            ("fd.types[9]", "<NA>"),
            ("evt.type.is[read]", "1"),
            ("evt.type.is[7]", "1"),
            ("evt.type.is[write]", "0"),
            ("evt.arg[data]", ".ELF"),
            ("evt.arg[fd]", "<f>/var/log/out"),
            ("evt.arg[1]", ".ELF"),
            ("evt.arg[9]", "<NA>"),
            ("evt.arg[flags]", "<NA>"),
            ("evt.rawarg[fd]", "1"),
            ("evt.rawarg[data]", "[127, 69, 76, 70]"),
        ],
    );
    check("open", &[("evt.arg[name]", "/data/f"), ("evt.rawarg[name]", "sub/../f")]);
    check("rename", &[("evt.abspath[src]", "/srv/a"), ("evt.abspath[dst]", "/data/b")]);
}
