use proptest::prelude::*;

use super::*;

fn get(text: &str, key: Key) -> Option<String> {
    let record = Record::parse(text.as_bytes())?;
    Some(String::from_utf8(record.get(key)?.raw()?.to_vec()).unwrap())
}

#[test]
fn keys_at_the_top_are_found() {
    let check = |text: &str, key, expect: Option<&str>| {
        assert_eq!(get(text, key).as_deref(), expect, "{text}");
    };
    check(r#"{"eventName":"A"}"#, Key::EventName, Some("\"A\""));
    check("{ \"eventName\" \n : \t\"A\" }", Key::EventName, Some("\"A\""));
    check(r#"{"eventname":"A"}"#, Key::EventName, Some("\"A\""));
    check(r#"{"x":{"eventName":"A"}}"#, Key::EventName, None);
    check(r#"{"x":[{"eventName":"A"}],"eventName":"B"}"#, Key::EventName, Some("\"B\""));
    check(r#"{"x":"\"eventName\":","eventName":"B"}"#, Key::EventName, Some("\"B\""));
    check(r#"{"eventName":"A","eventName":"B"}"#, Key::EventName, Some("\"B\""));
    check(r#"{"eventName":"A","eventname":"B"}"#, Key::EventName, Some("\"A\""));
    check(r#"{"x":"a:b","eventName":"c:d"}"#, Key::EventName, Some("\"c:d\""));
    check(r#"{"eventName":}"#, Key::EventName, None);
    check("{}", Key::EventName, None);
    check("", Key::EventName, None);
    check(r#"{"eventName":"A""#, Key::EventName, None);
    check(&format!("{{\"{}\":1,\"eventName\":2}}", "k".repeat(500)), Key::EventName, Some("2"));
    check(&format!("{{\"eventName\"{}:2}}", " ".repeat(500)), Key::EventName, Some("2"));
    let many: String = (0..60).map(|number| format!("\"k{number}\":[],")).collect();
    check(&format!("{{{many}\"eventName\":1}}"), Key::EventName, Some("1"));
    check(r#"{"x\"eventName":1}"#, Key::EventName, None);
    check(r#"{"a":1}"#, Key::EventName, None);
}

#[test]
fn pointers_lead_anywhere() {
    let text = r#"{"eventName":"A","EVENTTIME":"T","x":{"~/":[1]},"userIdentity":{"ARN":"b"}}"#;
    let record = Record::parse(text.as_bytes()).unwrap();
    let check = |pointer: &str, expect: Option<&str>| {
        let parts = farguard_rules::Arg::new(pointer).pointer;
        let found = record.pointer(&parts).and_then(Json::raw);
        assert_eq!(found.map(|raw| str::from_utf8(raw).unwrap()), expect, "{pointer}");
    };
    check("/eventName", Some("\"A\""));
    check("/eventTime", Some("\"T\""));
    check("/x/~0~1/0", Some("1"));
    check("/userIdentity/arn", Some("\"b\""));
    check("/y", None);
    let last = |text: &str| {
        let record = Record::parse(text.as_bytes()).unwrap();
        let found = record.path(Key::UserIdentity, &["a"]).and_then(Json::raw);
        found.map(|raw| String::from_utf8(raw.to_vec()).unwrap())
    };
    assert_eq!(last(r#"{"userIdentity":{"a":1,"x":{"a":3},"a":2}}"#).as_deref(), Some("2"));
    assert_eq!(last(r#"{"useridentity":{"A":1},"y":{"a":3}}"#).as_deref(), Some("1"));
    assert_eq!(last(r#"{"userIdentity":{"a":1},"userIdentity":null}"#), None);
    assert_eq!(last(r#"{"userIdentity":{"a":1},"userIdentity":{"b":1}}"#), None);
    assert_eq!(last(r#"{"userIdentity":{"a":1},"useridentity":{"a":2}}"#).as_deref(), Some("1"));
    assert_eq!(last(r#"{"userIdentity":[{"a":1}]}"#), None);
    let deep = r#"{"userIdentity":{"b1":{"name":{"last":1}},"name":{"last":0},"list":[{"last":5}],"b1":{"name":{"LAST":2,"x":{"last":3}},"y":4}}}"#;
    let record3 = Record::parse(deep.as_bytes()).unwrap();
    let path = |path: &[&str]| record3.path(Key::UserIdentity, path).and_then(|it| it.as_u64());
    assert_eq!(path(&["name", "last"]), Some(0));
    assert_eq!(path(&["list", "last"]), None);
    assert_eq!(path(&["b1", "name", "last"]), Some(2));
    assert_eq!(path(&["name", "last", "last"]), None);
    let many: String = (0..60).map(|number| format!("\"k{number}\":[],")).collect();
    assert_eq!(last(&format!(r#"{{"userIdentity":{{{many}"a":1}}}}"#)).as_deref(), Some("1"));
    assert_eq!(record.pointer(&[]).and_then(Json::raw), Some(text.as_bytes()));
}

#[test]
fn damage_is_told_from_the_end_of_the_bytes() {
    let check = |text: &str, expect| {
        assert_eq!(scan(text.as_bytes(), &mut Index::default()), expect, "{text}");
    };
    check(r#"{"a":{}} tail"#, Scan::Whole(8));
    check(r#"{"a":"}"#, Scan::Cut);
    check(r#"{"a:1,"b":2}"#, Scan::Cut);
    check(r#"{"a":"x,"b":"y:z"}"#, Scan::Damage(14));
    check(r#"{"Records":[{"#, Scan::Enter(11, Key::Records));
    check(r#"{"eventName":"x","Records":[{"#, Scan::Cut);
    check(r#"{"Records":{}}"#, Scan::Whole(14));
    check(&"{\"a\":".repeat(300), Scan::Damage(128 * 5));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn keys_are_where_serde_finds_them(
        before in "[a-z:{}\\[\\]\\\\\"é]{0,90}",
        blanks in "[ \n\t]{0,3}",
        nested in "[a-z:{}\\[\\]\\\\\"]{0,90}",
        name in "[a-z:,{}\\\\\"é]{0,90}",
    ) {
        let quote = |text: &str| serde_json::to_string(text).unwrap();
        let text = format!(
            "{{{}:{}{},\"x\":{{{}:[{}]}},{blanks}\"eventName\":{blanks}{}{blanks},\"y\":[]}}",
            quote(&before), blanks, quote(&nested), quote(&nested), quote(&before), quote(&name),
        );
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let record = Record::parse(text.as_bytes()).unwrap();
        prop_assert!(record.is(Key::EventName, value["eventName"].as_str().unwrap()));
        prop_assert_eq!(record.get(Key::EventTime).is_some(), value.get("eventTime").is_some());
    }
}
