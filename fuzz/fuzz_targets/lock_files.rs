//! Every analyzer of lock files; the first byte chooses which.

#![no_main]

use farguard_scan::analyzers::{ANALYZERS, Analyzer, FileView, Harvest, Scope, Want};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let analyzers: Vec<&dyn Analyzer> =
        ANALYZERS.iter().copied().filter(|a| a.scope() == Scope::Source).collect();
    let Some((&choice, mut body)) = data.split_first() else { return };
    let analyzer = analyzers[usize::from(choice) % analyzers.len()];
    let path = match analyzer.wants().first() {
        Some(Want::Name(name)) => (*name).to_owned(),
        Some(Want::Ending(ending)) => format!("requirements{ending}"),
        _ => return,
    };
    let mut file = FileView::new(&path, body.len() as u64, &mut body);
    let _ = analyzer.analyze(&mut file, &mut Harvest::default());
});
