//! The published schemas of standard formats, for tests.

use std::fs;

use serde_json::Value;

fn read(name: &str) -> Value {
    let path = format!("{}/tests/schemas/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    // The schema of SARIF holds a stray bracket, which browsers take as one and Rust does not.
    serde_json::from_str(&text.replace("-[a-zA-Z]{2}]?$", "-[a-zA-Z]{2}\\\\]?$")).unwrap()
}

/// Checks a document against the schema of a format.
pub(crate) fn check(format: &str, document: &Value) {
    let (schema, resources): (_, &[_]) = match format {
        "cyclonedx" => (
            "cyclonedx-1.6.schema.json",
            &["spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json"],
        ),
        "spdx" => ("spdx-2.3.schema.json", &[]),
        "sarif" => ("sarif-2.1.0.schema.json", &[]),
        "gitlab" => ("gitlab-container-scanning.schema.json", &[]),
        "gitlab-secrets" => ("gitlab-secret-detection.schema.json", &[]),
        "gitlab-codequality" => ("gitlab-code-quality.schema.json", &[]),
        _ => panic!("no schema for {format}"),
    };
    let mut registry = jsonschema::Registry::new();
    for name in resources {
        registry = registry.add(format!("http://cyclonedx.org/schema/{name}"), read(name)).unwrap();
    }
    let registry = registry.prepare().unwrap();
    let schema = read(schema);
    let validator = jsonschema::options().with_registry(&registry).build(&schema).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error:.300}", error.instance_path()))
        .take(5)
        .collect();
    assert!(errors.is_empty(), "not valid {format}: {errors:#?}");
}
