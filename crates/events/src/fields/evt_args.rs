//! Arguments of a call, as text and as they are.

use farguard_rules::field::{
    ArgRule::{OptionalKey, RequiredKey},
    FieldType::{Bytebuf, Charbuf, Dynamic, Uint64},
};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("evt.args", Charbuf, "all arguments: `NAME=VALUE NAME=VALUE`"),
    Row::known("evt.arg", Charbuf, "one argument by name or number, as text: `evt.arg.flags`, `evt.arg[0]`").arg(RequiredKey).dotted(),
    Row::known("evt.rawarg", Dynamic, "one argument by name, as it is: `evt.rawarg.fd`").arg(RequiredKey).dotted().opaque(),
    Row::known("evt.info", Charbuf, "the same as `evt.args`"),
    Row::known("evt.buffer", Bytebuf, "bytes that were read or written, as far as they were recorded"),
    Row::known("evt.buflen", Uint64, "how many bytes were read or written"),
    Row::known("evt.buflen.in", Uint64, "how many bytes were read"),
    Row::known("evt.buflen.out", Uint64, "how many bytes were written"),
    Row::known("evt.buflen.file", Uint64, "how many bytes were read from or written to a file"),
    Row::known("evt.buflen.file.in", Uint64, "how many bytes were read from a file"),
    Row::known("evt.buflen.file.out", Uint64, "how many bytes were written to a file"),
    Row::known("evt.buflen.net", Uint64, "how many bytes were received or sent"),
    Row::known("evt.buflen.net.in", Uint64, "how many bytes were received"),
    Row::known("evt.buflen.net.out", Uint64, "how many bytes were sent"),
    Row::known("evt.abspath", Charbuf, "path made absolute for calls with a directory descriptor; `evt.abspath.src` and `evt.abspath.dst` for calls with two").arg(OptionalKey).dotted(),
    Row::known("evt.infra.docker.name", Charbuf, "name of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.id", Charbuf, "container of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.name", Charbuf, "name of the container of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.image", Charbuf, "image of the container of a Docker infrastructure event"),
];
