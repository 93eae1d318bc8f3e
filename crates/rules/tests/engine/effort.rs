//! What is not done: fields that are not read, rules that are not asked.

use std::cell::RefCell;

use farguard_rules::{
    ArgRule, Engine, Field, FieldDef, FieldType, Source, Value,
    engine::{Matching, Options},
    syntax,
};

use crate::properties::rules;

thread_local! {
    /// The fields that were read, in order.
    static READ: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

/// Records of three texts; which are of two kinds.
struct Records;

#[derive(Clone, Copy)]
struct Record<'e> {
    kind: usize,
    texts: [&'e str; 3],
}

const fn def(name: &'static str) -> FieldDef {
    FieldDef {
        name,
        kind: FieldType::Charbuf,
        is_list: false,
        arg: ArgRule::None,
        dotted: false,
        transforms: true,
        filled: true,
        desc: "a text",
    }
}

fn read<'e>(field: &'static str, text: Option<&'e str>) -> Value<'e> {
    READ.with_borrow_mut(|read| read.push(field));
    Value::text(text)
}

static FIELDS: &[Field<Records>] = &[
    Field { def: def("r.a"), extract: |record, _, _| read("r.a", Some(record.texts[0])) },
    Field { def: def("r.b"), extract: |record, _, _| read("r.b", Some(record.texts[1])) },
    Field { def: def("r.c"), extract: |record, _, _| read("r.c", Some(record.texts[2])) },
    Field {
        def: def("r.kind"),
        extract: |record, _, _| read("r.kind", Records::kinds()[record.kind]),
    },
];

impl Source for Records {
    type Event<'e> = Record<'e>;
    const NAME: &'static str = "syscall";

    fn fields() -> &'static [Field<Self>] {
        FIELDS
    }
    fn kind_field() -> Option<&'static str> {
        Some("r.kind")
    }
    fn kinds() -> &'static [Option<&'static str>] {
        &[Some("new"), Some("old"), Some("none")]
    }
    fn kind(record: Record<'_>) -> usize {
        record.kind
    }
    fn time_ns(_: Record<'_>) -> u64 {
        0
    }
}

fn compile(conditions: &[String]) -> Engine<Records> {
    let parse = |text: &String| syntax::parse(text).expect("a condition");
    let mut set = rules(conditions.iter().map(parse));
    set.rules.iter_mut().for_each(|rule| rule.output = "found".to_owned());
    let options = Options { matching: Matching::All, ..Options::default() };
    let (engine, diagnostics) = Engine::compile(&set, &options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    engine
}

/// The fields that are read for a record, and how many rules match it.
fn effort(conditions: &[String], kind: usize, texts: [&str; 3]) -> (Vec<&'static str>, usize) {
    let engine = compile(conditions);
    let mut scratch = engine.scratch();
    READ.take();
    let mut found = 0;
    engine.matches(Record { kind, texts }, &mut scratch, &mut |_| found += 1);
    (READ.take(), found)
}

#[test]
fn a_thousand_rules_that_do_not_match_cost_a_look_at_one_field() {
    for condition in [
        "r.a = x{} and r.b = y and r.c exists",
        "r.c exists and r.b contains y and r.a in (x{}, z{})",
        "r.c exists and r.a startswith /etc/x{} and not r.b = z",
        "r.c contains y and (r.a endswith .x{} or r.a contains 'part {} of')",
        "r.c exists and r.a icontains Word{} and r.a glob '*word{}*end'",
        "r.c = '' and r.a pmatch (/a/x{}, /b/x{})",
    ] {
        let conditions: Vec<String> =
            (0..1000).map(|i| condition.replace("{}", &format!("-{i}-"))).collect();
        let (read, found) = effort(&conditions, 0, ["something else", "y", "y"]);
        assert_eq!((read, found), (vec!["r.a"], 0), "{condition}");
    }
}

#[test]
fn what_rules_begin_with_is_asked_once() {
    let conditions: Vec<String> =
        (0..1000).map(|i| format!("(r.a = x or r.b = x) and r.c != {i}")).collect();
    let (read, found) = effort(&conditions, 0, ["a", "b", "c"]);
    assert_eq!((read, found), (vec!["r.a", "r.b"], 0));
    let (read, found) = effort(&conditions, 0, ["x", "b", "7"]);
    assert_eq!((read, found), (vec!["r.a", "r.c"], 999));
}

#[test]
fn kinds_are_never_asked_for_and_those_without_rules_cost_nothing() {
    let conditions =
        ["r.kind = new and r.a = x", "r.kind in (old) or r.kind startswith ne"].map(str::to_owned);
    assert_eq!(effort(&conditions, 0, ["x", "", ""]), (vec!["r.a"], 2));
    assert_eq!(effort(&conditions, 1, ["x", "", ""]), (vec![], 1));
    let engine = compile(&conditions);
    assert_eq!([0, 1, 2, 3].map(|kind| engine.wants(kind)), [true, true, false, false]);
}
