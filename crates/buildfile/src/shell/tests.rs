use super::*;
use crate::joined::Joined;

fn script(text: &str) -> Script {
    let mut joined = Joined::default();
    joined.push(text, 0);
    parse(&joined, 0..text.len(), false)
}

/// Commands as `name arg arg`, separated by ` / `; what is piped into one is given before it.
#[track_caller]
fn check(text: &str, expect: &str) {
    let script = script(text);
    let told: Vec<String> = script
        .commands
        .iter()
        .map(|command| {
            let sets = command.assignments.iter().map(|set| format!("{}={}", set.name, set.value));
            let wrappers = command.wrappers.iter().map(|(name, _)| format!("({name})"));
            let name = (!command.name.is_empty()).then(|| command.name.clone());
            let args = command.args.iter().map(|arg| arg.text.clone());
            let words: Vec<String> = sets.chain(wrappers).chain(name).chain(args).collect();
            let input =
                command.stdin.as_ref().map_or(String::new(), |range| format!("{range:?}> "));
            format!("{input}{}", words.join(" "))
        })
        .collect();
    assert_eq!(told.join(" / "), expect, "{text}");
}

#[test]
fn lists_are_split_into_commands() {
    check("a b && c || d; e & f", "a b / c / d / e / f");
    check("a 'b c' \"d e\" f\\ g", "a b c d e f g");
    check("A=1 B='x y' cmd C=2", "A=1 B=x y cmd C=2");
    check("A=1", "A=1");
    check("a # no\nb", "a / b");
    check("a > f 2>&1 < g &> h | b", "a / 0..1> b");
    check("a\\\n b", "a b");
    check("/usr/bin/apt-get update", "apt-get update");
    check("a=(1 2) b", "a= b");
}

#[test]
fn pipes_are_followed() {
    check("curl x | sudo -E bash -", "curl x / 0..1> (sudo) bash -");
    check("a | b | c; d | e", "a / 0..1> b / 0..2> c / d / 3..4> e");
    check("(a; b) | c", "a / b / 0..2> c");
    check("a | (b; c)", "a / 0..1> b / c");
    check("a |\n b", "a / 0..1> b");
    let pipes = |text: &str| script(text).pipes.iter().map(|pipe| pipe.checked).collect::<Vec<_>>();
    assert_eq!(pipes("a | b || c"), [false]);
    assert_eq!(pipes("a | b; set -eo pipefail; c | d"), [false, true]);
    assert_eq!(pipes("bash -o pipefail -c 'a | b'"), [true]);
    assert_eq!(pipes("echo 'a | b'"), [false; 0]);
}

#[test]
fn substitutions_hold_commands() {
    check("a $(b c) `d` \"$(e | f)\"", "b c / d / e / 2..3> f / a $(b c) `d` $(e | f)");
    check("x=$(a)", "a / x=$(a)");
    check("bash <(curl x)", "curl x / bash <(curl x)");
    check("echo $((1 + 2)) ${a:-b c} $x", "echo $((1 + 2)) ${a:-b c} $x");
    check("sh -c 'a && b'", "sh -c a && b / a / b");
    check("eval \"a b\"", "eval a b / a b");
    let curl = script("sh -c \"$(curl x)\"");
    let shell = curl.commands.last().unwrap();
    assert_eq!(shell.args.last().unwrap().commands, 0..1);
}

#[test]
fn compound_commands_are_flattened() {
    check("if a; then b; elif c; then d; else e; fi && f", "a / b / c / d / e / f");
    check("for x in a b; do c $x; done; d", "c $x / d");
    check("while read x; do a; done < f", "read x / a");
    check("case $x in a|b) c ;; *) d;; esac; e", "c / d / e");
    check("case $x in\n a) c\n ;;\n b)\n d\n ;;\nesac", "c / d");
    check("{ a; b; } && ! c", "a / b / c");
    check("f() { a; }; f", "a / f");
    check("[[ a && b ]] && c", "c");
    check("[ -f x ] || c", "[ -f x ] / c");
    check("((x++)) && a", "a");
    check("cat <<E > f\nnot a command\nE\nb", "cat / b");
}

#[test]
fn wrappers_are_taken_off() {
    check("sudo -u x env A=1 apt-get install y", "A=1 (sudo) (env) apt-get install y");
    check("timeout 5 curl x", "(timeout) curl x");
    check("sudo", "sudo");
    check("env", "env");
}

#[test]
fn flags_and_operands_are_told_apart() {
    let command = script("x -ab --long=1 --flag v -t w op -- more").commands.remove(0);
    assert!(command.has_flag("a") && command.has_flag("b") && command.has_flag("long"));
    assert!(!command.has_flag("l") && !command.has_flag("c"));
    assert_eq!(command.flag_value(&["long"]), Some("1"));
    assert_eq!(command.flag_value(&["t"]), Some("w"));
    let operands: Vec<&str> =
        command.operands(&["flag", "t"]).iter().map(|arg| arg.text.as_str()).collect();
    assert_eq!(operands, ["op", "more"]);
}

#[test]
fn hostile_scripts_end() {
    for text in ["$(".repeat(5_000), "(".repeat(5_000), "`".repeat(5_001), "\"$(".repeat(5_000)] {
        script(&text);
    }
    assert!(script(&"$(a ".repeat(100)).cut);
    assert!(script(&"a;".repeat(30_000)).cut);
    for text in
        ["'", "\"", "$", "${", "$((", "a <", "a |", "case", "case x in", "for", "<<", "&>", "[["]
    {
        script(text);
    }
    let nested = (0..30).fold("a".to_owned(), |inner, _| format!("sh -c {}", quote(&inner)));
    script(&nested.chars().take(1 << 20).collect::<String>());
}

fn quote(text: &str) -> String {
    if text.len() > 1 << 16 {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}
