use std::{collections::BTreeSet, path::PathBuf};

use farguard_rules::{Source, SourceDef};

use crate::Syscalls;

mod filled;
mod machine;
mod values;

/// A file among the data of other projects that ours is compared with, if it is there.
fn conformance(name: &str) -> Option<String> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let root = std::env::var_os("FARGUARD_CONFORMANCE").unwrap_or_else(|| beside.into());
    let text = std::fs::read_to_string(PathBuf::from(root).join(name)).ok();
    if text.is_none() {
        eprintln!("skipped: no {name}");
    }
    text
}

#[test]
fn fields_are_sorted_unique_and_described() {
    let fields = Syscalls::fields();
    for pair in fields.windows(2) {
        assert!(pair[0].def.name < pair[1].def.name, "{} twice?", pair[0].def.name);
    }
    for field in fields {
        let def = field.def;
        let plain = def.desc.trim() == def.desc && !def.desc.ends_with('.');
        assert!(plain && !def.desc.is_empty(), "{}", def.name);
    }
    let source = SourceDef::of::<Syscalls>();
    for name in ["proc.aname", "evt.arg", "fd.net", "container.mount.dest", "k8s.ns.name"] {
        assert!(source.field(name).is_some(), "{name}");
    }
}

#[test]
fn fields_are_those_of_falco_with_their_types() {
    let Some(text) = conformance("reference/fields_syscall.json") else { return };
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let source = SourceDef::of::<Syscalls>();
    let mut seen = BTreeSet::new();
    for field in json["fieldclasses"].as_array().unwrap().iter() {
        for field in field["fields"].as_array().unwrap() {
            let name = field["name"].as_str().unwrap();
            let def = source.field(name).unwrap_or_else(|| panic!("{name} is missing"));
            let kind = format!("{:?}", def.kind).to_uppercase();
            assert_eq!(kind, field["type"].as_str().unwrap(), "{name}");
            assert_eq!(def.is_list, field["is_list"].as_bool().unwrap(), "{name}");
            seen.insert(name);
        }
    }
    assert_eq!(seen.len(), 207);
}

#[test]
fn kinds_have_the_names_of_events_and_calls() {
    let source = SourceDef::of::<Syscalls>();
    for name in ["openat", "execve", "procexit", "sched_yield", "delete_module"] {
        assert!(source.kinds.binary_search(&name).is_ok(), "{name}");
    }
    assert!(!source.kinds.contains(&"NA"));
}
