//! Checks of images: what their configuration, history and file system say of how safely they run.
//!
//! To add one, write it beside its family and add its line to [`CHECKS`]; give it an example that
//! fails and one that passes in the tests.

mod caches;
mod check;
mod examined;
mod files;
mod identity;
mod notable;
mod programs;
mod run;
mod steps;
#[cfg(test)]
mod tests;
mod user;

use farguard_model::{Finding, ImageFacts, TargetKind};
use jiff::Timestamp;

use crate::inventory::Inventory;

pub use check::{Check, Part};
pub use notable::NotableFile;
pub(crate) use user::is_root;

use examined::Examined;

/// The ids of checks whose result a task definition may change.
pub(crate) const CONTAINER_RUNS_AS_ROOT: &str = user::CONTAINER_RUNS_AS_ROOT.id;
pub(crate) const MISSING_HEALTH_CHECK: &str = run::MISSING_HEALTH_CHECK.id;
pub(crate) const WORLD_WRITABLE: [&str; 2] =
    [files::WORLD_WRITABLE_DIRECTORY.id, files::WORLD_WRITABLE_FILE.id];

/// Every check, sorted by id.
pub static CHECKS: &[&Check] = &[
    &user::ACCOUNT_WITHOUT_PASSWORD,
    &steps::ADD_INSTEAD_OF_COPY,
    &steps::ADD_OF_REMOTE_FILE,
    &identity::BASE_IMAGE_TAG_LATEST,
    &user::CONTAINER_RUNS_AS_ROOT,
    &run::EXPOSED_ADMINISTRATION_PORT,
    &run::EXPOSED_PRIVILEGED_PORT,
    &identity::IMAGE_TAG_LATEST,
    &identity::LARGE_IMAGE,
    &programs::LOGIN_SERVER_IN_IMAGE,
    &run::MISSING_HEALTH_CHECK,
    &identity::MISSING_STANDARD_LABELS,
    &identity::OLD_IMAGE,
    &caches::PACKAGE_MANAGER_CACHE,
    &programs::PACKAGE_MANAGER_IN_IMAGE,
    &files::SETUID_OR_SETGID_FILE,
    &programs::SHELL_IN_IMAGE,
    &programs::SUDO_IN_IMAGE,
    &steps::UPDATE_WITHOUT_INSTALL,
    &run::VOLUME_OVER_SYSTEM_DIRECTORY,
    &files::WORLD_WRITABLE_DIRECTORY,
    &files::WORLD_WRITABLE_FILE,
];

/// Runs every check that the target has the facts for.
///
/// Images have all of them, a root file system its files only, and other targets none. `image` is
/// what [`base::image_facts`](crate::base::image_facts) says of the inventory. Where the base
/// image is known, what it brought and what the layers above brought are told apart.
#[must_use]
pub fn run(inventory: &Inventory, image: Option<&ImageFacts>, now: Timestamp) -> Vec<Finding> {
    let is_rootfs = inventory.target.kind == TargetKind::Rootfs;
    if inventory.config.is_none() && !is_rootfs {
        return Vec::new();
    }
    let whole = Examined::new(inventory, image, now);
    let parts = whole.by_origin();
    let mut findings = Vec::new();
    for check in CHECKS {
        match check.part {
            Part::Configuration if is_rootfs => {}
            Part::Configuration | Part::Accounts => findings.extend(check.finding(&whole)),
            Part::Files | Part::History => {
                findings.extend(parts.iter().filter_map(|part| check.finding(part)));
            }
        }
    }
    findings
}
