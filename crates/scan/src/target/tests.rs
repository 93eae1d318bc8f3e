use super::*;

fn check(argument: &str, expect: &str) {
    let found = match Target::detect(argument) {
        Ok(target) => {
            let kind = format!("{target:?}");
            kind.split('(').next().unwrap_or_default().to_owned()
        }
        Err(error) => error.to_string(),
    };
    assert!(found.contains(expect), "{argument}: {found}");
}

#[test]
fn what_is_not_there_is_a_reference_unless_it_looks_like_a_path() {
    check("debian:12", "Registry");
    check("localhost:5000/team/app@sha256:00", "Registry");
    check("registry:./odd", "Registry");
    check("./image.tar", "does not exist");
    check("image.tar", "`registry:`");
    check("oci:nothing", "`nothing` does not exist");
    check("", "names nothing");
}

#[test]
fn directories_are_told_apart_by_their_content() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().to_str().unwrap();
    check(path, "SourceDir");
    fs::create_dir_all(directory.path().join("var/lib/dpkg")).unwrap();
    check(path, "Rootfs");
    check(&format!("dir:{path}"), "Rootfs");
    check(&format!("source:{path}"), "SourceDir");
    fs::write(directory.path().join("oci-layout"), "{}").unwrap();
    check(path, "OciLayout");
    let with_tag = Target::detect(&format!("{path}#v1")).unwrap();
    let image = LocalImage { path: directory.path().to_owned(), tag: Some("v1".into()) };
    assert_eq!(with_tag, Target::OciLayout(image));
}

#[test]
fn build_files_are_told_by_their_name() {
    let directory = tempfile::tempdir().unwrap();
    for (name, content, expect) in [
        ("Dockerfile", "FROM debian:12", "BuildFile"),
        ("Containerfile", "", "is empty"),
        ("api.Dockerfile", "nonsense", "BuildFile"),
        ("Dockerfile.json", "{\"bomFormat\": \"CycloneDX\"}", "Sbom"),
        ("Dockerfile.tar", "FROM\0", "is no tar"),
        ("recipe", "FROM debian:12", "is no tar"),
    ] {
        let path = directory.path().join(name);
        fs::write(&path, content).unwrap();
        check(path.to_str().unwrap(), expect);
        check(&format!("build-file:{}", path.display()), "BuildFile");
    }
}

#[test]
fn files_are_told_apart_by_their_content() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("file");
    let check = |bytes: &[u8], expect: &str| {
        fs::write(&path, bytes).unwrap();
        check(path.to_str().unwrap(), expect);
    };
    check(b"\n {\"bomFormat\":\"CycloneDX\"}", "Sbom");
    check(&[0x1f, 0x8b, 8, 0], "gunzip");
    check(b"{\"family\": \"f\", \"containerDefinitions\": [", "TaskDefinition");
    check(b"\xef\xbb\xbf{\"taskDefinition\": {}}", "TaskDefinition");
    check(b"{\"bomFormat\": \"CycloneDX\", \"taskDefinition\": 1}", "Sbom");
    check(b"{\"components\": [{\"containerDefinitions\": 1}]}", "Sbom");
    check(b"hello", "is no tar");
    check(b"FROM debian:12", "is no tar");
    check(b"", "is empty");
}
