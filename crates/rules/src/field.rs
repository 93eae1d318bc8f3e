//! What rules can ask of an event: one row a field.

/// Type of a field: which operators compare it, and how it is printed.
///
/// # Source
/// The types that Falco's fields and event parameters have (`ppm_param_type` of falcosecurity/libs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FieldType {
    /// Signed, 8 bits.
    Int8,
    /// Signed, 16 bits.
    Int16,
    /// Signed, 32 bits.
    Int32,
    /// Signed, 64 bits.
    Int64,
    /// Unsigned, 8 bits.
    Uint8,
    /// Unsigned, 16 bits.
    Uint16,
    /// Unsigned, 32 bits.
    Uint32,
    /// Unsigned, 64 bits.
    Uint64,
    /// Result of a call: 0 and more, or a negative error number.
    Errno,
    /// A descriptor.
    Fd,
    /// A process or thread id.
    Pid,
    /// A user id.
    Uid,
    /// A group id.
    Gid,
    /// Text.
    Charbuf,
    /// Bytes.
    Bytebuf,
    /// A path as the call was given it.
    Fspath,
    /// A path relative to a descriptor.
    Fsrelpath,
    /// Yes or no.
    Bool,
    /// A floating point number.
    Double,
    /// Nanoseconds between two moments.
    Reltime,
    /// Nanoseconds since 1970.
    Abstime,
    /// An IPv4 or IPv6 address.
    Ipaddr,
    /// An address, compared with networks.
    Ipnet,
    /// A port.
    Port,
    /// Bits with names, 8 wide.
    Flags8,
    /// Bits with names, 16 wide.
    Flags16,
    /// Bits with names, 32 wide.
    Flags32,
    /// One of several names.
    Enumflags8,
    /// One of several names.
    Enumflags32,
    /// A signal.
    Sigtype,
    /// The type depends on the argument: `evt.rawarg[...]`.
    Dynamic,
}

impl FieldType {
    /// As Falco prints it: `CHARBUF`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Int8 => "INT8",
            Self::Int16 => "INT16",
            Self::Int32 => "INT32",
            Self::Int64 => "INT64",
            Self::Uint8 => "UINT8",
            Self::Uint16 => "UINT16",
            Self::Uint32 => "UINT32",
            Self::Uint64 => "UINT64",
            Self::Errno => "ERRNO",
            Self::Fd => "FD",
            Self::Pid => "PID",
            Self::Uid => "UID",
            Self::Gid => "GID",
            Self::Charbuf => "CHARBUF",
            Self::Bytebuf => "BYTEBUF",
            Self::Fspath => "FSPATH",
            Self::Fsrelpath => "FSRELPATH",
            Self::Bool => "BOOL",
            Self::Double => "DOUBLE",
            Self::Reltime => "RELTIME",
            Self::Abstime => "ABSTIME",
            Self::Ipaddr => "IPADDR",
            Self::Ipnet => "IPNET",
            Self::Port => "PORT",
            Self::Flags8 => "FLAGS8",
            Self::Flags16 => "FLAGS16",
            Self::Flags32 => "FLAGS32",
            Self::Enumflags8 => "ENUMFLAGS8",
            Self::Enumflags32 => "ENUMFLAGS32",
            Self::Sigtype => "SIGTYPE",
            Self::Dynamic => "DYNAMIC",
        }
    }
}

/// Whether a field takes an argument in brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ArgRule {
    /// `proc.name`
    None,
    /// `proc.aname` or `proc.aname[2]`: a number.
    OptionalIndex,
    /// `proc.aexepath[2]`: a number.
    RequiredIndex,
    /// `proc.env` or `proc.env[HOME]`: a word.
    OptionalKey,
    /// `json.value[/a/b]`, `evt.arg[name]`: a word.
    RequiredKey,
}

/// One field, without the code that reads it.
#[derive(Debug, Clone, Copy)]
pub struct FieldDef {
    /// As rules write it: `proc.name`.
    pub name: &'static str,
    /// Type.
    pub kind: FieldType,
    /// Whether it holds several values.
    pub is_list: bool,
    /// Its argument. After some fields a name may also follow as `evt.arg.NAME`: see `dotted`.
    pub arg: ArgRule,
    /// Whether `name.ARG` is the same as `name[ARG]`, as with `evt.arg.fd`.
    pub dotted: bool,
    /// Whether `upper(x)` and the like may be applied to it.
    pub transforms: bool,
    /// Whether one of our sources ever fills it; otherwise it is known, so that rules load, and null.
    pub filled: bool,
    /// What it holds, in a sentence of ours.
    pub desc: &'static str,
}

/// Fields as Markdown: a table of those that are filled, then one of those that are only known.
#[must_use]
pub fn markdown(fields: &[&FieldDef]) -> String {
    let (filled, known): (Vec<&FieldDef>, Vec<_>) = fields.iter().partition(|field| field.filled);
    let mut page = table(&filled);
    if !known.is_empty() {
        page += "\n## Known, but never filled\n\nRules that use them load; comparisons with them are \
                 false, and outputs print `<NA>`.\n\n";
        page += &table(&known);
    }
    page
}

fn table(fields: &[&FieldDef]) -> String {
    let rows = fields.iter().map(|field| {
        let FieldDef { name, kind, desc, .. } = field;
        let argument = match field.arg {
            ArgRule::None => "",
            ArgRule::OptionalIndex => "`[N]`, optional",
            ArgRule::RequiredIndex => "`[N]`",
            ArgRule::OptionalKey if field.dotted => "`.KEY`, optional",
            ArgRule::OptionalKey => "`[KEY]`, optional",
            ArgRule::RequiredKey if field.dotted => "`.KEY`, `[KEY]`",
            ArgRule::RequiredKey => "`[KEY]`",
        };
        let list = if field.is_list { ", list" } else { "" };
        let desc = desc.replace('|', "\\|");
        format!("| `{name}` | {argument} | {}{list} | {desc} |\n", kind.as_str())
    });
    let head = "| field | argument | type | what it holds |\n|---|---|---|---|\n";
    std::iter::once(head.to_owned()).chain(rows).collect()
}

/// The argument of a field as a rule gives it, taken apart once, when the rule is compiled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Arg {
    /// As written between the brackets, without quotes; empty when there is none.
    pub text: String,
    /// As a number, if it is one.
    pub index: Option<u64>,
    /// As a JSON pointer (RFC 6901), when it starts with `/`: its parts, unescaped.
    pub pointer: Vec<String>,
}

impl Arg {
    /// Takes apart what is written between the brackets.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let unescape = |part: &str| part.replace("~1", "/").replace("~0", "~");
        let pointer = match text.strip_prefix('/') {
            Some(rest) => rest.split('/').map(unescape).collect(),
            None => Vec::new(),
        };
        Self { text: text.to_owned(), index: text.parse().ok(), pointer }
    }

    /// Whether no argument was given.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.text.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_listed_with_their_arguments() {
        let field = |name, arg, dotted: bool, filled| FieldDef {
            name,
            kind: FieldType::Charbuf,
            is_list: !dotted,
            arg,
            dotted,
            transforms: true,
            filled,
            desc: "a | b",
        };
        let fields = [
            field("evt.arg", ArgRule::RequiredKey, true, true),
            field("proc.aname", ArgRule::OptionalIndex, false, true),
            field("evt.x", ArgRule::None, true, false),
        ];
        let page = markdown(&fields.iter().collect::<Vec<_>>());
        assert!(page.contains("| `evt.arg` | `.KEY`, `[KEY]` | CHARBUF | a \\| b |\n"), "{page}");
        assert!(page.contains("| `proc.aname` | `[N]`, optional | CHARBUF, list | a \\| b |\n"));
        let (_, known) = page.split_once("never filled").unwrap();
        assert!(known.contains("`evt.x`") && !known.contains("`evt.arg`"));
    }
}
