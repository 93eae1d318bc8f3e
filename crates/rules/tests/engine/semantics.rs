//! What operators, absent values, lists and transformers mean.

use crate::{Event, Owned, mock::matches};

fn check(event: &Event, filter: &str, expect: bool) {
    assert_eq!(matches(filter, event), Ok(expect), "{filter}");
}

#[test]
fn what_is_absent_passes_no_comparison() {
    let event = Event::new("open", &[("proc.name", "sh".into())]);
    for filter in ["proc.pname = sh", "proc.pname != sh", "proc.pname exists", "fd.num < 1"] {
        check(&event, filter, false);
        check(&event, &format!("not ({filter})"), true);
    }
    check(&event, "proc.name = val(proc.pname)", false);
    check(&event, "proc.name != val(proc.pname)", false);
    check(&event, "proc.name exists", true);
}

#[test]
fn lists_are_in_with_all_and_intersect_with_any() {
    let list = Owned::List(vec!["file".into(), "ipv4".into()]);
    let event = Event::new("open", &[("fd.types", list.clone()), ("proc.aname", list)]);
    check(&event, "fd.types in (file)", false);
    check(&event, "fd.types in (file, ipv4, ipv6)", true);
    check(&event, "fd.types intersects (ipv4, x)", true);
    check(&event, "fd.types intersects (x)", false);
    check(&event, "len(fd.types) = 2", true);
    // Several values of what is no list: any of them.
    check(&event, "proc.aname in (file)", true);
    check(&event, "proc.aname != file", true);
    check(&event, "proc.aname startswith ip", true);
}

#[test]
fn addresses_and_ports_differ_if_all_do() {
    let ports = Owned::List(vec![Owned::Uint(443), Owned::Uint(50000)]);
    let event = Event::new("connect", &[("fd.port", ports)]);
    check(&event, "fd.port = https", true);
    check(&event, "fd.port != 443", false);
    check(&event, "fd.port != 22", true);
    check(&event, "fd.port > 40000", true);
    check(&event, "fd.port in (22, 50000)", true);
}

#[test]
fn numbers_are_compared_by_their_type() {
    let event = Event::new(
        "open",
        &[
            ("user.uid", Owned::Uint(u64::from(u32::MAX))),
            ("user.loginuid", Owned::Int(-1)),
            ("thread.cpu", Owned::Double(0.5)),
            ("evt.num", Owned::Uint(u64::MAX)),
            ("evt.is_io", Owned::Bool(true)),
        ],
    );
    check(&event, "user.uid = -1", true);
    check(&event, "user.uid = 4294967295", true);
    check(&event, "user.loginuid = -1", true);
    check(&event, "user.loginuid < 0", true);
    check(&event, "thread.cpu > 0", true);
    check(&event, "thread.cpu < 1", true);
    check(&event, "evt.num = 18446744073709551615", true);
    check(&event, "evt.num > 0x10", true);
    check(&event, "evt.is_io = true and evt.is_io != false and evt.is_io in (true)", true);
}

#[test]
fn text_is_bytes() {
    let event = Event::new(
        "open",
        &[
            ("fd.name", Owned::Text(b"/p\xff/q\xff".to_vec())),
            ("evt.buffer", Owned::Bytes(b"GET / HTTP\0\x01".to_vec())),
            ("proc.name", "NginX".into()),
        ],
    );
    check(&event, r#"fd.name glob "/p?/q?""#, true);
    check(&event, r#"fd.name regex "/p./q.""#, true);
    check(&event, r#"fd.name regex "/p./q""#, false);
    check(&event, "evt.buffer contains HTTP", true);
    check(&event, "evt.buffer bcontains 0001", true);
    check(&event, "evt.buffer bstartswith 474554", true);
    check(&event, "evt.buffer endswith HTTP", false);
    check(&event, "proc.name icontains GINX", true);
    check(&event, "proc.name iglob 'nginx*'", true);
    check(&event, "proc.name regex 'N[a-z]+X'", true);
    check(&event, "proc.name regex 'N[a-z]+'", false);
    check(&event, "proc.name > 1", true);
}

#[test]
fn transformers_make_new_values() {
    let event = Event::new(
        "execve",
        &[
            ("proc.name", "Sh".into()),
            ("proc.pname", "init".into()),
            ("evt.buffer", Owned::Bytes(b"aGVsbG8=".to_vec())),
            ("fd.name", "/etc/passwd".into()),
            ("proc.args", "-n -t hello file -x".into()),
        ],
    );
    check(&event, "tolower(proc.name) = sh", true);
    check(&event, "toupper(proc.name) = val(proc.name)", false);
    check(&event, "proc.pname = tolower(proc.pname)", true);
    check(&event, "b64(evt.buffer) = hello", true);
    check(&event, "basename(fd.name) = passwd", true);
    check(&event, "len(fd.name) = 11", true);
    check(&event, "len(fd.name) > val(evt.num)", false);
    check(&event, r#"join("-", (proc.name, proc.pname)) = Sh-init"#, true);
    check(&event, r#"getopt(proc.args, "nt:")[t] = hello"#, true);
    check(&event, r#"getopt(proc.args, "nt:")[x] exists"#, false);
    check(&event, r#"getopt(proc.args, "nt:") intersects (n, x)"#, true);
}

#[test]
fn the_kind_of_event_is_decided_when_compiling() {
    let event = Event::new("openat", &[("fd.name", "/etc/shadow".into())]);
    check(&event, "evt.type in (open, openat) and fd.name = /etc/shadow", true);
    check(&event, "evt.type = open", false);
    check(&event, "not evt.type startswith open", false);
    check(&event, "evt.type exists", true);
    let unknown = Event { kind: 5, ..event };
    check(&unknown, "evt.type = open", false);
    check(&unknown, "not evt.type = open", true);
}
