//! Dockerfiles and Containerfiles: read with their places, judged by rules.
//!
//! [`parse`] never fails: it gives every instruction that it can read, with spans, and faults.
//! [`check`] runs every rule of [`rules`] over that. Both are pure functions of bytes.

mod ast;
mod check;
mod context;
mod expand;
mod ignore;
mod joined;
mod mask;
mod parse;
mod rule;
mod rules;
mod shell;
mod source;

pub use ast::{
    Body, BuildFile, Command, Comment, Directive, Fault, Flag, Heredoc, Instruction, Keyword, Pair,
    Word,
};
pub use check::{Checked, MAX_BYTES, Options, check, is_build_file_name};
pub use parse::parse;
pub use rule::{Concern, Rule};
pub use rules::rules;
pub use source::{Position, Source, Span};
