//! A small machine and what happens on it.

use std::net::{IpAddr, SocketAddr};

use bumpalo::Bump;
use farguard_rules::{Arg, Source, Value};

use crate::{
    Syscalls,
    build::EventBuilder,
    capture::Head,
    state::{Container, Fd, FdKind, Machine, Role, Socket, State, Thread, User, fd::l4},
    table::kind,
};

/// When the last event happens.
pub(super) const NOW: u64 = 1_700_000_000_123_456_789;

fn thread(tid: i64, ptid: i64, comm: &str) -> Thread {
    Thread {
        tid,
        pid: tid,
        ptid,
        vtid: tid,
        vpid: tid,
        sid: 1,
        vpgid: 10,
        pgid: 10,
        comm: comm.as_bytes().into(),
        exe: format!("/bin/{comm}").into_bytes().into(),
        exepath: format!("/usr/bin/{comm}").into_bytes().into(),
        args: format!("-c\0{comm} it\0").into_bytes().into(),
        env: format!("HOME=/home/{comm}\0ONLY_{tid}=yes\0").into_bytes().into(),
        cwd: b"/srv/"[..].into(),
        cgroups: b"cpu=/docker/x\0io=/slow\0memory=/m\0"[..].into(),
        uid: 1000,
        gid: 1000,
        loginuid: 1000,
        tty: 34_816,
        fdlimit: 8,
        cap_effective: 0x20_0001,
        cap_permitted: 1,
        exe_writable: true,
        exe_upper_layer: true,
        exe_ino: 77,
        exe_ino_ctime: NOW - 9_000,
        exe_ino_mtime: NOW - 8_000,
        clone_time_ns: NOW - 5_000,
        pidns_init_start_time_ns: NOW - 10_000,
        vm_kib: [30, 20, 10],
        page_faults: [5, 6],
        ..Thread::default()
    }
}

fn end(text: &str) -> Option<(IpAddr, u16)> {
    let address: SocketAddr = text.parse().unwrap();
    Some((address.ip(), address.port()))
}

fn fd(kind: FdKind, name: &str) -> Fd {
    Fd { kind, name: name.into(), raw_name: name.into(), dev: 0x0810_0305, ino: 99, ..Fd::of(kind) }
}

fn web(id: &str) -> Container {
    let json = format!(
        r#"{{"container": {{"id": "{id}", "full_id": "{id}{id}", "name": "web", "type": 7,
        "image": "registry/nginx:1.27", "imageid": "f00", "imagerepo": "registry/nginx",
        "imagetag": "1.27", "imagedigest": "sha256:1", "privileged": true, "host_pid": true,
        "ip": "10.0.0.9", "cni_json": "{{}}", "pod_sandbox_id": "aabbccddeeff00112233",
        "Mounts": [{{"Source": "/proc/1", "Destination": "/host", "Mode": "ro", "RW": true,
        "Propagation": "rprivate"}}, {{"Source": "/etc", "Destination": "/conf"}}],
        "labels": {{"app": "shop", "io.kubernetes.pod.name": "web-1", "tier": "",
        "io.kubernetes.pod.namespace": "prod", "io.kubernetes.pod.uid": "u-1"}},
        "pod_sandbox_labels": {{"team": "blue"}}}}}}"#
    );
    Container::from_json(json.as_bytes()).unwrap()
}

/// `init` (1), `bash` (10), `worker` (20) with a second thread (21), and `nginx` (30) in a container.
pub(super) fn state() -> State {
    let mut state = State::default();
    state.take(Head::Machine(Machine { hostname: b"host-1"[..].into(), ..Machine::default() }));
    let [name, home, shell] = ["foo", "/home/foo", "/bin/bash"].map(|text| text.as_bytes().into());
    state.take(Head::User { uid: 1000, user: User { gid: 1000, name, home, shell } });
    state.take(Head::Group { gid: 1000, name: b"staff"[..].into() });
    let container = "0123456789abcdef".repeat(4);
    for thread in [
        Thread { sid: 1, vpgid: 1, pgid: 1, ..thread(1, 0, "init") },
        thread(10, 1, "bash"),
        thread(20, 10, "worker"),
        Thread { pid: 20, vpid: 20, ..thread(21, 10, "helper") },
        Thread {
            vtid: 3,
            vpid: 3,
            cgroups: format!("cpu=/docker/{container}\0").into_bytes().into(),
            ..thread(30, 10, "nginx")
        },
    ] {
        state.take(Head::Thread(Box::new(thread)));
    }
    state.add_container(web("0123456789ab"));
    let connected = Socket {
        source: end("10.0.0.1:40000"),
        target: end("10.0.0.2:443"),
        l4: l4::TCP,
        role: Role::Client,
        connected: true,
    };
    let listening = Socket { target: end("0.0.0.0:80"), l4: l4::TCP, ..Socket::default() };
    let socket = fd(FdKind::Ipv4Socket, "10.0.0.1:40000->10.0.0.2:443");
    for (number, fd) in [
        (0, fd(FdKind::Pipe, "pipe:[1]")),
        (1, Fd { open_flags: 1 << 15, ..fd(FdKind::File, "/var/log/out") }),
        (2, Fd { socket: connected, ..socket }),
        (3, fd(FdKind::Directory, "/data")),
        (4, Fd { socket: listening, ..fd(FdKind::Ipv4Server, "0.0.0.0:80") }),
        (5, fd(FdKind::UnixSocket, "a->b /dev/log")),
    ] {
        state.take(Head::Fd { tid: 20, number, fd });
    }
    state
}

fn call(of: crate::Kind) -> EventBuilder {
    EventBuilder::new(of).num(7).time_ns(NOW).tid(20).cpu(2)
}

/// Descriptors and events as `poll` is given them.
fn polled(fds: &[(i64, u16)]) -> Vec<u8> {
    let mut bytes = u16::try_from(fds.len()).unwrap().to_le_bytes().to_vec();
    for (number, events) in fds {
        bytes.extend(number.to_le_bytes());
        bytes.extend(events.to_le_bytes());
    }
    bytes
}

/// What happens, each with a name.
pub(super) fn events() -> Vec<(&'static str, EventBuilder)> {
    let (here, there) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:443".parse().unwrap());
    let open = || call(kind::OPENAT_2_X);
    vec![
        ("open", open().i64(7).i64(3).text(b"sub/../f").u32(0x4007).u32(0o755).u32(5).u64(9)),
        ("open-fails", open().i64(-2).i64(-100).text(b"x//y").u32(1).u32(0).absent().absent()),
        ("read", call(kind::READ_X).i64(4).bytes(b"\x7fELF").i64(1).u32(80)),
        ("write", call(kind::WRITE_X).i64(2).bytes(b"hi").i64(1).u32(2)),
        ("send", call(kind::SENDTO_X).i64(2).bytes(b"hi").i64(2).u32(2).tuple(here, there)),
        ("receive", call(kind::RECVFROM_X).i64(2).bytes(b"hi").tuple(here, there).i64(2).u32(2)),
        ("syslog", call(kind::WRITE_X).i64(1).bytes(b"x").i64(5).u32(1)),
        ("connect-fails", call(kind::CONNECT_X).i64(-111).absent().i64(9).addr(there)),
        ("listen", call(kind::LISTEN_X).i64(0).i64(4).u32(5)),
        ("close", call(kind::CLOSE_X).i64(0).i64(3)),
        (
            "poll",
            call(kind::POLL_X).i64(1).bytes(&polled(&[(1, 1), (2, 4), (9, 1), (4, 1)])).i64(5),
        ),
        ("rename", call(kind::RENAMEAT2_X).i64(0).i64(-100).text(b"a").i64(3).text(b"b").u32(1)),
        ("chmod", call(kind::FCHMODAT_X).i64(0).i64(3).text(b"f").u32(0o4755)),
        ("kill", call(kind::KILL_X).i64(-3).i64(10).u8(9)),
        ("setuid", call(kind::SETUID_X).i64(0).u32(1000)),
        (
            "map",
            call(kind::MMAP_X)
                .i64(-12)
                .u32(1)
                .u32(2)
                .u32(3)
                .u64(0xab)
                .u64(1)
                .u32(3)
                .u32(10)
                .i64(-1)
                .u64(0),
        ),
        ("thread", call(kind::CLOSE_X).tid(21).i64(-9).i64(77)),
        ("contained", call(kind::CHDIR_X).tid(30).i64(0).text(b"/x")),
        ("generic", call(kind::GENERIC_X).u16(99).u16(24)),
        ("procinfo", call(kind::PROCINFO_E).u64(1).u64(2)),
        ("async", call(kind::ASYNCEVENT_E).u32(0).text(b"container").bytes(b"{}")),
        ("exit", call(kind::PROCEXIT_1_E).i64(0).i64(1).u8(0).u8(0).i64(1)),
    ]
}

/// A value as it would be printed.
pub(super) fn print(value: Value<'_>) -> String {
    match value {
        Value::Null => "<NA>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(value) => String::from_utf8_lossy(value).into_owned(),
        Value::Bytes(value) => format!("{value:?}"),
        Value::Ip(value) => value.to_string(),
        Value::List(values) => {
            let parts: Vec<_> = values.iter().map(|value| print(*value)).collect();
            format!("({})", parts.join(" "))
        }
    }
}

/// A field of an event: `proc.aname[1]`, `evt.arg[flags]`.
pub(super) fn field(state: &mut State, event: &EventBuilder, name: &str) -> String {
    let (name, arg) = name.split_once('[').unwrap_or((name, ""));
    let found = Syscalls::fields().iter().find(|field| field.def.name == name);
    let (arg, bump, event) = (Arg::new(arg.trim_end_matches(']')), Bump::new(), event.event());
    state.enter(&event);
    let view = state.view(&event);
    let extract = found.unwrap_or_else(|| panic!("no field {name}")).extract;
    let printed = print(extract(&view, &arg, &bump));
    state.leave(&event);
    printed
}
