use super::*;

fn record(json: &str) -> Record {
    match parse(json.as_bytes()) {
        Ok(Parsed::Record(record)) => *record,
        other => panic!("{other:?} for {json}"),
    }
}

/// A record with one Debian package and more members of the caller's.
fn with(members: &str) -> String {
    let package = r#"{"ecosystem":"Debian:12","name":"curl"}"#;
    let events = r#"[{"introduced":"0"},{"fixed":"7.88.1-10+deb12u4"}]"#;
    format!(
        r#"{{"id":"DSA-1","modified":"2023-10-11T00:00:00Z",{members}"affected":[{{"package":{package},
        "ranges":[{{"type":"ECOSYSTEM","events":{events}}},{{"type":"GIT","events":[]}}]}}]}}"#
    )
}

#[test]
fn ranges_are_kept_and_commits_dropped() {
    let record = record(&with(""));
    let [package] = record.packages.as_slice() else { panic!("{record:?}") };
    assert_eq!((package.ecosystem.as_str(), package.name.as_str()), ("Debian:12", "curl"));
    let events = vec![Event::Introduced("0".into()), Event::Fixed("7.88.1-10+deb12u4".into())];
    let expect = Affected { ranges: vec![Range { semver: false, events }], ..Affected::default() };
    assert_eq!(package.affected, [expect]);
}

fn check_names(members: &str, aliases: &[&str], upstream: &[&str]) {
    let record = record(&with(members));
    assert_eq!(record.detail.aliases, aliases, "{members}");
    assert_eq!(record.detail.upstream, upstream, "{members}");
}

#[test]
fn cves_of_an_update_are_upstream_wherever_they_stand() {
    check_names(r#""upstream":["CVE-2","CVE-1"],"#, &[], &["CVE-1", "CVE-2"]);
    check_names(r#""related":["CVE-1","GHSA-x"],"#, &[], &["CVE-1"]);
    check_names(r#""aliases":["CVE-1","CVE-2"],"#, &[], &["CVE-1", "CVE-2"]);
    check_names(r#""aliases":["CVE-1","DSA-1",""],"#, &["CVE-1"], &[]);
    let page = "https://www.redhat.com/security/data/cve/CVE-2025-22247.html";
    check_names(
        &format!(r#""references":[{{"type":"REPORT","url":"{page}"}}],"#),
        &[],
        &["CVE-2025-22247"],
    );
}

#[test]
fn related_is_another_vulnerability_for_languages() {
    let json = with(r#""related":["CVE-1"],"aliases":["CVE-2","CVE-3"],"#);
    let record = record(&json.replace("Debian:12", "PyPI"));
    assert_eq!(record.detail.aliases, ["CVE-2", "CVE-3"]);
    assert!(record.detail.upstream.is_empty());
}

fn check_rating(record_members: &str, package_members: &str, expect: [&str; 3]) {
    let json = with(record_members)
        .replace(r#""affected":[{"#, &format!(r#""affected":[{{{package_members}"#));
    let record = record(&json);
    let affected = &record.packages[0].affected[0];
    let found = [&record.detail.rating, &affected.rating, &affected.fix_state];
    assert_eq!(found, expect, "{json}");
}

#[test]
fn ratings_are_found_where_publishers_put_them() {
    check_rating(r#""database_specific":{"severity":"HIGH","n":[1]},"#, "", ["HIGH", "", ""]);
    check_rating(r#""summary":"Important: curl security update","#, "", ["Important", "", ""]);
    check_rating(r#""severity":[{"type":"Ubuntu","score":"low"}],"#, "", ["low", "", ""]);
    let urgency = |word| format!(r#""ecosystem_specific":{{"urgency":"{word}"}},"#);
    check_rating("", &urgency("unimportant"), ["", "unimportant", ""]);
    check_rating("", &urgency("not yet assigned"), ["", "", ""]);
    check_rating("", &urgency("end-of-life"), ["", "", "end-of-life"]);
    check_rating("", r#""database_specific":{"informational":"unsound"},"#, ["", "unsound", ""]);
    check_rating("", r#""database_specific":null,"#, ["", "", ""]);
}

#[test]
fn severity_of_odd_types_is_dropped() {
    let cvss = r#"{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}"#;
    let json = with(&format!(r#""severity":[{cvss},{{"type":3,"score":"x"}},{{"type":"Y"}}],"#));
    let expect = [("CVSS_V3".to_owned(), "CVSS:3.1/AV:N".to_owned())];
    assert_eq!(record(&json).detail.severity, expect);
}

fn check_skip(json: &str, expect: Skip) {
    assert_eq!(parse(json.as_bytes()), Ok(Parsed::Skipped(expect)), "{json}");
}

#[test]
fn what_does_not_count_is_skipped_with_its_reason() {
    check_skip(&with(r#""withdrawn":"2024-01-01T00:00:00Z","#), Skip::Withdrawn);
    check_skip(&with("").replace("Debian:12", "Android"), Skip::OtherEcosystem);
    check_skip(r#"{"id":"X","affected":null}"#, Skip::OtherEcosystem);
    check_skip(&with("").replace("DSA-1", "ALBA-2025:1"), Skip::NotSecurity);
}

fn check_error(json: &str, expect: &str) {
    assert_eq!(parse(json.as_bytes()).unwrap_err().to_string(), expect, "{json}");
}

#[test]
fn errors_name_the_record_and_the_place() {
    check_error(
        &with("").replace(r#"{"fixed":"7.88.1-10+deb12u4"}"#, r#"{"fixd":"1"}"#),
        "record `DSA-1`: affected[0].ranges[0].events[1] has none of `introduced`, `fixed`, \
         `last_affected`, `limit`",
    );
    check_error(
        &with("").replace(r#"{"introduced":"0"},"#, ""),
        "record `DSA-1`: affected[0].ranges[0].events has no `introduced`",
    );
    check_error(
        &with("").replace("ECOSYSTEM", "CALVER"),
        "record `DSA-1`: affected[0].ranges[0].type `CALVER` is not a type of OSV",
    );
    check_error(
        &with(r#""aliases":"CVE-1","#),
        "record `DSA-1`: invalid type: string \"CVE-1\", expected a sequence at line 1 column 65",
    );
    check_error(r#"{"affected":[]}"#, "record ``: missing field `id` at line 1 column 15");
    check_error("{", "record ``: EOF while parsing an object at line 1 column 1");
}

#[test]
fn entries_of_one_package_are_gathered() {
    let entry = |ecosystem: &str, fixed: &str| {
        format!(
            r#"{{"package":{{"ecosystem":"{ecosystem}","name":"curl"}},"ranges":[{{"type":"ECOSYSTEM",
            "events":[{{"introduced":"0"}},{{"fixed":"{fixed}"}}]}}]}}"#
        )
    };
    let sap = "SUSE:Linux Enterprise Server for SAP Applications 15 SP5";
    let entries = [
        entry("SUSE:Linux Enterprise Server 15 SP5", "1"),
        entry(sap, "1"),
        entry("SUSE:Linux Enterprise Server 15 SP5-LTSS", "2"),
    ];
    let record = record(&format!(r#"{{"id":"X","affected":[{}]}}"#, entries.join(",")));
    let [package] = record.packages.as_slice() else { panic!("{record:?}") };
    assert_eq!(package.affected.len(), 2);
}

#[test]
fn summaries_are_one_short_line() {
    let check = |members: &str, expect: &str| {
        assert_eq!(record(&with(members)).detail.summary, expect, "{members}");
    };
    check(r#""summary":"a\n b\u0007c","#, "a");
    check(r##""details":"\n# Title  here\nmore","##, "Title here");
    let long = "word ".repeat(60);
    check(&format!(r#""summary":"{long}","#), &format!("{}...", "word ".repeat(32).trim_end()));
}
