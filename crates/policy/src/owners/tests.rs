use farguard_model::{Area, Misconfiguration};
use farguard_model::{ContainerUse, Detail, Finding, Location, Severity, Subject, TargetInfo};
use proptest::prelude::*;

use super::*;

fn owners(text: &str) -> Owners {
    let parsed = Owners::parse("OWNERS", text);
    assert!(parsed.diagnostics.is_empty(), "{:?}", parsed.diagnostics);
    parsed.owners.unwrap()
}

#[test]
fn paths_fit_as_in_codeowners() {
    let check = |pattern: &str, path: &str, expect: bool| {
        let found = owners(&format!("{pattern} @team")).of_path(path).is_some();
        assert_eq!(found, expect, "{pattern} {path}");
    };
    check("*", "a/b/c.rs", true);
    check("*", "", true);
    check("/", "a/b", true);
    check("docs/*", "", false);
    check("*.js", "web/app/index.js", true);
    check("*.js", "web/app/index.ts", false);
    check("/build/logs/", "build/logs/today.log", true);
    check("/build/logs/", "app/build/logs/today.log", false);
    check("build/logs", "build/logs/today.log", true);
    check("build/logs", "app/build/logs/today.log", false);
    check("apps/", "x/apps/y.rs", true);
    check("docs/*", "docs/start.md", true);
    check("docs/*", "docs/build/start.md", false);
    check("/apps/github", "apps/github/main.rs", true);
    check("/apps/github", "apps/github", true);
    check("/apps/github/", "apps/github", true);
    check("**/logs", "deep/down/logs/x", true);
    check("**/logs", "logs", true);
    check("docs/**/api.md", "docs/api.md", true);
    check("docs/**/api.md", "docs/a/b/api.md", true);
    check("docs/**", "docs/a/b", true);
    check("docs/**", "other/docs/a", false);
    check("a?c", "abc", true);
    check("path:/Dockerfile", "Dockerfile", true);
    check("with\\ space", "with space", true);
    check("C:/x", "C:/x", true);
}

#[test]
fn images_fit_with_and_without_registry() {
    let check = |pattern: &str, image: &str, expect: bool| {
        let found = owners(&format!("image:{pattern} @team")).of_image(image, None).is_some();
        assert_eq!(found, expect, "{pattern} {image}");
    };
    let ecr = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:1.4";
    check("shop/*", ecr, true);
    check("shop/web", ecr, true);
    check("*.amazonaws.com/shop/*", ecr, true);
    check("shop", ecr, false);
    check("shop", "shop:1.4", true);
    check("shop", "localhost:5000/shop", true);
    check("shop", &format!("shop@sha256:{}", "a".repeat(64)), true);
    check("nginx", "docker.io/library/nginx:1.27", true);
    check("docker.io/*", "docker.io/library/nginx:1.27", true);
}

#[test]
fn the_last_line_that_fits_decides() {
    let owners = owners(
        "# comment\n* @everybody\nimage:shop/* @shop @web # both\nfamily:pay-* @pay\n\
         image:shop/legacy\n\n[Docs][2] @docs\n/docs/\n/docs/api @api\n^[Optional]\n/misc/\n",
    );
    let name = |owner: Option<Owner>| owner.map(|owner| owner.name).unwrap_or_default();
    assert_eq!(name(owners.of_image("shop/web:1", None)), "@shop, @web");
    assert_eq!(name(owners.of_image("shop/web:1", Some("pay-api"))), "@pay");
    assert_eq!(owners.of_image("shop/legacy", None), None);
    assert_eq!(name(owners.of_path("docs/x")), "@docs");
    assert_eq!(owners.of_path("docs/api").unwrap().source, "`OWNERS` line 9");
    assert_eq!(owners.of_path("misc/x"), None);
    assert_eq!(name(owners.of_path("src/x")), "@everybody");
}

#[test]
fn mistakes_are_named_with_their_place() {
    let check = |text: &str, expect: &str| {
        let parsed = Owners::parse("OWNERS", text);
        let said: Vec<String> = parsed.diagnostics.iter().map(ToString::to_string).collect();
        assert_eq!(said, [expect]);
    };
    check(
        "* @a\n  imge:shop @b",
        "OWNERS:2:3: error: `imge:` is no kind of line; did you mean `image`?",
    );
    check(
        "image: @b",
        "OWNERS:1:1: error: `image:` names nothing; write a pattern behind it: `image:team-a/*`",
    );
    check(
        "!x @b",
        "OWNERS:1:1: warning: CODEOWNERS knows no exclusion with `!`: the line is skipped; \
         name the paths one by one",
    );
    check(
        "[a-z]*.rs @b",
        "OWNERS:1:1: warning: CODEOWNERS knows no `[` and `]`: the line is skipped; name the \
         paths one by one",
    );
    check(&"a/".repeat(200), "OWNERS:1:1: error: the pattern has too many parts");
    let long = format!("image:{}", "a".repeat(600));
    check(&long, "OWNERS:1:1: error: a pattern has at most 512 bytes");
    let many = "x @a\n".repeat(10_001);
    check(&many, "OWNERS:10001:1: error: an owners file has at most 10000 lines");
}

fn report(kind: TargetKind, name: &str) -> ScanReport {
    ScanReport::new(jiff::Timestamp::UNIX_EPOCH, TargetInfo::new(name, kind))
}

fn finding(path: &str) -> Finding {
    let subject = Subject { id: "x".into(), name: "x".into() };
    let detail = Detail::Misconfiguration(Misconfiguration {
        area: Area::BuildFile,
        aliases: Vec::new(),
        excerpt: None,
        fix: None,
    });
    let mut finding = Finding::new("x", Severity::Low, subject, String::new(), detail);
    finding.location = Some(Location { path: path.into(), layer: None, line: None, column: None });
    finding
}

#[test]
fn sources_are_asked_in_order() {
    let owners = owners("image:shop @file");
    let mut image = report(TargetKind::Registry, "shop:1");
    image.target.labels =
        vec![("maintainer".into(), "base".into()), ("team".into(), " label\n ".into())];
    image.container = Some(ContainerUse {
        task_definition: "task.json".into(),
        family: "shop".into(),
        name: "web".into(),
        image: "shop:1".into(),
        tag_can_move: true,
        user: None,
        read_only_root: false,
        effects: Vec::new(),
        tags: vec![("Owner".into(), "tag".into())],
    });
    image.findings = vec![finding("etc/x")];
    let owner = |sources: OwnerSources<'_>, report: &ScanReport| {
        let mut report = report.clone();
        sources.assign(&mut report);
        assert_eq!(report.findings[0].owner, report.owner);
        report.owner.map(|owner| format!("{} from {}", owner.name, owner.source))
    };
    let all = OwnerSources { named: Some("flag"), owners: Some(&owners), path: None };
    assert_eq!(owner(all, &image).unwrap(), "flag from --owner");
    let file = OwnerSources { named: None, ..all };
    assert_eq!(owner(file, &image).unwrap(), "@file from `OWNERS` line 1");
    let none = OwnerSources::default();
    assert_eq!(owner(none, &image).unwrap(), "label from label `team`");
    image.target.labels = vec![("team".into(), "\n".into())];
    assert_eq!(owner(none, &image).unwrap(), "tag from tag `Owner` of the task definition");
    image.container = None;
    assert_eq!(owner(none, &image), None);
}

#[test]
fn files_of_a_source_tree_have_owners_of_their_own() {
    let owners = owners("/services/shop/ @shop\n/services/shop/web/ @web\n");
    let mut tree = report(TargetKind::Source, "services/shop");
    tree.findings = vec![finding("Cargo.lock"), finding("web/Dockerfile")];
    let sources = OwnerSources { owners: Some(&owners), path: Some("services/shop"), named: None };
    sources.assign(&mut tree);
    let names: Vec<_> = tree.findings.iter().map(|f| f.owner.clone().unwrap().name).collect();
    assert_eq!(
        (tree.owner.unwrap().name.as_str(), names),
        ("@shop", vec!["@shop".into(), "@web".into()])
    );
}

proptest! {
    #[test]
    fn any_text_is_read_and_any_path_judged(
        text in "([*/a\\\\ #:!\\[\\]?@\\n]|image|\\PC){0,60}", path in "[a/*]{0,20}",
    ) {
        if let Some(owners) = Owners::parse("OWNERS", &text).owners {
            let _ = (owners.of_path(&path), owners.of_image(&path, Some(&path)));
        }
    }
}

#[test]
fn many_stars_and_deep_paths_end() {
    let owners = owners(&format!("{}x @team\n", "**/a*a*/".repeat(40)));
    assert_eq!(owners.of_path(&"aaaa/".repeat(50_000)), None);
}
