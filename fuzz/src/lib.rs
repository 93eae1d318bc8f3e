//! What fuzz targets share.

use farguard_scan::analyzers::{ANALYZERS, FileView, Harvest};

/// Runs the analyzer `name` over `bytes` as if they were the file `path`.
pub fn analyze(name: &str, path: &str, bytes: &[u8]) -> Harvest {
    let analyzer = ANALYZERS.iter().find(|a| a.name() == name).expect("a registered analyzer");
    let mut harvest = Harvest::default();
    let mut body = bytes;
    let mut file = FileView::new(path, bytes.len() as u64, &mut body);
    let _ = analyzer.analyze(&mut file, &mut harvest);
    harvest
}
