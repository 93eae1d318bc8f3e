//! Descriptors that `poll` and `ppoll` wait for.

use farguard_rules::field::FieldType::{Charbuf, Uint64};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("fdlist.nums", Charbuf, "numbers, separated by commas"),
    Row::known("fdlist.names", Charbuf, "names, separated by commas"),
    Row::known("fdlist.cips", Charbuf, "addresses of clients, separated by commas"),
    Row::known("fdlist.sips", Charbuf, "addresses of servers, separated by commas"),
    Row::known("fdlist.cports", Charbuf, "ports of clients, separated by commas"),
    Row::known("fdlist.sports", Charbuf, "ports of servers, separated by commas"),
    Row::known("util.cnt", Uint64, "number that grows with every look at it"),
];
