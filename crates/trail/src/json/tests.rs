use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn text(json: &str) -> String {
    let arena = Bump::new();
    let text = Json::new(json.as_bytes()).text(&arena).unwrap_or(b"<nothing>");
    String::from_utf8_lossy(text).into_owned()
}

#[test]
fn values_become_text() {
    let check = |json, expect| assert_eq!(text(json), expect, "{json}");
    check(r#" "plain" "#, "plain");
    check(r#""a\"b\\c\/d\n\u00e9\ud83d\ude00""#, "a\"b\\c/d\né😀");
    check("1.50", "1.50");
    check("true,", "true");
    check("null", "null");
    check(r#"{"a":[1,"x y"]}"#, r#"{"a":[1,"x y"]}"#);
    check("{ \"a\" :\n [1, \"x  y\" ] } tail", r#"{"a":[1,"x  y"]}"#);
    check("", "<nothing>");
    check("nul", "<nothing>");
    check("{\"a\":1", "<nothing>");
}

#[test]
fn hostile_strings_become_some_text() {
    let check = |json, expect| assert_eq!(text(json), expect, "{json}");
    check(r#""\ud83d""#, "\u{fffd}");
    check(r#""\ud83dx""#, "\u{fffd}x");
    check(r#""\ude00\ud83d\ude00""#, "\u{fffd}😀");
    check(r#""\ud83d\u0041""#, "\u{fffd}A");
    check(r#""\u12""#, "\u{fffd}12");
    check(r#""\x""#, "\u{fffd}");
    check(r#""open"#, "<nothing>");
    check(r#""open\"#, "<nothing>");
    let arena = Bump::new();
    assert_eq!(Json::new(b"\"a\xff\"").text(&arena), Some(&b"a\xff"[..]));
    assert_eq!(Json::new(b"\"a\xff\\n\"").text(&arena), Some(&b"a\xff\n"[..]));
}

#[test]
fn members_are_found_by_name() {
    let json = Json::new(br#"{"a":1,"B":{"c":[{"d":"x"},2]},"a":3,"\u0062":4, "b":5}"#);
    let check = |path: &[&str], expect: Option<&str>| {
        let found = json.path(path).and_then(Json::raw);
        assert_eq!(found.map(|raw| str::from_utf8(raw).unwrap()), expect, "{path:?}");
    };
    check(&["a"], Some("3"));
    check(&["b"], Some("5"));
    check(&["B", "C"], Some(r#"[{"d":"x"},2]"#));
    check(&["x"], None);
    check(&["a", "b"], None);
    let pointer = |text| {
        let arg = farguard_rules::Arg::new(text);
        json.pointer(&arg.pointer).and_then(Json::raw).map(|raw| str::from_utf8(raw).unwrap())
    };
    assert_eq!(pointer("/B/c/0/d"), Some("\"x\""));
    assert_eq!(pointer("/B/c/1"), Some("2"));
    assert_eq!(
        [pointer("/B/c/2"), pointer("/B/c/01"), pointer("/B/c/-"), pointer("/a/")],
        [None; 4]
    );
}

#[test]
fn numbers_and_flags_are_read_as_they_come() {
    let number = |json: &str| Json::new(json.as_bytes()).as_u64();
    assert_eq!(number("33"), Some(33));
    assert_eq!(number("33.0"), Some(33));
    assert_eq!(number("3e3"), Some(3000));
    assert_eq!(number("\"33\""), Some(33));
    for none in ["-1", "1e400", "\"x\"", "null", "{}"] {
        assert_eq!(number(none), None, "{none}");
    }
    let flag = |json: &str| Json::new(json.as_bytes()).as_bool();
    assert_eq!([flag("true"), flag("\"False\""), flag("1")], [Some(true), Some(false), None]);
}

#[test]
fn people_get_a_line_for_each_part() {
    let arena = Bump::new();
    let pretty = Json::new(br#"{"a":[1,{}],"b":{"c":"d, e"},"f":[ ]}"#).pretty(&arena).unwrap();
    let expect = "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": \"d, e\"\n  },\n  \"f\": []\n}";
    assert_eq!(str::from_utf8(pretty), Ok(expect));
    let deep = "[".repeat(120) + "1" + &"]".repeat(120);
    assert!(Json::new(deep.as_bytes()).pretty(&arena).unwrap().len() < 120 * 80);
}

#[test]
fn nesting_without_end_is_no_value() {
    let deep = "[".repeat(100_000);
    assert!(Json::new(deep.as_bytes()).raw().is_none());
    assert_eq!(Json::new(deep.as_bytes()).items().count(), 1);
    let long = format!("\"{}", "x".repeat(1 << 20));
    assert!(Json::new(long.as_bytes()).raw().is_none());
}

/// Any JSON value.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[a-z\"\\\\/\u{0}-\u{1f}é😀{}\\[\\]:, ]{0,70}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-c\"\\\\é]{0,3}", inner), 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Asserts that lazily read JSON holds what serde read.
fn same(json: Json<'_>, value: &Value) {
    let raw = json.raw().map(|raw| serde_json::from_slice::<Value>(raw).unwrap());
    assert_eq!(raw.as_ref(), Some(value));
    match value {
        Value::Object(members) => {
            assert_eq!(json.members().count(), members.len());
            members.iter().for_each(|(key, value)| same(json.get(key).unwrap(), value));
        }
        Value::Array(items) => {
            assert_eq!(json.items().count(), items.len());
            json.items().zip(items).for_each(|(json, value)| same(json, value));
        }
        Value::String(text) => {
            let bump = Bump::new();
            let raw = json.raw().unwrap().to_vec();
            assert_eq!(Json::new(&raw).text(&bump), Some(text.as_bytes()));
            assert!(json.is_string(text));
        }
        Value::Null => assert!(!json.is_something()),
        other => assert_eq!(
            json.raw().map(|raw| str::from_utf8(raw).unwrap().to_owned()),
            Some(other.to_string())
        ),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn every_path_leads_to_what_serde_finds(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let text = text.unwrap();
        let arena = Bump::new();
        same(Json::new(text.as_bytes()), &value);
        let compact = Json::new(text.as_bytes()).compact_for_test(&arena);
        prop_assert_eq!(compact, value.to_string().into_bytes());
        let shown = Json::new(text.as_bytes()).pretty(&arena).unwrap();
        prop_assert_eq!(serde_json::from_slice::<Value>(shown).unwrap(), value);
    }

    #[test]
    fn nothing_panics(bytes in "[{}\\[\\]:,\"\\\\ua1 tn.-]{0,40}") {
        let arena = Bump::new();
        let json = Json::new(bytes.as_bytes());
        let _ = (json.text(&arena), json.pretty(&arena), json.get("a"), json.as_u64());
        let _ = (json.items().count(), json.members().count());
    }
}

impl Json<'_> {
    fn compact_for_test(self, arena: &Bump) -> Vec<u8> {
        render::compact(self.raw().unwrap(), arena).to_vec()
    }
}
