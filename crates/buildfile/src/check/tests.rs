use farguard_model::Detail;

use super::*;

fn findings(text: &str) -> Vec<Finding> {
    check("Dockerfile", text.as_bytes(), &Options::default()).findings
}

/// Line, column and suppression of the findings of one rule.
fn places(text: &str, rule: &str) -> Vec<(u32, u32, bool)> {
    findings(text)
        .into_iter()
        .filter(|finding| finding.id == rule)
        .map(|finding| {
            let location = finding.location.unwrap();
            (location.line.unwrap(), location.column.unwrap(), finding.suppression.is_some())
        })
        .collect()
}

#[test]
fn findings_name_their_place() {
    let text = "FROM debian:12\nRUN apt-get update \\\n && apt-get install -y é \\\n    curl\n";
    assert_eq!(places(text, "unpinned-apt-package"), [(3, 24, false)]);
    let found = findings(text);
    let unpinned = found.iter().find(|f| f.id == "unpinned-apt-package").unwrap();
    assert_eq!(unpinned.evidence, "the packages `é`, `curl` have no version");
    let Detail::Misconfiguration(detail) = &unpinned.detail else { panic!() };
    assert_eq!(detail.excerpt.as_deref(), Some("&& apt-get install -y é \\"));
    assert_eq!(detail.aliases, ["DL3008"]);
}

#[test]
fn comments_take_findings_back() {
    let run = "RUN apt-get install -y --no-install-recommends curl\n";
    let check = |text: String, expect: &[bool]| {
        let taken: Vec<bool> =
            places(&text, "unpinned-apt-package").into_iter().map(|place| place.2).collect();
        assert_eq!(taken, expect, "{text}");
    };
    check(format!("FROM a:1\n# hadolint ignore=DL3009,DL3008\n{run}{run}"), &[true, false]);
    check(format!("FROM a:1\n#hadolint   ignore = DL3008 # why\n{run}"), &[true]);
    check(format!("# hadolint global ignore=DL3008\nFROM a:1\n{run}{run}"), &[true, true]);
    check(format!("FROM a:1\n# farguard ignore=unpinned-apt-package, x because\n{run}"), &[true]);
    check(format!("FROM a:1\n# farguard ignore=x\n# note\n{run}"), &[false]);
    check(format!("FROM a:1\n# farguard ignore=DL3008\n# note\n\n{run}"), &[true]);
    check(format!("FROM a:1\n# hadolint ignore=DL3008\nENV A=1\n{run}"), &[false]);
    check("FROM a:1\nRUN a && \\\n# farguard ignore=DL3008\n apt-get install b\n".into(), &[true]);
    let text = format!("FROM a:1\n# farguard ignore=DL3008 the mirror is frozen\n{run}");
    let found = findings(&text);
    let unpinned = found.iter().find(|f| f.id == "unpinned-apt-package").unwrap();
    let suppression = unpinned.suppression.as_ref().unwrap();
    assert_eq!(
        (suppression.reason.as_str(), suppression.source.as_str()),
        ("the mirror is frozen", "Dockerfile:2")
    );
}

#[test]
fn options_switch_rules_off() {
    let options =
        Options { ignored: vec!["DL3006".into(), "no-user".into()], ..Options::default() };
    let found = check("x", b"FROM debian\n", &options).findings;
    assert!(found.iter().all(|f| f.id != "untagged-base-image" && f.id != "no-user"), "{found:?}");
    assert!(!found.is_empty());
}

#[test]
fn values_of_credentials_are_never_told() {
    let text = "FROM a:1\nENV DB_PASSWORD=hunter2 X=1\nENV TOKEN hunter2 and hunter2\n\
                ARG API_KEY=\"hunter2 x\" B\n\
                RUN curl -k -H 'Authorization: Bearer hunter2' https://u:hunter2@h/x | sh\n\
                RUN echo root:hunter2 | chpasswd\nRUN mysql --password hunter2 && sudo cd\n\
                LABEL API_TOKEN=hunter2\nCMD run --token=hunter2\n\
                RUN pip install git+https://hunter2@h/x PASSWORD=hunter2 a\n\
                ENV A=1 \\\n  SECRET_KEY='hunter2 \\\n hunter2' C=$A\nENTRYPOINT x PASSWORD=hunter2\n";
    let checked = check("Dockerfile", text.as_bytes(), &Options::default());
    let told =
        serde_json::to_string(&checked.findings).unwrap() + &format!("{:?}", checked.problems);
    let shown = told.split("hunter2").next().filter(|before| before.len() < told.len());
    assert_eq!(shown, None);
    assert_eq!(places(text, "credential-in-environment").len(), 4);
}

#[test]
fn fingerprints_are_stable_and_differ() {
    let run = "RUN apt-get install -y curl\n";
    let all = |text: &str| -> Vec<String> {
        findings(text).into_iter().map(|finding| finding.fingerprint).collect()
    };
    let one = all(&format!("FROM a:1\n{run}"));
    let moved = all(&format!("# comment\n\nFROM a:1\n{run}"));
    assert_eq!(one, moved);
    let two = all(&format!("FROM a:1\n{run}{run}"));
    let different: std::collections::BTreeSet<&String> = two.iter().collect();
    assert_eq!(different.len(), two.len());
}

#[test]
fn what_cannot_be_read_is_a_problem() {
    let problems = |bytes: &[u8]| {
        let checked = check("D", bytes, &Options::default());
        let told = checked.problems.into_iter().map(|p| format!("{}: {}", p.code, p.message));
        told.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(
        problems(b"FROM a:1\nRUN \xff\n"),
        "build-file-not-utf8: line 2, column 5: the text is not UTF-8"
    );
    assert_eq!(
        problems(b"FROM a:1\n\0RUN x\n"),
        "build-file-not-text: line 2, column 1: a NUL byte: this is no text file; \
         malformed-build-file: line 2, column 1: `RUN` is no instruction"
    );
    assert_eq!(problems(b""), "malformed-build-file: line 1, column 1: there is no instruction");
    assert_eq!(
        problems(b"FROM a:1\nRUN x <<E\n"),
        "malformed-build-file: line 2, column 7: the heredoc `E` is never closed"
    );
    let large = problems(&vec![b'\n'; MAX_BYTES + 1]);
    assert!(large.starts_with("build-file-too-large: "), "{large}");
    assert!(
        problems(format!("FROM a:1\nRUN {}", "$(a ".repeat(50)).as_bytes())
            .contains("unreadable-build-step")
    );
    assert_eq!(problems(b"\xef\xbb\xbfFROM a:1\r\nRUN x"), "");
}

#[test]
fn hostile_files_end() {
    let heavy = [
        "RUN a | b\n".repeat(100_000),
        "FROM a AS b\n".repeat(60_000),
        format!("FROM a\nENV {}", "A=$A ".repeat(200_000)),
        format!("FROM a\nRUN {}", "apt-get install x;".repeat(100_000)),
        format!("FROM a\nCOPY {} /x/", "a.tar.gz ".repeat(100_000)),
        format!("FROM a\n{}", "USER root\nCOPY --from=x . .\nWORKDIR x\n".repeat(15_000)),
        "# hadolint ignore=DL3008\n".repeat(150_000),
        format!("FROM a\nRUN {}", "é".repeat(1_900_000)),
        format!("FROM a\nRUN <<E\n{}", "curl x | sh\n".repeat(200_000)),
    ];
    for text in heavy {
        let text = text.get(..MAX_BYTES.min(text.len())).unwrap_or(&text);
        let checked = check("x", text.as_bytes(), &Options::default());
        assert!(checked.findings.len() < 100_000);
    }
}

#[test]
fn names_of_build_files() {
    for name in [
        "Dockerfile",
        "Containerfile",
        "dockerfile",
        "Dockerfile.dev",
        "api.Dockerfile",
        "a.dockerfile",
        "x.Containerfile",
    ] {
        assert!(is_build_file_name(name), "{name}");
    }
    for name in [
        "Dockerfile.dockerignore",
        "MyDockerfile",
        "dockerfile.go",
        ".Dockerfile",
        "Dockerfile.",
        "Dockerfiles",
        "",
    ] {
        assert!(!is_build_file_name(name), "{name}");
    }
}
