//! Conditions: their grammar and their shape.

mod escape;
mod lexer;
mod logic;
mod parser;
mod print;
#[cfg(test)]
mod tests;

use std::sync::Arc;

pub(crate) use parser::{Lists, parse_rule, parse_values};
pub use parser::{ParseError, operand_prefix, parse};

/// A piece of the text of a condition or an output, in bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Behind the last byte.
    pub end: u32,
}

/// A condition. Bodies of macros are shared, so that a chain of macros costs what is written.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of them; at least two as parsed.
    And(Vec<Self>),
    /// One of them; at least two as parsed.
    Or(Vec<Self>),
    /// The opposite.
    Not(Box<Self>),
    /// The name of a macro, with its body once macros are resolved.
    Macro {
        /// As written.
        name: String,
        /// Where it is written.
        span: Span,
        /// What it stands for.
        body: Option<Arc<Self>>,
    },
    /// A comparison.
    Check(Check),
}

/// `LEFT OPERATOR RIGHT`.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// What is looked at.
    pub left: Operand,
    /// How.
    pub op: Op,
    /// Whether it is written `==`, which means `=`.
    pub doubled: bool,
    /// `oneof`, `anyof`, `allof` after the operator.
    pub modifier: Option<Modifier>,
    /// What it is compared with.
    pub right: Right,
    /// The whole comparison.
    pub span: Span,
}

/// A field or something made of fields.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// `proc.aname[2]`, also written `val(proc.aname[2])` on the right.
    Field {
        /// Without argument.
        name: String,
        /// What stands between the brackets, without quotes.
        arg: Option<String>,
        /// Where it is written.
        span: Span,
    },
    /// `toupper(proc.name)`, `join(",", (a, b))`, `getopt(proc.args, "nt:")[t]`.
    Transform {
        /// As written: whether it exists is checked later.
        name: String,
        /// What it is applied to.
        args: Vec<Self>,
        /// What stands in brackets behind it.
        arg: Option<String>,
        /// Where it is written.
        span: Span,
    },
    /// A text among the arguments of a transformer.
    Text(String, Span),
    /// A list among the arguments of a transformer.
    List(Vec<Self>),
}

/// What stands on the right.
#[derive(Debug, Clone, PartialEq)]
pub enum Right {
    /// Nothing: `exists`.
    Nothing,
    /// One word or text.
    Value(String, Span),
    /// Words and texts in parentheses; names of lists are replaced before by what they hold.
    List(Vec<(String, Span)>),
    /// A field or transformer.
    Operand(Operand),
}

/// How many of the values on the right have to match.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Modifier {
    /// Exactly one.
    OneOf,
    /// At least one.
    AnyOf,
    /// Every one.
    AllOf,
}

/// A comparison operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "`as_str` says what each is")]
pub enum Op {
    Exists,
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Contains,
    Icontains,
    Bcontains,
    Startswith,
    Bstartswith,
    Endswith,
    Glob,
    Iglob,
    Regex,
    In,
    Intersects,
    Pmatch,
}

impl Modifier {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OneOf => "oneof",
            Self::AnyOf => "anyof",
            Self::AllOf => "allof",
        }
    }

    /// Reads one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::OneOf, Self::AnyOf, Self::AllOf].into_iter().find(|it| it.as_str() == text)
    }
}

impl Op {
    /// Every operator.
    pub const ALL: [Self; 19] = [
        Self::Exists,
        Self::Eq,
        Self::Ne,
        Self::Lt,
        Self::Le,
        Self::Gt,
        Self::Ge,
        Self::Contains,
        Self::Icontains,
        Self::Bcontains,
        Self::Startswith,
        Self::Bstartswith,
        Self::Endswith,
        Self::Glob,
        Self::Iglob,
        Self::Regex,
        Self::In,
        Self::Intersects,
        Self::Pmatch,
    ];

    /// As it is written; `==` is another way to write `=`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Exists => "exists",
            Self::Eq => "=",
            Self::Ne => "!=",
            Self::Lt => "<",
            Self::Le => "<=",
            Self::Gt => ">",
            Self::Ge => ">=",
            Self::Contains => "contains",
            Self::Icontains => "icontains",
            Self::Bcontains => "bcontains",
            Self::Startswith => "startswith",
            Self::Bstartswith => "bstartswith",
            Self::Endswith => "endswith",
            Self::Glob => "glob",
            Self::Iglob => "iglob",
            Self::Regex => "regex",
            Self::In => "in",
            Self::Intersects => "intersects",
            Self::Pmatch => "pmatch",
        }
    }

    /// Reads one, as an exception names it in `comps`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "==" => Some(Self::Eq),
            _ => Self::ALL.into_iter().find(|op| op.as_str() == text),
        }
    }

    /// Whether the right side is a list in parentheses.
    #[must_use]
    pub const fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::Intersects | Self::Pmatch)
    }

    /// Whether the right side is a number.
    #[must_use]
    pub const fn takes_number(self) -> bool {
        matches!(self, Self::Lt | Self::Le | Self::Gt | Self::Ge)
    }

    /// Whether `oneof`, `anyof` and `allof` may follow it.
    #[must_use]
    pub const fn takes_modifier(self) -> bool {
        !self.takes_list() && !self.takes_number() && !matches!(self, Self::Exists)
    }
}
