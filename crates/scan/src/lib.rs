//! From image bytes to packages, and from packages and advisories to findings.
//!
//! ```text
//! TARGET -> source -> layers -> analyzers -> inventory --+
//!                                                        +--> matcher -> findings
//! OSV, updateinfo, KEV, EPSS -> advisories (database) ---+
//! ```
//!
//! - [`target`] says what a TARGET argument names;
//! - [`source`] opens it: registry, archive, layout, directory, bill of materials;
//! - [`layer`] walks the layers, all cores at once, and nothing is unpacked to disk;
//! - [`analyzers`] turn files into packages, one file of code for each package format;
//! - [`inventory`] is what they found, seen through all layers;
//! - [`base`] tells the base image from what was built on it;
//! - [`build_files`] judges Dockerfiles;
//! - [`checks`] says what is set up badly in an image;
//! - [`taskdef`] reads ECS task definitions: which images, and what it makes of them;
//! - [`advisories`] is the database of what is known to be wrong;
//! - [`version`] orders versions as each ecosystem does;
//! - [`matcher`] brings the two together;
//! - [`signature`] finds and verifies what is signed;
//! - [`store`] keeps what scans found, for later.

pub mod advisories;
pub mod analyzers;
pub mod base;
pub mod build_files;
pub mod checks;
pub mod inventory;
pub mod layer;
pub mod matcher;
pub mod progress;
pub mod secrets;
pub mod signature;
pub mod source;
pub mod store;
pub mod target;
pub mod taskdef;
pub mod version;
