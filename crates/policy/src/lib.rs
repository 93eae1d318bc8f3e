//! Policies: which findings stop a target, which are reported, and which may pass.
//!
//! A [`Policy`] is a YAML file of rules and exceptions. Evaluation is pure: a report goes in, a
//! decision for every finding comes out, with the rule that made it. Exceptions are looked at
//! first, then the rules in the order of the file, and **the first that matches decides**. What no
//! rule speaks of passes. Of several policies, the worst decision counts.

mod demand;
mod diagnostic;
mod evaluate;
mod explain;
mod facts;
mod glob;
mod keys;
pub mod owners;
mod parse;
mod policy;
mod reader;
mod target;

use farguard_authoring::{suggest, yaml};

pub use diagnostic::{Diagnostic, Level};
pub use evaluate::{apply, open_gaps};
pub use explain::{Entry, Explained, Explanation, Group, explain};
pub use keys::{KEYS, Key, Section};
pub use parse::{Known, Parsed};
pub use policy::{Policy, Workflow};
pub use target::Context;
