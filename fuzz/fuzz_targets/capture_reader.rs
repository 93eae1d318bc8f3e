//! Captures of system calls of every version, and the state of processes that is rebuilt from them.
#![no_main]

use farguard_events::{
    State,
    capture::{Item, Reader, Writer},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::new(bytes) else { return };
    let mut state = State::default();
    let mut writer = Writer::new(Vec::new());
    let (mut events, mut written) = (0_u64, 0_u64);
    while let Some(item) = reader.read().expect("reading from memory does not fail") {
        match item {
            Item::Head(head) => {
                writer.head(&head).expect("writing to memory does not fail");
                state.take(head);
            }
            Item::Event(event) | Item::StateOnly(event) => {
                events += 1;
                writer.event(&event).expect("writing to memory does not fail");
                state.enter(&event);
                let view = state.view(&event);
                assert_eq!(view.event.num, event.num);
                state.leave(&event);
            }
        }
    }
    // What we write of it, we read without problems.
    let bytes = writer.finish().expect("writing to memory does not fail");
    let mut again = Reader::new(&bytes[..]).expect("what we write begins as a capture does");
    while let Some(item) = again.read().expect("reading from memory does not fail") {
        written += u64::from(!matches!(item, Item::Head(_)));
    }
    assert!(written <= events);
});
