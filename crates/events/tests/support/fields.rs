//! Fields of an event, printed for comparison.

use bumpalo::Bump;
use farguard_events::{Syscalls, View};
use farguard_rules::{Arg, Source, Value};

/// The value of a field, written as in a rule: `proc.aname[2]`; `<NA>` without one.
pub(crate) fn field(view: &View<'_>, written: &str) -> String {
    let (name, arg) = match written.strip_suffix(']').and_then(|inner| inner.split_once('[')) {
        Some((name, arg)) => (name, arg),
        None => (written, ""),
    };
    let row = Syscalls::fields().iter().find(|row| row.def.name == name);
    let row = row.unwrap_or_else(|| panic!("no field {name}"));
    let (arg, bump) = (Arg::new(arg), Bump::new());
    let value = (row.extract)(view, &arg, &bump);
    print(&value)
}

fn print(value: &Value<'_>) -> String {
    match value {
        Value::Null => "<NA>".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Uint(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        Value::Text(bytes) | Value::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Ip(address) => address.to_string(),
        Value::List(values) => values.iter().map(print).collect::<Vec<_>>().join(","),
    }
}
