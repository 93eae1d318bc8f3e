//! Fields and transformers, found and typed.

use std::fmt;

use farguard_authoring::suggest;

use super::{Remark, Transformer, Type};
use crate::{
    field::{ArgRule, FieldDef, FieldType},
    source::SourceDef,
    syntax::{self, Span},
};

/// Transformers within transformers beyond this are refused.
const MAX_NESTING: usize = 100;

/// What a comparison looks at, resolved.
#[derive(Debug, Clone)]
pub(crate) enum Operand {
    Field {
        def: &'static FieldDef,
        /// Without brackets; empty if there is none.
        arg: String,
    },
    Transform {
        transformer: Transformer,
        args: Vec<Self>,
        /// What `getopt` looks for.
        option: Option<u8>,
        ty: Type,
    },
    Text(String),
    List(Vec<Self>),
}

impl Operand {
    pub(crate) fn ty(&self) -> Type {
        match self {
            Self::Field { def, .. } => Type { kind: def.kind, is_list: def.is_list },
            Self::Transform { ty, .. } => *ty,
            Self::Text(_) => Type { kind: FieldType::Charbuf, is_list: false },
            Self::List(_) => Type { kind: FieldType::Charbuf, is_list: true },
        }
    }
}

/// As it is written.
impl fmt::Display for Operand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, items: &[Self]| {
            f.write_str("(")?;
            for (i, item) in items.iter().enumerate() {
                write!(f, "{}{item}", if i > 0 { ", " } else { "" })?;
            }
            f.write_str(")")
        };
        match self {
            Self::Field { def, arg } if arg.is_empty() => f.write_str(def.name),
            Self::Field { def, arg } => write!(f, "{}[{arg}]", def.name),
            Self::Transform { transformer, args, option, .. } => {
                f.write_str(transformer.as_str())?;
                list(f, args)?;
                option.map_or(Ok(()), |option| write!(f, "[{}]", char::from(option)))
            }
            Self::Text(text) => write!(f, "{text:?}"),
            Self::List(items) => list(f, items),
        }
    }
}

/// Finds the fields and transformers of an operand.
///
/// # Errors
/// An unknown field or transformer, or arguments that it does not take.
pub(crate) fn resolve(operand: &syntax::Operand, source: &SourceDef) -> Result<Operand, Remark> {
    nested(operand, source, 0)
}

fn nested(operand: &syntax::Operand, source: &SourceDef, depth: usize) -> Result<Operand, Remark> {
    let all = |args: &[syntax::Operand]| {
        args.iter().map(|arg| nested(arg, source, depth + 1)).collect::<Result<Vec<_>, _>>()
    };
    match operand {
        syntax::Operand::Field { name, arg, span } => field(name, arg.as_deref(), *span, source),
        syntax::Operand::Text(text, _) => Ok(Operand::Text(text.clone())),
        syntax::Operand::List(items) => {
            let items = all(items)?;
            let fits =
                |item: &Operand| !item.ty().is_list && super::compare::is_text(item.ty().kind);
            if let Some(item) = items.iter().find(|item| !fits(item)) {
                let message = format!("list items must be single strings, and `{item}` is not");
                return Err(Remark::error(message, Span::default()));
            }
            Ok(Operand::List(items))
        }
        syntax::Operand::Transform { span, .. } if depth > MAX_NESTING => {
            Err(Remark::error("transformers are nested too deeply", *span))
        }
        syntax::Operand::Transform { name, args, arg, span } if name == "val" => {
            match (args.as_slice(), arg) {
                ([one], None) => nested(one, source, depth + 1),
                _ => Err(Remark::error("'val' transformer takes exactly one field", *span)),
            }
        }
        syntax::Operand::Transform { name, args, arg, span } => {
            let Some(transformer) = Transformer::parse(name) else {
                let known = Transformer::ALL.map(Transformer::as_str);
                let mut error = Remark::error(format!("unknown transformer '{name}'"), *span);
                error.help = Some(suggest::help(name, known));
                return Err(error);
            };
            let args = all(args)?;
            let ty = transformer.result(&args, arg.as_deref());
            let ty = ty.map_err(|message| Remark::error(message, *span))?;
            let option = arg.as_deref().and_then(|arg| arg.bytes().next());
            Ok(Operand::Transform { transformer, args, option, ty })
        }
    }
}

/// Finds a field, and checks that it takes the argument that is given.
fn field(name: &str, arg: Option<&str>, span: Span, source: &SourceDef) -> Result<Operand, Remark> {
    let (def, arg) = match source.field(name) {
        Some(def) => (def, arg.unwrap_or_default()),
        None => match dotted(name, source).filter(|_| arg.is_none()) {
            Some(found) => found,
            None => return Err(unknown(name, arg, span, source)),
        },
    };
    let message = match (def.arg, arg) {
        (ArgRule::None, "") => None,
        (ArgRule::None, arg) => return Err(unknown(name, Some(arg), span, source)),
        (ArgRule::RequiredIndex | ArgRule::RequiredKey, "") => {
            Some(format!("field '{}' requires an argument in brackets", def.name))
        }
        (ArgRule::RequiredIndex | ArgRule::OptionalIndex, arg) if !arg.is_empty() => {
            let is_number = arg.parse::<u32>().is_ok();
            let message =
                || format!("field '{}' takes a number in brackets, not '{arg}'", def.name);
            (!is_number).then(message)
        }
        _ => None,
    };
    match message {
        Some(message) => Err(Remark::error(message, span)),
        None => match unknown_word(def, arg, source) {
            Some(help) => {
                let message = format!("unknown event argument {arg}");
                Err(Remark { help, ..Remark::error(message, span) })
            }
            None => Ok(Operand::Field { def, arg: arg.to_owned() }),
        },
    }
}

/// Whether a field does not take that word as its argument; then what may be meant.
fn unknown_word(def: &FieldDef, arg: &str, source: &SourceDef) -> Option<Option<String>> {
    let words = (source.words)(def.name).filter(|_| arg.parse::<u32>().is_err())?;
    let is_unknown = !arg.is_empty() && words.binary_search(&arg).is_err();
    let nearest = || suggest::nearest(arg, words.iter().copied());
    is_unknown.then(|| nearest().map(|near| format!("did you mean `{}.{near}`?", def.name)))
}

/// `evt.arg.name` is `evt.arg[name]`.
fn dotted<'a>(name: &'a str, source: &SourceDef) -> Option<(&'static FieldDef, &'a str)> {
    name.char_indices().rev().filter(|(_, char)| *char == '.').find_map(|(at, _)| {
        let (field, arg) = name.split_at_checked(at)?;
        let arg = arg.strip_prefix('.').filter(|arg| !arg.is_empty())?;
        let def = source.field(field).filter(|def| def.dotted)?;
        Some((def, arg))
    })
}

fn unknown(name: &str, arg: Option<&str>, span: Span, source: &SourceDef) -> Remark {
    let arg = arg.map(|arg| format!("[{arg}]")).unwrap_or_default();
    let message = format!("filter_check called with nonexistent field {name}{arg}");
    let known = source.fields.iter().map(|field| field.name);
    let help = match source.field(name) {
        Some(def) => Some(format!("`{}` takes no argument", def.name)),
        None => suggest::nearest(name, known).map(|near| format!("did you mean `{near}`?")),
    };
    Remark { is_unknown_field: true, help, ..Remark::error(message, span) }
}
