use farguard_authoring::yaml;

use super::*;

const MINUTE: u64 = 60 * 1_000_000_000;

fn read(text: &str) -> Result<Spec, SpecError> {
    Spec::read(&yaml::parse(text).unwrap())
}

#[test]
fn every_kind_of_window_is_read() {
    let check = |text: &str, by: &[&str], test: Test| {
        let by = by.iter().map(|&field| field.to_owned()).collect();
        assert_eq!(read(text), Ok(Spec { by, test }), "{text}");
    };
    check("{within: 10m, count: 5}", &[], Test::Count { count: 5, within_ns: 10 * MINUTE });
    check(
        "{by: ct.user.arn, within: 1h, distinct: 'json.value[/a]', count: 3}",
        &["ct.user.arn"],
        Test::Distinct { field: "json.value[/a]".into(), count: 3, within_ns: 60 * MINUTE },
    );
    check(
        "{by: [a, b], first-seen: ct.region, learn: 7d}",
        &["a", "b"],
        Test::FirstSeen { field: "ct.region".into(), learn_ns: 7 * DAY_NS },
    );
    check(
        "{by: a, rare: ct.region, below: 0.5%, after: 200}",
        &["a"],
        Test::Rare { field: "ct.region".into(), below_permille: 5, after: 200 },
    );
    check(
        "{by: a, within: 30s, sequence: [ct.name = X, ct.name = Y]}",
        &["a"],
        Test::Sequence {
            steps: vec!["ct.name = X".into(), "ct.name = Y".into()],
            within_ns: MINUTE / 2,
        },
    );
}

#[test]
fn errors_say_where_and_what_to_write() {
    let check = |text: &str, expect: &str| {
        let error = read(text).unwrap_err();
        let help = error.help.as_deref().unwrap_or_default();
        let (line, column) = (error.place.line, error.place.column);
        let said = format!("{line}:{column} {} {help}", error.message);
        assert!(said.contains(expect), "{said}");
    };
    check("[a]", "a window is a mapping, not a list");
    check("{withn: 5m, count: 1}", "1:2 a window has no key `withn` did you mean `within`?");
    check("{count: 1}", "needs `within`: a time such as `30s`");
    check("{within: 5 minutes, count: 1}", "`within` of a window is a time");
    check("{within: 400d, count: 1}", "`within` of a window is a time");
    check("{within: 99999999999999999d, count: 1}", "`within` of a window is a time");
    check("{within: 5m, count: 0}", "`count` of a window is a number from 1 to 10000");
    check("{within: 5m, sequence: []}", "`sequence` of a window is 1 to 8 conditions");
    check("{within: 5m, sequence: [a], count: 2}", "`count` does not go together");
    check("{by: {a: b}, within: 5m, count: 2}", "`by` of a window is a word or a list of words");
    check("{rare: x, below: 100%, after: 9}", "`below` of a window is a share");
    check("{rare: x, below: 0%, after: 9}", "`below` of a window is a share");
}
