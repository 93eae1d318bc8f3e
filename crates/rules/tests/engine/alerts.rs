//! What alerts say.

use farguard_rules::{
    Engine, Options, SourceDef, check,
    engine::{Append, Selector},
    output::{Style, TimeFormat},
    syntax,
};
use serde_json::json;

use crate::{Event, Mock, Owned, properties::rule};

/// The alert of a rule with that output, as text and as JSON.
fn alert(
    output: &str,
    event: &Event,
    options: &Options,
    style: &Style,
) -> (String, serde_json::Value) {
    let mut rule = rule("A rule", syntax::parse("evt.type exists").expect("a condition"));
    rule.output = output.to_owned();
    rule.tags = vec!["b".to_owned(), "a".to_owned()];
    let set = farguard_rules::RuleSet { rules: vec![rule], ..farguard_rules::RuleSet::default() };
    let (engine, diagnostics) = Engine::<Mock>::compile(&set, options);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let mut scratch = engine.scratch();
    let mut alerts = Vec::new();
    engine.alerts(event, &mut scratch, &mut |_, alert| alerts.push(alert));
    let alert = alerts.pop().expect("a match");
    let json = serde_json::from_str(&alert.to_json(style)).expect("JSON");
    (alert.to_text(style), json)
}

fn event() -> Event {
    Event::new(
        "open",
        &[
            ("proc.name", "sh".into()),
            ("proc.aname[2]", "init".into()),
            ("evt.num", Owned::Uint(7)),
            ("evt.is_io", Owned::Bool(true)),
            ("evt.time", "16:17:57.881785348".into()),
            ("thread.cpu", Owned::Double(1.25)),
            ("fd.types", Owned::List(vec!["file".into(), "ipv4".into()])),
            ("fd.ip", Owned::Ip("10.0.0.1".parse().expect("an address"))),
            ("fd.name", Owned::Text(b"/tmp/\xff\n\x1b[31m\xe2\x80\xaex".to_vec())),
            ("evt.buffer", Owned::Bytes(b"GET /\0\x01\n".to_vec())),
            ("evt.rawtime.ns", Owned::Uint(42)),
        ],
    )
}

#[test]
fn values_are_printed_by_their_type() {
    let check = |output: &str, expect: &str| {
        let (text, _) = alert(output, &event(), &Options::default(), &Style::default());
        assert_eq!(text, format!("16:17:57.881785348: Notice {expect}"), "{output}");
    };
    check("shell (name=%proc.name parent=%proc.aname[2]).", "shell (name=sh parent=init).");
    check("*%proc.pname %proc.name.", "<NA> sh.");
    check("%evt.num %evt.is_io %thread.cpu %fd.ip", "7 true 1.2 10.0.0.1");
    check("%fd.types%evt.rawtime.ns", "(file,ipv4)000000042");
    check("%fd.name", "/tmp/\u{fffd}\\n\\u{1b}[31m\\u{202e}x");
    check("%evt.buffer", "GET /...");
    check("%toupper(proc.name) %len(proc.name)!", "SH 2!");
    check("%concat(proc.name, \"-x\")", "sh-x");
    check("[%5proc.name] [%1proc.name]", "[sh   ] [s]");
}

#[test]
fn json_has_the_keys_and_types_of_falco() {
    let style = Style { hostname: Some("vm".to_owned()), ..Style::default() };
    let output = "%proc.name %evt.num %evt.time %fd.types %proc.pname %proc.name";
    let (text, json) = alert(output, &event(), &Options::default(), &style);
    assert_eq!(
        json,
        json!({
            "hostname": "vm",
            "output": text,
            "output_fields": {
                "evt.num": 7,
                "evt.time": 1_470_327_477_881_785_348_u64,
                "fd.types": ["file", "ipv4"],
                "proc.name": "sh",
                "proc.pname": null,
            },
            "priority": "Notice",
            "rule": "A rule",
            "source": "syscall",
            "tags": ["a", "b"],
            "time": "2016-08-04T16:17:57.881785348Z",
        })
    );
    let less = Style {
        time: TimeFormat::Iso8601,
        output: false,
        tags: false,
        message: true,
        fields: false,
        hostname: None,
    };
    let (text, json) = alert("%proc.name", &event(), &Options::default(), &less);
    assert_eq!(text, "2016-08-04T16:17:57.881785348+0000: Notice sh");
    assert_eq!(
        json,
        json!({
            "message": "sh",
            "priority": "Notice",
            "rule": "A rule",
            "source": "syscall",
            "time": "2016-08-04T16:17:57.881785348Z",
        })
    );
}

#[test]
fn outputs_can_be_added_to() {
    let append = Append {
        rules: Some(Selector::Tag("a".to_owned())),
        output: Some("num=%evt.num".to_owned()),
        fields: vec![
            ("evt.num".to_owned(), None),
            ("who".to_owned(), Some("%proc.name!".to_owned())),
        ],
    };
    let options = Options { append: vec![append], ..Options::default() };
    let (text, json) = alert("x", &event(), &options, &Style::default());
    assert!(text.ends_with(": Notice x num=7"), "{text}");
    assert_eq!(json["output_fields"]["who"], "sh!");
    assert_eq!(json["output_fields"]["evt.num"], 7);
}

#[test]
fn formats_are_checked() {
    let check = |format: &str, expect: Option<&str>| {
        let remarks = check::output(format, &SourceDef::of::<Mock>());
        let message = remarks.first().map(|remark| remark.message.as_str());
        assert_eq!(message, expect, "{format}");
    };
    check("%proc.name", None);
    check("%evt.arg.path and %evt.arg[path]", None);
    check("", Some("empty formatting token"));
    check("100%", Some("invalid formatting syntax: formatting cannot end with a %"));
    check("x %5", Some("invalid formatting syntax: formatting cannot end with a number"));
    check("x %proc.nothing y", Some("invalid formatting token proc.nothing y"));
    check("%*proc.name", Some("invalid formatting token *proc.name"));
    check("%%", Some("invalid formatting token %"));
    check("%evt.arg x", Some("field 'evt.arg' requires an argument in brackets"));
    check("%nothing(proc.name)", Some("invalid formatting token nothing(proc.name)"));
}
