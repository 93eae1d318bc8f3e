//! Rules from the repository, and records that go through them.

use std::{fs, path::PathBuf, sync::LazyLock};

use farguard_authoring::yaml::{Node, Value};
use farguard_rules::{
    Catalog, Detector, Rule, RuleSet, SourceDef,
    engine::{Matching, Options},
    extension::json,
    load::{Loaded, Loader},
};
use farguard_trail::{CloudTrail, Record, Trail};

/// The repository.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Name and text of every rule file, in the order in which they are loaded.
pub(crate) fn files() -> Vec<(String, String)> {
    let entries = fs::read_dir(root().join("content/rules/cloudtrail")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let name = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect()
}

/// What the rule files say.
pub(crate) fn load() -> &'static Loaded {
    static LOADED: LazyLock<Loaded> = LazyLock::new(|| load_with(&[]));
    &LOADED
}

/// What the rule files say together with others behind them.
pub(crate) fn load_with(others: &[(String, String)]) -> Loaded {
    let catalog = Catalog {
        sources: vec![SourceDef::of::<CloudTrail>()],
        plugins: vec![("cloudtrail", "0.17.1"), ("json", "0.7.3")],
    };
    let mut loader = Loader::new(&catalog);
    for (name, text) in files().iter().chain(others) {
        loader.file(name, text);
    }
    loader.finish()
}

/// What stands below a key.
pub(crate) fn get<'n>(node: &'n Node, key: &str) -> Option<&'n Node> {
    let Value::Map(entries) = &node.value else { return None };
    entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
}

/// The items of a list.
pub(crate) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::List(items) => items,
        _ => &[],
    }
}

/// What a rule says below `farguard` and a key.
pub(crate) fn extension<'r>(rule: &'r Rule, key: &str) -> Option<&'r Node> {
    get(rule.extension.as_ref()?, key)
}

/// The text of a scalar, without the blanks that folding leaves.
pub(crate) fn text(node: &Node) -> &str {
    match &node.value {
        Value::Scalar { text, .. } => text.trim(),
        _ => "",
    }
}

/// A record that an example holds, as CloudTrail writes it.
pub(crate) fn record(node: &Node) -> String {
    json(node).to_string()
}

/// An alert, and the number of the record that it came with.
pub(crate) type Fired = (usize, String);

/// Sends records through rules, each event to all of them.
pub(crate) fn run(rules: &RuleSet, records: &[String]) -> Vec<Fired> {
    let options = Options { matching: Matching::All, ..Options::default() };
    let (detector, faults) = Detector::<CloudTrail>::compile(rules, &options);
    assert!(faults.rules.is_empty() && faults.windows.is_empty(), "{faults:?}");
    let (mut scratch, mut windows) = (detector.scratch(), detector.windows());
    let mut fired = Vec::new();
    for (at, record) in records.iter().enumerate() {
        let record = Record::parse(record.as_bytes()).unwrap();
        let number = u64::try_from(at).unwrap() + 1;
        let event = Trail { record: &record, number };
        detector.alerts(event, &mut scratch, &mut windows, &mut |alert| {
            fired.push((at, alert.rule));
        });
    }
    fired
}
