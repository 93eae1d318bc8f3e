use proptest::prelude::*;

use super::{bytes::le32, header, *};
use crate::analyzers::{path_hash, testing::run};

macro_rules! fixture {
    ($name:literal) => {
        zstd::decode_all(
            &include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../fixtures/rpm/",
                $name,
                ".zst"
            ))[..],
        )
        .unwrap()
    };
}

/// All fixtures hold the same packages: `fixtures/rpm/README.md`.
fn databases() -> [(&'static str, Vec<u8>); 5] {
    let sqlite = fixture!("rpmdb.sqlite");
    let ndb = ndb_of(&blobs(&sqlite));
    [
        ("var/lib/rpm/rpmdb.sqlite", sqlite),
        ("usr/lib/sysimage/rpm/rpmdb.sqlite", fixture!("rpmdb-512.sqlite")),
        ("var/lib/rpm/Packages", fixture!("Packages-le")),
        ("var/lib/rpm/Packages", fixture!("Packages-be")),
        ("usr/lib/sysimage/rpm/Packages.db", ndb),
    ]
}

fn blobs(sqlite: &[u8]) -> Vec<Vec<u8>> {
    let mut blobs = Vec::new();
    sqlite::read(sqlite, &mut |blob| blobs.push(blob.unwrap().to_vec()));
    blobs
}

/// A database as RPM's own format has it: a page of slots, then the packages.
fn ndb_of(blobs: &[Vec<u8>]) -> Vec<u8> {
    let words = |words: &[u32]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>();
    let magic = |text: &[u8]| le32(text, 0).unwrap();
    let mut file = words(&[magic(b"RpmP"), 0, 1, 1, 100, 0, 0, 0]);
    let mut packages = Vec::new();
    for (index, blob) in (1..).zip(blobs) {
        let len = u32::try_from(blob.len()).unwrap();
        let mut package = words(&[magic(b"BlbS"), index, 1, len]);
        package.extend(blob);
        while !(package.len() + 12).is_multiple_of(16) {
            package.push(0);
        }
        package.extend(words(&[ndb::adler32(&package), len, magic(b"BlbE")]));
        let offset = u32::try_from((4096 + packages.len()) / 16).unwrap();
        let blocks = u32::try_from(package.len() / 16).unwrap();
        file.extend(words(&[magic(b"Slot"), index, offset, blocks]));
        packages.extend(package);
    }
    while file.len() < 4096 {
        file.extend(words(&[magic(b"Slot"), 0, 0, 0]));
    }
    file.extend(packages);
    file
}

/// Packages as `name version arch licence source-name source-version files`, sorted.
fn packages(harvest: &Harvest) -> Vec<String> {
    let mut lines: Vec<_> = harvest
        .packages
        .iter()
        .map(|p| {
            let source =
                p.source.as_ref().map_or("-".into(), |s| format!("{} {}", s.name, s.version));
            let arch = p.arch.as_deref().unwrap_or("-");
            let (license, files) = (p.licenses.join("|"), p.files.len());
            format!("{} {} {arch} [{license}] {source} {files}", p.name, p.version)
        })
        .collect();
    lines.sort();
    lines
}

/// What the fixtures hold; the key for signatures that is in them as well is no package.
fn expected() -> Vec<String> {
    let mut lines: Vec<String> = [
        "alpha 2:1.2.3-4.fg1 noarch [MIT AND GPL-2.0-or-later] - 1",
        "alpha-libs 2:1.2.3-4.fg1 noarch [Apache-2.0] alpha 2:1.2.3-4.fg1 120",
        "alpha-perl 2:5.6-4.fg1 noarch [Artistic-2.0] alpha 1.2.3-4.fg1 0",
        "beta 0.9~rc1-1 noarch [BSD-3-Clause] - 0",
    ]
    .map(str::to_owned)
    .into();
    lines.extend((1..=12).map(|i| format!("many-p{i} 1-1 noarch [ISC] many 1-1 0")));
    lines.sort();
    lines
}

#[test]
fn real_databases_of_every_format() {
    for (path, bytes) in databases() {
        let (harvest, result) = run(&Rpm, path, &bytes);
        result.unwrap();
        assert_eq!(packages(&harvest), expected(), "{path}");
        assert_eq!(harvest.owned.len(), 121);
        assert!(harvest.owned.contains(&path_hash("usr/bin/alpha")));
        assert!(harvest.owned.contains(&path_hash("usr/lib/alpha/module_120.py")));
        assert!(harvest.packages.iter().all(|p| p.path == path));
    }
}

#[test]
fn a_cut_off_database_is_never_read_in_silence() {
    let expected = expected();
    for (path, bytes) in databases() {
        for part in 0..40 {
            let (harvest, result) = run(&Rpm, path, &bytes[..bytes.len() * part / 40]);
            assert!(result.is_err() || packages(&harvest) == expected, "{path} {part}");
        }
    }
}

#[test]
fn other_files_are_no_databases() {
    for path in ["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "var/lib/rpm/Packages.db"] {
        for bytes in [&b""[..], b"hello", &[0; 8192], &[0xff; 8192]] {
            let (harvest, result) = run(&Rpm, path, bytes);
            assert_eq!(result.unwrap_err().code, "corrupt-rpm-database", "{path}");
            assert_eq!(harvest, Harvest::default());
        }
    }
}

#[test]
fn a_log_beside_the_database_is_a_problem_unless_empty() {
    let path = "var/lib/rpm/rpmdb.sqlite-wal";
    run(&Rpm, path, b"").1.unwrap();
    assert_eq!(run(&Rpm, path, b"x").1.unwrap_err().code, "unfinished-rpm-database");
}

#[test]
fn a_database_too_large_to_hold_is_a_problem() {
    let mut body: &[u8] = b"";
    let mut file = FileView::new("var/lib/rpm/Packages", MAX_WHOLE_FILE_BYTES + 1, &mut body);
    let error = Rpm.analyze(&mut file, &mut Harvest::default()).unwrap_err();
    assert_eq!(error.code, "rpm-database-too-large");
}

#[test]
fn pages_that_point_in_circles_end() {
    let mut bytes = fixture!("rpmdb-512.sqlite");
    let interior: Vec<usize> = (0..bytes.len()).step_by(512).filter(|at| bytes[*at] == 5).collect();
    assert!(!interior.is_empty(), "the fixture has a tree of more than one level");
    for at in &interior {
        let own_number = u32::try_from(at / 512 + 1).unwrap();
        bytes[at + 8..at + 12].copy_from_slice(&own_number.to_be_bytes());
    }
    let (_, result) = run(&Rpm, "var/lib/rpm/rpmdb.sqlite", &bytes);
    assert!(result.unwrap_err().message.contains("is used twice"));
}

#[test]
fn a_wrong_checksum_is_a_problem_and_the_package_counts() {
    let mut bytes = ndb_of(&blobs(&fixture!("rpmdb.sqlite")));
    let last = bytes.len() - 12;
    bytes[last] ^= 1;
    let (harvest, result) = run(&Rpm, "var/lib/rpm/Packages.db", &bytes);
    assert!(result.unwrap_err().message.contains("wrong checksum"));
    assert_eq!(packages(&harvest), expected());
}

#[test]
fn slots_that_share_a_package_are_read_as_often_as_it_fits_the_file() {
    let blob = package_header(&[]);
    let mut bytes = ndb_of(&[blob]);
    let slot = bytes[32..48].to_vec();
    bytes[32..4096].copy_from_slice(&slot.repeat((4096 - 32) / 16));
    let (harvest, result) = run(&Rpm, "var/lib/rpm/Packages.db", &bytes);
    assert!(result.is_err());
    assert!(harvest.packages.len() < 100, "{}", harvest.packages.len());
}

/// A header of text, text array and 32-bit entries: tag, type, count, data.
fn header_of(entries: &[(u32, u32, u32, Vec<u8>)]) -> Vec<u8> {
    let (mut index, mut data) = (Vec::new(), Vec::new());
    for (tag, kind, count, value) in entries {
        let offset = u32::try_from(data.len()).unwrap();
        index.extend([*tag, *kind, offset, *count].iter().flat_map(|n| n.to_be_bytes()));
        data.extend(value);
    }
    let sizes = [entries.len(), data.len()].map(|n| u32::try_from(n).unwrap().to_be_bytes());
    [sizes.concat(), index, data].concat()
}

fn package_header(more: &[(u32, u32, u32, Vec<u8>)]) -> Vec<u8> {
    let text = |tag, value: &str| (tag, 6, 1, format!("{value}\0").into_bytes());
    let named = [text(header::NAME, "x"), text(header::VERSION, "1"), text(header::RELEASE, "2")];
    header_of(&[&named[..], more].concat())
}

fn read_header(blob: &[u8]) -> Result<Option<String>, &'static str> {
    let mut budget = PathBudget::new();
    let package = package::read(blob, "db", &mut budget)?;
    Ok(package.map(|p| format!("{} {} {:?}", p.name, p.version, p.files)))
}

#[test]
fn headers_that_lie_are_refused() {
    assert_eq!(read_header(&package_header(&[])), Ok(Some("x 1-2 []".to_owned())));
    let mut blob = package_header(&[]);
    blob.pop();
    assert!(read_header(&blob).is_err());
    assert!(read_header(b"").is_err());
    assert!(read_header(&[0xff; 64]).is_err());
    assert_eq!(read_header(&header_of(&[])), Err("a package without a name"));
    // A name that is a number, and one without its closing NUL.
    assert!(read_header(&header_of(&[(header::NAME, 4, 1, vec![0; 4])])).is_err());
    assert!(read_header(&header_of(&[(header::NAME, 6, 1, b"x".to_vec())])).is_err());
}

#[test]
fn file_names_are_put_together_within_bounds() {
    let names = |tag, names: &[&str]| {
        let data = names.iter().flat_map(|name| format!("{name}\0").into_bytes()).collect();
        (tag, 8, u32::try_from(names.len()).unwrap(), data)
    };
    let numbers = |tag, numbers: &[u32]| {
        let data = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        (tag, 4, u32::try_from(numbers.len()).unwrap(), data)
    };
    let blob = package_header(&[
        names(header::DIR_NAMES, &["/usr/bin/", "/etc/"]),
        numbers(header::DIR_INDEXES, &[1, 0, 7, 0]),
        names(header::BASE_NAMES, &["conf", "tool", "lost", "other"]),
    ]);
    let expect = "x 1-2 [\"etc/conf\", \"usr/bin/tool\", \"usr/bin/other\"]";
    assert_eq!(read_header(&blob), Ok(Some(expect.to_owned())));

    let long = "d".repeat(1 << 20);
    let bomb = package_header(&[
        names(header::DIR_NAMES, &[&long]),
        numbers(header::DIR_INDEXES, &[0; 4096]),
        names(header::BASE_NAMES, &["f"; 4096]),
    ]);
    let (harvest, result) = run(&Rpm, "var/lib/rpm/Packages.db", &ndb_of(&[bomb]));
    assert_eq!(result.unwrap_err().code, "too-many-paths");
    assert!(harvest.owned.len() < 64);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_bytes_do_no_harm(
        which in 0usize..5,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let (path, mut bytes) = databases().into_iter().nth(which).unwrap();
        let whole = bytes.len();
        for (index, byte) in damage {
            // Half of the damage to the start, where the structure is.
            let range = if byte % 2 == 0 { whole } else { 4096 };
            bytes[index.index(range)] = byte;
        }
        let (harvest, _) = run(&Rpm, path, &bytes);
        prop_assert!(harvest.packages.len() <= whole / 16);
    }
}
