//! Once warm, looking at events allocates nothing.

#![allow(clippy::expect_used, reason = "a test panics when what it was given is missing")]
#![allow(unsafe_code, reason = "an allocator that counts cannot be written without")]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::Arc,
};

use bumpalo::Bump;
use farguard_rules::{
    Arg, ArgRule, Engine, Field, FieldDef, FieldType, Options, Priority, Rule, RuleSet, Source,
    Value, rule::Condition, syntax,
};

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

struct Counting;

// SAFETY: everything is handed on to the allocator of the system.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|it| it.set(it.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Lines with words.
struct Lines;

const fn field(name: &'static str, is_list: bool) -> FieldDef {
    FieldDef {
        name,
        kind: FieldType::Charbuf,
        is_list,
        arg: ArgRule::None,
        dotted: false,
        transforms: true,
        filled: true,
        desc: "a part of the line",
    }
}

static FIELDS: &[Field<Lines>] = &[
    Field { def: field("line.text", false), extract: |line, _, _| line.into() },
    Field { def: field("line.words", true), extract: words },
];

fn words<'e>(line: &'e str, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let mut words = bumpalo::collections::Vec::new_in(bump);
    words.extend(line.split(' ').map(Value::from));
    Value::List(words.into_bump_slice())
}

impl Source for Lines {
    type Event<'e> = &'e str;
    const NAME: &'static str = "lines";

    fn fields() -> &'static [Field<Self>] {
        FIELDS
    }
    fn kind_field() -> Option<&'static str> {
        None
    }
    fn kinds() -> &'static [Option<&'static str>] {
        &[None]
    }
    fn kind(_: &str) -> usize {
        0
    }
    fn time_ns(_: &str) -> u64 {
        0
    }
}

fn rule(condition: &str) -> Rule {
    let expr = syntax::parse(condition).expect("a condition");
    Rule {
        name: condition.to_owned(),
        source: "lines".to_owned(),
        desc: String::new(),
        condition: Condition { text: condition.to_owned(), expr: Arc::new(expr) },
        output: "%line.text".to_owned(),
        priority: Priority::Notice,
        tags: Vec::new(),
        enabled: true,
        capture: None,
        exceptions: Vec::new(),
        origins: Vec::new(),
        extension: None,
    }
}

#[test]
fn events_are_looked_at_without_allocating() {
    let mut conditions: Vec<String> = (0..100)
        .flat_map(|i| {
            [
                format!("line.text = line{i}"),
                format!("line.text contains 'part {i} of'"),
                format!("line.text startswith 'start {i}' and line.words in (a, b)"),
                format!("line.words intersects (word{i}, other)"),
            ]
        })
        .collect();
    conditions.extend(
        [
            "tolower(line.text) icontains SOME",
            "line.text regex '(some|any) [a-z]+ .*'",
            "join('-', line.words) glob '*e-w?rd*'",
            "b64(line.text) exists or basename(line.text) = x or len(line.words) > 100",
            "line.text iglob '*WORD*'",
            "getopt(line.words, 'ab:')[b] = 1",
            "line.text pmatch (/etc, /a/*/c)",
        ]
        .map(str::to_owned),
    );
    let rules = conditions.iter().map(|condition| rule(condition)).collect();
    let set = RuleSet { rules, ..RuleSet::default() };
    let (engine, diagnostics) = Engine::<Lines>::compile(&set, &Options::default());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut scratch = engine.scratch();
    let lines = ["some words of a line", "any part 7 of it", "/a/b/c", "aGVsbG8="];
    let mut found = 0;
    let mut look = |rounds: usize| {
        for line in lines.iter().cycle().take(rounds * lines.len()) {
            engine.matches(line, &mut scratch, &mut |_| found += 1);
        }
    };
    look(4);
    let before = ALLOCATIONS.get();
    look(100);
    assert_eq!(ALLOCATIONS.get() - before, 0);
    assert!(found > 100, "{found}");
}
