//! A source whose events are tables: name of the field, value.

use bumpalo::Bump;
use farguard_rules::{ArgRule, Field, FieldDef, FieldType, Filter, Source, Value};

pub(crate) struct Mock;

/// A value that owns what it holds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Owned {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Text(Vec<u8>),
    Bytes(Vec<u8>),
    Ip(std::net::IpAddr),
    List(Vec<Self>),
}

impl Owned {
    pub(crate) fn value<'e>(&'e self, bump: &'e Bump) -> Value<'e> {
        match self {
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::Uint(value) => Value::Uint(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Ip(addr) => Value::Ip(*addr),
            Self::List(items) => {
                Value::List(bump.alloc_slice_fill_iter(items.iter().map(|it| it.value(bump))))
            }
        }
    }
}

impl From<&str> for Owned {
    fn from(text: &str) -> Self {
        Self::Text(text.as_bytes().to_vec())
    }
}

/// Fields and their values; a field with an argument is looked up as `name[arg]`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Event {
    pub(crate) kind: usize,
    pub(crate) values: Vec<(&'static str, Owned)>,
}

impl Event {
    pub(crate) fn new(kind: &str, values: &[(&'static str, Owned)]) -> Self {
        let kind = KINDS.iter().position(|it| *it == Some(kind)).expect("a kind of the mock");
        Self { kind, values: values.to_vec() }
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Owned> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

pub(crate) const KINDS: &[Option<&str>] =
    &[Some("open"), Some("openat"), Some("execve"), Some("connect"), Some("getcwd"), None];

macro_rules! fields {
    ($($name:literal $kind:ident $arg:ident $list:literal,)*) => {
        static FIELDS: &[Field<Mock>] = &[$(Field {
            def: FieldDef {
                name: $name,
                kind: FieldType::$kind,
                is_list: $list,
                arg: ArgRule::$arg,
                dotted: matches!($name.as_bytes(), b"evt.arg" | b"evt.rawarg"),
                transforms: !matches!($name.as_bytes(), b"evt.rawarg"),
                filled: true,
                desc: "a field of the mock",
            },
            extract: |event, arg, bump| {
                if $name == "evt.type" {
                    return Value::text(KINDS[event.kind]);
                }
                let value = match arg.is_none() {
                    true => event.get($name),
                    false => event.get(&format!("{}[{}]", $name, arg.text)),
                };
                value.map_or(Value::Null, |value| value.value(bump))
            },
        },)*];
    };
}

fields! {
    "c.buffer" Bytebuf None false,
    "c.doublequote" Charbuf None false,
    "c.false" Charbuf None false,
    "c.singlequote" Charbuf None false,
    "c.true" Charbuf None false,
    "evt.arg" Charbuf RequiredKey false,
    "evt.buffer" Bytebuf None false,
    "evt.count" Uint32 None false,
    "evt.cpu" Int16 None false,
    "evt.is_io" Bool None false,
    "evt.num" Uint64 None false,
    "evt.plugininfo" Charbuf None false,
    "evt.rawarg" Dynamic RequiredKey false,
    "evt.rawres" Int64 None false,
    "evt.rawtime" Abstime None false,
    "evt.rawtime.ns" Abstime None false,
    "evt.source" Charbuf None false,
    "evt.time" Charbuf None false,
    "evt.type" Charbuf None false,
    "fd.cip" Ipaddr None false,
    "fd.dev" Uint32 None false,
    "fd.directory" Charbuf None false,
    "fd.filename" Charbuf None false,
    "fd.ip" Ipaddr None false,
    "fd.lip" Ipaddr None false,
    "fd.name" Charbuf None false,
    "fd.net" Ipnet None false,
    "fd.num" Int64 None false,
    "fd.port" Port None false,
    "fd.rip" Ipaddr None false,
    "fd.sip" Ipaddr None false,
    "fd.types" Charbuf OptionalKey true,
    "fs.path.name" Charbuf None false,
    "fs.path.source" Charbuf None false,
    "fs.path.target" Charbuf None false,
    "proc.aname" Charbuf OptionalIndex false,
    "proc.args" Charbuf None false,
    "proc.cmdline" Charbuf None false,
    "proc.name" Charbuf None false,
    "proc.pid" Int64 None false,
    "proc.pid.ts" Reltime None false,
    "proc.pname" Charbuf None false,
    "thread.cpu" Double None false,
    "user.loginuid" Int64 None false,
    "user.uid" Uint32 None false,
}

impl Source for Mock {
    type Event<'e> = &'e Event;
    const NAME: &'static str = "syscall";

    fn fields() -> &'static [Field<Self>] {
        FIELDS
    }

    fn kind_field() -> Option<&'static str> {
        Some("evt.type")
    }

    fn kinds() -> &'static [Option<&'static str>] {
        KINDS
    }

    fn kind(event: &Event) -> usize {
        event.kind
    }

    fn time_ns(_: &Event) -> u64 {
        1_470_327_477_881_785_348
    }
}

/// Whether a filter compiles, and matches an event.
pub(crate) fn matches(filter: &str, event: &Event) -> Result<bool, String> {
    let filter = Filter::<Mock>::compile(filter).map_err(|remark| remark.message)?;
    Ok(filter.matches(event, &mut filter.scratch()))
}

#[test]
fn fields_are_sorted() {
    assert!(FIELDS.is_sorted_by(|a, b| a.def.name < b.def.name));
}
