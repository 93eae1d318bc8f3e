//! Arguments of a call, as text and as they are.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        ArgRule::{OptionalKey, RequiredKey},
        FieldType::{Bytebuf, Charbuf, Dynamic, Uint64},
    },
};

use super::{Row, evt, print::Argument, text::Text};
use crate::{
    Kind,
    state::FdKind,
    table::{Category, ParamType, kind as event},
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new("evt.args", Charbuf, args, "all arguments: `NAME=VALUE NAME=VALUE`"),
    Row::new("evt.arg", Charbuf, arg, "one argument by name or number, as text: `evt.arg.flags`, `evt.arg[0]`").arg(RequiredKey).dotted(),
    Row::new("evt.rawarg", Dynamic, rawarg, "one argument by name, as it is: `evt.rawarg.fd`").arg(RequiredKey).dotted().opaque(),
    Row::new("evt.info", Charbuf, args, "the same as `evt.args`"),
    Row::new("evt.buffer", Bytebuf, buffer, "bytes that were read or written, as far as they were recorded"),
    Row::new("evt.buflen", Uint64, buflen, "how many bytes were read or written"),
    Row::new("evt.buflen.in", Uint64, buflen_in, "how many bytes were read"),
    Row::new("evt.buflen.out", Uint64, buflen_out, "how many bytes were written"),
    Row::new("evt.buflen.file", Uint64, buflen_file, "how many bytes were read from or written to a file"),
    Row::new("evt.buflen.file.in", Uint64, buflen_file_in, "how many bytes were read from a file"),
    Row::new("evt.buflen.file.out", Uint64, buflen_file_out, "how many bytes were written to a file"),
    Row::new("evt.buflen.net", Uint64, buflen_net, "how many bytes were received or sent"),
    Row::new("evt.buflen.net.in", Uint64, buflen_net_in, "how many bytes were received"),
    Row::new("evt.buflen.net.out", Uint64, buflen_net_out, "how many bytes were sent"),
    Row::new("evt.abspath", Charbuf, abspath, "path made absolute for calls with a directory descriptor; `evt.abspath.src` and `evt.abspath.dst` for calls with two").arg(OptionalKey).dotted(),
    Row::known("evt.infra.docker.name", Charbuf, "name of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.id", Charbuf, "container of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.name", Charbuf, "name of the container of a Docker infrastructure event"),
    Row::known("evt.infra.docker.container.image", Charbuf, "image of the container of a Docker infrastructure event"),
];

fn args<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let mut made = Text::new(bump);
    if view.event.kind != event::GENERIC_X {
        for argument in (0..).map_while(|index| Argument::at(view, index)) {
            made.push(if made.is_empty() { b"" } else { b" " });
            argument.print_pair(&mut made);
        }
    }
    made.value()
}

/// The argument that is asked for, by name or number.
fn asked<'e>(view: &'e View<'e>, arg: &Arg) -> Option<Argument<'e>> {
    match arg.index {
        Some(index) => Argument::at(view, usize::try_from(index).ok()?),
        None => Argument::named(view, &arg.text),
    }
}

fn arg<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    asked(view, arg).map(|argument| argument.shown(bump)).into()
}

fn rawarg<'e>(view: &'e View<'e>, arg: &'e Arg, _: &'e Bump) -> Value<'e> {
    asked(view, arg).map_or(Value::Null, Argument::value)
}

fn buffer<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    let data = Argument::named(view, "data").filter(|data| data.def.kind == ParamType::Bytebuf);
    data.and_then(|data| data.bytes).map_or(Value::Null, Value::Bytes)
}

/// What kind of descriptor the bytes went through.
#[derive(Clone, Copy)]
enum Through {
    Any,
    File,
    Socket,
}

/// How many bytes were read or written.
fn transferred<'e>(view: &View<'_>, category: Option<Category>, through: Through) -> Value<'e> {
    const IO: [Category; 3] = [Category::IO_READ, Category::IO_WRITE, Category::IO_OTHER];
    let (Some((_, Some(fd))), Some(def)) = (view.fd, evt::def(view)) else { return Value::Null };
    let class = def.category.class();
    let right = category.map_or_else(|| IO.contains(&class), |category| category == class);
    let fits = match through {
        Through::Any => true,
        Through::File => fd.kind == FdKind::File,
        Through::Socket => evt::is_inet(fd.kind),
    };
    let bytes = evt::result(view).and_then(|result| u64::try_from(result).ok());
    bytes.filter(|_| right && fits).into()
}

fn buflen<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, None, Through::Any)
}

fn buflen_in<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_READ), Through::Any)
}

fn buflen_out<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_WRITE), Through::Any)
}

fn buflen_file<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, None, Through::File)
}

fn buflen_file_in<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_READ), Through::File)
}

fn buflen_file_out<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_WRITE), Through::File)
}

fn buflen_net<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, None, Through::Socket)
}

fn buflen_net_in<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_READ), Through::Socket)
}

fn buflen_net_out<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    transferred(view, Some(Category::IO_WRITE), Through::Socket)
}

/// Arguments that hold the paths of calls with directory descriptors: first and second.
fn paths(kind: Kind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        event::RENAMEAT_X | event::RENAMEAT2_X | event::LINKAT_2_X => ("oldpath", "newpath"),
        event::SYMLINKAT_X => ("linkpath", "linkpath"),
        event::OPENAT_2_X | event::OPENAT2_X | event::UNLINKAT_2_X => ("name", "name"),
        event::MKDIRAT_X => ("path", "path"),
        event::FCHMODAT_X => ("filename", "filename"),
        event::FCHOWNAT_X => ("pathname", "pathname"),
        event::OPEN_BY_HANDLE_AT_X => ("path", "path"),
        _ => return None,
    })
}

fn abspath<'e>(view: &'e View<'e>, arg: &'e Arg, bump: &'e Bump) -> Value<'e> {
    let (Some((first, second)), Some(_)) = (paths(view.event.kind), view.thread) else {
        return Value::Null;
    };
    let failed = evt::result(view).is_none_or(|result| result <= 0);
    if view.event.kind == event::OPEN_BY_HANDLE_AT_X && failed {
        return Value::Null;
    }
    let name = if arg.text == "dst" { second } else { first };
    let argument = Argument::named(view, name);
    let path = argument.and_then(|argument| Some(argument.absolute(argument.text()?)));
    path.map(|path| &*bump.alloc_slice_copy(&path)).into()
}
