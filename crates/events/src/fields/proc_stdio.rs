//! Standard input and outputs of the process.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{Arg, FieldType::Charbuf},
};

use super::{Row, fd, lookup};
use crate::view::View;

pub(super) static FIELDS: &[Row] = &[
    Row::new("proc.stdin.type", Charbuf, stdin_type, "what standard input is"),
    Row::new("proc.stdout.type", Charbuf, stdout_type, "what standard output is"),
    Row::new("proc.stderr.type", Charbuf, stderr_type, "what standard error is"),
    Row::new("proc.stdin.name", Charbuf, stdin_name, "name of what standard input is"),
    Row::new("proc.stdout.name", Charbuf, stdout_name, "name of what standard output is"),
    Row::new("proc.stderr.name", Charbuf, stderr_name, "name of what standard error is"),
];

fn kind_of<'e>(view: &'e View<'e>, number: i64) -> Value<'e> {
    lookup::fd_at(view, number).map(|fd| fd::kind_name(fd.kind)).into()
}

fn name_of<'e>(view: &'e View<'e>, number: i64) -> Value<'e> {
    lookup::fd_at(view, number).map_or(Value::Null, |fd| Value::Text(&fd.name))
}

fn stdin_type<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    kind_of(view, 0)
}

fn stdout_type<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    kind_of(view, 1)
}

fn stderr_type<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    kind_of(view, 2)
}

fn stdin_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    name_of(view, 0)
}

fn stdout_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    name_of(view, 1)
}

fn stderr_name<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    name_of(view, 2)
}
