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

fn document(options: &RenderOptions) -> Value {
    let reports = [sample::report(), sample::bare()];
    serde_json::from_str(&golden::text("json", &reports, options)).unwrap()
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
    for all in [false, true] {
        let mut document = document(&RenderOptions { all, ..RenderOptions::default() });
        assert!(validator.validate(&document).is_ok());
        document["reports"][0]["findings"][0]["vulnerability"]["stray"] = Value::Null;
        assert!(validator.validate(&document).is_err());
    }
}

#[test]
fn files_come_only_when_everything_is_asked_for() {
    let files = |all| {
        let document = document(&RenderOptions { all, ..RenderOptions::default() });
        document["reports"][0]["packages"][0]["files"].clone()
    };
    assert_eq!(files(false), Value::Null);
    assert_eq!(files(true), serde_json::json!(["usr/share/doc/libc6/copyright"]));
}
