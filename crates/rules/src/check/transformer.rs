//! What can be made of fields: `tolower(proc.name)`, `join(",", (proc.name, proc.pname))`.
//!
//! # Source
//! `sinsp_filter_transformer` and `sinsp_filter_multivalue_transformer` of falcosecurity/libs.

use super::{Type, Typed, compare::is_text};
use crate::field::FieldType;

/// A function of fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Transformer {
    Tolower,
    Toupper,
    B64,
    Basename,
    Len,
    Join,
    Concat,
    Getopt,
}

impl Transformer {
    pub(crate) const ALL: [Self; 8] = [
        Self::Tolower,
        Self::Toupper,
        Self::B64,
        Self::Basename,
        Self::Len,
        Self::Join,
        Self::Concat,
        Self::Getopt,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Tolower => "tolower",
            Self::Toupper => "toupper",
            Self::B64 => "b64",
            Self::Basename => "basename",
            Self::Len => "len",
            Self::Join => "join",
            Self::Concat => "concat",
            Self::Getopt => "getopt",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }

    /// The type of the result for these arguments, with what stands in brackets behind it.
    ///
    /// # Errors
    /// The message that Falco prints.
    pub(super) fn result(self, args: &[Typed], arg: Option<&str>) -> Result<Type, String> {
        let name = self.as_str();
        if arg.is_some() && self != Self::Getopt {
            return Err(format!("'{name}' transformer takes no argument in brackets"));
        }
        match self {
            Self::Join => join(args),
            Self::Concat => concat(args),
            Self::Getopt => getopt(args, arg),
            _ => match args {
                [one] => self.of_one(one),
                _ => Err(format!("'{name}' transformer takes exactly one argument")),
            },
        }
    }

    fn of_one(self, arg: &Typed) -> Result<Type, String> {
        let ty = arg.ty();
        if let Typed::Field { def, .. } = arg
            && !def.transforms
        {
            return Err(format!("field '{}' does not support transformers", def.name));
        }
        let is_text = is_text(ty.kind);
        let is_bytes = ty.kind == FieldType::Bytebuf;
        let fits = match self {
            Self::B64 => ty.kind == FieldType::Charbuf || is_bytes,
            Self::Len => ty.is_list || is_text || is_bytes,
            _ => is_text,
        };
        if !fits {
            return Err(format!(
                "can't add field transformer: type '{}' is not supported by '{}' transformer \
                 applied on {}field '{arg}'",
                ty.kind.as_str(),
                self.as_str(),
                if ty.is_list { "list " } else { "" },
            ));
        }
        Ok(match self {
            Self::Len => Type { kind: FieldType::Uint64, is_list: false },
            _ => ty,
        })
    }
}

const TEXT: Type = Type { kind: FieldType::Charbuf, is_list: false };

fn join(args: &[Typed]) -> Result<Type, String> {
    let [separator, list] = args else {
        return Err("join() requires exactly 2 arguments: separator and list".to_owned());
    };
    if separator.ty().is_list {
        return Err(
            "join() first argument (separator) must be a single value, not a list".to_owned()
        );
    }
    if !list.ty().is_list {
        return Err("join() second argument must be a list".to_owned());
    }
    if args.iter().any(|arg| !is_text(arg.ty().kind)) {
        return Err("join() arguments must be strings".to_owned());
    }
    Ok(TEXT)
}

fn concat(args: &[Typed]) -> Result<Type, String> {
    if args.len() < 2 {
        return Err("concat() requires at least 2 arguments".to_owned());
    }
    if args.iter().any(|arg| arg.ty().is_list || !is_text(arg.ty().kind)) {
        return Err("concat() arguments must be strings".to_owned());
    }
    Ok(TEXT)
}

fn getopt(args: &[Typed], arg: Option<&str>) -> Result<Type, String> {
    let [list, options] = args else {
        return Err("getopt() requires exactly 2 arguments: args list and optstring".to_owned());
    };
    // A field that is one text, as `proc.args` is, is taken apart at blanks.
    if !list.ty().is_list && !matches!(list, Typed::Field { .. }) {
        return Err("getopt() first argument must be a list".to_owned());
    }
    if options.ty().is_list {
        return Err("getopt() second argument (optstring) must be a single value".to_owned());
    }
    if args.iter().any(|arg| !is_text(arg.ty().kind)) {
        return Err("getopt() arguments must be strings".to_owned());
    }
    match arg {
        Some(option) if option.len() != 1 => {
            Err("getopt() field argument must be a single option character".to_owned())
        }
        Some(_) => Ok(TEXT),
        None => Ok(Type { is_list: true, ..TEXT }),
    }
}
