use super::*;

/// The tree in one line, with `line:column` before every scalar.
fn show(node: &Node) -> String {
    let at = |place: Place| format!("{}:{}", place.line, place.column);
    match &node.value {
        Value::Scalar { text, plain } => {
            format!(
                "{} {}",
                at(node.place),
                if *plain { text.clone() } else { format!("{text:?}") }
            )
        }
        Value::List(items) => {
            format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let one = |e: &Entry| format!("{} {} = {}", at(e.place), e.key, show(&e.value));
            format!("{{{}}}", entries.iter().map(one).collect::<Vec<_>>().join(", "))
        }
    }
}

fn check(text: &str, expect: &str) {
    match parse(text) {
        Ok(node) => assert_eq!(show(&node), expect, "{text}"),
        Err(error) => {
            let (line, column) = (error.place.line, error.place.column);
            let said = format!("{line}:{column}: {}", error.message);
            assert!(!expect.is_empty() && said.contains(expect), "{said} for {text}");
        }
    }
}

#[test]
fn values_keep_their_text_and_place() {
    check("tag: 1.10\n", "{1:1 tag = 1:6 1.10}");
    check("a:\n  - 'x'\n  - [y, 2]\n", "{1:1 a = [2:5 \"x\", [3:6 y, 3:9 2]]}");
    check("{\"a\":\"b\",\n\t\"c\": [1]}", "{1:2 a = 1:6 \"b\", 2:2 c = [2:8 1]}");
    check("a: 1\na: 2\n", "{1:1 a = 1:4 1, 2:1 a = 2:4 2}");
    check("é: ü\n", "{1:1 é = 1:4 ü}");
}

#[test]
fn aliases_copy_what_they_name() {
    check("a: &x [1]\nb: *x\n", "{1:1 a = [1:8 1], 2:1 b = [1:8 1]}");
    check("a: &x [*x]\n", "still being defined");
    check("a: *y\n", "1:4: not YAML");
}

#[test]
fn what_is_no_document_is_refused_with_its_place() {
    check("", "1:1: the file is empty");
    check("# only a comment\n", "1:1: the file is empty");
    check("a: [1,\nb: 2", "not YAML");
    check("a: 1\n---\nb: 2\n", "a second document");
    check("? [a]\n: 1\n", "1:3: a key is one word");
    check("%YAML 1.2\n---\na: 1\n", "not YAML");
}

#[test]
fn hostile_documents_end_early() {
    let bomb: String = (1..40).fold("a0: &a0 [x, x]\n".to_owned(), |text, i| {
        let alias = format!("*a{}", i - 1);
        text + &format!("a{i}: &a{i} [{alias}, {alias}, {alias}]\n")
    });
    check(&bomb, "copies by aliases included");
    let tower: String = (1..200).fold("a0: &a0 [[[x]]]\n".to_owned(), |text, i| {
        text + &format!("a{i}: &a{i} [[[*a{}]]]\n", i - 1)
    });
    check(&tower, "nested deeper than 32 levels");
    assert!(parse(&"[".repeat(100_000)).is_err());
    assert!(parse(&"- ".repeat(100_000)).is_err());
    assert!(parse(&"? ".repeat(100_000)).is_err());
    check(&"a".repeat(Limits::default().bytes + 1), "longer than");
    check(&"- x\n".repeat(Limits::default().nodes + 1), "more than 200000 values");
}
