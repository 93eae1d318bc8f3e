//! Captures that are not as they should be: nothing before the damage is lost, nor anything behind
//! it that can be found again.

use std::sync::LazyLock;

use super::*;
use crate::{
    State,
    capture::{block, bytes},
};

/// Offsets at which blocks begin, with their types.
fn blocks(bytes: &[u8]) -> Vec<(usize, u32)> {
    let mut blocks = Vec::new();
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        let mut cursor = bytes::Cursor(rest);
        let (Some(number), Some(length)) = (cursor.u32(), cursor.u32()) else { break };
        blocks.push((at, number));
        at += length as usize;
    }
    blocks
}

fn event_at(bytes: &[u8], index: usize) -> usize {
    let events = blocks(bytes).into_iter().filter(|(_, number)| *number == block::EVENT);
    events.map(|(at, _)| at).nth(index).unwrap()
}

/// Reads five events after a change; gives the times of those that were found, and the problems.
fn check(change: impl FnOnce(&mut Vec<u8>), expect: &[u64], troubles: &[Trouble]) {
    let mut bytes = sample(5);
    change(&mut bytes);
    let (items, problems) = read(&bytes);
    assert_eq!(times(&items), expect);
    let found: Vec<_> = problems.first().iter().map(|problem| problem.trouble).collect();
    assert_eq!(found, troubles);
    assert_eq!(problems.count(), found.len() as u64);
}

#[test]
fn what_is_between_blocks_is_skipped() {
    let insert = |count: usize| {
        move |bytes: &mut Vec<u8>| {
            let at = event_at(bytes, 2);
            bytes.splice(at..at, vec![0xff; count]);
        }
    };
    check(insert(3), &[1, 2, 3, 4, 5], &[Trouble::Framing { skipped: 3 }]);
    check(insert(300_001), &[1, 2, 3, 4, 5], &[Trouble::Framing { skipped: 300_001 }]);
}

#[test]
fn a_damaged_block_does_not_take_others_with_it() {
    let length = |value: u32| {
        move |bytes: &mut Vec<u8>| {
            let at = event_at(bytes, 1) + 4;
            bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
    };
    let size = {
        let bytes = sample(5);
        (event_at(&bytes, 2) - event_at(&bytes, 1)) as u64
    };
    check(length(13), &[1, 3, 4, 5], &[Trouble::Framing { skipped: size }]);
    check(length(64), &[1, 3, 4, 5], &[Trouble::Framing { skipped: size }]);
    check(
        |bytes| {
            let at = event_at(bytes, 1) + 8 + 2 + 16;
            bytes[at..at + 4].copy_from_slice(&1_000_u32.to_le_bytes());
        },
        &[1, 3, 4, 5],
        &[Trouble::Damaged { what: "event" }],
    );
}

#[test]
fn kinds_that_are_not_known_are_left_out_and_counted() {
    check(
        |bytes| {
            let at = event_at(bytes, 1);
            bytes[at..at + 4].copy_from_slice(&0x0300_u32.to_le_bytes());
        },
        &[1, 3, 4, 5],
        &[Trouble::UnknownBlock { number: 0x300 }],
    );
    check(
        |bytes| {
            let at = event_at(bytes, 1) + 8 + 2 + 20;
            bytes[at..at + 2].copy_from_slice(&999_u16.to_le_bytes());
        },
        &[1, 3, 4, 5],
        &[Trouble::UnknownEvent { kind: Kind(999) }],
    );
}

#[test]
fn an_entry_that_is_damaged_does_not_take_its_list_with_it() {
    let mut bytes = sample(2);
    let (list, _) =
        blocks(&bytes).into_iter().find(|(_, number)| *number == block::THREADS).unwrap();
    let comm = list + 8 + 4 + 5 * 8;
    bytes[comm..comm + 2].copy_from_slice(&60_000_u16.to_le_bytes());
    let (items, problems) = read(&bytes);
    assert_eq!(times(&items), [1, 2]);
    assert_eq!(items.len(), heads().len() - 1 + 2);
    assert_eq!(problems.first()[0].trouble, Trouble::Damaged { what: "thread" });
}

#[test]
fn wherever_a_capture_is_cut_what_came_before_counts() {
    let bytes = sample(4);
    let whole = read(&bytes).0;
    for end in 28..bytes.len() {
        let (items, problems) = read(&bytes[..end]);
        assert_eq!(items, whole[..items.len()], "cut at {end}");
        let is_between_blocks = blocks(&bytes).iter().any(|(at, _)| *at == end);
        assert_eq!(problems.count() == 0, is_between_blocks, "cut at {end}: {problems:?}");
    }
}

#[test]
fn a_gzip_stream_that_is_cut_or_damaged_gives_what_came_before() {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
    writer.write_all(&sample(1_000)).unwrap();
    let gzip = writer.finish().unwrap();
    for change in [0, 1] {
        let mut bytes = gzip[..gzip.len() / 2].to_vec();
        if change == 1 {
            bytes.extend([0xff; 2_000]);
        }
        let (items, problems) = read(&bytes);
        assert!(times(&items).len() > 100, "{}", items.len());
        assert!(problems.count() > 0);
    }
}

#[test]
fn what_is_not_a_capture_is_an_error_that_says_so() {
    let check = |bytes: &[u8], expect: &str| {
        let error = read_from(bytes).err().map(|error| error.to_string());
        assert!(error.as_ref().is_some_and(|error| error.contains(expect)), "{error:?}");
    };
    check(b"", "not a capture");
    check(
        b"PK\x03\x04 something else that is long enough",
        "not a capture: it begins with [50, 4b, 03, 04]",
    );
    let mut newer = sample(1);
    newer[12] = 2;
    check(&newer, "captures of version 2.2 are not known");
}

#[test]
fn many_false_beginnings_do_not_take_long() {
    let mut bytes = sample(1);
    let claim = [block::EVENT.to_le_bytes(), 900_004_u32.to_le_bytes()].concat();
    bytes.extend([0xff; 4]);
    bytes.extend(claim.repeat(250_000));
    bytes.extend(sample(1));
    assert_eq!(times(&read(&bytes).0), [1, 1]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_damage_is_fatal(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = sample(10);
        for (index, value) in changes {
            let at = 28 + index.index(bytes.len() - 28);
            bytes[at] = value;
        }
        let (items, _) = read(&bytes);
        prop_assert!(items.len() <= 2 * (heads().len() + 10));
    }

    #[test]
    fn no_damage_to_what_a_machine_did_is_fatal_to_who_follows_it(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..60),
        cut in any::<proptest::sample::Index>(),
    ) {
        let mut bytes = FIXTURE.clone();
        bytes.truncate(28 + cut.index(2 * bytes.len()));
        for (index, value) in changes {
            let at = 28 + index.index(bytes.len() - 28);
            bytes[at] = value;
        }
        follow(&bytes);
    }
}

static FIXTURE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let gzip = include_bytes!("../../../../../fixtures/captures/containers.scap.gz");
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(&gzip[..]).read_to_end(&mut bytes).unwrap();
    bytes
});

/// Reads a capture, rebuilds the state, and writes it again.
fn follow(bytes: &[u8]) {
    let mut reader = Reader::new(bytes).unwrap();
    let mut state = State::default();
    let mut writer = Writer::new(Vec::new());
    while let Some(item) = reader.read().unwrap() {
        match item {
            Item::Head(head) => {
                writer.head(&head).unwrap();
                state.take(head);
            }
            Item::Event(event) | Item::StateOnly(event) => {
                writer.event(&event).unwrap();
                state.enter(&event);
                assert_eq!(state.view(&event).event.num, event.num);
                state.leave(&event);
            }
        }
    }
    let again = writer.finish().unwrap();
    // Events may be as wrong as they were; blocks and entries are not.
    let is_of_events =
        |trouble| matches!(trouble, Trouble::UnknownForm { .. } | Trouble::WrongStart { .. });
    let problems = read(&again).1;
    let wrong = problems.first().iter().find(|problem| !is_of_events(problem.trouble));
    assert_eq!(wrong, None);
}
