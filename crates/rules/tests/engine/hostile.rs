//! Conditions that are meant to hurt.

use std::{fmt::Write, sync::Arc, time::Instant};

use farguard_rules::{
    Engine, Filter, SourceDef, check,
    engine::{Matching, Options},
    syntax::{self, Expr, Span},
};

use crate::{
    Event, Mock,
    properties::{matched, rules},
};

fn named(name: &str, body: Expr) -> Expr {
    Expr::Macro { name: name.to_owned(), span: Span::default(), body: Some(Arc::new(body)) }
}

fn parse(text: &str) -> Expr {
    syntax::parse(text).expect("a condition")
}

fn event() -> Event {
    Event::new("open", &[("proc.name", "n999999".into()), ("fd.name", "aaaaaaaaaaaa".into())])
}

#[test]
fn a_million_values_are_one_set() {
    let mut text = "proc.name in (n0".to_owned();
    (1..1_000_000).for_each(|i| write!(text, ",n{i}").expect("memory"));
    text.push(')');
    let filter = Filter::<Mock>::compile(&text).expect("compiles");
    assert!(filter.matches(&event(), &mut filter.scratch()));
}

#[test]
fn ten_thousand_alternatives_are_one_test() {
    let parts: Vec<String> = (0..10_000)
        .map(|i| match i % 3 {
            0 => format!("proc.name = n{i}"),
            1 => format!("proc.name startswith n99999{i}"),
            _ => format!("proc.name contains x{i}"),
        })
        .chain(["proc.name endswith 9999".to_owned()])
        .collect();
    let filter = Filter::<Mock>::compile(&parts.join(" or ")).expect("compiles");
    assert!(filter.matches(&event(), &mut filter.scratch()));
}

#[test]
fn macros_that_double_themselves_cost_what_is_written() {
    let mut bomb = named("m0", parse("proc.name = a or fd.name = b"));
    for i in 1..200 {
        bomb = named(
            &format!("m{i}"),
            Expr::And(vec![bomb.clone(), Expr::Or(vec![bomb.clone(), bomb])]),
        );
    }
    assert!(check::condition(&bomb, &SourceDef::of::<Mock>()).is_empty());
    assert_eq!(matched(&rules([bomb]), Matching::All, &[event()]), [[""; 0]]);
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    let nested = |depth| {
        let mut expr = parse("proc.name = n999999");
        for i in 0..depth {
            let other = parse(if i % 2 == 0 { "evt.type exists" } else { "fd.name exists" });
            expr = Expr::Not(Box::new(Expr::And(vec![other, expr])));
        }
        expr
    };
    let (engine, diagnostics) =
        Engine::<Mock>::compile(&rules([nested(1100)]), &Options::default());
    assert!(engine.is_empty());
    assert_eq!(diagnostics[0].message, "condition is nested too deeply");
    let source = SourceDef::of::<Mock>();
    assert_eq!(check::condition(&nested(1100), &source)[0].message, diagnostics[0].message);
    assert!(check::condition(&nested(500), &source).is_empty());
    let deep = rules([nested(500)]);
    assert_eq!(matched(&deep, Matching::All, &[event()]), [["r0"]]);
}

#[test]
fn regular_expressions_are_bounded() {
    let check = |regex: &str, ok: bool| {
        let filter = Filter::<Mock>::compile(&format!("fd.name regex '{regex}'"));
        match &filter {
            Ok(_) => assert!(ok, "{regex}"),
            Err(error) => {
                assert!(!ok && error.message.starts_with("invalid regex pattern: "), "{error:?}");
            }
        }
    };
    check("(a*)*b", true);
    check("((a{0,100}){0,100}){0,100}", false);
    check("a)(b", false);
    check("(", false);
    check(&"(".repeat(10_000), false);
    let filter = Filter::<Mock>::compile("fd.name regex '(a|a)*(a|a)*(a|a)*b'").expect("compiles");
    let long = Event::new("open", &[("fd.name", "a".repeat(200_000).as_str().into())]);
    let start = Instant::now();
    assert!(!filter.matches(&long, &mut filter.scratch()));
    assert!(start.elapsed().as_secs() < 20, "linear, even without optimisation");
}

#[test]
fn patterns_do_not_go_back_over_stars() {
    let pattern = "a*".repeat(2000);
    let filter = Filter::<Mock>::compile(&format!("fd.name glob '{pattern}b'")).expect("compiles");
    let long = Event::new("open", &[("fd.name", "a".repeat(100_000).as_str().into())]);
    assert!(!filter.matches(&long, &mut filter.scratch()));
}

#[test]
fn values_have_to_be_of_the_type() {
    let check = |filter: &str, expect: &str| {
        let error = Filter::<Mock>::compile(filter).err().map(|it| it.message);
        assert_eq!(error.as_deref(), Some(expect), "{filter}");
    };
    check("evt.cpu = x", "x is not a valid number");
    check("evt.num = 99999999999999999999", "99999999999999999999 is not a valid number");
    check("evt.is_io = 1", "filter error: unrecognized boolean value 1");
    check("fd.ip = 300.1.1.1", "unrecognized IPv4 address 300.1.1.1");
    check("fd.net = 10.0.0.0", "unrecognized IP network 10.0.0.0");
    check("fd.net = 10.0.0.0/33", "invalid netmask 33");
    check("fd.port = nothing", "unrecognized protocol nothing");
    check("proc.nam = x", "filter_check called with nonexistent field proc.nam");
    check("proc.name[1] = x", "filter_check called with nonexistent field proc.name[1]");
    check("proc.aname[x] = x", "field 'proc.aname' takes a number in brackets, not 'x'");
    check("evt.arg = x", "field 'evt.arg' requires an argument in brackets");
    check("fd.types = x", "filter error: '=' operator not supported list filters");
    check(
        "tolower(evt.cpu) = x",
        "can't add field transformer: type 'INT16' is not supported by 'tolower' transformer \
         applied on field 'evt.cpu'",
    );
    check(
        "proc.name = val(evt.cpu)",
        "field 'proc.name' has type 'CHARBUF' while the right-hand side field 'evt.cpu' has \
         incompatible type 'INT16'",
    );
    check("join(',', proc.name) = x", "join() second argument must be a list");
}
