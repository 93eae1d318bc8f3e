//! What fuzz targets share.

use farguard_scan::{
    analyzers::{ANALYZERS, Analyzer, FileView, Harvest, Scope, Want},
    version::VersionOrder,
};

/// Runs the analyzer `name` over `bytes` as if they were the file `path`.
pub fn analyze(name: &str, path: &str, bytes: &[u8]) -> Harvest {
    let analyzer = ANALYZERS.iter().find(|a| a.name() == name).expect("a registered analyzer");
    run(*analyzer, path, bytes)
}

/// Runs every analyzer of `scope` over `bytes`, as if they were a file of each kind it wants.
pub fn analyze_all(scope: Scope, bytes: &[u8]) {
    for analyzer in ANALYZERS.iter().filter(|a| a.scope() == scope) {
        for want in analyzer.wants() {
            run(*analyzer, &path(want), bytes);
        }
    }
}

fn run(analyzer: &dyn Analyzer, path: &str, bytes: &[u8]) -> Harvest {
    let mut harvest = Harvest::default();
    let mut body = bytes;
    let mut file = FileView::new(path, bytes.len() as u64, &mut body);
    let _ = analyzer.analyze(&mut file, &mut harvest);
    harvest
}

/// A path that matches.
fn path(want: &Want) -> String {
    match want {
        Want::Path(path) => (*path).to_owned(),
        Want::In(directory) => format!("{directory}/name"),
        Want::Name(name) => format!("opt/x/{name}"),
        Want::Ending(ending) => format!("opt/x/name-1.0{ending}"),
        Want::NameIn { name, directory_ending } => format!("opt/x{directory_ending}/{name}"),
        Want::Executable => "usr/bin/name".to_owned(),
    }
}

/// How many versions are compared with each other.
const MAX_VERSIONS: usize = 16;

/// What versions are made of, in the eyes of one order or another.
const PARTS: [&str; 64] = [
    "\n",
    "\n",
    "0",
    "00",
    "01",
    "1",
    "2",
    "9",
    "10",
    "99",
    "20240101000000",
    ".",
    ".",
    ".",
    "-",
    "-",
    "_",
    "~",
    "^",
    "+",
    ":",
    "!",
    "a",
    "b",
    "c",
    "r",
    "p",
    "v",
    "x",
    "Z",
    "alpha",
    "beta",
    "rc",
    "pre",
    "m",
    "milestone",
    "SNAPSHOT",
    "snapshot",
    "ga",
    "final",
    "release",
    "sp",
    "dev",
    "dev-",
    "-dev",
    "post",
    "patch",
    "pl",
    "stable",
    "_alpha",
    "_rc",
    "_git",
    "_p",
    "-r",
    "-0.",
    "+incompatible",
    "abcdefabcdef",
    "x86",
    "java",
    "master",
    "18446744073709551616",
    "é",
    " ",
    "*",
];

/// Checks orders over versions, one a line: as they are, and put together of usual parts.
pub fn check_orders(orders: &[VersionOrder], bytes: &[u8]) {
    let parts = bytes.iter().map(|byte| PARTS[usize::from(*byte) % PARTS.len()]);
    let text = parts.collect::<String>();
    for order in orders {
        check_order(*order, &text);
        check_order(*order, &String::from_utf8_lossy(bytes));
    }
}

/// Each line of `text` is a version: `order` is total over those that it accepts.
///
/// Sorted versions are all in order, not only neighbours, exactly if it is.
fn check_order(order: VersionOrder, text: &str) {
    let lines = text.split('\n').take(MAX_VERSIONS);
    let mut versions: Vec<&str> = lines.filter(|line| order.accepts(line)).collect();
    let compare = |a: &str, b: &str| order.compare(a, b).expect("both are accepted");
    versions.sort_by(|a, b| compare(a, b));
    let mut ranks = vec![0];
    for pair in versions.windows(2) {
        let rank = ranks[ranks.len() - 1];
        ranks.push(rank + u32::from(compare(pair[0], pair[1]).is_ne()));
    }
    for (a, rank_a) in versions.iter().zip(&ranks) {
        for (b, rank_b) in versions.iter().zip(&ranks) {
            assert_eq!(compare(a, b), rank_a.cmp(rank_b), "{order:?}: `{a}` `{b}` of {versions:?}");
        }
    }
}
