//! Conditions of rules: what is read is printed and read again to the same.
#![no_main]

use farguard_rules::syntax::{operand_prefix, parse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = operand_prefix(text);
    if let Ok(expr) = parse(text) {
        let printed = expr.to_string();
        // Parentheses are written out, which may make it deeper than is allowed.
        if let Ok(again) = parse(&printed) {
            assert_eq!(printed, again.to_string());
        }
    }
});
