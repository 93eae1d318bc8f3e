//! Conditions that Falco's own tests accept and reject, when the cases are at hand.

use farguard_rules::syntax::parse;

mod support;

#[test]
fn conditions_are_accepted_and_rejected_as_upstream() {
    let mut failed = Vec::new();
    let mut total = 0;
    for case in support::cases("filter_parser_cases.jsonl") {
        total += 1;
        let filter = case["filter"].as_str().unwrap_or_default();
        let parsed = parse(filter);
        let right = match case["kind"].as_str() {
            Some("accept") => parsed.is_ok(),
            Some("reject") => parsed.is_err(),
            Some("reject_msg") => {
                let wanted = case["message"].as_str().unwrap_or_default();
                parsed.as_ref().is_err_and(|error| error.message.contains(wanted))
            }
            _ => false,
        };
        if let Ok(expr) = &parsed {
            assert!(parse(&expr.to_string()).is_ok(), "{filter} printed as {expr}");
        }
        if !right {
            failed.push(format!("{case}: {parsed:?}"));
        }
    }
    println!("{} of {total} conditions as upstream", total - failed.len());
    assert!(failed.is_empty(), "{failed:#?}");
}
