//! Whatever events come, the state stays within its bounds and agrees with itself.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::{collection::vec, prelude::*, sample::select};

use super::{Limits, State, thread::flags};
use crate::{
    Kind,
    build::EventBuilder,
    table::{self, ParamType, kind as k},
};

const THREAD: u32 = flags::CLONE_THREAD;

/// A value for a parameter: mostly of the size that its type has, and small, so that ids meet.
fn value(kind: ParamType) -> BoxedStrategy<Vec<u8>> {
    let numbers = select(vec![-100_i64, -1, 0, 1, 2, 3, 4, 5, 6, 7, 1024, 8192, i64::MAX]);
    let texts = select(vec!["", "/", "..", "a/../b", "/etc/passwd", "<NA>", "x (deleted)"]);
    let sized = |size: usize| {
        numbers.clone().prop_map(move |number| number.to_le_bytes()[..size].to_vec()).boxed()
    };
    let typed = match kind {
        ParamType::Sockaddr | ParamType::Socktuple => {
            (select(vec![1_u8, 2, 10, 16]), vec(0_u8..4, 0..40))
                .prop_map(|(family, rest)| [vec![family], rest].concat())
                .boxed()
        }
        ParamType::Charbuf | ParamType::Fspath | ParamType::Fsrelpath | ParamType::Bytebuf => {
            texts.prop_map(|text| [text.as_bytes(), &[0]].concat()).boxed()
        }
        ParamType::Uint8 | ParamType::Enumflags8 | ParamType::Sigtype => sized(1),
        ParamType::Uint16 | ParamType::Flags16 => sized(2),
        ParamType::Uint32 | ParamType::Flags32 | ParamType::Enumflags32 | ParamType::Uid => {
            sized(4)
        }
        _ => sized(8),
    };
    prop_oneof![8 => typed, 1 => Just(Vec::new()), 1 => vec(any::<u8>(), 0..9)].boxed()
}

fn event() -> impl Strategy<Value = EventBuilder> {
    let kinds: Vec<u16> = table::events()
        .iter()
        .filter(|event| !event.params.is_empty())
        .map(|event| event.kind.0)
        .collect();
    let often = [k::CLONE_20_X, k::EXECVE_19_X, k::PROCEXIT_1_E, k::OPEN_X, k::CLOSE_X, k::DUP2_X];
    let kind = prop_oneof![select(kinds), select(often.map(|kind| kind.0).to_vec())];
    (kind, 0_i64..8, any::<u32>()).prop_flat_map(|(kind, tid, time)| {
        let params =
            table::event(Kind(kind)).map(|event| event.params.iter()).into_iter().flatten();
        let values: Vec<_> = params.map(|param| value(param.kind)).collect();
        values.prop_map(move |values| {
            let event = EventBuilder::new(Kind(kind)).tid(tid).time_ns(u64::from(time));
            values.iter().fold(event, |event, value| event.bytes(value))
        })
    })
}

/// Every count and link is what counting and following gives.
fn agrees_with_itself(state: &State) {
    let handles = state.threads.handles();
    assert_eq!(handles.len(), state.threads.len());
    let (mut tables, mut weight) = (BTreeMap::new(), 0);
    let (mut children, mut members) = (HashMap::<_, usize>::new(), HashMap::<_, usize>::new());
    let key = |at| format!("{at:?}");
    for at in &handles {
        let thread = state.threads.get(*at).unwrap();
        assert_eq!(state.threads.find(thread.tid), Some(*at));
        tables.extend(thread.fds.table());
        assert_eq!(thread.fds.len(), thread.fds.iter().count());
        weight += thread.links.weight;
        *children.entry(key(thread.links.parent)).or_default() += 1;
        let leader = thread.links.leader;
        *members.entry(key(leader)).or_default() +=
            usize::from(leader != *at && !thread.links.dead);
        if let Some(parent) = state.threads.get(thread.links.parent) {
            assert_eq!(parent.tid, thread.ptid);
        }
    }
    for at in &handles {
        let links = &state.threads.get(*at).unwrap().links;
        assert_eq!(links.living, children.get(&key(*at)).copied().unwrap_or(0));
        assert_eq!(links.members, members.get(&key(*at)).copied().unwrap_or(0));
    }
    assert_eq!(state.pool.used(), tables.values().sum::<usize>());
    assert_eq!(state.threads.weight(), weight);
    assert!(state.threads.len() <= state.limits.threads);
}

fn run(state: &mut State, event: &EventBuilder) {
    let event = event.event();
    state.enter(&event);
    let view = state.view(&event);
    if let Some(thread) = view.thread {
        assert!(state.lineage(thread).count() <= super::LINEAGE);
    }
    state.leave(&event);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_events_leave_a_state_that_agrees_with_itself(events in vec(event(), 0..60)) {
        let mut state = State { limits: Limits { threads: 6, weight: 1 << 20 }, ..State::default() };
        for event in &events {
            run(&mut state, event);
        }
        agrees_with_itself(&state);
    }

    #[test]
    fn threads_and_descriptors_are_those_of_a_naive_model(
        ops in vec((0_u8..6, 1_i64..12, 1_i64..12, 0_i64..6), 0..80),
    ) {
        let (mut state, mut model) = (State::default(), Model::default());
        for (op, tid, other, fd) in ops {
            model.step(&mut state, op, tid, other, fd);
            model.compare(&state);
        }
        agrees_with_itself(&state);
    }
}

/// Threads with their processes, numbers of open descriptors by process, and main threads that ended
/// before others of their process.
#[derive(Default)]
struct Model {
    threads: BTreeMap<i64, i64>,
    fds: BTreeMap<i64, BTreeSet<i64>>,
    dead: BTreeSet<i64>,
    time_ns: u64,
}

/// The process that makes those whose parent is not there.
const FIRST: i64 = 100;

impl Model {
    fn step(&mut self, state: &mut State, op: u8, tid: i64, other: i64, fd: i64) {
        self.time_ns += 10_000_000_000;
        let time_ns = self.time_ns;
        let by = |kind| EventBuilder::new(kind).tid(tid).time_ns(time_ns);
        if !self.threads.contains_key(&FIRST) {
            run(state, &cloned(by(k::CLONE_20_X).tid(FIRST), FIRST, FIRST, 0));
            self.add(FIRST, FIRST, None);
        }
        let Some(pid) = self.threads.get(&tid).copied() else {
            let has_other = self.threads.get(&other) == Some(&other) && !self.dead.contains(&other);
            let parent = if has_other { other } else { FIRST };
            let is_thread = op.is_multiple_of(2);
            let (pid, bits) = if is_thread { (parent, THREAD) } else { (tid, 0) };
            let ptid = if is_thread { FIRST } else { parent };
            run(state, &cloned(by(k::CLONE_20_X), pid, ptid, bits));
            return self.add(tid, pid, (!is_thread).then_some(parent));
        };
        if self.dead.contains(&tid) {
            return;
        }
        let fds = self.fds.entry(pid).or_default();
        match op {
            0 => {
                run(state, &by(k::PROCEXIT_1_E).i64(0).i64(0).u8(0).u8(0).i64(0));
                self.exit(tid, pid);
            }
            1 | 2 => {
                run(state, &by(k::OPEN_X).i64(fd).text(b"/x").u32(1).u32(0).u32(0).u64(0));
                fds.insert(fd);
            }
            3 => {
                run(state, &by(k::CLOSE_X).i64(0).i64(fd));
                fds.remove(&fd);
            }
            4 => {
                run(state, &by(k::DUP_1_X).i64(fd + 2000).i64(fd));
                if fds.contains(&fd) {
                    fds.insert(fd + 2000);
                }
            }
            _ => run(state, &by(k::CHDIR_X).i64(0).text(b"/tmp")),
        }
    }

    fn add(&mut self, tid: i64, pid: i64, like: Option<i64>) {
        self.threads.insert(tid, pid);
        if pid == tid {
            let copy = like.and_then(|like| self.fds.get(&like)).cloned().unwrap_or_default();
            self.fds.insert(pid, copy);
        }
    }

    fn exit(&mut self, tid: i64, pid: i64) {
        let others =
            self.threads.iter().filter(|(other, of)| **of == pid && **other != tid).count();
        if tid == pid && others > 0 {
            self.dead.insert(pid);
            return;
        }
        self.threads.remove(&tid);
        if tid == pid {
            self.fds.remove(&pid);
        } else if others == 1 && self.dead.remove(&pid) {
            self.threads.remove(&pid);
            self.fds.remove(&pid);
        }
    }

    fn compare(&self, state: &State) {
        assert_eq!(state.thread_count(), self.threads.len());
        for (pid, fds) in &self.fds {
            let ours = state.fds(state.thread(*pid).unwrap());
            assert!(ours.iter().map(|(number, _)| number).eq(fds.iter().copied()), "process {pid}");
        }
    }
}

/// The return of a child from `clone`.
fn cloned(event: EventBuilder, pid: i64, ptid: i64, bits: u32) -> EventBuilder {
    let tid = event.event().tid;
    let event = event.i64(0).text(b"x").absent().i64(tid).i64(pid).i64(ptid).text(b"").i64(1024);
    let event = event.u64(0).u64(0).u32(0).u32(0).u32(0).text(b"x").absent().u32(bits);
    event.u32(0).u32(0).i64(tid).i64(pid)
}

/// A process that names itself its own parent, and two that name each other.
#[test]
fn circles_of_parents_end() {
    let mut state = State::default();
    for (tid, ptid) in [(5, 5), (6, 7), (7, 6), (6, 7)] {
        let event = EventBuilder::new(k::CLONE_20_X).tid(tid).time_ns(u64::MAX);
        run(&mut state, &cloned(event, tid, ptid, 0));
    }
    agrees_with_itself(&state);
    let exit = EventBuilder::new(k::PROCEXIT_1_E).tid(7).i64(0).i64(0).u8(0).u8(0).i64(7);
    run(&mut state, &exit);
    agrees_with_itself(&state);
}

/// What `execve` says of a process does not make it another one.
#[test]
fn a_program_does_not_change_whose_thread_it_is() {
    let mut state = State::default();
    for pid in [3, -100, 3, 5, 3] {
        let event = EventBuilder::new(k::EXECVE_19_X).tid(3).i64(0).text(b"x").absent();
        run(&mut state, &event.i64(3).i64(pid).i64(1));
        agrees_with_itself(&state);
    }
    assert_eq!(state.thread(3).map(|thread| thread.pid), Some(3));
}

/// A child may be gone before its parent returns from `clone`; one of the same id may come later.
#[test]
fn the_dead_do_not_come_back_with_the_return_of_their_parent() {
    let mut state = State::default();
    let at = |tid, time_ns| EventBuilder::new(k::CLONE_20_X).tid(tid).time_ns(time_ns);
    let parent = |time_ns| {
        let event = at(1, time_ns).i64(5).text(b"x").absent().i64(1).i64(1).i64(0).text(b"");
        let event = event.i64(1024).u64(0).u64(0).u32(0).u32(0).u32(0).text(b"x").absent();
        event.u32(0).u32(0).u32(0).i64(1).i64(1)
    };
    run(&mut state, &cloned(at(1, 0), 1, 0, 0));
    run(&mut state, &cloned(at(5, 10), 5, 1, 0));
    let exit = EventBuilder::new(k::PROCEXIT_1_E).tid(5).time_ns(20).i64(0).i64(0);
    run(&mut state, &exit.u8(0).u8(0).i64(0));
    run(&mut state, &parent(30));
    assert!(state.thread(5).is_none());
    run(&mut state, &parent(3_000_000_000));
    assert!(state.thread(5).is_some());
    agrees_with_itself(&state);
}

/// Handing children over again and again costs what it says it costs.
#[test]
fn a_crowd_of_children_is_handed_over_in_part() {
    let mut state = State::default();
    let clone = |tid: i64, ptid: i64| {
        cloned(EventBuilder::new(k::CLONE_20_X).tid(tid).time_ns(1), tid, ptid, 0)
    };
    run(&mut state, &clone(1, 0));
    run(&mut state, &clone(2, 1));
    for tid in 10..3010 {
        run(&mut state, &clone(tid, 2));
    }
    let exit = EventBuilder::new(k::PROCEXIT_1_E).tid(2).i64(0).i64(0).u8(0).u8(0).i64(1);
    run(&mut state, &exit);
    assert_eq!(state.lost().orphans, 3000 - 1024);
    assert_eq!(state.thread(10).map(|thread| thread.ptid), Some(1));
    let last = state.thread(3009).unwrap();
    assert!(state.parent(last).is_none() && !state.lost().is_nothing());
}

/// Threads are given up one by one, those without calls first, and what remains is whole.
#[test]
fn the_idlest_are_forgotten_when_there_are_too_many() {
    let mut state = State { limits: Limits { threads: 4, weight: 1 << 20 }, ..State::default() };
    for tid in 1..=4 {
        run(&mut state, &EventBuilder::new(k::GETCWD_X).tid(tid).i64(-1));
    }
    run(&mut state, &EventBuilder::new(k::GETCWD_X).tid(5).i64(-1));
    assert_eq!((state.thread_count(), state.lost().threads), (4, 1));
    run(&mut state, &EventBuilder::new(k::GETCWD_X).tid(2).i64(-1));
    run(&mut state, &EventBuilder::new(k::GETCWD_X).tid(6).i64(-1));
    let tids: BTreeSet<i64> = state.threads().map(|thread| thread.tid).collect();
    assert!(tids.contains(&2) && tids.contains(&6), "{tids:?}");
    agrees_with_itself(&state);
}
