//! One module for each subcommand.

pub(crate) mod db;
pub(crate) mod generate;
pub(crate) mod scan;
