//! Which packages a VEX statement is about.

use std::collections::HashSet;

use farguard_model::{Purl, TargetInfo};

use crate::inventory::Inventory;

/// A product, and the parts of it that a statement singles out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) what: What,
    /// Empty when the product as a whole is meant.
    pub(super) parts: Vec<Purl>,
}

/// What a product is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A package, or an image when the type says so.
    Purl(Purl),
    /// Something with another name: an image reference or a digest.
    Name(String),
    /// Versions of a package that a statement lists, the only ones that it is about.
    Versions(Purl, Vec<String>),
    /// Whatever is scanned.
    Anything,
}

/// What is scanned: products are looked for in it.
pub(super) struct Scene<'a> {
    target: &'a TargetInfo,
    packages: Vec<Purl>,
}

impl<'a> Scene<'a> {
    /// `needed` is false when there are no statements: packages are not worth naming then.
    pub(super) fn new(inventory: &'a Inventory, needed: bool) -> Self {
        let mut seen = HashSet::new();
        let purls = inventory.packages.iter().map(|package| package.purl(inventory.os.as_ref()));
        let packages = if needed {
            purls.filter(|purl| seen.insert(purl.clone())).filter_map(|p| p.parse().ok()).collect()
        } else {
            Vec::new()
        };
        Self { target: &inventory.target, packages }
    }
}

impl Product {
    /// Whether the package `purl` of the scanned target is, or is a named part of, this product.
    pub(super) fn covers(&self, purl: &Purl, scene: &Scene<'_>) -> bool {
        let is_part = || self.parts.iter().any(|part| includes(part, purl));
        let of_target = self.parts.is_empty() || is_part();
        match &self.what {
            What::Anything => of_target,
            What::Name(name) => of_target && is_target_name(name, scene.target),
            What::Purl(product) if is_image(product) => {
                of_target && is_target(product, scene.target)
            }
            What::Purl(product) if self.parts.is_empty() => includes(product, purl),
            // The part of a package: the package has to be there, the part is what was found.
            What::Purl(product) => {
                is_part() && scene.packages.iter().any(|package| includes(product, package))
            }
            What::Versions(product, versions) => {
                includes(product, purl) && versions.contains(&purl.version)
            }
        }
    }
}

/// Whether `pattern` names `purl`: without a version it names all versions, and of the qualifiers
/// only those that it has count.
fn includes(pattern: &Purl, purl: &Purl) -> bool {
    let name = |purl: &Purl| match purl.kind.as_str() {
        "pypi" => purl.name.to_lowercase().replace(['_', '.'], "-"),
        _ => purl.name.clone(),
    };
    pattern.kind == purl.kind
        && pattern.namespace == purl.namespace
        && name(pattern) == name(purl)
        && (pattern.version.is_empty() || pattern.version == purl.version)
        && pattern.qualifiers.iter().all(|(key, value)| purl.qualifier(key) == Some(value))
}

fn is_image(purl: &Purl) -> bool {
    matches!(purl.kind.as_str(), "oci" | "docker")
}

/// Whether an image's package URL is the target's. A digest settles it; names are compared as
/// registries would resolve them.
fn is_target(purl: &Purl, target: &TargetInfo) -> bool {
    let known = [&target.digest, &target.image_id];
    if purl.version.starts_with("sha256:") {
        return known.into_iter().flatten().any(|digest| *digest == purl.version);
    }
    let (repository, tag) = split_reference(&target.name);
    let named = match purl.qualifier("repository_url") {
        Some(url) => {
            let full = if url.ends_with(&format!("/{}", purl.name)) || url == purl.name {
                url.to_owned()
            } else {
                format!("{url}/{}", purl.name)
            };
            familiar(&full) == familiar(repository)
        }
        None if purl.namespace.is_empty() => {
            repository.rsplit('/').next().is_some_and(|name| name == purl.name)
        }
        None => familiar(&format!("{}/{}", purl.namespace, purl.name)) == familiar(repository),
    };
    let wanted = purl.qualifier("tag").or(Some(purl.version.as_str()).filter(|v| !v.is_empty()));
    named && wanted.is_none_or(|wanted| tag.unwrap_or("latest") == wanted)
}

fn is_target_name(name: &str, target: &TargetInfo) -> bool {
    let digests = [&target.digest, &target.image_id];
    name == target.name
        || digests.into_iter().flatten().any(|digest| name.ends_with(digest.as_str()))
        || (split_reference(name).1.is_none()
            && familiar(name) == familiar(split_reference(&target.name).0))
}

/// Repository and tag of an image reference.
fn split_reference(reference: &str) -> (&str, Option<&str>) {
    let reference = reference.split('@').next().unwrap_or(reference);
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, Some(tag)),
        _ => (reference, None),
    }
}

/// The short form of a repository of Docker Hub; others stay as they are.
fn familiar(repository: &str) -> &str {
    let repository = repository.strip_prefix("https://").unwrap_or(repository);
    let hub = ["index.docker.io/", "registry-1.docker.io/", "docker.io/"];
    let repository = hub.iter().find_map(|hub| repository.strip_prefix(hub)).unwrap_or(repository);
    repository.strip_prefix("library/").unwrap_or(repository)
}
