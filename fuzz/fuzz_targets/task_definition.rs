//! ECS task definitions, in all their forms, and the secrets in them.
#![no_main]

use farguard_scan::taskdef;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let start = data.get(..data.len() / 2).unwrap_or_default();
    let _ = taskdef::is_task_definition(start);
    if let Ok(definition) = taskdef::parse("taskdef.json", data) {
        assert!(!definition.containers.is_empty());
        let _ = taskdef::findings(&definition);
    }
});
