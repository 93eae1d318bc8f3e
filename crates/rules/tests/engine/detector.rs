//! Rules with and without windows over one stream.

use std::sync::Arc;

use farguard_authoring::yaml;
use farguard_rules::{
    Detector, Hit, Options, Priority, Rule, RuleSet, detector::Faults, rule::Condition, syntax,
};

use crate::{Event, Mock};

/// A rule, with what stands below its key `farguard`.
fn rule(name: &str, condition: &str, extension: Option<&str>) -> Rule {
    let expr = Arc::new(syntax::parse(condition).expect("a condition"));
    Rule {
        name: name.to_owned(),
        source: "syscall".to_owned(),
        desc: String::new(),
        condition: Condition { text: condition.to_owned(), expr },
        output: "opened (%fd.name)".to_owned(),
        priority: Priority::Warning,
        tags: vec![],
        enabled: true,
        capture: None,
        exceptions: vec![],
        origins: vec![],
        extension: extension.map(|text| yaml::parse(text).expect("YAML")),
    }
}

fn compile(rules: Vec<Rule>) -> (Detector<Mock>, Faults) {
    let set = RuleSet { rules, ..RuleSet::default() };
    Detector::compile(&set, &Options::default())
}

fn open(user: u64, file: &str) -> Event {
    Event::new("open", &[("user.loginuid", crate::Owned::Uint(user)), ("fd.name", file.into())])
}

/// What is told for each event: names of rules, with the fields of their windows.
fn told(rules: Vec<Rule>, events: &[Event]) -> Vec<Vec<String>> {
    let (detector, faults) = compile(rules);
    assert_eq!(faults, Faults::default());
    let (mut scratch, mut windows) = (detector.scratch(), detector.windows());
    let one = |event| {
        let mut alerts = Vec::new();
        detector.alerts(event, &mut scratch, &mut windows, &mut |alert| alerts.push(alert));
        let names = alerts.iter().map(|alert| {
            let window = alert.fields.iter().filter(|(name, _)| name == "window.count");
            let window: String = window.map(|(_, value)| format!(" {value}")).collect();
            format!("{}{window}", alert.rule)
        });
        names.collect()
    };
    events.iter().map(one).collect()
}

#[test]
fn a_rule_with_a_window_speaks_when_it_is_full_and_hides_no_other() {
    let window = "{window: {by: user.loginuid, within: 1m, distinct: fd.name, count: 2}}";
    let rules = vec![
        rule("Many files", "evt.type = open", Some(window)),
        rule("Any file", "evt.type = open", None),
        rule("Hidden by the one before", "evt.type = open", None),
    ];
    let events = [open(1, "a"), open(1, "a"), open(2, "b"), open(1, "b"), open(1, "c")];
    let expect: [&[&str]; 5] =
        [&["Any file"], &["Any file"], &["Any file"], &["Any file", "Many files 2"], &["Any file"]];
    assert_eq!(told(rules, &events), expect);
}

#[test]
fn a_sequence_has_conditions_of_its_own() {
    let window = "{window: {by: user.loginuid, within: 1m, sequence: [fd.name = a, fd.name = b]}}";
    let rules = vec![rule("Then c", "fd.name = c", Some(window))];
    let events = [open(1, "a"), open(1, "b"), open(2, "c"), open(1, "c")];
    let expect: [&[&str]; 4] = [&[], &[], &[], &["Then c 3"]];
    assert_eq!(told(rules.clone(), &events), expect);
    let (detector, _) = compile(rules);
    let mut scratch = detector.scratch();
    detector.look(&events[0], &mut scratch, &mut |hit| {
        assert!(matches!(hit, Hit::Watch(watch) if watch.observation.actor == "1"));
    });
}

#[test]
fn windows_that_mean_nothing_are_told_and_left_out() {
    let check = |extension: &str, expect: &str| {
        let (detector, faults) = compile(vec![rule("R", "evt.type = open", Some(extension))]);
        assert!(detector.is_empty());
        assert!(format!("{faults:?}").contains(expect), "{faults:?}");
        let mut scratch = detector.scratch();
        detector.look(&open(1, "a"), &mut scratch, &mut |hit| panic!("{hit:?}"));
    };
    check("{window: {count: 3}}", "needs `within`");
    check("{window: {within: 5m, sequence: ['fd.name =']}}", "is no condition");
    check("{window: {within: 5m, sequence: [no.field = 1]}}", "no.field");
    check("{window: {by: no.field, within: 5m, count: 2}}", "no.field");
}
