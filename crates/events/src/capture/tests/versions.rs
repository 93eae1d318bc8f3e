//! Blocks as older versions wrote them.

use super::*;
use crate::capture::block;

fn frame(number: u32, body: &[u8]) -> Vec<u8> {
    let mut block = number.to_le_bytes().to_vec();
    block.extend([0; 4]);
    block.extend_from_slice(body);
    block.resize(block.len().next_multiple_of(4), 0);
    let length = u32::try_from(block.len() + 4).unwrap().to_le_bytes();
    block[4..8].copy_from_slice(&length);
    block.extend(length);
    block
}

fn section() -> Vec<u8> {
    let mut body = block::MAGIC.to_le_bytes().to_vec();
    body.extend([1, 0, 2, 0]);
    body.extend([0xff; 8]);
    frame(block::SECTION, &body)
}

/// Reads one block behind a section.
fn check(number: u32, body: &[u8], expect: &[Owned]) {
    let (items, problems) = read(&[section(), frame(number, body)].concat());
    assert_eq!(items[1..], *expect, "{number:#x}");
    assert_eq!(problems.count(), 0, "{number:#x}: {problems:?}");
}

fn head(head: &Head) -> Owned {
    Owned::Head(format!("{head:?}"))
}

fn text(text: &[u8]) -> Vec<u8> {
    [&u16::try_from(text.len()).unwrap().to_le_bytes()[..], text].concat()
}

/// An entry of a version, with every id and number different.
fn thread_entry(version: u8) -> (Vec<u8>, Thread) {
    let since = |first| version >= first;
    let mut thread = Thread {
        tid: 1,
        pid: 2,
        ptid: 3,
        sid: if since(6) { 4 } else { -1 },
        vpgid: if since(8) { 5 } else { -1 },
        pgid: -1,
        vtid: -1,
        vpid: -1,
        loginuid: u32::MAX,
        comm: (*b"sh").into(),
        exe: (*b"/bin/sh").into(),
        args: (*b"-c\0x\0").into(),
        cwd: (*b"/tmp/").into(),
        fdlimit: 1024,
        flags: 6,
        uid: 7,
        gid: 8,
        ..Thread::default()
    };
    let mut ids = vec![1_i64, 2, 3];
    ids.extend(since(6).then_some(4));
    ids.extend(since(8).then_some(5));
    let mut entry: Vec<u8> = ids.iter().flat_map(|id| id.to_le_bytes()).collect();
    entry.extend(text(b"sh"));
    entry.extend(text(b"/bin/sh"));
    if since(7) {
        entry.extend(text(b"/usr/bin/dash"));
        thread.exepath = (*b"/usr/bin/dash").into();
    }
    entry.extend(text(b"-c\0x\0"));
    entry.extend(text(b"/tmp/"));
    entry.extend(1024_u64.to_le_bytes());
    [6_u32, 7, 8].iter().for_each(|number| entry.extend(number.to_le_bytes()));
    if since(2) {
        [11_u32, 12, 13].iter().for_each(|number| entry.extend(number.to_le_bytes()));
        [14_u64, 15].iter().for_each(|number| entry.extend(number.to_le_bytes()));
        thread.vm_kib = [11, 12, 13];
        thread.page_faults = [14, 15];
    }
    if since(3) {
        entry.extend(text(b"A=1\0"));
        thread.env = (*b"A=1\0").into();
    }
    if since(4) {
        [21_i64, 22].iter().for_each(|id| entry.extend(id.to_le_bytes()));
        entry.extend(text(b"cpu=/docker/x\0"));
        (thread.vtid, thread.vpid) = (21, 22);
        thread.cgroups = (*b"cpu=/docker/x\0").into();
    }
    if since(5) {
        entry.extend(text(b"/"));
        thread.root = (*b"/").into();
    }
    (entry, thread)
}

#[test]
fn threads_of_every_version() {
    let numbers = [0x202, 0x207, 0x209, 0x210, 0x211, 0x212, 0x213, 0x214];
    for (number, version) in numbers.into_iter().zip(1..) {
        let (entry, thread) = thread_entry(version);
        let expect = || head(&Head::Thread(Box::new(thread.clone())));
        check(number, &entry.repeat(2), &[expect(), expect()]);
    }
    for (number, version) in [(0x8000_ABCD, 1), (0x8013_ABCD, 2), (0x8014_ABCD, 3)] {
        let (entry, thread) = thread_entry(version);
        check(number, &entry, &[head(&Head::Thread(Box::new(thread)))]);
    }
}

#[test]
fn threads_with_lengths_end_where_their_version_does() {
    let (fields, thread) = thread_entry(9);
    let check = |tail: &[u8], expect: Thread| {
        let length = u32::try_from(4 + fields.len() + tail.len()).unwrap();
        let entry = [&length.to_le_bytes()[..], &fields, tail].concat();
        super::versions::check(0x215, &entry, &[head(&Head::Thread(Box::new(expect)))]);
    };
    check(&[], thread.clone());
    check(&1000_u32.to_le_bytes(), Thread { loginuid: 1000, ..thread.clone() });
    let before_ttys = [&1000_u32.to_le_bytes()[..], &[1], &[2; 8], &[3; 8], &[4; 8]].concat();
    let capable = Thread {
        loginuid: 1000,
        exe_writable: true,
        cap_inheritable: u64::from_le_bytes([2; 8]),
        cap_permitted: u64::from_le_bytes([3; 8]),
        cap_effective: u64::from_le_bytes([4; 8]),
        ..thread
    };
    check(&before_ttys, capable.clone());
    let with_ttys = [&[5; 8][..], &34816_u32.to_le_bytes(), &before_ttys].concat();
    let started = u64::from_le_bytes([5; 8]);
    check(&with_ttys, Thread { tty: 34816, pidns_init_start_time_ns: started, ..capable });
}

#[test]
fn interfaces_users_and_descriptors_without_lengths() {
    let interface = Interface {
        name: (*b"eth0").into(),
        address: [10, 0, 0, 1].into(),
        netmask: [255, 0, 0, 0].into(),
        broadcast: [10, 255, 255, 255].into(),
        link_speed: 0,
    };
    let addresses = [10, 0, 0, 1, 255, 0, 0, 0, 10, 255, 255, 255];
    let entry =
        |kind: u8, speed: &[u8]| [&[kind, 0, 4, 0][..], &addresses, speed, b"eth0"].concat();
    let fast = Interface { link_speed: 9, ..interface.clone() };
    let (slow, fast) = (head(&Head::Interface(interface)), head(&Head::Interface(fast)));
    let both = [entry(3, &[]), entry(1, &9_u64.to_le_bytes())].concat();
    check(0x205, &both, &[slow, fast]);

    let user = User { gid: 2, name: (*b"bob").into(), home: (*b"/").into(), shell: (*b"").into() };
    let entry = [&[0, 1, 0, 0, 0, 2, 0, 0, 0][..], &text(b"bob"), &text(b"/"), &text(b"")].concat();
    check(0x206, &entry, &[head(&Head::User { uid: 1, user })]);

    let mut list = 10_i64.to_le_bytes().to_vec();
    let mut expect = Vec::new();
    let payloads: [(u8, FdKind, Vec<u8>); 3] = [
        (2, FdKind::Directory, text(b"/tmp")),
        (9, FdKind::Event, text(b"[eventfd]")),
        (8, FdKind::UnixSocket, [&[7; 16][..], &text(b"/run/x")].concat()),
    ];
    for (number, (kind, known, payload)) in (3_i64..).zip(payloads) {
        list.extend(number.to_le_bytes());
        list.extend(5_u64.to_le_bytes());
        list.push(kind);
        list.extend_from_slice(&payload);
        let name: &[u8] = [&b"/tmp"[..], b"[eventfd]", b"/run/x"][expect.len()];
        let fd = Fd { kind: known, ino: 5, name: name.into(), ..Fd::default() };
        expect.push(head(&Head::Fd { tid: 10, number, fd }));
    }
    check(0x203, &list, &expect);
}

#[test]
fn events_without_a_number_of_parameters() {
    let event = |kind: Kind, excess: u32, values: &[&[u8]]| {
        let (lengths, data) = params(values);
        let length = u32::try_from(22 + lengths.len() + data.len()).unwrap() + excess;
        let header =
            [&5_u64.to_le_bytes()[..], &10_i64.to_le_bytes(), &length.to_le_bytes()].concat();
        [&[1, 0][..], &header, &kind.0.to_le_bytes(), &lengths, &data].concat()
    };
    let owned = |kind: Kind, values: &[&[u8]]| {
        Owned::Event(5, 10, kind.0, values.iter().map(|value| value.to_vec()).collect())
    };
    let values: &[&[u8]] = &[&[0; 8], &[3; 8]];
    check(0x204, &event(kind::CLOSE_X, 0, values), &[owned(kind::CLOSE_X, values)]);
    check(0x8010_ABCD, &event(kind::CLOSE_X, 0, values), &[owned(kind::CLOSE_X, values)]);
    let values: &[&[u8]] = &[b"id\0", b"text\0"];
    check(0x204, &event(kind::NOTIFICATION_E, 3, values), &[owned(kind::NOTIFICATION_E, values)]);
    let mut flagged = event(kind::CLOSE_X, 0, &[&[0; 8], &[3; 8]]);
    flagged.splice(2..2, [1, 0, 0, 0]);
    check(0x208, &flagged, &[Owned::StateOnly(5)]);
}
