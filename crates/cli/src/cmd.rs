//! One module for each subcommand.

pub(crate) mod capture;
pub(crate) mod db;
pub(crate) mod detect;
pub(crate) mod generate;
pub(crate) mod investigate;
pub(crate) mod policy;
pub(crate) mod rescan;
pub(crate) mod rules;
pub(crate) mod scan;
