//! User and group that the thread acts as.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        FieldType::{Charbuf, Int64, Uint32},
    },
};

use super::{Row, lookup::thread};
use crate::{
    state::{Thread, User},
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new("user.uid", Uint32, uid, "id of the user"),
    Row::new("user.name", Charbuf, name, "name of the user"),
    Row::new("user.homedir", Charbuf, homedir, "home directory of the user"),
    Row::new("user.shell", Charbuf, shell, "login shell of the user"),
    Row::new("user.loginuid", Int64, loginuid, "id of the user who logged in, -1 if none did"),
    Row::new("user.loginname", Charbuf, loginname, "name of the user who logged in"),
    Row::new("group.gid", Uint32, gid, "id of the group"),
    Row::new("group.name", Charbuf, group_name, "name of the group"),
];

/// Stands for a name that is not known.
const UNKNOWN: &[u8] = b"<NA>";

/// Something of a user.
fn of_user<'e>(
    view: &'e View<'e>,
    uid: fn(&Thread) -> u32,
    get: fn(&'e User) -> &'e [u8],
) -> Value<'e> {
    thread(view, |thread| {
        let user = view.state.user(&thread.container_id, uid(thread));
        Value::Text(user.map_or(UNKNOWN, get))
    })
}

fn uid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Uint(thread.uid.into()))
}

fn name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_user(view, |thread| thread.uid, |user| &user.name)
}

fn homedir<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_user(view, |thread| thread.uid, |user| &user.home)
}

fn shell<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_user(view, |thread| thread.uid, |user| &user.shell)
}

fn loginuid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let nobody = thread.loginuid == u32::MAX;
        Value::Int(if nobody { -1 } else { thread.loginuid.into() })
    })
}

fn loginname<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of_user(view, |thread| thread.loginuid, |user| &user.name)
}

fn gid<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| Value::Uint(thread.gid.into()))
}

fn group_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    thread(view, |thread| {
        let group = view.state.group(&thread.container_id, thread.gid);
        Value::Text(group.unwrap_or(UNKNOWN))
    })
}
