use farguard_model::{
    LayerInfo, Location, Misconfiguration, Package, Secret, SecretPlace, Severity, Subject,
    TargetInfo, TargetKind,
};

use super::*;
use crate::source::config::{HistoryStep, RunConfig};

const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// An image of steps: `+a` adds the layer `a`, everything else adds none.
fn image(steps: &[&str]) -> Inventory {
    let mut inventory = Inventory::new(TargetInfo::new("app:1", TargetKind::Registry));
    let mut config = RunConfig::default();
    for step in steps {
        let layer = step.strip_prefix('+').map(|diff_id| {
            let layer = LayerInfo {
                digest: None,
                diff_id: diff_id.to_owned(),
                created_by: None,
                size_bytes: 10,
            };
            inventory.layers.push(layer);
            u32::try_from(inventory.layers.len() - 1).unwrap()
        });
        let created_by = (*step).to_owned();
        config.history.push(HistoryStep { created_by, created: None, layer });
    }
    inventory.config = Some(config);
    inventory
}

fn known(name: &str, layers: &[&str], known: Known) -> KnownImage {
    let diff_ids = layers.iter().map(|&layer| layer.to_owned()).collect();
    KnownImage { name: name.to_owned(), digest: None, diff_ids, known }
}

/// `NAME LAYERS`, with `?` for no name; `None` without base.
fn found(inventory: &Inventory, known: &[KnownImage]) -> Option<String> {
    let base = detect(inventory, known)?;
    Some(format!("{} {}", base.name.as_deref().unwrap_or("?"), base.layers))
}

#[test]
fn all_layers_of_another_image_prove_it() {
    let app = image(&["+a", "+b", "+c"]);
    let check = |others: &[KnownImage], expect: Option<&str>| {
        assert_eq!(found(&app, others).as_deref(), expect, "{others:?}");
    };
    check(&[], None);
    check(&[known("debian", &["a"], Known::Scanned)], Some("debian 1"));
    check(&[known("other", &["b"], Known::Named)], None);
    check(&[known("longer", &["a", "b", "c", "d"], Known::Named)], None);
    check(&[known("sibling", &["a", "x"], Known::Stored)], None);
    check(&[known("empty", &[], Known::Named)], None);
}

#[test]
fn claims_count_before_chance_and_many_layers_before_few() {
    let app = image(&["+a", "+b", "+c"]);
    let check = |others: &[KnownImage], expect: &str| {
        assert_eq!(found(&app, others).as_deref(), Some(expect), "{others:?}");
    };
    let debian = |kind| known("debian", &["a"], kind);
    let python = |kind| known("python", &["a", "b"], kind);
    check(&[debian(Known::Scanned), python(Known::Stored)], "python 2");
    check(&[python(Known::Scanned), debian(Known::Stored)], "python 2");
    check(&[debian(Known::Named), python(Known::Scanned)], "debian 1");
    check(&[debian(Known::Labelled), python(Known::Stored)], "debian 1");
    check(&[debian(Known::Named), python(Known::Labelled)], "debian 1");
}

#[test]
fn an_image_is_not_its_own_base() {
    let mut app = image(&["+a", "+b"]);
    let all = |kind| known("same", &["a", "b"], kind);
    assert_eq!(found(&app, &[all(Known::Scanned)]), None, "another tag of it");
    assert_eq!(found(&app, &[all(Known::Named)]).as_deref(), Some("same 2"), "other settings");
    app.target.digest = Some(DIGEST.to_owned());
    let itself = KnownImage { digest: Some(DIGEST.to_owned()), ..all(Known::Named) };
    assert_eq!(found(&app, &[itself]), None);
}

#[test]
fn the_history_gives_a_guess() {
    let check = |steps: &[&str], expect: Option<&str>| {
        assert_eq!(found(&image(steps), &[]).as_deref(), expect, "{steps:?}");
    };
    check(&["+rootfs", "CMD [\"bash\"]", "+app", "CMD [\"app\"]"], Some("? 1"));
    check(&["+rootfs", "CMD [\"bash\"]", "+python", "CMD [\"python3\"]", "+app"], Some("? 2"));
    check(&["+rootfs", "/bin/sh -c #(nop)  ENTRYPOINT [\"x\"]", "ENV a=b", "+app"], Some("? 1"));
    check(&["+app", "ENTRYPOINT [\"app\"]", "CMD [\"-v\"]"], None);
    check(&["CMD [\"bash\"]", "+app"], None);
    check(&["+rootfs", "ENV a=CMD", "+app"], None);
    check(&[], None);
    let mut unfit = image(&["+rootfs", "CMD [\"bash\"]", "+app"]);
    unfit.config.as_mut().unwrap().history.iter_mut().for_each(|step| step.layer = None);
    assert_eq!(found(&unfit, &[]), None);
}

#[test]
fn labels_name_what_the_history_guesses() {
    let mut app = image(&["+rootfs", "CMD [\"bash\"]", "+app"]);
    app.target.labels = vec![(BASE_NAME_LABEL.to_owned(), "debian:12".to_owned())];
    assert_eq!(found(&app, &[]).as_deref(), Some("docker.io/library/debian:12 1"));
    assert!(detect(&app, &[]).unwrap().evidence.contains("a guess from the build history"));
    assert_eq!(labelled(&app).unwrap().to_string(), "docker.io/library/debian:12");
    app.target.labels.push((BASE_DIGEST_LABEL.to_owned(), DIGEST.to_owned()));
    assert_eq!(labelled(&app).unwrap().digest().unwrap().to_string(), DIGEST);
    app.config.as_mut().unwrap().history.clear();
    let base = detect(&app, &[]).unwrap();
    assert_eq!((base.layers, base.digest.as_deref()), (0, Some(DIGEST)));
}

#[test]
fn labels_that_name_nothing_are_passed_over() {
    let mut app = image(&["+app"]);
    for value in ["", "not a name", "user:password@registry/x"] {
        app.target.labels = vec![(BASE_NAME_LABEL.to_owned(), value.to_owned())];
        assert_eq!((detect(&app, &[]), labelled(&app)), (None, None), "{value}");
    }
}

#[test]
fn findings_get_the_origin_of_their_layer() {
    let evidence = String::new();
    let base = BaseImage { name: None, digest: None, layers: 2, is_guess: false, evidence };
    let finding = |layer: Option<u32>, detail: Detail| {
        let subject = Subject { id: "s".into(), name: "s".into() };
        let mut finding = Finding::new("x", Severity::Low, subject, String::new(), detail);
        finding.location = layer.map(|layer| Location {
            path: "p".into(),
            layer: Some(layer),
            line: None,
            column: None,
        });
        finding
    };
    let secret = || {
        Detail::Secret(Secret {
            provider: "AWS".into(),
            masked: "***".into(),
            place: SecretPlace::File,
            removed_by_layer: None,
        })
    };
    let check = |area| {
        Detail::Misconfiguration(Misconfiguration {
            area,
            aliases: Vec::new(),
            excerpt: None,
            fix: None,
        })
    };
    let mut findings = vec![
        finding(Some(1), secret()),
        finding(Some(2), secret()),
        finding(None, secret()),
        finding(None, check(Area::Image)),
        finding(None, check(Area::BuildFile)),
    ];
    let mut placed = finding(Some(9), secret());
    placed.origin = Some(Origin::Base);
    findings.push(placed);
    attribute(&mut findings, Some(&base), &[]);
    let origins: Vec<_> = findings.iter().map(|finding| finding.origin).collect();
    let (base_, own) = (Some(Origin::Base), Some(Origin::Own));
    assert_eq!(origins, [base_, own, None, own, None, base_]);

    let mut unknown = vec![finding(Some(1), secret())];
    attribute(&mut unknown, None, &[]);
    attribute(&mut unknown, Some(&BaseImage { layers: 0, ..base }), &[]);
    assert_eq!(unknown[0].origin, None);
}

#[test]
fn steps_of_the_history_have_an_origin_where_layers_around_them_tell() {
    let app = image(&["ENV A=1", "+rootfs", "CMD [\"bash\"]", "ARG B=1", "+app", "ENV C=1"]);
    let history = &app.config.as_ref().unwrap().history;
    let of =
        |step| of_step(history, step, |layer| if layer < 1 { Origin::Base } else { Origin::Own });
    let (base, own) = (Some(Origin::Base), Some(Origin::Own));
    let found: Vec<_> = (0..8).map(of).collect();
    assert_eq!(found, [None, base, base, None, None, own, own, None]);
}

#[test]
fn facts_are_of_images_only() {
    let app = image(&["+a", "+b"]);
    assert_eq!(image_facts(&app, &[]).unwrap().size_bytes, 20);
    let packages = vec![Package::new(farguard_model::PackageType::Npm, "x", "1", "p")];
    let list = Inventory { packages, ..Inventory::new(app.target) };
    assert_eq!(image_facts(&list, &[]), None);
}
