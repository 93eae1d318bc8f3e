//! User and group that the thread acts as.

use farguard_rules::field::FieldType::{Charbuf, Int64, Uint32};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("user.uid", Uint32, "id of the user"),
    Row::known("user.name", Charbuf, "name of the user"),
    Row::known("user.homedir", Charbuf, "home directory of the user"),
    Row::known("user.shell", Charbuf, "login shell of the user"),
    Row::known("user.loginuid", Int64, "id of the user who logged in, -1 if none did"),
    Row::known("user.loginname", Charbuf, "name of the user who logged in"),
    Row::known("group.gid", Uint32, "id of the group"),
    Row::known("group.name", Charbuf, "name of the group"),
];
