//! JSON read lazily, held against a reader of all of it.
#![no_main]

use farguard_trail::Json;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let arena = bumpalo::Bump::new();
    let json = Json::new(bytes);
    let _ = (json.text(&arena), json.pretty(&arena), json.as_u64(), json.as_bool());
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        same(json, &value);
    }
});

/// What lazy reading finds is what there is.
fn same(json: Json<'_>, value: &Value) {
    match value {
        // Of a key that stands twice both readers know the last value; how often it stands differs.
        Value::Object(members) => {
            assert!(json.members().count() >= members.len());
            members.iter().for_each(|(key, value)| same(json.get(key).unwrap(), value));
        }
        Value::Array(items) => {
            assert_eq!(json.items().count(), items.len());
            json.items().zip(items).for_each(|(json, value)| same(json, value));
        }
        Value::String(text) => assert!(json.is_string(text)),
        other => assert_eq!(serde_json::from_slice::<Value>(json.raw().unwrap()).unwrap(), *other),
    }
}
