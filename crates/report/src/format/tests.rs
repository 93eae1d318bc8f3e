use super::*;

#[test]
fn the_registry_is_sound() {
    let names: Vec<_> = Format::all().map(Format::name).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), names.len());
    for format in Format::all() {
        assert_eq!(format.name().parse(), Ok(format));
        assert!(!format.about().is_empty() && !format.about().ends_with('.'), "{format}");
    }
    assert_eq!(Format::default().name(), "table");
}

#[test]
fn an_unknown_format_names_the_known_ones() {
    let error = "yaml".parse::<Format>().unwrap_err().to_string();
    assert!(error.starts_with("`yaml` is not a format: use one of table, json"), "{error}");
}
