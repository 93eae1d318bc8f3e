//! What a process uses and may use.

use crate::{
    Event,
    state::{State, Thread, threads::Handle},
    table::kind,
};

/// Limit on open files.
const NOFILE: u8 = 7;

/// `getrlimit`, `setrlimit`, `prlimit`.
pub(super) fn files(state: &mut State, at: Handle, event: &Event<'_>) {
    if event.params.i64(0).is_none_or(|res| res < 0) {
        return;
    }
    let (who, resource) = if event.kind == kind::PRLIMIT_X {
        let pid = event.params.i64(5).filter(|pid| *pid != 0);
        let who = pid.map_or(Some(at), |pid| state.threads.find(pid));
        (who, event.params.u8(6))
    } else {
        (Some(at), event.params.u8(3))
    };
    let (Some(NOFILE), Some(limit @ 0..)) = (resource, event.params.i64(1)) else { return };
    let Some(thread) = who.and_then(|who| state.threads.get(who)) else { return };
    let main = thread.links.leader;
    if let Some(main) = state.threads.get_mut(main) {
        main.fdlimit = limit;
    }
}

/// `brk`, `mmap`, `munmap`.
pub(super) fn memory(state: &mut State, at: Handle, event: &Event<'_>) {
    let mut params = event.params.iter().skip(1);
    let mut next = || Some(u32::from_le_bytes(params.next()?.try_into().ok()?));
    let (size, rss, swap) = (next(), next(), next());
    let Some(thread) = state.threads.get_mut(at) else { return };
    set_vm(thread, [size, rss, swap]);
}

fn set_vm(thread: &mut Thread, vm: [Option<u32>; 3]) {
    for (old, new) in thread.vm_kib.iter_mut().zip(vm) {
        *old = new.unwrap_or(*old);
    }
}

/// The processor goes to another thread.
pub(super) fn switch(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some(swap) = event.params.u32(5) else { return };
    let faults = [1, 2].map(|param| event.params.u64(param).unwrap_or(0));
    let vm = [event.params.u32(3), event.params.u32(4), Some(swap)];
    let Some(thread) = state.threads.get_mut(at) else { return };
    thread.page_faults = faults;
    let main = thread.links.leader;
    if let Some(main) = state.threads.get_mut(main) {
        set_vm(main, vm);
    }
}
