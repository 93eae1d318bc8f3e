//! Parents, ancestors and leaders of the process.

use farguard_rules::field::{
    ArgRule::{OptionalIndex, OptionalKey},
    FieldType::{Charbuf, Int64, Reltime},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("proc.pexe", Charbuf, "first argument of the parent"),
    Row::known("proc.aexe", Charbuf, "first argument of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::known("proc.pexepath", Charbuf, "path of the executable of the parent"),
    Row::known("proc.aexepath", Charbuf, "path of the executable of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::known("proc.pname", Charbuf, "short name of the parent"),
    Row::known("proc.aname", Charbuf, "short name of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::known("proc.aargs", Charbuf, "arguments of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex),
    Row::known("proc.pcmdline", Charbuf, "short name and arguments of the parent"),
    Row::known("proc.acmdline", Charbuf, "short name and arguments of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::known("proc.aenv", Charbuf, "environment of an ancestor: 1 is the parent; with a name the variable of the nearest ancestor that has it").arg(OptionalKey).opaque(),
    Row::known("proc.loginshellid", Int64, "id of the eldest shell among the process and its ancestors"),
    Row::known("proc.ppid", Int64, "id of the parent"),
    Row::known("proc.apid", Int64, "id of an ancestor: 1 is the parent; of each of them without index").arg(OptionalIndex).opaque(),
    Row::known("proc.pvpid", Int64, "id of the parent in its own pid namespace"),
    Row::known("proc.sname", Charbuf, "short name of the leader of the session"),
    Row::known("proc.sid.exe", Charbuf, "first argument of the leader of the session"),
    Row::known("proc.sid.exepath", Charbuf, "path of the executable of the leader of the session"),
    Row::known("proc.vpgid.name", Charbuf, "short name of the leader of the process group, as seen in its own pid namespace"),
    Row::known("proc.vpgid.exe", Charbuf, "first argument of the leader of the process group, as seen in its own pid namespace"),
    Row::known("proc.vpgid.exepath", Charbuf, "path of the executable of the leader of the process group, as seen in its own pid namespace"),
    Row::known("proc.pgid.name", Charbuf, "short name of the leader of the process group"),
    Row::known("proc.pgid.exe", Charbuf, "first argument of the leader of the process group"),
    Row::known("proc.pgid.exepath", Charbuf, "path of the executable of the leader of the process group"),
    Row::known("proc.ppid.duration", Reltime, "nanoseconds since the parent started"),
    Row::known("proc.ppid.ts", Reltime, "when the parent started: nanoseconds since 1970"),
];
