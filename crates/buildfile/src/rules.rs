//! The rules, one family a file. A new one is written beside its like and named here.

mod apk;
mod apt;
mod base;
mod commands;
mod copy;
mod credentials;
mod fetch;
mod languages;
mod metadata;
mod permissions;
mod redhat;
mod runtime;
mod stages;
mod support;
mod user;
mod zypper;

use crate::rule::Rule;

/// Every rule, sorted by id.
static RULES: &[&Rule] = &[
    &copy::ADD,
    &copy::NO_CHECKSUM,
    &apk::CACHE,
    &apk::UPGRADE,
    &apt::WITHOUT_YES,
    &commands::APT,
    &apt::LISTS,
    &apt::RECOMMENDS,
    &apt::UPGRADE,
    &copy::ARCHIVE,
    &base::UNTRUSTED,
    &base::NO_DIGEST,
    &commands::CD,
    &runtime::CONSECUTIVE_RUNS,
    &stages::OWN_SOURCE,
    &stages::UNKNOWN_SOURCE,
    &copy::CONTEXT,
    &copy::TO_FILE,
    &copy::FILE_SYSTEM,
    &copy::TO_RELATIVE,
    &credentials::ENVIRONMENT,
    &commands::SHELL_LINK,
    &redhat::DNF_CACHE,
    &redhat::DNF_ASKS,
    &fetch::PLAIN_HTTP,
    &fetch::PIPED,
    &runtime::DUPLICATE_CMD,
    &runtime::DUPLICATE_ENTRYPOINT,
    &runtime::DUPLICATE_HEALTH_CHECK,
    &stages::DUPLICATE_NAME,
    &stages::ON_BUILD,
    &stages::BEFORE_FROM,
    &metadata::LABEL_KEY,
    &runtime::BAD_PORT,
    &user::ROOT,
    &base::LATEST,
    &metadata::MAINTAINER,
    &runtime::NO_HEALTH_CHECK,
    &user::NONE,
    &credentials::PASSWORD,
    &languages::PIP_CACHE,
    &commands::PIPE,
    &base::PLATFORM,
    &commands::POINTLESS,
    &permissions::PRIVILEGED,
    &base::TARGET_PLATFORM,
    &runtime::RELATIVE_WORKDIR,
    &stages::RESERVED_NAME,
    &copy::SECRET_FILE,
    &metadata::SELF_REFERENCE,
    &permissions::SETUID,
    &runtime::SHELL_FORM,
    &runtime::SSH_PORT,
    &permissions::SSH_SERVER,
    &commands::SUDO,
    &fetch::NO_TLS,
    &apk::UNPINNED,
    &apt::UNPINNED,
    &redhat::DNF_UNPINNED,
    &languages::UNPINNED_GEM,
    &languages::UNPINNED_GO,
    &languages::UNPINNED_NPM,
    &languages::UNPINNED_PIP,
    &redhat::YUM_UNPINNED,
    &zypper::UNPINNED,
    &fetch::UNSIGNED,
    &base::UNTAGGED,
    &user::BY_NAME,
    &commands::HIGH_UID,
    &commands::BOTH_FETCHERS,
    &commands::WGET_PROGRESS,
    &permissions::WORLD_WRITABLE,
    &languages::YARN_CACHE,
    &redhat::YUM_CACHE,
    &redhat::YUM_ASKS,
    &zypper::ASKS,
    &zypper::CACHE,
    &zypper::UPGRADE,
];

/// Every rule, sorted by id.
#[must_use]
pub fn rules() -> &'static [&'static Rule] {
    RULES
}

#[cfg(test)]
mod tests;
