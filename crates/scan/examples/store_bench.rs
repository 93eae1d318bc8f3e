//! Measures rescans: `store_bench ADVISORIES DATABASE STORE IMAGES PACKAGES` fills a store, unless
//! it is there, with so many images of so many packages out of what the OSV JSON lines in
//! ADVISORIES name, each judged by DATABASE. It leaves out one finding in a hundred, which a rescan
//! then finds, five times over and without writing.
//!
//! Images are as related as real ones: 40 base images of 5 distributions, each in 4 patch levels,
//! and applications that share most of their libraries and not where they lie.

use std::{
    collections::BTreeMap,
    error::Error,
    fs::{self, File},
    io::{self, BufRead, BufReader, Write},
    path::Path,
    time::Instant,
};

use farguard_model::{LayerInfo, Os, Package, PackageType, ScanReport, TargetInfo, TargetKind};
use farguard_report::{Format, RenderOptions, render};
use farguard_scan::{
    advisories::database::Database,
    inventory::Inventory,
    matcher::{MatchOptions, ignore::IgnoreRules, match_inventory},
    store::{
        Store,
        rescan::{RescanOptions, rescan},
    },
};
use jiff::Timestamp;
use serde_json::Value;

const ROUNDS: usize = 5;
/// Distributions: `ID`, `VERSION_ID`, how advisories call them, and their package format.
const SYSTEMS: [(&str, &str, &str, PackageType); 5] = [
    ("debian", "12", "Debian:12", PackageType::Deb),
    ("almalinux", "8.9", "AlmaLinux:8", PackageType::Rpm),
    ("almalinux", "9.3", "AlmaLinux:9", PackageType::Rpm),
    ("alpine", "3.11.6", "Alpine:v3.11", PackageType::Apk),
    ("amzn", "2023", "Amazon Linux:2023", PackageType::Rpm),
];
const LANGUAGES: [(&str, PackageType); 7] = [
    ("PyPI", PackageType::Pypi),
    ("npm", PackageType::Npm),
    ("Go", PackageType::Golang),
    ("Maven", PackageType::Maven),
    ("RubyGems", PackageType::Gem),
    ("Packagist", PackageType::Composer),
    ("crates.io", PackageType::Cargo),
];
/// Base images of one distribution, and the packages in each.
const BASES: u64 = 8;
const PATCH_LEVELS: u64 = 4;
const OS_PACKAGES: usize = 120;
/// Packages of one ecosystem that advisories know; others are added up to this number.
const NAMES: usize = 3_000;
/// Packages in a version that advisories mention.
const OLD_PERCENT: usize = 8;
/// One image in so many has a complete bill of materials beside it; the others a stub, which a
/// rescan does not read.
const COMPLETE: usize = 500;

/// What is known of an ecosystem: names, and the versions that advisories mention.
type Pool = BTreeMap<String, Vec<(String, Vec<String>)>>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument =
        || arguments.next().ok_or("usage: store_bench ADVISORIES DATABASE STORE IMAGES PACKAGES");
    let pool = pool(Path::new(&argument()?))?;
    let database = Database::open(Path::new(&argument()?))?;
    let directory = argument()?;
    let (images, packages): (usize, usize) = (argument()?.parse()?, argument()?.parse()?);
    let directory = Path::new(&directory);
    if !directory.exists() {
        fill(&Store::create(directory)?, &database, &pool, images, packages)?;
    }
    measure(&Store::open(directory)?, &database)
}

fn fill(
    store: &Store,
    database: &Database,
    pool: &Pool,
    images: usize,
    packages: usize,
) -> Result<(), Box<dyn Error>> {
    let mut findings = 0;
    for number in 0..images {
        let mut report = report(number, packages, pool);
        judge(&mut report, database)?;
        findings += report.findings.len();
        let mut sbom = Vec::new();
        if number.is_multiple_of(COMPLETE) {
            let bare = ScanReport { findings: Vec::new(), ..report.clone() };
            let format: Format = "cyclonedx".parse()?;
            render(format, &[bare], &RenderOptions::default(), &mut sbom)?;
        }
        store.put(&report, &sbom)?;
    }
    writeln!(io::stdout(), "{images} images of {packages} packages, {findings} findings")?;
    Ok(())
}

fn measure(store: &Store, database: &Database) -> Result<(), Box<dyn Error>> {
    let (matching, ignore) = (MatchOptions::new(Timestamp::UNIX_EPOCH), IgnoreRules::default());
    let options =
        RescanOptions { matching: &matching, ignore: &ignore, since: None, dry_run: true };
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let rescanned = rescan(store, database, database.info(), &options)?;
        let changes: usize = rescanned.images.iter().map(|image| image.changes.len()).sum();
        writeln!(io::stdout(), "{:?}: {:?}, {changes} changes", start.elapsed(), rescanned.counts)?;
    }
    Ok(())
}

/// Reads which packages advisories name.
fn pool(directory: &Path) -> Result<Pool, Box<dyn Error>> {
    let mut known: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "jsonl") {
            continue;
        }
        for line in BufReader::new(File::open(path)?).lines() {
            let record: Value = serde_json::from_str(&line?)?;
            for affected in of(&record, "affected").as_array().into_iter().flatten() {
                let text =
                    |name: &str| of(of(affected, "package"), name).as_str().map(str::to_owned);
                let Some(key) = text("ecosystem").zip(text("name")) else { continue };
                let events = of(affected, "ranges").as_array().into_iter().flatten();
                let events = events.flat_map(|range| of(range, "events").as_array()).flatten();
                let versions = events.flat_map(|event| event.as_object()).flatten();
                let versions = versions.filter_map(|(_, version)| version.as_str());
                known.entry(key).or_default().extend(versions.map(str::to_owned));
            }
        }
    }
    let mut pool = Pool::new();
    for ((ecosystem, name), mut versions) in known {
        versions.retain(|version| version != "0");
        versions.push("1.0.0".to_owned());
        pool.entry(ecosystem).or_default().push((name, versions));
    }
    let ecosystems =
        SYSTEMS.map(|system| system.2).into_iter().chain(LANGUAGES.map(|(name, _)| name));
    for ecosystem in ecosystems {
        let names = pool.entry(ecosystem.to_owned()).or_default();
        let others = (names.len()..NAMES)
            .map(|n| (format!("package-{n}"), vec!["1.0.0".to_owned(), "2.0.0".to_owned()]));
        names.extend(others.collect::<Vec<_>>());
    }
    Ok(pool)
}

fn of<'v>(value: &'v Value, key: &str) -> &'v Value {
    value.get(key).unwrap_or(&Value::Null)
}

/// A number that looks random, the same for the same parts in every run.
fn pick(parts: &[u64], below: usize) -> usize {
    let mut hash = 0x9e37_79b9_7f4a_7c15_u64;
    for part in parts {
        hash = (hash ^ part).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash ^= hash >> 29;
    }
    usize::try_from(hash % (below.max(1) as u64)).unwrap_or_default()
}

fn choose(pool: &Pool, ecosystem: &str, name: &[u64], version: &[u64]) -> (String, String) {
    let names = pool.get(ecosystem).map_or(&[][..], Vec::as_slice);
    // A few are everywhere, most are rare.
    let part = |salt: u64| pick(&[name, &[salt]].concat(), 1_000);
    let rank = names.len() * part(1) / 1_000 * part(2) / 1_000;
    let Some((found, versions)) = names.get(rank) else { return <_>::default() };
    let version = [version, &[rank as u64]].concat();
    // Most of what is installed is up to date.
    let fresh = || format!("999.{}.0", pick(&version, 3));
    let old = versions.get(pick(&version, versions.len().min(3)));
    let is_old = pick(&[&version[..], &[7]].concat(), 100) < OLD_PERCENT;
    (found.clone(), old.filter(|_| is_old).cloned().unwrap_or_else(fresh))
}

fn report(number: usize, packages: usize, pool: &Pool) -> ScanReport {
    let image = number as u64;
    let mut target =
        TargetInfo::new(format!("registry.example.com/app-{number}:1"), TargetKind::Registry);
    target.digest = Some(format!("sha256:{number:064x}"));
    let mut report = ScanReport::new(Timestamp::UNIX_EPOCH, target);
    let system = pick(&[image, 2], SYSTEMS.len());
    let base = [system as u64, pick(&[image, 3], 8) as u64 % BASES];
    let level = pick(&[image, 4], 4) as u64 % PATCH_LEVELS;
    let Some((id, version_id, ecosystem, kind)) = SYSTEMS.get(system) else { return report };
    report.os = Some(Os {
        id: (*id).to_owned(),
        version_id: (*version_id).to_owned(),
        pretty_name: format!("{id} {version_id}"),
        ..Os::default()
    });
    for n in 0..OS_PACKAGES.min(packages) as u64 {
        let (name, version) = choose(pool, ecosystem, &[base[0], base[1], n], &[level]);
        let mut package = Package::new(*kind, name, version, "var/lib/packages");
        package.arch = Some("x86_64".to_owned());
        package.layer = Some(0);
        report.packages.push(package);
    }
    let language = pick(&[image, 5], LANGUAGES.len());
    let Some((ecosystem, kind)) = LANGUAGES.get(language) else { return report };
    for n in OS_PACKAGES.min(packages) as u64..packages as u64 {
        let (name, version) =
            choose(pool, ecosystem, &[image, n], &[pick(&[image, n, 6], 4) as u64]);
        let directory = match number % 4 {
            0 => "app".to_owned(),
            1 => "srv/app".to_owned(),
            2 => "usr/src/app".to_owned(),
            _ => format!("opt/app-{}", number % 50),
        };
        let path = format!("{directory}/lib/{name}/{version}");
        let mut package = Package::new(*kind, name, version, path);
        package.layer = Some(1);
        report.packages.push(package);
    }
    report.packages.sort();
    report.packages.dedup();
    let layer =
        |text: String| LayerInfo { digest: None, diff_id: text, created_by: None, size_bytes: 1 };
    let [first, second] = base;
    report.layers = vec![
        layer(format!("sha256:{:064x}", first * 1_000 + second * 10 + level)),
        layer(format!("sha256:{:064x}", number + 1_000_000)),
    ];
    report
}

fn judge(report: &mut ScanReport, database: &Database) -> Result<(), Box<dyn Error>> {
    let mut inventory = Inventory::new(report.target.clone());
    inventory.os.clone_from(&report.os);
    inventory.packages.clone_from(&report.packages);
    let matched = match_inventory(&inventory, database, &MatchOptions::new(report.created))?;
    report.findings = matched.findings;
    report.findings.retain(|finding| !finding.fingerprint.ends_with("00"));
    report.problems = matched.problems;
    report.database = Some(database.info().clone());
    report.scanners = vec![farguard_model::Scanner::Vulnerabilities];
    Ok(())
}
