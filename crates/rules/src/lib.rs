//! The Falco rule language: text in, a decision for every event out.
//!
//! ```text
//! YAML -> load -> RuleSet -> compile -> Engine + events of a Source -> rules that match -> output
//! ```
//!
//! Pure: no clock, network, environment or file system. What an event is, and how its fields are
//! read, is told by a [`Source`]; system calls and CloudTrail are two of them.

pub mod check;
pub mod detector;
pub mod diagnostic;
pub mod engine;
pub mod extension;
pub mod field;
pub mod load;
pub mod output;
pub mod rule;
pub mod source;
pub mod syntax;
pub mod test_file;
pub mod value;
pub mod window;

pub use detector::{Detector, DetectorScratch, Hit, Watch, Windows};
pub use diagnostic::{Code, Diagnostic, FileReport};
pub use engine::{Engine, Filter, Options, Printer, RuleId, Scratch};
pub use field::{Arg, ArgRule, FieldDef, FieldType};
pub use load::{Loaded, Loader, Selection};
pub use output::Alert;
pub use rule::{Priority, Rule, RuleSet};
pub use source::{Catalog, Field, Source, SourceDef};
pub use value::Value;
