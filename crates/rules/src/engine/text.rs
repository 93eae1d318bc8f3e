//! Ways to look at text: sets, patterns, paths. All byte-wise, since names on Linux are bytes.

mod glob;
mod hash;
mod needles;
mod paths;
mod pattern;
mod set;

pub(crate) use glob::Glob;
pub(crate) use hash::{Map, Set};
pub(crate) use needles::{At, Needles};
pub(crate) use paths::Paths;
pub(crate) use pattern::Pattern;
pub(crate) use set::Texts;
