use proptest::prelude::*;

use super::*;

#[test]
fn cleaning_disarms_terminals() {
    let check = |text: &str, expect: &str| assert_eq!(clean(text), expect);
    check("plain ünïcode 東京", "plain ünïcode 東京");
    check("\u{1b}[31mred\u{1b}]0;title\u{7}", "\u{fffd}[31mred\u{fffd}]0;title\u{fffd}");
    check("a\r\nb\tc", "a  b c");
    check("\u{9b}2J", "\u{fffd}2J");
    check("user\u{202e}gpj.exe", "user\u{fffd}gpj.exe");
}

#[test]
fn fitting_marks_what_is_cut() {
    let check = |text: &str, columns, expect: &str| assert_eq!(fit(text, columns), expect);
    check("abcdef", 6, "abcdef");
    check("abcdef", 5, "abcd…");
    check("東京都", 5, "東京…");
    check("東京都", 4, "東…");
}

#[test]
fn of_paths_the_end_is_kept() {
    let check = |text: &str, columns, expect: &str| assert_eq!(fit_end(text, columns), expect);
    check("a/b:12", 6, "a/b:12");
    check("a/long/path:12", 8, "…path:12");
    check("東京都", 5, "…京都");
    check("東京都", 1, "…");
}

#[test]
fn wrapping_breaks_at_spaces() {
    assert_eq!(wrap("one two three", 7, 5), ["one two", "three"]);
    assert_eq!(wrap("one two three four", 7, 1), ["one tw…"]);
    assert_eq!(wrap("   ", 7, 2), Vec::<String>::new());
}

#[test]
fn numbers_for_people() {
    assert_eq!(thousands(1_234_567), "1,234,567");
    assert_eq!(count(1, "vulnerability"), "1 vulnerability");
    assert_eq!(count(1_000, "vulnerability"), "1,000 vulnerabilities");
    let percents = [1.0, 0.941, 0.0995, 0.05, 0.004, 0.0001].map(percent);
    assert_eq!(percents, ["100%", "94%", "10%", "5.0%", "0.4%", "<0.1%"]);
}

proptest! {
    #[test]
    fn clean_text_fits(text in any::<String>(), columns in 1_usize..50) {
        let safe = clean(&text);
        prop_assert!(!safe.chars().any(char::is_control));
        prop_assert!(width(&fit(&safe, columns)) <= columns);
        for line in wrap(&safe, columns, 3) {
            prop_assert!(width(&line) <= columns);
        }
    }
}
