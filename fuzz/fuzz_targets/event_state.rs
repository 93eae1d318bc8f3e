//! Events of any kind with any parameters, as the state of processes learns from them.
#![no_main]

use farguard_events::{Kind, State, build::EventBuilder};
use libfuzzer_sys::fuzz_target;

/// An event takes its kind (2 bytes), thread, seconds and number of parameters (1 byte each), and each
/// parameter its length (1 byte) and its bytes.
fn event<'a>(bytes: &mut &'a [u8]) -> Option<EventBuilder> {
    let mut take = |count: usize| -> Option<&'a [u8]> {
        let (taken, rest) = bytes.split_at_checked(count)?;
        *bytes = rest;
        Some(taken)
    };
    let &[low, high, tid, seconds, params] = take(5)? else { return None };
    let kind = Kind(u16::from_le_bytes([low, high]) % 512);
    let time_ns = u64::from(seconds) * 1_000_000_000;
    let mut event = EventBuilder::new(kind).tid(i64::from(tid % 16)).time_ns(time_ns);
    for _ in 0..params % 32 {
        let length = take(1)?.first().copied()?;
        event = event.bytes(take(usize::from(length))?);
    }
    Some(event)
}

fuzz_target!(|data: &[u8]| {
    let mut state = State::default();
    let mut rest = data;
    while let Some(event) = event(&mut rest) {
        let event = event.event();
        state.enter(&event);
        let view = state.view(&event);
        if let Some(thread) = view.thread {
            assert!(state.lineage(thread).count() <= 256);
            assert!(state.cwd(thread).len() <= 4096);
        }
        state.leave(&event);
    }
    assert!(state.thread_count() <= 131_072);
});
