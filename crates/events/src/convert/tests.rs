use super::*;
use crate::{Params, table};

/// An event with the values given, and room for what it borrows.
struct Made {
    kind: Kind,
    tid: i64,
    lengths: Vec<u8>,
    data: Vec<u8>,
}

impl Made {
    fn new(code: &str, values: &[&[u8]]) -> Self {
        let def = table::events().iter().find(|event| event.code == code).unwrap();
        let lengths = values
            .iter()
            .flat_map(|value| u16::try_from(value.len()).unwrap().to_le_bytes())
            .collect();
        Self { kind: def.kind, tid: 7, lengths, data: values.concat() }
    }

    fn event(&self) -> Event<'_> {
        let params = Params { lengths: &self.lengths, wide: false, data: &self.data };
        Event { num: 1, time_ns: 2, tid: self.tid, cpu: 0, kind: self.kind, params }
    }
}

/// What the last of several events becomes: its code and its values.
fn check(events: &[Made], code: Option<&str>, values: &[&[u8]]) {
    let mut converter = Converter::default();
    let mut found = None;
    for made in events {
        let event = made.event();
        found = match converter.convert(&event) {
            Outcome::LeftOut => None,
            Outcome::AsIs => Some((event.kind, collect(&event))),
            Outcome::Converted | Outcome::Start => {
                Some((converter.event().kind, collect(&converter.event())))
            }
        };
    }
    let found = found.map(|(kind, values)| (table::event(kind).unwrap().code, values));
    let expect = code.map(|code| (code, values.iter().map(|value| value.to_vec()).collect()));
    assert_eq!(found, expect);
}

fn collect(event: &Event<'_>) -> Vec<Vec<u8>> {
    event.params.iter().map(<[u8]>::to_vec).collect()
}

const FD: &[u8] = &[3, 0, 0, 0, 0, 0, 0, 0];
const ZERO: &[u8] = &[0; 8];

#[test]
fn ends_take_what_their_starts_say() {
    let start = Made::new("READ_E", &[FD, &[9, 0, 0, 0]]);
    let end = || Made::new("READ_X", &[ZERO, b"text"]);
    check(&[start, end()], Some("READ_X"), &[ZERO, b"text", FD, &[9, 0, 0, 0]]);
    check(&[end()], Some("READ_X"), &[ZERO, b"text", ZERO, &[0; 4]]);
}

#[test]
fn starts_of_other_calls_and_threads_are_not_taken() {
    let end = || Made::new("CLOSE_X", &[ZERO]);
    check(&[Made::new("READ_E", &[FD, &[0; 4]]), end()], Some("CLOSE_X"), &[ZERO, ZERO]);
    let other = Made { tid: 8, ..Made::new("CLOSE_E", &[FD]) };
    check(&[other, end()], Some("CLOSE_X"), &[ZERO, ZERO]);
    let mut converter = Converter::default();
    converter.convert(&Made::new("READ_E", &[FD, &[0; 4]]).event());
    converter.convert(&end().event());
    let trouble = Trouble::WrongStart { kind: kind::CLOSE_X };
    assert_eq!(converter.take_trouble(), Some(trouble));
    assert_eq!(converter.take_trouble(), None);
}

#[test]
fn kinds_change_step_by_step() {
    let start = Made::new("OPENAT_E", &[FD, b"name\0", &[1, 0, 0, 0], &[2, 0, 0, 0]]);
    let values: &[&[u8]] = &[FD, FD, b"name\0", &[1, 0, 0, 0], &[2, 0, 0, 0], &[], &[]];
    check(&[start, Made::new("OPENAT_X", &[FD])], Some("OPENAT_2_X"), values);
    let procexit: &[&[u8]] = &[b"", b"", b"", b"", b""];
    check(&[Made::new("PROCEXIT_E", &[])], Some("PROCEXIT_1_E"), procexit);
}

#[test]
fn the_first_execve_becomes_that_of_today() {
    let old: Vec<Vec<u8>> = (0..8_u8).map(|value| vec![value; 8]).collect();
    let old: Vec<&[u8]> = old.iter().map(Vec::as_slice).collect();
    let start = Made::new("EXECVE_8_E", &[]);
    let mut converter = Converter::default();
    assert_eq!(converter.convert(&start.event()), Outcome::Start);
    assert_eq!(converter.convert(&Made::new("EXECVE_8_X", &old).event()), Outcome::Converted);
    let event = converter.event();
    assert_eq!((event.kind, event.params.count()), (kind::EXECVE_19_X, 31));
    assert_eq!(event.params.get(6), Some(&[6; 8][..]));
    assert!(converter.start().is_none(), "it was given before");
}

#[test]
fn starts_are_left_out_and_ends_of_today_stay_as_they_are() {
    check(&[Made::new("CONTAINER_E", &[])], None, &[]);
    check(&[Made::new("CLONE_20_E", &[])], None, &[]);
    check(&[Made::new("CLOSE_X", &[ZERO, FD])], Some("CLOSE_X"), &[ZERO, FD]);
}

#[test]
fn starts_that_are_to_be_trusted_more_are_given_for_the_state() {
    let values: &[&[u8]] = &[FD, b"name\0", &[1, 0, 0, 0], &[2, 0, 0, 0]];
    check(&[Made::new("OPENAT_2_E", values)], Some("OPENAT_2_E"), values);
    check(&[Made::new("OPEN_E", &[])], Some("OPEN_E"), &[&[], &[], &[]]);
    let address: &[u8] = &[1; 7];
    let start = || Made::new("CONNECT_E", &[FD, address]);
    check(&[start()], Some("CONNECT_E"), &[FD, address]);
    let expect: &[&[u8]] = &[ZERO, b"", FD, address];
    check(&[start(), Made::new("CONNECT_X", &[ZERO, b""])], Some("CONNECT_X"), expect);
}

#[test]
fn memory_for_starts_is_bounded() {
    let mut converter = Converter::default();
    let name = vec![b'x'; 60_000];
    for tid in 0..1_000 {
        let start = Made { tid, ..Made::new("MKDIR_E", &[&name, &[0; 4]]) };
        converter.convert(&start.event());
    }
    assert!(converter.stored_bytes <= MAX_STORED);
    assert_eq!(converter.take_trouble(), Some(Trouble::TooManyStarts));
    let exit = Made { tid: 5, ..Made::new("PROCEXIT_1_E", &[]) };
    let before = converter.stored_bytes;
    converter.convert(&exit.event());
    assert!(converter.stored_bytes < before, "threads that end leave nothing");
}
