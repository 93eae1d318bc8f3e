//! Who the process in the container is, and who can log in.

use farguard_model::{Location, Severity};

use super::{
    check::{Check, Hit, Part},
    examined::Examined,
};
use crate::analyzers::Account;

pub(super) static CONTAINER_RUNS_AS_ROOT: Check = Check {
    id: "container-runs-as-root",
    title: "containers of the image run as root",
    severity: Severity::Medium,
    why: "Whoever breaks into the process owns the container: every file, every capability, and \
          the best start for breaking out of it.",
    remediation: "end the build file with `USER` and an unprivileged user, best by number \
                  (`USER 10001`)",
    controls: &["cis-docker-1.6.0-4.1"],
    aliases: &["CIS-DI-0001"],
    part: Part::Configuration,
    run: runs_as_root,
};

pub(super) static ACCOUNT_WITHOUT_PASSWORD: Check = Check {
    id: "account-without-password",
    title: "an account has an empty password",
    severity: Severity::Medium,
    why: "Every process in the container can become that account with `su`.",
    remediation: "lock the account in the build file with `RUN passwd -l NAME`",
    controls: &[],
    aliases: &["DKL-LI-0001"],
    part: Part::Accounts,
    run: without_password,
};

/// Whether `user`, as `USER` or a task definition has it (`NAME`, `ID`, `NAME:GROUP`), is root.
/// `accounts` are those of the image.
pub(crate) fn is_root(user: &str, accounts: &[Account]) -> bool {
    let name = user.split(':').next().unwrap_or_default();
    // `00` and `+0` are the number 0 as well.
    if name.is_empty() || name.parse() == Ok(0) {
        return true;
    }
    let mut ids = accounts.iter().filter(|account| account.name == name).filter_map(|a| a.uid);
    match ids.next() {
        Some(id) => id == 0,
        None => name == "root",
    }
}

fn runs_as_root(examined: &Examined<'_>) -> Option<Hit> {
    let config = examined.config();
    let user = config.user.trim();
    if !is_root(user, &examined.inventory.accounts) {
        return None;
    }
    let evidence = match user {
        "" => "the image has no `USER`, so that containers run as root".to_owned(),
        "root" | "0" => format!("`USER` is `{user}`"),
        user => format!("`USER` is `{user}`, which has user id 0"),
    };
    Some(Hit::new(evidence))
}

fn without_password(examined: &Examined<'_>) -> Option<Hit> {
    let accounts = examined.inventory.accounts.iter().filter(|account| account.has_no_password);
    let mut names: Vec<&str> = accounts.map(|account| account.name.as_str()).collect();
    names.dedup();
    if names.is_empty() {
        return None;
    }
    let told: Vec<String> = names.iter().take(8).map(|name| format!("`{name}`")).collect();
    let mut hit = Hit::new(format!("{} without password: {}", names.len(), told.join(", ")));
    let path = "etc/passwd".to_owned();
    hit.location = Some(Location { path, layer: None, line: None, column: None });
    hit.identity = names.into_iter().map(str::to_owned).collect();
    Some(hit)
}
