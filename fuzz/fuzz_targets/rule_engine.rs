//! Conditions over random events: they compile or not, and mean the same alone and among many rules.
#![no_main]

use std::sync::Arc;

use farguard_rules::{
    Engine, Filter, Priority, Rule, RuleSet,
    engine::{Matching, Options},
    output::Style,
    rule::Condition,
    syntax::{self, Expr},
};
use libfuzzer_sys::fuzz_target;

#[path = "../../crates/rules/tests/engine/mock.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod mock;

use mock::{Event, KINDS, Mock, Owned};

/// More than are asked one by one.
const COPIES: usize = 12;

fuzz_target!(|input: (&str, [&[u8]; 6], i64, u8)| {
    let (text, texts, number, kind) = input;
    let Ok(expr) = syntax::parse(text) else { return };
    let event = event(&texts, number, kind);
    let Ok(filter) = Filter::<Mock>::new(&expr) else { return };
    let alone = filter.matches(&event, &mut filter.scratch());
    let opposite = Filter::<Mock>::new(&Expr::Not(Box::new(expr.clone()))).expect("compiles too");
    assert_eq!(opposite.matches(&event, &mut opposite.scratch()), !alone);
    // Beside rules that need a value of the same field, so that it is looked up.
    let others = (0..COPIES).map(|i| {
        let other = syntax::parse(&format!("proc.name = other{i}")).expect("a condition");
        Expr::And(vec![expr.clone(), other])
    });
    let rules = others.chain([expr.clone()]).map(rule).collect();
    let set = RuleSet { rules, ..RuleSet::default() };
    let options = Options { matching: Matching::All, ..Options::default() };
    let (engine, diagnostics) = Engine::<Mock>::compile(&set, &options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut scratch = engine.scratch();
    let mut last = None;
    engine.alerts(&event, &mut scratch, &mut |id, alert| {
        last = Some(id);
        drop(alert.to_json(&Style::default()));
    });
    let is_last = last.is_some() && last == engine.rules().last().map(|(id, _)| id);
    assert_eq!(is_last, alone);
});

fn event(texts: &[&[u8]; 6], number: i64, kind: u8) -> Event {
    let text = |at: usize| Owned::Text(texts[at].to_vec());
    let list = Owned::List(vec![text(0), text(1), text(2)]);
    Event {
        kind: usize::from(kind) % KINDS.len(),
        values: vec![
            ("proc.name", text(0)),
            ("fd.name", text(3)),
            ("proc.cmdline", text(4)),
            ("proc.aname", list.clone()),
            ("fd.types", list),
            ("evt.buffer", Owned::Bytes(texts[5].to_vec())),
            ("evt.num", Owned::Uint(number.unsigned_abs())),
            ("fd.num", Owned::Int(number)),
            ("evt.rawarg[res]", Owned::Int(number)),
            ("thread.cpu", Owned::Double(number as f64 / 3.0)),
            ("fd.ip", Owned::Ip(std::net::Ipv4Addr::from(number as u32).into())),
            ("fd.port", Owned::List(vec![Owned::Uint(443), Owned::Uint(u64::from(kind))])),
        ],
    }
}

fn rule(expr: Expr) -> Rule {
    Rule {
        name: String::new(),
        source: "syscall".to_owned(),
        desc: String::new(),
        condition: Condition { text: String::new(), expr: Arc::new(expr) },
        output: "%fd.name %evt.buffer %fd.types %toupper(proc.name) %5evt.num".to_owned(),
        priority: Priority::Notice,
        tags: Vec::new(),
        enabled: true,
        capture: None,
        exceptions: Vec::new(),
        origins: Vec::new(),
        extension: None,
    }
}
