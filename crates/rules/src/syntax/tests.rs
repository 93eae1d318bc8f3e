use proptest::prelude::*;

use super::{parser::NoLists, *};

fn printed(text: &str) -> String {
    parse(text).unwrap_or_else(|error| panic!("{text}: {error} at {:?}", error.span)).to_string()
}

#[test]
fn conditions_are_printed_as_falco_prints_them() {
    let check = |text, expect: &str| assert_eq!(printed(text), expect, "{text}");
    check(" a ", "a");
    check("a and b or c", "((a and b) or c)");
    check("a and(b or c)and not d", "(a and (b or c) and not d)");
    check("not not not a.b exists", "not a.b exists");
    check("not(not a)", "not (not a)");
    check("a.b=x or a.b == 'y z'", "(a.b = x or a.b == \"y z\")");
    check("a.b in(x,'y',\"z\\\"\")", "a.b in (x, y, \"z\\\"\")");
    check("a.b['']=x", "a.b[\"\"] = x");
    check("evt.arg[0] startswith oneof (a, b)", "evt.arg[0] startswith oneof (a, b)");
    check("a.b = oneof or c", "(a.b = oneof or c)");
    check("a.b contains allof known", "a.b contains allof known");
    check("a.b > val( c.d[1] )", "a.b > val(c.d[1])");
    check("len(join('-', (a.b , 'c',3))) >= 0x1F", "len(join(\"-\", (a.b, \"c\", \"3\"))) >= 0x1F");
    check("getopt(proc.args, 'nt:')[t] = x", "getopt(proc.args, \"nt:\")[t] = x");
    check("a.b existsand c", "(a.b exists and c)");
    check("a.b = 'trailing \\\\ backslash\\ '", "a.b = \"trailing \\\\ backslash\\ \"");
}

#[test]
fn errors_say_what_and_where() {
    let check = |text: &str, message: &str, at| {
        let error = parse(text).expect_err(text);
        assert!(error.message.starts_with(message), "{text}: {error}");
        assert_eq!(error.span.start, at, "{text}");
    };
    check("", "filter input string is empty", 0);
    check("a b", "unexpected token after 'a', expecting 'or', 'and'", 2);
    check("a.b = 'x y' z", "unexpected token after 'x y', expecting", 12);
    check("a.b = x and", "expected blank or '(' after 'and'", 11);
    check("a.b = x and ", "expected a '(' token, a field check, or an identifier", 12);
    check("(a", "expected a ')' token", 2);
    check("a.b[] = c", "expected a valid field argument", 4);
    check("a.b[c = d", "expected a ']' token", 5);
    check("a.b <= x", "expected a number value or a field with a valid transformer: 'val', 't", 7);
    check("a.b in (x,)", "expected a string value", 10);
    check("a.b = 'a\\qb'", "unsupported string escape sequence: \\q", 12);
    check("tolower(a) = b", "expected field transformer argument: field, transformer", 8);
    check("a.b = val(tolower(c.d))", "expected a field within 'val' transformer", 10);
    let help = parse("a.b contain x").expect_err("no operator").help;
    assert_eq!(help.as_deref(), Some("did you mean `contains`?"));
}

#[test]
fn nesting_is_bounded() {
    let check = |text: String, fits| assert_eq!(parse(&text).is_ok(), fits, "{} bytes", text.len());
    check(format!("{}a{}", "(".repeat(18), ")".repeat(18)), true);
    check(format!("{}a{}", "(".repeat(100), ")".repeat(100)), false);
    check("(".repeat(5_000_000), false);
    check("not(".repeat(1_000_000), false);
    check(format!("{}a.b", "tolower(".repeat(1_000_000)), false);
    check(format!("{}a", "not ".repeat(1_000_000)), true);
    let deep = |n| format!("{}a{}", "(".repeat(n), ")".repeat(n));
    assert!(parse_rule(&deep(190), &NoLists).is_ok());
    assert!(parse_rule(&"tolower(".repeat(300), &NoLists).is_err());
    assert!(parse_rule(&deep(210), &NoLists).is_err());
}

#[test]
fn ten_megabytes_are_read_in_one_pass() {
    let or = format!("{}a.b = x", "a.b = 'some text' or ".repeat(500_000));
    assert!(matches!(parse(&or), Ok(Expr::Or(parts)) if parts.len() == 500_001));
    let list = format!("a.b in ({}z)", "some_value, ".repeat(900_000));
    assert!(parse(&list).is_ok());
    assert!(parse(&format!("a.b = '{}", "\\'".repeat(5_000_000))).is_err());
    assert!(parse(&"'".repeat(1_000_000)).is_err());
}

#[test]
fn lists_stand_for_their_values() {
    struct Known(Vec<(&'static str, Vec<String>)>);
    impl Lists for Known {
        fn values(&self, name: &str) -> Option<&[String]> {
            self.0.iter().find(|list| list.0 == name).map(|list| list.1.as_slice())
        }
    }
    let of = |items: &[&str]| items.iter().map(|item| (*item).to_owned()).collect();
    let lists = Known(vec![
        ("one", of(&["x y"])),
        ("two", of(&["1", "2"])),
        ("none", of(&[])),
        ("five", of(&["5"])),
    ]);
    let check = |text: &str, expect: Option<&str>| {
        let printed = parse_rule(text, &lists).ok().map(|expr| expr.to_string());
        assert_eq!(printed.as_deref(), expect, "{text}");
    };
    check("a.b in (one, two, 'two', none, three)", Some("a.b in (\"x y\", 1, 2, two, three)"));
    check("a.b in two", Some("a.b in (1, 2)"));
    check("a.b = one and two", Some("(a.b = \"x y\" and two)"));
    check("a.b contains allof two", Some("a.b contains allof (1, 2)"));
    check("a.b = two", None);
    check("a.b > five", Some("a.b > 5"));
    check("a.b > two", None);
    check("a.b in (none)", Some("a.b in ()"));
}

#[test]
fn items_of_lists_are_values() {
    let check = |text, expect: &[&str]| {
        assert_eq!(parse_values(text).unwrap_or_default(), expect, "{text}");
    };
    check("abc", &["abc"]);
    check("'a b'", &["a b"]);
    check("a, b", &["a", "b"]);
    check("a=b", &[]);
    check("a b", &[]);
    check("", &[]);
}

#[test]
fn operands_of_outputs_end_where_they_end() {
    let check = |text, expect: Option<(&str, usize)>| {
        let read = operand_prefix(text).ok().map(|(operand, end)| (operand.to_string(), end));
        assert_eq!(read, expect.map(|(text, end)| (text.to_owned(), end)), "{text}");
    };
    check("proc.name) and", Some(("proc.name", 9)));
    check("toupper(proc.name).", Some(("toupper(proc.name)", 18)));
    check("evt.arg[flags]]", Some(("evt.arg[flags]", 14)));
    check("name", None);
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z]{1,6}", "[ -~]{0,8}", "[a\\\\\"' \n\t=(),\\[\\]]{0,6}", "\\PC{0,4}"]
}

fn operand_of(depth: u32) -> BoxedStrategy<Operand> {
    let span = Span::default();
    let field = ("[a-z]{1,4}\\.[a-z_0-9]{0,3}[a-z]", prop::option::of(text()))
        .prop_filter("a word begins with a letter", |(name, _)| {
            name.split('.').all(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
        })
        .prop_map(move |(name, arg)| Operand::Field { name, arg, span });
    if depth == 0 {
        return field.boxed();
    }
    let item =
        prop_oneof![operand_of(depth - 1), text().prop_map(move |text| Operand::Text(text, span))];
    let list = prop::collection::vec(item.clone(), 0..3).prop_map(Operand::List);
    let args = prop::collection::vec(prop_oneof![3 => item, 1 => list], 1..3);
    let name = prop::sample::select(vec!["tolower", "b64", "join", "getopt"]);
    let transform = (name, args, prop::option::of(text())).prop_map(move |(name, args, arg)| {
        Operand::Transform { name: name.to_owned(), args, arg, span }
    });
    prop_oneof![field, transform].boxed()
}

fn check() -> impl Strategy<Value = Expr> {
    let span = Span::default();
    let values = prop::collection::vec(text().prop_map(move |text| (text, span)), 0..4);
    let right = prop_oneof![
        text().prop_map(move |text| Right::Value(text, span)),
        operand_of(1).prop_map(Right::Operand),
    ];
    let list = prop_oneof![values.prop_map(Right::List), operand_of(1).prop_map(Right::Operand)];
    let number = "[+-]?[0-9]{1,3}".prop_map(move |number| Right::Value(number, span));
    let modifier = prop::sample::select(vec![Modifier::OneOf, Modifier::AnyOf, Modifier::AllOf]);
    let compared = prop_oneof![
        Just((Op::Exists, None, Right::Nothing)),
        (prop::sample::select(vec![Op::Eq, Op::Ne, Op::Glob, Op::Startswith, Op::Regex]), right)
            .prop_map(|(op, right)| (op, None, right)),
        (prop::sample::select(vec![Op::In, Op::Intersects, Op::Pmatch]), list.clone())
            .prop_map(|(op, right)| (op, None, right)),
        (prop::sample::select(vec![Op::Eq, Op::Contains]), modifier, list)
            .prop_map(|(op, modifier, right)| (op, Some(modifier), right)),
        (prop::sample::select(vec![Op::Lt, Op::Ge]), number)
            .prop_map(|(op, right)| (op, None, right)),
    ];
    (operand_of(2), compared, any::<bool>()).prop_map(
        move |(left, (op, modifier, right), doubled)| {
            let doubled = doubled && op == Op::Eq;
            Expr::Check(Check { left, op, doubled, modifier, right, span })
        },
    )
}

fn expr() -> impl Strategy<Value = Expr> {
    let name = "[a-z][a-z_0-9]{0,5}".prop_filter("no keyword", |name| name != "not");
    let leaf = prop_oneof![
        3 => check(),
        1 => name.prop_map(|name| Expr::Macro { name, span: Span::default(), body: None }),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

/// Without places: what is printed stands elsewhere.
fn placeless(expr: &Expr) -> String {
    let text = format!("{expr:?}");
    let spans = regex::Regex::new(r"Span \{ start: \d+, end: \d+ \}").expect("a pattern");
    spans.replace_all(&text, "_").into_owned()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn what_is_printed_parses_to_the_same(expr in expr()) {
        let text = expr.to_string();
        let read = parse_rule(&text, &NoLists);
        prop_assert!(read.is_ok(), "{text}: {read:?}");
        prop_assert_eq!(read.as_ref().map(placeless).unwrap_or_default(), placeless(&expr), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(a\\.b|[=<>!'\"()\\[\\],\\\\ ]|in|not|and|or|exists|oneof|val\\(|b64\\(|\\PC){0,12}") {
        if let Ok(expr) = parse(&text) {
            let again = parse(&expr.to_string());
            prop_assert!(again.is_ok(), "{text} -> {expr}: {again:?}");
        }
    }
}
