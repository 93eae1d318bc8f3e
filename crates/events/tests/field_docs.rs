//! `docs/reference/fields-syscall.md` says what rules can ask of system calls. `UPDATE_DOCS=1`
//! rewrites it.

use std::{fs, path::Path};

use farguard_events::Syscalls;
use farguard_rules::{SourceDef, field};

const HEAD: &str = "# Fields of the source `syscall`\n\n\
    What conditions and outputs of rules can ask of a system call. Numbers are counted from 0.\n\n\
    Names, types and values are those of Falco, but for these:\n\n\
    - Times are UTC.\n\
    - Calls are one event each, so `evt.latency` and its kin are 0, as in today's Falco.\n\
    - Which end of a connection is local (`fd.lip`, `fd.rip`, their ports, `fd.is_server`) is known \
    from who connected or accepted, not from a list of interfaces.\n\
    - `container.*` and `k8s.*` are known for the containers that a capture describes. \
    `container.id` needs only the cgroups of a process.\n\
    - `container.mount` and its parts find mounts by patterns with `*` and `?`.\n\
    - What a capture never tells, such as names of addresses (`fd.cip.name`), comes last on this page.\n\n\
    Made from the fields themselves: `UPDATE_DOCS=1 cargo test -p farguard-events --test field_docs` \
    rewrites this page.\n\n";

#[test]
fn the_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/fields-syscall.md");
    let page = HEAD.to_owned() + &field::markdown(&SourceDef::of::<Syscalls>().fields);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == page, "run `UPDATE_DOCS=1 cargo test -p farguard-events --test field_docs`");
}
