use schemars::generate::SchemaSettings;
use serde_json::Value;

use super::*;
use crate::{golden, sample};

fn schema() -> String {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<v1::Document<'static>>();
    schema.insert("title".into(), "Farguard report, version 1".into());
    format!("{}\n", serde_json::to_string_pretty(&schema).unwrap())
}

fn document() -> Value {
    let mut reports = vec![sample::report(), sample::bare(), sample::build_file()];
    reports.extend(sample::task());
    reports.extend([sample::compared(), sample::hostile()]);
    serde_json::from_str(&golden::text("json", &reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_json() {
    golden::check(
        "report.json",
        &golden::text("json", &[sample::compared()], &RenderOptions::default()),
    );
}

#[test]
fn the_published_schema_is_that_of_the_types() {
    golden::compare("../../docs/reference/farguard-report-v1.schema.json", &schema());
}

#[test]
fn output_is_valid_and_strange_keys_are_not() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut document = document();
    assert!(validator.validate(&document).is_ok());
    document["reports"][0]["findings"][0]["vulnerability"]["stray"] = Value::Null;
    assert!(validator.validate(&document).is_err());
}

#[test]
fn files_come_when_they_are_known() {
    let mut report = sample::report();
    report.packages[1].files.clear();
    let text = golden::text("json", &[report], &RenderOptions::default());
    let document: Value = serde_json::from_str(&text).unwrap();
    let files = |package: usize| document["reports"][0]["packages"][package]["files"].clone();
    assert_eq!(files(0), serde_json::json!(["usr/share/doc/libc6/copyright"]));
    assert_eq!(files(1), Value::Null);
}

/// Names of all fields, as `Type.field`.
fn fields(schema: &Value) -> Vec<String> {
    let of = |name: &str, schema: &Value| -> Vec<String> {
        let fields = schema["properties"].as_object().into_iter().flatten();
        fields.map(|(field, _)| format!("{name}.{field}")).collect()
    };
    let types = schema["$defs"].as_object().unwrap();
    types.iter().flat_map(|(name, schema)| of(name, schema)).chain(of("Document", schema)).collect()
}

#[test]
fn readers_of_version_1_0_find_every_field() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let now = fields(&schema);
    let old = include_str!("../../tests/schemas/farguard-report-1.0.fields");
    let gone: Vec<_> = old.lines().filter(|field| !now.iter().any(|f| f == field)).collect();
    assert!(gone.is_empty(), "{gone:?}");
    assert!(old.lines().count() > 80);
    for (name, schema) in schema["$defs"].as_object().unwrap() {
        let Some(properties) = schema["properties"].as_object() else { continue };
        // A field that may be left out is one more case for every reader: null says the same.
        assert_eq!(schema["required"].as_array().unwrap().len(), properties.len(), "{name}");
    }
}

#[test]
fn kind_names_the_field_that_is_set() {
    let document = document();
    let kinds = ["vulnerability", "secret", "misconfiguration", "violation"];
    let mut seen = std::collections::BTreeSet::new();
    for report in document["reports"].as_array().unwrap() {
        for finding in report["findings"].as_array().unwrap() {
            let set: Vec<_> = kinds.into_iter().filter(|kind| !finding[kind].is_null()).collect();
            assert_eq!(set, [finding["kind"].as_str().unwrap()], "{finding}");
            seen.extend(set);
        }
    }
    assert_eq!(seen.len(), kinds.len());
}
