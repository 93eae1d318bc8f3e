//! Every field that says that it is filled is, and damage does no harm.

use bumpalo::Bump;
use farguard_rules::{Arg, ArgRule, Source};
use proptest::prelude::*;

use super::machine;
use crate::{Event, Kind, Params, State, Syscalls, table};

/// Arguments that fields are tried with.
fn args(name: &str, rule: ArgRule) -> Vec<Arg> {
    let args: &[&str] = match (name, rule) {
        (_, ArgRule::None) => &[""],
        ("evt.arg" | "evt.rawarg", _) => &["0", "fd", "name", "data", "res", "99"],
        ("evt.type.is", _) => &["openat", "307"],
        ("thread.cgroup", _) => &["memory"],
        ("container.label", _) => &["app"],
        ("k8s.pod.label", _) => &["team"],
        ("proc.env" | "proc.aenv", _) => &["", "HOME", "1"],
        _ => &["", "0", "1", "2"],
    };
    args.iter().map(|arg| Arg::new(arg)).collect()
}

#[test]
fn fields_are_filled_as_they_say() {
    let mut filled = std::collections::BTreeSet::new();
    let bump = Bump::new();
    for (_, made) in machine::events() {
        let mut state = machine::state();
        let event = made.event();
        state.enter(&event);
        let view = state.view(&event);
        for field in Syscalls::fields() {
            for arg in args(field.def.name, field.def.arg) {
                if !(field.extract)(&view, &arg, &bump).is_null() {
                    filled.insert(field.def.name);
                }
            }
        }
    }
    for field in Syscalls::fields() {
        assert_eq!(filled.contains(field.def.name), field.def.filled, "{}", field.def.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn damage_does_no_harm(
        kind in 0..460_u16,
        tid in prop::sample::select(vec![-1_i64, 1, 20, 21, 30, 99]),
        lengths in prop::collection::vec(0..20_u16, 0..40),
        wide: bool,
        data in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        // Most parameters have the length that they should have.
        let sized = table::event(Kind(kind)).into_iter().flat_map(|event| event.params.iter());
        let sizes = sized.map(|param| u16::try_from(param.kind.size()).unwrap());
        let lengths = sizes.zip(lengths.iter().chain(std::iter::repeat(&0)));
        let lengths: Vec<u8> = lengths
            .map(|(size, other)| if size == 0 || other % 7 == 0 { *other } else { size })
            .flat_map(u16::to_le_bytes)
            .collect();
        let params = Params { lengths: &lengths, wide, data: &data };
        let event = Event { num: 1, time_ns: u64::MAX, tid, cpu: 0, kind: Kind(kind), params };
        let mut state: State = machine::state();
        let bump = Bump::new();
        state.enter(&event);
        let view = state.view(&event);
        for field in Syscalls::fields() {
            for arg in args(field.def.name, field.def.arg) {
                (field.extract)(&view, &arg, &bump);
            }
        }
        prop_assert!(Syscalls::kind(&view) < Syscalls::kinds().len().max(usize::from(kind) + 1));
        state.leave(&event);
    }
}
