use farguard_model::{TargetInfo, TargetKind};
use proptest::{collection::vec, option, prelude::*};

use super::*;

fn report(packages: Vec<Package>) -> ScanReport {
    let target = TargetInfo::new("shop:1", TargetKind::Registry);
    let mut report = ScanReport::new(jiff::Timestamp::UNIX_EPOCH, target);
    report.packages = packages;
    report
}

fn unpacked(bytes: &[u8]) -> Result<(Head, Vec<Package>), PackedError> {
    let unpacked = Unpacked::read(bytes)?;
    let packages: Result<_, _> = unpacked
        .packages()?
        .into_iter()
        .map(|stored| {
            let mut found = package(stored.identity)?;
            found.path = stored.path.to_owned();
            found.layer = stored.layer;
            found.dev = stored.dev;
            Ok(found)
        })
        .collect();
    Ok((unpacked.head.clone(), packages?))
}

fn any_package() -> impl Strategy<Value = Package> {
    let source = option::of((".*", ".*"));
    let place = (".*", option::of(any::<u32>()), any::<bool>());
    (0..PackageType::ALL.len(), ".*", ".*", option::of(".*"), source, place).prop_map(
        |(kind, name, version, arch, source, (path, layer, dev))| {
            let mut package = Package::new(PackageType::ALL[kind], name, version, path);
            package.arch = arch;
            package.source = source.map(|(name, version)| SourcePackage { name, version });
            (package.layer, package.dev) = (layer, dev);
            package
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_packed_reads_back(
        packages in vec(any_package(), 0..20),
        diff_ids in vec("sha256:[0-9a-f]{8}", 0..5),
        names in vec(".*", 0..3),
    ) {
        let head = Head { names, diff_ids, ..Head::default() };
        let bytes = pack(&head, &report(packages.clone())).unwrap();
        prop_assert_eq!(super::head(&bytes).unwrap(), head.clone());
        let end = head_end(&bytes[..PREFIX_BYTES]).unwrap();
        prop_assert_eq!(super::head(&bytes[..end]).unwrap(), head.clone());
        prop_assert_eq!(unpacked(&bytes).unwrap(), (head, packages));
    }
}

#[test]
fn damage_is_an_error_wherever_it_is() {
    let packages = vec![Package::new(PackageType::Pypi, "jinja2", "2.10", "METADATA"); 3];
    let head = Head { names: vec!["shop:1".into()], ..Head::default() };
    let whole = pack(&head, &report(packages)).unwrap();
    for len in 0..whole.len() {
        assert!(unpacked(&whole[..len]).is_err(), "{len} of {}", whole.len());
    }
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x40;
        assert!(unpacked(&damaged).is_err(), "at {at}");
    }
}

#[test]
fn a_body_that_would_fill_the_memory_is_refused() {
    let head = pack(&Head::default(), &report(Vec::new())).unwrap();
    // A frame that announces a terabyte.
    let body = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0];
    let end = head_end(&head).unwrap();
    let mut bytes = head[..end].to_vec();
    bytes.extend_from_slice(&body);
    bytes[20..28].copy_from_slice(&xxh3_64(&body).to_le_bytes());
    assert!(Unpacked::read(&bytes).is_err());
}
