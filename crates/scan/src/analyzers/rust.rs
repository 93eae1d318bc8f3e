//! The list of crates that `cargo auditable` puts into binaries.
//!
//! # Source
//! <https://github.com/rust-secure-code/cargo-auditable/blob/master/PARSING.md>

use std::io::Read;

use farguard_model::{Package, PackageType};
use flate2::read::ZlibDecoder;
use serde::Deserialize;

use super::{AnalyzeError, Harvest};

/// The format's own advice against bombs.
const MAX_JSON_BYTES: u64 = 8 << 20;

#[derive(Deserialize)]
struct AuditData {
    packages: Vec<Crate>,
}

#[derive(Deserialize)]
struct Crate {
    name: String,
    version: String,
    #[serde(default)]
    kind: Kind,
}

#[derive(Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Kind {
    #[default]
    Runtime,
    Build,
    #[serde(other)]
    Other,
}

/// Adds the crates that the content of a `.dep-v0` section lists, the root among them.
///
/// # Errors
/// When it is not compressed JSON of that shape.
pub(super) fn harvest(
    section: &[u8],
    path: &str,
    harvest: &mut Harvest,
) -> Result<(), AnalyzeError> {
    let corrupt = |message: String| AnalyzeError::new("corrupt-rust-audit-data", message);
    let mut json = Vec::new();
    ZlibDecoder::new(section)
        .take(MAX_JSON_BYTES + 1)
        .read_to_end(&mut json)
        .map_err(|error| corrupt(format!("cannot inflate Rust audit data: {error}")))?;
    if json.len() as u64 > MAX_JSON_BYTES {
        let limit = MAX_JSON_BYTES >> 20;
        return Err(corrupt(format!("Rust audit data is larger than {limit} MiB")));
    }
    let data: AuditData = serde_json::from_slice(&json)
        .map_err(|error| corrupt(format!("cannot parse Rust audit data: {error}")))?;
    harvest.packages.extend(data.packages.into_iter().map(|item| {
        let mut package = Package::new(PackageType::Cargo, item.name, item.version, path);
        // Ran on the machine that built the program, and is not in it.
        package.dev = item.kind == Kind::Build;
        package
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn compress(json: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(json).unwrap();
        encoder.finish().unwrap()
    }

    fn check(section: &[u8], expect: &[&str]) {
        let mut found = Harvest::default();
        let result = harvest(section, "bin/x", &mut found);
        let line =
            |p: &Package| format!("{} {}{}", p.name, p.version, if p.dev { " dev" } else { "" });
        let mut lines: Vec<String> = found.packages.iter().map(line).collect();
        lines.extend(result.err().map(|error| format!("! {}", error.code)));
        assert_eq!(lines, expect);
    }

    #[test]
    fn reads_crates_of_all_kinds() {
        let json = br#"{"packages":[
            {"name":"adler","version":"0.2.3","source":"registry"},
            {"name":"cc","version":"1.0.0","source":"crates.io","kind":"build"},
            {"name":"x","version":"0.1.0","source":"local","kind":"runtime",
             "dependencies":[0,1],"root":true}],"format":1}"#;
        check(&compress(json), &["adler 0.2.3", "cc 1.0.0 dev", "x 0.1.0"]);
    }

    #[test]
    fn damage_is_a_problem() {
        let good = compress(br#"{"packages":[]}"#);
        check(&good, &[]);
        check(&good[..good.len() - 6], &["! corrupt-rust-audit-data"]);
        check(b"", &["! corrupt-rust-audit-data"]);
        check(&compress(b"{}"), &["! corrupt-rust-audit-data"]);
        let bomb = compress(&vec![b' '; 9 << 20]);
        check(&bomb, &["! corrupt-rust-audit-data"]);
    }
}
