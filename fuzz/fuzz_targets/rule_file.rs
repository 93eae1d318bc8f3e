//! Rule files: loaded for a source with a few fields, remarks printed as text and as JSON.
#![no_main]

use farguard_rules::{
    ArgRule, Catalog, FieldDef, FieldType, Loader, SourceDef,
    diagnostic::{json, text},
    extension::json as to_json,
    test_file::TestFile,
};
use libfuzzer_sys::fuzz_target;

static FIELDS: [FieldDef; 2] = [
    FieldDef {
        name: "evt.type",
        kind: FieldType::Charbuf,
        is_list: false,
        arg: ArgRule::None,
        dotted: false,
        transforms: true,
        filled: true,
        desc: "kind of event",
    },
    FieldDef {
        name: "proc.pid",
        kind: FieldType::Pid,
        is_list: false,
        arg: ArgRule::OptionalIndex,
        dotted: false,
        transforms: true,
        filled: true,
        desc: "a number",
    },
];

fuzz_target!(|bytes: &[u8]| {
    let source = SourceDef {
        name: "syscall",
        fields: FIELDS.iter().collect(),
        kind_field: Some("evt.type"),
        kinds: vec!["close", "open"],
        words: |_| None,
    };
    let catalog = Catalog { sources: vec![source], plugins: Vec::new() };
    let mut loader = Loader::new(&catalog);
    loader.bytes("rules.yaml", bytes);
    let loaded = loader.finish();
    let _ = json::validation(&loaded.files);
    for file in &loaded.files {
        let _ = text::summary(file);
        file.diagnostics.iter().for_each(|it| assert!(text::diagnostic(it).ends_with('\n')));
    }
    for rule in &loaded.rules.rules {
        let _ = rule.condition.expr.to_string();
        let _ = rule.extension.as_ref().map(to_json);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let (tests, _) = TestFile::read("tests.yaml", text, &catalog);
        let _ = tests.check(&loaded.rules);
    }
});
