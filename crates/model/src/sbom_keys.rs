//! What SBOM formats have no field for: the pairs that our writers add and our reader takes back,
//! so that a stored bill of materials gives the same answer as the image it was made from.
//!
//! The purl says kind, name, version and architecture; the format's own fields say licences.
//! Everything else travels as pairs of key and value:
//! - CycloneDX: `properties` of the component (a package, the `operating-system` component, the
//!   `metadata.component` that stands for the target);
//! - SPDX: the `comment` of the SPDX package (the same three kinds), as [`to_lines`] writes it. The
//!   operating system is a package with `primaryPackagePurpose` `OPERATING_SYSTEM`; the target is
//!   the package that the document describes.

use serde::{Serialize, de::DeserializeOwned};

use crate::{LayerInfo, Os, Package, Problem, TargetInfo};

/// Name of a package, where its purl spells it otherwise (purls lower some names).
pub const NAME: &str = "farguard:name";
/// Version of a package, where its purl cannot hold it.
pub const VERSION: &str = "farguard:version";
/// [`SourcePackage::name`](crate::SourcePackage::name).
pub const SOURCE_NAME: &str = "farguard:source:name";
/// [`SourcePackage::version`](crate::SourcePackage::version).
pub const SOURCE_VERSION: &str = "farguard:source:version";
/// [`Package::path`].
pub const PATH: &str = "farguard:path";
/// [`Package::layer`], decimal.
pub const LAYER: &str = "farguard:layer";
/// `true` for [`Package::dev`]; absent otherwise.
pub const DEV: &str = "farguard:dev";
/// One entry of [`Package::licenses`], repeated. Written only by formats whose own licence field
/// would change the text; when it is there, the reader takes it instead of that field.
pub const LICENSE: &str = "farguard:license";

/// [`Os::id`].
pub const OS_ID: &str = "farguard:os:id";
/// [`Os::version_id`].
pub const OS_VERSION_ID: &str = "farguard:os:version-id";
/// [`Os::pretty_name`].
pub const OS_PRETTY_NAME: &str = "farguard:os:pretty-name";
/// One entry of [`Os::id_like`], repeated.
pub const OS_ID_LIKE: &str = "farguard:os:id-like";
/// [`Os::cpe_name`].
pub const OS_CPE: &str = "farguard:os:cpe";

/// [`TargetInfo::name`].
pub const TARGET_NAME: &str = "farguard:target:name";
/// [`TargetInfo::kind`], as JSON writes it.
pub const TARGET_KIND: &str = "farguard:target:kind";
/// [`TargetInfo::digest`].
pub const TARGET_DIGEST: &str = "farguard:target:digest";
/// [`TargetInfo::image_id`].
pub const TARGET_IMAGE_ID: &str = "farguard:target:image-id";
/// [`TargetInfo::platform`].
pub const TARGET_PLATFORM: &str = "farguard:target:platform";
/// [`TargetInfo::built`].
pub const TARGET_BUILT: &str = "farguard:target:built";
/// One entry of [`TargetInfo::labels`] as a JSON array of two strings, repeated.
pub const TARGET_LABEL: &str = "farguard:target:label";
/// One [`LayerInfo`] of the target as JSON, repeated, lowest first.
pub const TARGET_LAYER: &str = "farguard:target:layer";
/// One [`Problem`] of the scan as JSON, repeated: what was not assessed stays so.
pub const TARGET_PROBLEM: &str = "farguard:target:problem";

/// A key of this module and its value.
pub type Pair = (&'static str, String);

/// What the purl of `package` does not say.
#[must_use]
pub fn of_package(package: &Package, os: Option<&Os>) -> Vec<Pair> {
    let read_back = Package::from_purl(&package.purl(os)).ok();
    let kept = |same: fn(&Package) -> &str| read_back.as_ref().map(same) == Some(same(package));
    let mut pairs = Vec::new();
    if !kept(|p| &p.name) {
        pairs.push((NAME, package.name.clone()));
    }
    if !kept(|p| &p.version) {
        pairs.push((VERSION, package.version.clone()));
    }
    if let Some(source) = &package.source {
        pairs.push((SOURCE_NAME, source.name.clone()));
        pairs.push((SOURCE_VERSION, source.version.clone()));
    }
    if !package.path.is_empty() {
        pairs.push((PATH, package.path.clone()));
    }
    pairs.extend(package.layer.map(|layer| (LAYER, layer.to_string())));
    if package.dev {
        pairs.push((DEV, "true".to_owned()));
    }
    pairs
}

/// Everything about an operating system.
#[must_use]
pub fn of_os(os: &Os) -> Vec<Pair> {
    let mut pairs = vec![
        (OS_ID, os.id.clone()),
        (OS_VERSION_ID, os.version_id.clone()),
        (OS_PRETTY_NAME, os.pretty_name.clone()),
    ];
    pairs.extend(os.id_like.iter().map(|like| (OS_ID_LIKE, like.clone())));
    pairs.extend(os.cpe_name.iter().map(|cpe| (OS_CPE, cpe.clone())));
    pairs
}

/// Everything about a target, with its layers and with what could not be read of it.
#[must_use]
pub fn of_target(target: &TargetInfo, layers: &[LayerInfo], problems: &[Problem]) -> Vec<Pair> {
    let mut pairs = vec![(TARGET_NAME, target.name.clone())];
    let kind = json(&target.kind).map(|kind| kind.trim_matches('"').to_owned());
    let optional = [
        (TARGET_KIND, &kind),
        (TARGET_DIGEST, &target.digest),
        (TARGET_IMAGE_ID, &target.image_id),
        (TARGET_PLATFORM, &target.platform),
        (TARGET_BUILT, &target.built),
    ];
    pairs.extend(optional.into_iter().filter_map(|(key, value)| Some((key, value.clone()?))));
    pairs.extend(target.labels.iter().filter_map(|label| Some((TARGET_LABEL, json(label)?))));
    pairs.extend(layers.iter().filter_map(|layer| Some((TARGET_LAYER, json(layer)?))));
    pairs.extend(problems.iter().filter_map(|problem| Some((TARGET_PROBLEM, json(problem)?))));
    pairs
}

fn json(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// Reads a value that [`of_target`] wrote as JSON.
#[must_use]
pub fn from_json<T: DeserializeOwned>(value: &str) -> Option<T> {
    serde_json::from_str(value).ok()
}

/// Pairs as text, one `key=value` a line; `\` and line breaks in values are escaped.
#[must_use]
pub fn to_lines(pairs: &[Pair]) -> String {
    let line = |(key, value): &Pair| {
        let value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
        format!("{key}={value}")
    };
    pairs.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The pairs of a text that [`to_lines`] wrote; other lines are passed over.
pub fn from_lines(text: &str) -> impl Iterator<Item = (&str, String)> {
    text.lines()
        .filter(|line| line.starts_with("farguard:"))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key, unescape(value)))
}

fn unescape(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => text.push('\n'),
                Some('r') => text.push('\r'),
                Some(other) => text.push(other),
                None => text.push('\\'),
            },
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PackageType;

    #[test]
    fn lines_read_back_whatever_they_hold() {
        let pairs = vec![(PATH, "a\nb\\n=c\r".to_owned()), (LAYER, "3".to_owned())];
        let text = format!("Written by hand\n{}", to_lines(&pairs));
        let read: Vec<_> = from_lines(&text).collect();
        assert_eq!(read, vec![(PATH, "a\nb\\n=c\r".to_owned()), (LAYER, "3".to_owned())]);
    }

    #[test]
    fn the_name_is_written_only_where_the_purl_changes_it() {
        let keys = |package: &Package| -> Vec<_> {
            of_package(package, None).into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(keys(&Package::new(PackageType::Pypi, "Flask", "2.0", "")), [NAME]);
        assert_eq!(keys(&Package::new(PackageType::Npm, "@babel/core", "7.0.0", "p")), [PATH]);
    }
}
