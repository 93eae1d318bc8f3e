//! Paths that a successful call acted on.

use farguard_rules::field::FieldType::Charbuf;

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("fs.path.name", Charbuf, "path that the call acted on, made absolute"),
    Row::known("fs.path.nameraw", Charbuf, "path that the call acted on, as it was given"),
    Row::known("fs.path.source", Charbuf, "first of two paths, as of a rename, made absolute"),
    Row::known("fs.path.sourceraw", Charbuf, "first of two paths, as it was given"),
    Row::known("fs.path.target", Charbuf, "second of two paths, as of a rename, made absolute"),
    Row::known("fs.path.targetraw", Charbuf, "second of two paths, as it was given"),
];
