//! Standard input and outputs of the process.

use farguard_rules::field::FieldType::Charbuf;

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("proc.stdin.type", Charbuf, "what standard input is"),
    Row::known("proc.stdout.type", Charbuf, "what standard output is"),
    Row::known("proc.stderr.type", Charbuf, "what standard error is"),
    Row::known("proc.stdin.name", Charbuf, "name of what standard input is"),
    Row::known("proc.stdout.name", Charbuf, "name of what standard output is"),
    Row::known("proc.stderr.name", Charbuf, "name of what standard error is"),
];
