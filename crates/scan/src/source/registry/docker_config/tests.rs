use std::os::unix::fs::PermissionsExt;

use super::*;

fn basic(username: &str, password: &str) -> Option<Credential> {
    let password = Secret::new(password);
    Some(Credential::Basic { username: username.to_owned(), password })
}

fn find(json: &str, reference: &str) -> Result<Option<Credential>, String> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("config.json");
    std::fs::write(&path, json).unwrap();
    let files = CredentialFiles { files: vec![path], ..CredentialFiles::default() };
    let found = files.find(&reference.parse().unwrap())?;
    Ok(found.into_iter().next().map(|(_, credential)| credential))
}

#[test]
fn entries_of_docker_and_podman() {
    // `dTpwOng=` is `u:p:x`: a password may have colons.
    let auths = r#"{"auths":{
        "https://index.docker.io/v1/":{"auth":"dTpwOng="},
        "GHCR.io":{"username":"a","password":"b"},
        "quay.io/org":{"auth":"b3JnOjE="},
        "quay.io/org/app":{"auth":"YXBwOjI="},
        "azure.io":{"auth":"eDp5","identitytoken":"refresh"},
        "empty.io":{}}}"#;
    let check = |reference: &str, expect: Option<Credential>| {
        assert_eq!(find(auths, reference).unwrap(), expect, "{reference}");
    };
    check("alpine", basic("u", "p:x"));
    check("ghcr.io/a/b", basic("a", "b"));
    check("quay.io/org/other", basic("org", "1"));
    check("quay.io/org/app:1", basic("app", "2"));
    check("quay.io/organ/app", None);
    check("azure.io/a", Some(Credential::IdentityToken(Secret::new("refresh"))));
    check("empty.io/a", None);
    check("other.io/a", None);
}

#[test]
fn damage_is_told_without_secrets() {
    let check = |json: &str| {
        let message = find(json, "a.io/b").unwrap_err();
        assert!(message.contains("config.json") && !message.contains("hunter2"), "{message}");
    };
    check("{");
    check(r#"{"auths":{"a.io":{"auth":"hunter2!"}}}"#);
    check(r#"{"auths":{"a.io":{"auth":["hunter2"]}}}"#);
    check(r#"{"auths":{"a.io":"hunter2"}}"#);
    check(r#"{"credsStore":"../../bin/sh"}"#);
    check(r#"{"credHelpers":{"a.io":"not-installed-anywhere"}}"#);
}

#[test]
fn absent_files_are_no_error() {
    let files = CredentialFiles { files: vec!["/nonexistent".into()], ..Default::default() };
    assert_eq!(files.find(&"alpine".parse().unwrap()), Ok(Vec::new()));
}

fn with_helper(script: &str, reference: &str) -> Result<Option<Credential>, String> {
    let directory = tempfile::tempdir().unwrap();
    let helper = directory.path().join("docker-credential-test");
    std::fs::write(&helper, format!("#!/bin/sh\nread -r server || :\n{script}\n")).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    let path = directory.path().join("config.json");
    std::fs::write(&path, r#"{"credHelpers":{"a.io":"test"},"credsStore":"test"}"#).unwrap();
    let mut search_path = directory.path().as_os_str().to_owned();
    search_path.push(":/usr/bin:/bin");
    let files = CredentialFiles {
        files: vec![path],
        search_path: Some(search_path),
        helper_timeout: Duration::from_secs(2),
    };
    Ok(files.find(&reference.parse().unwrap())?.into_iter().next().map(|(_, found)| found))
}

#[test]
fn helpers_are_asked() {
    let echo = r#"echo "{\"Username\":\"$server\",\"Secret\":\"s\"}""#;
    assert_eq!(with_helper(echo, "a.io/b").unwrap(), basic("a.io", "s"));
    assert_eq!(with_helper(echo, "alpine").unwrap(), basic("https://index.docker.io/v1/", "s"));
    let token = r#"echo '{"Username":"<token>","Secret":"t"}'"#;
    let expect = Some(Credential::IdentityToken(Secret::new("t")));
    assert_eq!(with_helper(token, "a.io/b").unwrap(), expect);
    let none = "echo 'credentials not found in native keychain'; exit 1";
    assert_eq!(with_helper(none, "a.io/b").unwrap(), None);
}

#[test]
fn helpers_that_misbehave_end() {
    for script in ["echo hunter2; exit 1", "exec sleep 100", "exec cat /dev/zero"] {
        let message = with_helper(script, "a.io/b").unwrap_err();
        assert!(message.contains("docker-credential-test"), "{message}");
        assert!(!message.contains("hunter2"), "{message}");
    }
}
