use std::io::{Cursor, Read, Write};

use proptest::prelude::*;

use super::*;
use crate::{
    Event, Kind, Params,
    state::{Fd, FdKind, Machine, Socket, Thread, User},
    table::kind,
};

mod damage;
mod versions;

/// What a capture holds, without borrowing from it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owned {
    Head(String),
    Event(u64, i64, u16, Vec<Vec<u8>>),
    StateOnly(u64),
}

pub(super) fn read(bytes: &[u8]) -> (Vec<Owned>, Problems) {
    read_from(bytes).unwrap()
}

pub(super) fn read_from(source: impl Read) -> Result<(Vec<Owned>, Problems), Error> {
    let mut reader = Reader::new(source)?;
    let mut items = Vec::new();
    while let Some(item) = reader.read()? {
        items.push(match item {
            // Maps have no order; threads of heads have no descriptors yet.
            Item::Head(head) => Owned::Head(format!("{head:?}")),
            Item::Event(event) => Owned::Event(
                event.time_ns,
                event.tid,
                event.kind.0,
                event.params.iter().map(<[u8]>::to_vec).collect(),
            ),
            Item::StateOnly(event) => Owned::StateOnly(event.time_ns),
        });
    }
    Ok((items, reader.problems().clone()))
}

pub(super) fn heads() -> Vec<Head> {
    let user =
        User { gid: 1, name: (*b"bob").into(), home: (*b"/").into(), shell: (*b"sh").into() };
    let thread = Thread {
        tid: 10,
        pid: 10,
        comm: (*b"nginx").into(),
        args: (*b"-g\0daemon off;\0").into(),
        loginuid: u32::MAX,
        exe_lower_layer: true,
        pgid: 9,
        ..Thread::default()
    };
    let socket = Socket {
        source: Some(([10, 0, 0, 1].into(), 40_000)),
        target: Some(([10, 0, 0, 2].into(), 443)),
        l4: 6,
        connected: true,
        ..Socket::default()
    };
    let fd = |number, fd| Head::Fd { tid: 10, number, fd };
    vec![
        Head::Section,
        Head::Machine(Machine { hostname: (*b"host").into(), cpus: 2, ..Machine::default() }),
        Head::Interface(Interface {
            name: (*b"eth0").into(),
            address: [10, 0, 0, 1].into(),
            netmask: [255, 0, 0, 0].into(),
            broadcast: [10, 255, 255, 255].into(),
            link_speed: 1_000,
        }),
        Head::User { uid: 5, user },
        Head::Group { gid: 1, name: (*b"staff").into() },
        Head::Thread(Box::new(thread.clone())),
        Head::Thread(Box::new(Thread { tid: 11, ..thread })),
        fd(3, Fd { kind: FdKind::Ipv4Socket, socket, ..Fd::default() }),
        fd(4, Fd { kind: FdKind::File, name: (*b"/etc/hosts").into(), dev: 7, ..Fd::default() }),
    ]
}

/// The lengths and the values of parameters.
pub(super) fn params(values: &[&[u8]]) -> (Vec<u8>, Vec<u8>) {
    let lengths =
        values.iter().flat_map(|value| u16::try_from(value.len()).unwrap().to_le_bytes()).collect();
    (lengths, values.concat())
}

pub(super) fn close_event<'a>(time_ns: u64, params: &'a (Vec<u8>, Vec<u8>)) -> Event<'a> {
    let params = Params { lengths: &params.0, wide: false, data: &params.1 };
    Event { num: 1, time_ns, tid: 10, cpu: 1, kind: kind::CLOSE_X, params }
}

/// A small capture: heads and so many events, at 1, 2, 3 ...
pub(super) fn sample(events: u64) -> Vec<u8> {
    let values = params(&[&[0; 8], &[3, 0, 0, 0, 0, 0, 0, 0]]);
    let mut writer = Writer::new(Vec::new());
    heads().iter().for_each(|head| writer.head(head).unwrap());
    (1..=events).for_each(|time| writer.event(&close_event(time, &values)).unwrap());
    writer.finish().unwrap()
}

pub(super) fn times(items: &[Owned]) -> Vec<u64> {
    items
        .iter()
        .filter_map(|item| match item {
            Owned::Event(time, ..) => Some(*time),
            _ => None,
        })
        .collect()
}

#[test]
fn what_is_written_is_read_again() {
    let bytes = sample(3);
    let (items, problems) = read(&bytes);
    let written: Vec<_> = heads().iter().map(|head| Owned::Head(format!("{head:?}"))).collect();
    assert_eq!(items[..written.len()], written);
    assert_eq!(times(&items), [1, 2, 3]);
    assert_eq!(problems.count(), 0, "{problems:?}");
}

#[test]
fn gzip_and_concatenation_make_no_difference() {
    let mut writer = Writer::gzip(Vec::new());
    let values = params(&[&[0; 8], &[0; 8]]);
    heads().iter().for_each(|head| writer.head(head).unwrap());
    writer.event(&close_event(1, &values)).unwrap();
    let gzip = writer.finish().unwrap();
    assert_eq!(gzip[..2], [0x1f, 0x8b]);
    let one = read(&gzip).0;
    let two = read(&[gzip.clone(), gzip].concat()).0;
    assert_eq!(two.len(), 2 * one.len());
    assert_eq!(two[one.len()..], one);
    let plain = [sample(1), sample(1)].concat();
    assert_eq!(times(&read(&plain).0), [1, 1]);
}

#[test]
fn events_that_only_change_the_state_are_told_apart() {
    let values = params(&[&[0; 8], &[0; 8]]);
    let mut writer = Writer::new(Vec::new());
    writer.state_event(&close_event(1, &values)).unwrap();
    writer.event(&close_event(2, &values)).unwrap();
    let (items, _) = read(&writer.finish().unwrap());
    assert_eq!(items[1], Owned::StateOnly(1));
    assert_eq!(times(&items), [2]);
}

#[test]
fn starts_are_given_with_their_ends_as_they_were_recorded() {
    let close = kind::CLOSE_X.0;
    let (start, end) = (params(&[&[3, 0, 0, 0, 0, 0, 0, 0]]), params(&[&[0; 8]]));
    let mut writer = Writer::new(Vec::new());
    let start = Event { kind: Kind(close - 1), ..close_event(1, &start) };
    writer.event(&start).unwrap();
    writer.event(&close_event(2, &end)).unwrap();
    let bytes = writer.finish().unwrap();
    let mut reader = Reader::new(&bytes[..]).unwrap();
    assert!(matches!(reader.read().unwrap(), Some(Item::Head(Head::Section))));
    let Some(Item::Event(event)) = reader.read().unwrap() else { panic!() };
    assert_eq!((event.num, event.params.count(), event.params.i64(1)), (2, 2, Some(3)));
    let (start, end) = reader.recorded();
    assert_eq!(start.map(|start| (start.time_ns, start.params.count())), Some((1, 1)));
    assert_eq!((end.time_ns, end.params.count()), (2, 1));
}

#[test]
fn long_events_and_long_lists_are_written_so_that_they_can_be_read() {
    let long = vec![b'x'; 65_000];
    let values = params(&[&[0; 8], &long]);
    let mut writer = Writer::new(Vec::new());
    let count = 2_000;
    for tid in 0..count {
        let env = vec![b'x'; 5_000].into();
        let thread = Thread { tid, env, ..Thread::default() };
        writer.head(&Head::Thread(Box::new(thread))).unwrap();
    }
    writer.event(&close_event(1, &values)).unwrap();
    let bytes = writer.finish().unwrap();
    let (items, problems) = read(&bytes);
    assert_eq!(i64::try_from(items.len()).unwrap(), count + 2, "a section, threads, an event");
    assert_eq!((times(&items), problems.count()), (vec![1], 0));
}

#[test]
fn memory_does_not_grow_with_the_capture() {
    let bytes = sample(100_000);
    let mut reader = Reader::new(Slow(Cursor::new(&bytes))).unwrap();
    let mut events = 0;
    while let Some(item) = reader.read().unwrap() {
        events += u64::from(matches!(item, Item::Event(_)));
    }
    assert_eq!((events, reader.problems().count()), (100_000, 0));
}

/// Gives a few bytes at a time.
struct Slow<R>(R);

impl<R: Read> Read for Slow<R> {
    fn read(&mut self, room: &mut [u8]) -> std::io::Result<usize> {
        let few = room.len().min(1_001);
        self.0.read(&mut room[..few])
    }
}

#[test]
fn errors_of_the_output_are_not_lost() {
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    assert!(Writer::new(Full).finish().is_err());
    assert!(Writer::gzip(Full).finish().is_err());
}

prop_compose! {
    fn any_thread()(
        ids in any::<[i64; 8]>(),
        numbers in any::<[u32; 6]>(),
        times in any::<[u64; 5]>(),
        flags in any::<[bool; 4]>(),
        texts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 8),
    ) -> Thread {
        let text = |index: usize| texts[index].clone().into();
        Thread {
            tid: ids[0], pid: ids[1], ptid: ids[2], sid: ids[3], vpgid: ids[4], pgid: ids[5],
            vtid: ids[6], vpid: ids[7],
            comm: text(0), exe: text(1), exepath: text(2), args: text(3), env: text(4),
            cwd: text(5), root: text(6), cgroups: text(7),
            uid: numbers[0], gid: numbers[1], loginuid: numbers[2], tty: numbers[3],
            flags: numbers[4], fdlimit: numbers[5].into(),
            cap_inheritable: times[0], cap_permitted: times[1], cap_effective: times[2],
            exe_ino: times[3], pidns_init_start_time_ns: times[4],
            exe_writable: flags[0], exe_upper_layer: flags[1], exe_lower_layer: flags[2],
            exe_from_memfd: flags[3],
            vm_kib: [numbers[0], numbers[1], numbers[2]],
            page_faults: [times[0], times[1]],
            ..Thread::default()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_head_and_event_is_read_as_it_was_written(
        thread in any_thread(),
        number in any::<i64>(),
        ino in any::<u64>(),
        kinds in proptest::sample::subsequence(fds::KINDS, 1..8),
        name in proptest::collection::vec(any::<u8>(), 0..50),
        values in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 2..20),
        time_ns in any::<u64>(),
        gzip in any::<bool>(),
    ) {
        let mut writer = if gzip { Writer::gzip(Vec::new()) } else { Writer::new(Vec::new()) };
        let mut heads = vec![Head::Section, Head::Thread(Box::new(thread.clone()))];
        for (_, kind) in kinds.iter().filter(|(_, kind)| is_named(*kind)) {
            let fd = Fd { kind: *kind, ino, name: name.clone(), ..Fd::default() };
            heads.push(Head::Fd { tid: thread.tid, number, fd });
        }
        heads.iter().for_each(|head| writer.head(head).unwrap());
        let slices: Vec<&[u8]> = values.iter().map(Vec::as_slice).collect();
        writer.event(&close_event(time_ns, &params(&slices))).unwrap();
        let (items, problems) = read(&writer.finish().unwrap());
        let mut expect: Vec<_> = heads.iter().map(|head| Owned::Head(format!("{head:?}"))).collect();
        expect.push(Owned::Event(time_ns, 10, kind::CLOSE_X.0, values));
        prop_assert_eq!(items, expect);
        prop_assert_eq!(problems.count(), 0);
    }
}

fn is_named(kind: FdKind) -> bool {
    use FdKind::{Ipv4Server, Ipv4Socket, Ipv6Server, Ipv6Socket, Unknown};
    !matches!(kind, Ipv4Server | Ipv4Socket | Ipv6Server | Ipv6Socket | Unknown)
}
