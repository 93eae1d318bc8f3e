//! The engine agrees with what conditions plainly mean, over random rules and events.

use std::sync::Arc;

use farguard_rules::{
    Engine, Priority, Rule, RuleSet,
    engine::{Matching, Options},
    rule::Condition,
    syntax::{self, Expr, Span},
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::{Event, Mock, Owned, naive};

pub(crate) fn rule(name: &str, expr: Expr) -> Rule {
    Rule {
        name: name.to_owned(),
        source: "syscall".to_owned(),
        desc: String::new(),
        condition: Condition { text: String::new(), expr: Arc::new(expr) },
        output: "%proc.name did it".to_owned(),
        priority: Priority::Notice,
        tags: Vec::new(),
        enabled: true,
        capture: None,
        exceptions: Vec::new(),
        origins: Vec::new(),
        extension: None,
    }
}

/// Rules by their conditions.
pub(crate) fn rules(conditions: impl IntoIterator<Item = Expr>) -> RuleSet {
    let rules = (0..).zip(conditions).map(|(i, expr): (u32, _)| rule(&format!("r{i}"), expr));
    RuleSet { rules: rules.collect(), ..RuleSet::default() }
}

pub(crate) fn matched(set: &RuleSet, matching: Matching, events: &[Event]) -> Vec<Vec<String>> {
    let options = Options { matching, ..Options::default() };
    let (engine, diagnostics) = Engine::<Mock>::compile(set, &options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut scratch = engine.scratch();
    let mut all = Vec::new();
    for event in events {
        let mut found = Vec::new();
        engine.matches(event, &mut scratch, &mut |id| found.push(id));
        let name = |id| engine.rule(id).expect("a rule").name.clone();
        all.push(found.into_iter().map(name).collect());
    }
    all
}

const WORDS: &[&str] = &["a", "b", "ab", "abc", "Ab", "c", "/a", "/a/b", "/a/b/c", "/b", "/c/a"];
const NUMBERS: &[&str] = &["0", "1", "2", "443", "-1"];
const ADDRESSES: &[&str] = &["10.0.0.1", "10.0.1.1", "192.168.0.1"];
const NETS: &[&str] = &["10.0.0.0/8", "10.0.0.0/24", "192.168.0.0/16", "0.0.0.0/0"];

const TEXTS: &[&str] = &["proc.name", "fd.name", "proc.pname", "proc.aname", "tolower(proc.name)"];
const TEXT_OPS: &[&str] =
    &["=", "!=", "contains", "icontains", "startswith", "endswith", "glob", "iglob"];

fn quoted(words: &[&'static str]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
    words.join(", ")
}

fn comparison() -> impl Strategy<Value = String> {
    let patterns = select(&["*", "a*", "*b*", "?", "/a/*", "*/b", "a?c", "/?/b*"][..]);
    let words = || vec(select(WORDS), 0..4).prop_map(|words| quoted(&words));
    let modifiers = select(&["oneof", "anyof", "allof"][..]);
    let text = (select(TEXTS), select(TEXT_OPS), select(WORDS))
        .prop_map(|(field, op, word)| format!("{field} {op} \"{word}\""));
    let glob = (select(TEXTS), select(&["glob", "iglob", "pmatch"][..]), patterns).prop_map(
        |(field, op, word)| match op {
            "pmatch" => format!("{field} pmatch (\"{word}\", /a/b)"),
            op => format!("{field} {op} \"{word}\""),
        },
    );
    let set = (select(TEXTS), select(&["in", "intersects", "pmatch"][..]), words())
        .prop_map(|(field, op, words)| format!("{field} {op} ({words})"));
    let modified = (select(TEXTS), select(TEXT_OPS), modifiers, words())
        .prop_map(|(field, op, modifier, words)| format!("{field} {op} {modifier} ({words})"));
    let number = (
        select(&["evt.cpu", "fd.num", "fd.port", "len(fd.name)"][..]),
        select(&["=", "!=", "<", "<=", ">", ">=", "in"][..]),
        select(&NUMBERS[..4]),
    )
        .prop_map(|(field, op, number)| match op {
            "in" => format!("{field} in ({number}, 7)"),
            op => format!("{field} {op} {number}"),
        });
    let addresses = (select(&["=", "!=", "in"][..]), select(ADDRESSES), select(NETS)).prop_map(
        |(op, addr, net)| match op {
            "in" => format!("(fd.ip in ({addr}) or fd.net in ({net}))"),
            op => format!("(fd.ip {op} {addr} or fd.net {op} {net})"),
        },
    );
    let kind =
        (select(&["=", "!=", "startswith", "in"][..]), select(&["open", "openat", "execve"][..]))
            .prop_map(|(op, kind)| match op {
                "in" => format!("evt.type in ({kind}, connect)"),
                op => format!("evt.type {op} {kind}"),
            });
    let other = select(
        &[
            "proc.pname exists",
            "fd.types exists",
            "fd.types in (a, b)",
            "fd.types intersects (b)",
            "proc.name = val(proc.pname)",
            "proc.name != val(proc.pname)",
            "len(fd.types) = 2",
        ][..],
    )
    .prop_map(str::to_owned);
    prop_oneof![text, glob, set, modified, number, addresses, kind, other]
}

fn condition() -> impl Strategy<Value = String> {
    comparison().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" and "))),
            vec(inner.clone(), 2..5).prop_map(|parts| format!("({})", parts.join(" or "))),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let word = || option::of(select(WORDS).prop_map(Owned::from));
    let number = || option::of(select(&[0_i64, 1, 2, 443][..]).prop_map(Owned::Int));
    let addr = || select(ADDRESSES).prop_map(|it| Owned::Ip(it.parse().expect("an address")));
    let list = || option::of(vec(select(WORDS).prop_map(Owned::from), 0..3).prop_map(Owned::List));
    let values = (
        (word(), word(), word(), list(), list()),
        (number(), number()),
        option::of(
            vec(select(&[0_u64, 1, 443][..]).prop_map(Owned::Uint), 1..3).prop_map(Owned::List),
        ),
        option::of(vec(addr(), 1..3).prop_map(Owned::List)),
    );
    (0..6_usize, values).prop_map(
        |(kind, ((name, pname, fd, anames, types), (cpu, num), port, ip))| {
            let values = [
                ("proc.name", name),
                ("proc.pname", pname),
                ("fd.name", fd),
                ("proc.aname", anames),
                ("fd.types", types),
                ("evt.cpu", cpu),
                ("fd.num", num),
                ("fd.port", port),
                ("fd.ip", ip.clone()),
                ("fd.net", ip),
            ];
            let values = values.into_iter().filter_map(|(name, value)| Some((name, value?)));
            Event { kind, values: values.collect() }
        },
    )
}

fn parse(text: &str) -> Expr {
    syntax::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn indexes_find_what_they_index(
        field in select(TEXTS),
        op in select(&["=", "contains", "icontains", "startswith", "endswith", "pmatch"][..]),
        words in vec(select(WORDS), 8..80),
        events in vec(event(), 1..20),
    ) {
        let exprs: Vec<Expr> = words.iter().map(|word| match op {
            "pmatch" => parse(&format!("{field} pmatch (\"{word}\")")),
            op => parse(&format!("{field} {op} \"{word}\"")),
        }).collect();
        let expect: Vec<Vec<String>> = events.iter().map(|event| {
            let met = exprs.iter().enumerate().filter(|(_, expr)| naive::evaluate(expr, event));
            met.map(|(i, _)| format!("r{i}")).collect()
        }).collect();
        prop_assert_eq!(matched(&rules(exprs), Matching::All, &events), expect);
    }

    #[test]
    fn verdicts_are_what_conditions_plainly_mean(
        conditions in vec(condition(), 1..40),
        shared in condition(),
        events in vec(event(), 1..20),
    ) {
        // Every third rule asks for a macro too.
        let shared = Expr::Macro {
            name: "shared".to_owned(),
            span: Span::default(),
            body: Some(Arc::new(parse(&shared))),
        };
        let exprs: Vec<Expr> = conditions.iter().enumerate().map(|(i, text)| match i % 3 {
            0 => Expr::And(vec![parse(text), shared.clone()]),
            _ => parse(text),
        }).collect();
        let expect: Vec<Vec<String>> = events.iter().map(|event| {
            let met = exprs.iter().enumerate().filter(|(_, expr)| naive::evaluate(expr, event));
            met.map(|(i, _)| format!("r{i}")).collect()
        }).collect();
        let set = rules(exprs);
        prop_assert_eq!(&matched(&set, Matching::All, &events), &expect);
        let first: Vec<Vec<String>> =
            expect.into_iter().map(|found| found.into_iter().take(1).collect()).collect();
        prop_assert_eq!(matched(&set, Matching::First, &events), first);
    }
}
