use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;

use super::*;
use crate::record::Key;

fn gz(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Names of the events that are read, as a file and as a stream that comes in drops.
fn read(bytes: &[u8]) -> (Vec<String>, Tally) {
    let name = |record: &Record<'_>| {
        let name = record.get(Key::EventName).and_then(crate::json::Json::raw);
        name.map_or_else(|| "-".to_owned(), |raw| String::from_utf8_lossy(raw).replace('"', ""))
    };
    let mut names = Vec::new();
    let tally = Reader::new().file(bytes, &mut |record| names.push(name(record)));
    let mut again = Vec::new();
    let drops = Drops(bytes, if bytes.len() < 1000 { 7 } else { 997 });
    let streamed = Reader::new().stream(drops, &mut |record| again.push(name(record)));
    assert!(names == again, "{} and {} records", names.len(), again.len());
    assert_eq!((tally.records, tally.losses), (streamed.records, streamed.losses));
    assert_eq!(tally.records, names.len() as u64);
    (names, tally)
}

/// Gives a few bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(self.0.len()).min(buffer.len());
        buffer[..size].copy_from_slice(&self.0[..size]);
        self.0 = &self.0[size..];
        Ok(size)
    }
}

/// Which events an input has, and what is lost at which byte.
fn check(text: &str, events: &str, losses: &[(u64, Reason)]) {
    for bytes in [text.as_bytes().to_vec(), gz(text.as_bytes())] {
        let (names, tally) = read(&bytes);
        assert_eq!(names.join(" "), events, "{text}");
        let found: Vec<_> =
            tally.described.iter().map(|loss| (loss.offset, loss.reason.clone())).collect();
        assert_eq!(found, losses, "{text}");
        assert_eq!(tally.losses, losses.len() as u64);
    }
}

#[test]
fn every_shape_is_told_by_its_bytes() {
    let (a, b) = (r#"{"eventVersion":"1","eventName":"A"}"#, r#"{"eventName":"B","x":[{}]}"#);
    check(a, "A", &[]);
    check(&format!("{a}\n{b}\n"), "A B", &[]);
    check(&format!("{a}{b}"), "A B", &[]);
    check(&format!("\u{feff}[{a},\r\n {b}]\n"), "A B", &[]);
    check(&format!(r#"{{"Records":[{a},{b}]}}"#), "A B", &[]);
    check(&format!("{{ \"records\" : [ {a} , {b} ]\n}}\n{{\"Records\":[{a}]}}"), "A B A", &[]);
    check(r#"{"Records":[]}"#, "", &[]);
    check("", "", &[]);
    check("\n", "", &[]);
    // EventBridge
    check(&format!(r#"{{"version":"0","detail-type":"x","resources":[],"detail":{a}}}"#), "A", &[]);
    // A label around a record.
    check(&format!(r#"{{"technique":"t","eventName":"X","event":{a}}}"#), "A", &[]);
    let quoted = serde_json::to_string(a).unwrap();
    // LookupEvents
    let looked = format!(
        r#"{{"EventId":"1","EventName":"X","Resources":[{{}}],"CloudTrailEvent":{quoted}}}"#
    );
    check(
        &format!(r#"{{"Events":[{looked},{looked}],"NextToken":"{{t","n":[{{}}],"o":1}}"#),
        "A A",
        &[],
    );
    // CloudWatch Logs
    check(
        &format!(
            r#"{{"messageType":"DATA_MESSAGE","owner":"1","subscriptionFilters":["f"],"logEvents":[{{"id":"1","timestamp":1,"message":{quoted}}}]}}"#
        ),
        "A",
        &[],
    );
    // CloudTrail Lake
    check(&format!(r#"{{"auditEvents":[{{"id":"1","eventData":{quoted}}}]}}"#), "A", &[]);
    check(
        &format!(r#"{{"QueryResultRows":[[{{"eventJson":{quoted}}}]],"x":[{{"y":1}}]}}"#),
        "A",
        &[],
    );
    check(
        r#"{"QueryResultRows":[[{"eventName":"L"},{"eventTime":"t"}],[{"eventName":"M"}]]}"#,
        "L M",
        &[],
    );
    // Strings of records, and an Insight.
    check(&format!("[{quoted},{quoted}]"), "A A", &[]);
    check(r#"{"Records":[{"eventType":"AwsCloudTrailInsight","insightDetails":{}}]}"#, "-", &[]);
}

#[test]
fn columns_of_a_query_become_objects() {
    let text = r#"{"QueryResultRows":[[{"eventName":"L"},{"userIdentity":"{type=AssumedRole, arn=arn:aws:sts::1:assumed-role/r/s, username=null, sessioncontext={attributes={mfaauthenticated=false}}, list=[a, b]}"},{"requestParameters":"{note=a, b, cluster=c}"}]]}"#;
    let mut found = String::new();
    let tally = Reader::new().file(text.as_bytes(), &mut |record| {
        let show = |key| format!("{:?}", record.get(key).unwrap());
        found = show(Key::UserIdentity) + &show(Key::RequestParameters);
    });
    assert_eq!((tally.records, tally.losses), (1, 0));
    let expect = r#"{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/r/s","username":null,"sessioncontext":{"attributes":{"mfaauthenticated":false}},"list":["a","b"]}{"note":"a, b","cluster":"c"}"#;
    assert_eq!(found, expect);
}

#[test]
fn damage_never_takes_the_next_record() {
    use Reason::*;
    let (a, b) = (r#"{"eventVersion":"1","eventName":"A"}"#, r#"{"eventName":"B"}"#);
    let within = |bad: &str| format!(r#"{{"Records":[{a},{bad},{b}]}}"#);
    let at = 13 + a.len() as u64;
    check(&within(r#"{"eventName":"X,"y":{"z":"w"}}"#), "A B", &[(at + 17, Damaged)]);
    check(&within(r#"{"eventName":"X","y":{"z:"w"}}"#), "A B", &[(at + 26, Damaged)]);
    check(&within(r#"{"eventName":"X","y":[{"z":1]}"#), "A B", &[(at + 28, Damaged)]);
    check(&within(r#"{"eventName":"X","#), "A B", &[(at + 17, Damaged)]);
    check(&within("null"), "A B", &[(at, NotJson)]);
    check(&within("x:y"), "A B", &[(at, NotJson)]);
    check(&within("{}"), "A B", &[(at, NotARecord)]);
    check(&within(&"{\"a\":".repeat(200)), "A B", &[(at, TooDeep)]);
    check(&format!("{a}\n{{\"eventName\":\"X\n{b}\n"), "A B", &[(a.len() as u64 + 16, Damaged)]);
    check(&format!("{a}\nhello\n{b}\n"), "A B", &[(a.len() as u64 + 1, NotJson)]);
    check(&format!(r#"{{"Records":[{a},{{"eventName":"X","#), "A", &[(at, Unfinished)]);
    check("eventVersion,eventName\n1,A\n", "", &[(0, NotJson)]);
    check("{", "", &[(0, Unfinished)]);
}

#[test]
fn places_have_lines() {
    let text = "{\"eventName\":\"A\"}\n\n{\"eventName\":\n\"X}\n{\"eventName\":\"B\"}\n{}\n";
    for bytes in [text.as_bytes().to_vec(), gz(text.as_bytes())] {
        let (_, tally) = read(&bytes);
        let shown: Vec<String> = tally.described.iter().map(ToString::to_string).collect();
        let expect = [
            "the JSON is damaged here (line 4, byte 36)",
            "this is not a CloudTrail record (line 6, byte 55)",
        ];
        assert_eq!(shown, expect);
    }
}

#[test]
fn compressed_files_are_read_as_far_as_they_go() {
    let one = r#"{"eventName":"A","x":"some text that is long enough"}"#.to_owned() + "\n";
    let text = one.repeat(2000);
    let whole = gz(text.as_bytes());
    let (names, tally) = read(&[whole.clone(), gz(one.as_bytes())].concat());
    assert_eq!((names.len(), tally.losses), (2001, 0));
    let (names, tally) = read(&[whole.clone(), whole.clone()].concat());
    assert_eq!((names.len(), tally.losses), (4000, 0));
    let (names, tally) = read(&whole[..whole.len() / 2]);
    assert!(names.len() > 100 && names.len() < 2000);
    assert!(tally.described.iter().any(|loss| matches!(loss.reason, Reason::Input(_))));
    let mut flipped = whole.clone();
    let middle = flipped.len() - 6;
    flipped[middle] ^= 1;
    assert!(read(&flipped).1.losses > 0);
    // More than is inflated at once.
    let mut reader = Reader::with_limit(1000);
    assert_eq!(reader.file(&whole, &mut |_| {}).records, 2000);
    // A length that lies.
    let mut lie = whole;
    let end = lie.len() - 4;
    lie[end..].copy_from_slice(&[0xff; 4]);
    assert!(Reader::new().file(&lie, &mut |_| {}).records > 0);
}

#[test]
fn long_records_pass_and_endless_ones_are_given_up() {
    let (a, b) = (r#"{"eventName":"A"}"#, r#"{"eventName":"B"}"#);
    let long = |size| format!(r#"{{"eventName":"L","x":"{}"}}"#, "y".repeat(size));
    check(&format!("{a}\n{}\n{b}", long(1 << 20)), "A L B", &[]);
    let text = format!("{a}\n{}\n{b}", long(20 << 20));
    let (names, tally) = read_plain(text.as_bytes());
    assert_eq!(names, 2);
    assert_eq!(tally.described[0].reason, Reason::TooLong);
    let text = format!("{a}{}", "[".repeat(1 << 20));
    assert_eq!(read_plain(text.as_bytes()).0, 1);
}

fn read_plain(bytes: &[u8]) -> (u64, Tally) {
    let tally = Reader::new().file(bytes, &mut |_| {});
    let streamed = Reader::new().stream(bytes, &mut |_| {});
    assert_eq!((tally.records, tally.losses), (streamed.records, streamed.losses));
    (tally.records, tally)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// Whatever stands between two records, both are read, and windows do not matter.
    #[test]
    fn rubbish_between_records_is_only_lost_itself(rubbish in "[{}\\[\\]:,\\\\ua1 tn.\n-]{0,40}") {
        let text = format!("{{\"eventName\":\"A\"}}\n{rubbish}\n{{\"eventName\":\"B\"}}\n");
        let (names, _) = read(text.as_bytes());
        prop_assert_eq!(names, ["A", "B"]);
    }

    #[test]
    fn nothing_panics(text in "[{}\\[\\]:,\"\\\\ \n]{0,60}|(\\{\"eventName\":|\"Records\":\\[|\"message\":\"|[{}\\[\\],\"\\\\]){0,12}") {
        read(text.as_bytes());
    }
}
