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
    let reports = [sample::report(), sample::bare()];
    serde_json::from_str(&golden::text("json", &reports, &RenderOptions::default())).unwrap()
}

#[test]
fn golden_json() {
    golden::check(
        "report.json",
        &golden::text("json", &[sample::report()], &RenderOptions::default()),
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
