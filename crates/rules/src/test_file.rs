//! Tests of rules, as `farguard rules test` reads them: events in, rules that must and must not fire.
//!
//! ```yaml
//! rules: [shells.yaml, ../shared]       # files or directories, beside this file
//! cases:
//!   - name: a shell in a task
//!     source: aws_cloudtrail
//!     events:
//!       - {eventSource: ecs.amazonaws.com, eventName: ExecuteCommand}
//!     fires: [A command was run inside a running task]
//!   - name: nothing special
//!     capture: quiet.scap
//!     fires: []                         # no rule at all
//! ```

use std::sync::Arc;

use farguard_authoring::yaml::{self, Entry, Limits, Node, Value};

use crate::{
    diagnostic::{Code, Diagnostic},
    load::{
        item::{Item, Read, fail},
        keys,
        place::{Scope, SourceFile},
    },
    rule::RuleSet,
    source::Catalog,
};

const LIMITS: Limits = Limits { bytes: 16 << 20, nodes: 500_000, depth: 64 };
const FILE: &[&str] = &["cases", "rules"];
const CASE: &[&str] = &["capture", "events", "fires", "name", "silent", "source"];
/// Source of captures, and of events when nothing is said.
const SYSCALL: &str = "syscall";

/// A file of tests.
#[derive(Debug, Clone, Default)]
pub struct TestFile {
    /// Files and directories with rules, as written.
    pub rules: Vec<String>,
    /// In the order of the file.
    pub cases: Vec<Case>,
}

/// One test.
#[derive(Debug, Clone)]
pub struct Case {
    /// Unique in the file.
    pub name: String,
    /// Whose rules are tried.
    pub source: String,
    /// What the rules see.
    pub input: Input,
    /// Rules that must fire. When the file names none on purpose, no rule may.
    pub fires: Vec<String>,
    /// Whether `fires` is written, and empty: no rule may fire.
    pub none_fires: bool,
    /// Rules that must not fire.
    pub silent: Vec<String>,
    scope: Scope,
}

/// What the rules see.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Mappings, one after the other: records of CloudTrail, or `{type, args, process}`.
    Events(Vec<Node>),
    /// The name of a capture file.
    Capture(String),
}

impl TestFile {
    /// Reads a file; what is wrong with one case does not lose the others.
    #[must_use]
    pub fn read(name: &str, text: &str, catalog: &Catalog) -> (Self, Vec<Diagnostic>) {
        let file = SourceFile::new(name, text);
        let scope = Scope::root(&file);
        let mut out = Vec::new();
        let tests = match document(text, &file, &scope) {
            Ok(root) => Self::of(&root, &scope, catalog, &mut out),
            Err(error) => Err(error),
        };
        let tests = tests.unwrap_or_else(|error| {
            out.push(*error);
            Self::default()
        });
        (tests, out)
    }

    fn of(root: &Node, scope: &Scope, catalog: &Catalog, out: &mut Vec<Diagnostic>) -> Read<Self> {
        let Value::Map(entries) = &root.value else {
            return fail(scope, format!("a test file is a mapping, not {}", root.what()));
        };
        keys::unknown(entries, FILE, scope, out);
        let item = Item { entries, scope: scope.clone() };
        let rules = item.texts("rules")?.into_iter().map(str::to_owned).collect();
        let entry = item.required("cases")?;
        let Value::List(nodes) = &entry.value.value else {
            return fail(&scope.value(entry), "Value is not a sequence");
        };
        let mut tests = Self { rules, cases: Vec::new() };
        for node in nodes {
            match Case::read(node, scope, catalog, out) {
                Ok(case) if tests.cases.iter().any(|other| other.name == case.name) => {
                    let message = format!("two cases have the name '{}'", case.name);
                    out.push(case.scope.remark(Code::YamlValidate, message));
                }
                Ok(case) => tests.cases.push(case),
                Err(error) => out.push(*error),
            }
        }
        Ok(tests)
    }

    /// Whether the rules that cases name are there.
    #[must_use]
    pub fn check(&self, rules: &RuleSet) -> Vec<Diagnostic> {
        let names = || rules.rules.iter().map(|rule| rule.name.as_str());
        let mut out = Vec::new();
        for case in &self.cases {
            for name in case.fires.iter().chain(&case.silent) {
                if !names().any(|known| known == name) {
                    let mut remark =
                        case.scope.remark(Code::Validate, format!("there is no rule '{name}'"));
                    remark.help = keys::did_you_mean(name, names());
                    out.push(remark);
                }
            }
        }
        out
    }
}

/// The one document of a test file.
fn document(text: &str, file: &Arc<SourceFile>, scope: &Scope) -> Read<Node> {
    let mut documents = yaml::parse_all(text, LIMITS).map_err(|error| {
        let scope = Scope::root(file);
        Box::new(scope.remark_at(Code::YamlParse, error.message, error.place))
    })?;
    match (documents.pop(), documents.is_empty()) {
        (Some(root), true) if !root.is_null() => Ok(root),
        (Some(_), false) => fail(scope, "a test file is one document"),
        _ => fail(scope, "the test file is empty"),
    }
}

impl Case {
    fn read(
        node: &Node,
        scope: &Scope,
        catalog: &Catalog,
        out: &mut Vec<Diagnostic>,
    ) -> Read<Self> {
        let unnamed = scope.inner("case", "", node);
        let Value::Map(entries) = &node.value else {
            return fail(&unnamed, format!("a case is a mapping, not {}", node.what()));
        };
        let name = Item { entries, scope: unnamed }.text("name")?;
        let item = Item { entries, scope: scope.inner("case", name, node) };
        keys::unknown(entries, CASE, &item.scope, out);
        let source = item.optional_text("source")?.unwrap_or(SYSCALL);
        if catalog.source(source).is_none() {
            let entry = item.required("source")?;
            let scope = item.scope.value(entry);
            let mut error =
                scope.remark(Code::YamlValidate, format!("there is no source '{source}'"));
            let known = catalog.sources.iter().map(|source| source.name);
            error.help = Some(farguard_authoring::suggest::help(source, known));
            return Err(Box::new(error));
        }
        let names = |key: &str| -> Read<Vec<String>> {
            let texts = if item.has(key) { item.texts(key)? } else { Vec::new() };
            Ok(texts.into_iter().map(str::to_owned).collect())
        };
        let (fires, silent) = (names("fires")?, names("silent")?);
        if !item.has("fires") && !item.has("silent") {
            return item.error("a case says which rules are in `fires`, or in `silent`, or both");
        }
        if let Some(both) = fires.iter().find(|name| silent.contains(name)) {
            return item.error(format!("rule '{both}' can not both fire and be silent"));
        }
        Ok(Self {
            name: name.to_owned(),
            source: source.to_owned(),
            input: input(&item, source)?,
            none_fires: item.has("fires") && fires.is_empty(),
            fires,
            silent,
            scope: item.scope.clone(),
        })
    }
}

fn input(item: &Item<'_>, source: &str) -> Read<Input> {
    match (item.entry("events"), item.entry("capture")) {
        (Some(entry), None) => events(entry, &item.scope, source).map(Input::Events),
        (None, Some(_)) if source != SYSCALL => {
            item.error(format!("a capture holds system calls, not events of '{source}'"))
        }
        (None, Some(_)) => Ok(Input::Capture(item.text("capture")?.to_owned())),
        (Some(_), Some(_)) => item.error("a case has `events` or a `capture`, not both"),
        (None, None) => item.error("a case needs `events` or a `capture`"),
    }
}

fn events(entry: &Entry, scope: &Scope, source: &str) -> Read<Vec<Node>> {
    let scope = scope.value(entry);
    let Value::List(events) = &entry.value.value else {
        return fail(&scope, format!("`events` is a list, not {}", entry.value.what()));
    };
    for event in events {
        let scope = scope.inner("event", "", event);
        let Value::Map(entries) = &event.value else {
            return fail(&scope, format!("an event is a mapping, not {}", event.what()));
        };
        if source == SYSCALL {
            Item { entries, scope }.text("type")?;
        }
    }
    Ok(events.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceDef;

    fn catalog() -> Catalog {
        let source = |name| SourceDef {
            name,
            fields: vec![],
            kind_field: None,
            kinds: vec![],
            words: |_| None,
        };
        Catalog { sources: vec![source("syscall"), source("aws_cloudtrail")], plugins: vec![] }
    }

    #[test]
    fn tests_are_read() {
        let text = "rules: [a.yaml, b]\ncases:\n  - {name: one, source: aws_cloudtrail, events: [{a: 1}], fires: [R]}\n  - {name: two, capture: x.scap, fires: []}\n  - {name: three, events: [{type: open}], silent: [R]}\n";
        let (tests, remarks) = TestFile::read("t.yaml", text, &catalog());
        assert_eq!(remarks, []);
        assert_eq!(tests.rules, ["a.yaml", "b"]);
        let [one, two, three] = tests.cases.as_slice() else { panic!("three cases") };
        assert!(matches!(&one.input, Input::Events(events) if events.len() == 1));
        assert_eq!(
            (two.input.clone(), two.none_fires),
            (Input::Capture("x.scap".to_owned()), true)
        );
        assert_eq!((three.source.as_str(), three.none_fires), ("syscall", false));
        let unknown = tests.check(&RuleSet::default());
        assert_eq!(unknown[0].message, "there is no rule 'R'");
        assert_eq!((unknown.len(), unknown[0].origin.line), (2, 3));
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let check = |text: &str, line, message: &str| {
            let (_, remarks) = TestFile::read("t.yaml", text, &catalog());
            let remark = remarks.first().unwrap_or_else(|| panic!("{text}"));
            assert!(remark.message.contains(message), "{text}: {}", remark.message);
            assert_eq!(remark.origin.line, line, "{text}");
        };
        let case = |case: &str| format!("rules: []\ncases:\n  - {{name: x, {case}}}");
        check("", 0, "the test file is empty");
        check("[]", 0, "a test file is a mapping");
        check("rules: [", 1, "not YAML");
        check("rules: []", 0, "no mapping for key 'cases'");
        check(&case("events: [], fires: [R], fire: []"), 3, "Unknown key 'fire'");
        check(&case("events: [{type: open}]"), 3, "`fires`");
        check(&case("fires: [R]"), 3, "needs `events`");
        check(&case("events: [], capture: x, fires: []"), 3, "not both");
        check(&case("events: [{}], fires: []"), 3, "no mapping for key 'type'");
        check(&case("events: [x], fires: []"), 3, "an event is a mapping");
        check(&case("source: k8s, events: [], fires: []"), 3, "there is no source 'k8s'");
        check(
            &case("source: aws_cloudtrail, capture: x, fires: []"),
            3,
            "a capture holds system calls",
        );
        check(&case("events: [], fires: [R], silent: [R]"), 3, "both fire and be silent");
        check(
            &format!("{}\n  - {{name: x, events: [], fires: []}}", case("events: [], fires: []")),
            4,
            "two cases",
        );
    }
}
