//! Paths that a successful call acted on.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{Arg, FieldType::Charbuf},
};

use super::{Row, evt, lookup, print::Argument};
use crate::{Kind, table::kind as event, view::View};

pub(super) static FIELDS: &[Row] = &[
    Row::new("fs.path.name", Charbuf, name, "path that the call acted on, made absolute"),
    Row::new("fs.path.nameraw", Charbuf, nameraw, "path that the call acted on, as it was given"),
    Row::new(
        "fs.path.source",
        Charbuf,
        source,
        "first of two paths, as of a rename, made absolute",
    ),
    Row::new("fs.path.sourceraw", Charbuf, sourceraw, "first of two paths, as it was given"),
    Row::new(
        "fs.path.target",
        Charbuf,
        target,
        "second of two paths, as of a rename, made absolute",
    ),
    Row::new("fs.path.targetraw", Charbuf, targetraw, "second of two paths, as it was given"),
];

/// Where the path of a call is.
enum Place {
    /// In an argument.
    Argument(&'static str),
    /// In the name of the descriptor.
    Descriptor,
    /// In two arguments: what exists or is made, and what it becomes or leads to.
    Two(&'static str, &'static str),
}

/// Calls that act on paths.
const PLACES: &[(Kind, Place)] = &[
    (event::MKDIR_2_X, Place::Argument("path")),
    (event::MKDIRAT_X, Place::Argument("path")),
    (event::RMDIR_2_X, Place::Argument("path")),
    (event::UNLINK_2_X, Place::Argument("path")),
    (event::UNLINKAT_2_X, Place::Argument("name")),
    (event::OPEN_X, Place::Argument("name")),
    (event::OPENAT_2_X, Place::Argument("name")),
    (event::OPENAT2_X, Place::Argument("name")),
    (event::FCHMODAT_X, Place::Argument("filename")),
    (event::CHMOD_X, Place::Argument("filename")),
    (event::FCHMOD_X, Place::Descriptor),
    (event::CHOWN_X, Place::Argument("path")),
    (event::LCHOWN_X, Place::Argument("path")),
    (event::FCHOWN_X, Place::Descriptor),
    (event::FCHOWNAT_X, Place::Argument("pathname")),
    (event::QUOTACTL_X, Place::Argument("special")),
    (event::UMOUNT_1_X, Place::Argument("name")),
    (event::UMOUNT2_X, Place::Argument("name")),
    (event::RENAME_X, Place::Two("oldpath", "newpath")),
    (event::RENAMEAT_X, Place::Two("oldpath", "newpath")),
    (event::RENAMEAT2_X, Place::Two("oldpath", "newpath")),
    (event::LINK_2_X, Place::Two("newpath", "oldpath")),
    (event::LINKAT_2_X, Place::Two("newpath", "oldpath")),
    (event::SYMLINK_X, Place::Two("linkpath", "target")),
    (event::SYMLINKAT_X, Place::Two("linkpath", "target")),
    (event::MOUNT_X, Place::Two("dev", "dir")),
];

/// Which of the paths of a call.
#[derive(Clone, Copy)]
enum Which {
    Only,
    Source,
    Target,
}

fn path<'e>(view: &'e View<'e>, which: Which, raw: bool, bump: &'e Bump) -> Value<'e> {
    let found = PLACES.iter().find(|(kind, _)| *kind == view.event.kind);
    let Some((_, place)) = found.filter(|_| succeeded(view)) else { return Value::Null };
    let name = match (which, place) {
        (Which::Only, Place::Argument(name)) => name,
        (Which::Only, Place::Descriptor) => {
            return lookup::fd(view, |fd| Value::Text(&fd.name));
        }
        (Which::Source, Place::Two(source, _)) => source,
        (Which::Target, Place::Two(_, target)) => target,
        _ => return Value::Null,
    };
    let Some(argument) = Argument::named(view, name) else { return Value::Null };
    match argument.text() {
        Some(text) if raw || text.starts_with(b"/") => Value::Text(text),
        Some(text) if view.thread.is_some() => {
            Value::Text(bump.alloc_slice_copy(&argument.absolute(text)))
        }
        _ => Value::Null,
    }
}

/// Calls that open return a descriptor, others 0.
fn succeeded(view: &View<'_>) -> bool {
    let opens = matches!(view.event.kind, event::OPEN_X | event::OPENAT_2_X | event::OPENAT2_X);
    evt::result(view).is_some_and(|result| if opens { result >= 0 } else { result == 0 })
}

fn name<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Only, false, bump)
}

fn nameraw<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Only, true, bump)
}

fn source<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Source, false, bump)
}

fn sourceraw<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Source, true, bump)
}

fn target<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Target, false, bump)
}

fn targetraw<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    path(view, Which::Target, true, bump)
}
