//! The descriptor that the call is about.

use farguard_rules::field::{
    ArgRule::OptionalIndex,
    FieldType::{Bool, Charbuf, Int32, Int64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("fd.num", Int64, "number of the descriptor"),
    Row::known("fd.type", Charbuf, "what it is: `file`, `directory`, `ipv4`, `ipv6`, `unix`, `pipe`, `event`, `signalfd`, `eventpoll`, `inotify`, `memfd` and others"),
    Row::known("fd.typechar", Charbuf, "what it is, as one letter: `f` file, `4` and `6` sockets, `u` local socket, `p` pipe and others"),
    Row::known("fd.name", Charbuf, "path of a file, both ends of a socket"),
    Row::known("fd.nameraw", Charbuf, "path of a file as the call was given it"),
    Row::known("fd.directory", Charbuf, "directory that the file is in"),
    Row::known("fd.filename", Charbuf, "name of the file without its directory"),
    Row::known("fd.sockfamily", Charbuf, "family of a socket: `ip` or `unix`"),
    Row::known("fd.uid", Charbuf, "id of the thread and number of the descriptor together"),
    Row::known("fd.containername", Charbuf, "container and name: `CONTAINER:NAME`"),
    Row::known("fd.containerdirectory", Charbuf, "container and directory: `CONTAINER:DIRECTORY`"),
    Row::known("fd.name_changed", Bool, "whether this event gave the descriptor another name"),
    Row::known("fd.dev", Int32, "device of the file"),
    Row::known("fd.dev.major", Int32, "major number of the device of the file"),
    Row::known("fd.dev.minor", Int32, "minor number of the device of the file"),
    Row::known("fd.ino", Int64, "inode of the file"),
    Row::known("fd.types", Charbuf, "kinds of all descriptors of the process, each once; with an index the kind of that descriptor").arg(OptionalIndex).list(),
    Row::known("fd.is_upper_layer", Bool, "whether the file is in the upper layer of an overlay: written after the container started"),
    Row::known("fd.is_lower_layer", Bool, "whether the file is in a lower layer of an overlay: part of the image"),
];
