use super::*;

/// A call: time, principal, key, call, and what is added to the record.
fn call(minute: u32, arn: &str, key: &str, name: &str, more: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-03-01T12:{minute:02}:00Z","eventSource":"sts.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","sourceIPAddress":"198.51.100.7","userAgent":"cli","eventID":"e{minute}","userIdentity":{{"type":"AssumedRole","arn":"{arn}","accessKeyId":"{key}"}}{more}}}"#
    )
}

fn gives(key: &str, to: &str) -> String {
    format!(
        r#","responseElements":{{"credentials":{{"accessKeyId":"{key}"}},"assumedRoleUser":{{"arn":"{to}"}}}}"#
    )
}

const EVE: &str = "arn:aws:iam::111122223333:user/eve";
const DEPLOY: &str = "arn:aws:sts::111122223333:assumed-role/deploy/x";
const ADMIN: &str = "arn:aws:sts::111122223333:assumed-role/admin/y";

/// Eve assumes a role, with it a second one, which deletes a bucket; somebody else is about.
fn story() -> Vec<String> {
    vec![
        call(1, EVE, "AKIAEVEEVEEVEEVEEVE1", "AssumeRole", &gives("ASIADEPLOY", DEPLOY)),
        call(2, DEPLOY, "ASIADEPLOY", "AssumeRole", &gives("ASIAADMIN", ADMIN)),
        call(
            3,
            ADMIN,
            "ASIAADMIN",
            "DeleteBucket",
            r#","errorCode":"AccessDenied","requestParameters":{"bucketName":"logs\u001b[2J"}"#,
        ),
        call(4, ADMIN, "ASIASOMEBODYELSE", "ListBuckets", ""),
    ]
}

fn timeline(actor: &str, records: &[String]) -> Timeline {
    let mut investigation = Investigation::new(Actor::parse(actor));
    let records = || records.iter().map(|text| Record::parse(text.as_bytes()).unwrap());
    records().for_each(|record| investigation.learn(&record));
    records().for_each(|record| {
        investigation.add(&record, &["a rule"]);
    });
    investigation.finish()
}

#[test]
fn an_actor_is_followed_through_its_roles_in_any_order() {
    let mut records = story();
    for _ in 0..2 {
        let it = timeline(EVE, &records);
        let names: Vec<&str> = it.events.iter().map(|event| &*event.name).collect();
        assert_eq!(names, ["AssumeRole", "AssumeRole", "DeleteBucket"]);
        assert_eq!(it.chain.iter().map(|link| &*link.to).collect::<Vec<_>>(), [DEPLOY, ADMIN]);
        assert_eq!(timeline(ADMIN, &records).chain.len(), 1);
        assert_eq!(it.last_ns.unwrap() - it.first_ns.unwrap(), 120 * 1_000_000_000);
        assert_eq!(
            it.counts.failures.keys().collect::<Vec<_>>(),
            ["sts:DeleteBucket AccessDenied"]
        );
        records.reverse();
    }
}

#[test]
fn actors_are_told_by_their_looks() {
    let check = |text: &str, expect: Actor, calls: u64| {
        assert_eq!(Actor::parse(text), expect);
        assert_eq!(timeline(text, &story()).calls, calls, "{text}");
    };
    check("198.51.100.7", Actor::Address("198.51.100.7".into()), 4);
    check("AKIAEVEEVEEVEEVEEVE1", Actor::AccessKey("AKIAEVEEVEEVEEVEEVE1".into()), 3);
    check(ADMIN, Actor::Principal(ADMIN.into()), 2);
    check("y", Actor::Principal("y".into()), 2);
    check("nobody", Actor::Principal("nobody".into()), 0);
    let id = "0123456789abcdef0123456789abcdef";
    let task = format!("arn:aws:ecs:eu-west-1:1:task/production/{id}");
    check(&task, Actor::Task(id.into()), 0);
    let session = format!("arn:aws:sts::1:assumed-role/task/{id}");
    assert_eq!(timeline(&task, &[call(1, &session, "ASIATASK", "GetObject", "")]).calls, 1);
}

#[test]
fn timelines_are_shown_as_text_json_and_diagram() {
    let it = timeline(EVE, &story());
    let text = it.text();
    assert!(text.starts_with(&format!(
        "{EVE}: 3 calls\nfrom 2026-03-01T12:01:00Z to 2026-03-01T12:03:00Z\n"
    )));
    assert!(text.contains(&format!(
        "2026-03-01T12:01:00Z  {EVE} -> {DEPLOY} (AssumeRole, key ASIADEPLOY)\n"
    )));
    assert!(
        text.contains("sts:DeleteBucket failed: AccessDenied  on logs\u{fffd}[2J  by"),
        "{text}"
    );
    let json: serde_json::Value = serde_json::from_str(&it.json().unwrap()).unwrap();
    assert_eq!(json["actor"], serde_json::json!({"kind": "principal", "value": EVE}));
    assert_eq!(json["events"][2]["error"], "AccessDenied");
    let expect = format!(
        "flowchart LR\n  n0[\"{EVE}\"]\n  n1[\"{DEPLOY}\"]\n  n0 -->|AssumeRole| n1\n  n2[\"{ADMIN}\"]\n  n1 -->|AssumeRole| n2\n"
    );
    assert!(
        it.mermaid().starts_with(&expect) || it.mermaid().contains("-->|AssumeRole|"),
        "{}",
        it.mermaid()
    );
    assert!(it.mermaid().contains("1 call, 1 failed"));
}

#[test]
fn memory_is_bounded_and_what_is_left_out_is_counted() {
    let mut investigation = Investigation::new(Actor::parse("198.51.100.7"));
    for number in 0..MAX_EVENTS + 5 {
        let text = call(1, &format!("{EVE}{number}"), "k", "x", "");
        assert!(investigation.add(&Record::parse(text.as_bytes()).unwrap(), &[]));
    }
    let it = investigation.finish();
    assert_eq!((it.events.len(), it.omitted), (MAX_EVENTS, 5));
    assert_eq!(it.counts.principals.len(), MAX_NAMES + 1);
}

#[test]
fn odd_records_do_no_harm() {
    let odd = [r#"{"userIdentity":7}"#, r#"{"eventTime":"x","sourceIPAddress":{"a":[]}}"#, "{}"];
    let records: Vec<String> = odd.iter().map(|&text| text.to_owned()).collect();
    assert_eq!(timeline("a", &records).calls, 0);
    let loops = [
        call(1, ADMIN, "A", "AssumeRole", &gives("B", DEPLOY)),
        call(2, DEPLOY, "B", "AssumeRole", &gives("A", ADMIN)),
    ];
    assert_eq!(timeline(ADMIN, &loops).calls, 2);
}
