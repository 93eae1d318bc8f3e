//! The grammar of comparisons: recursive descent, bounded in depth, linear in time.
//!
//! # Source
//! `filter/parser.{h,cpp}` of falcosecurity/libs: the grammar, the words of the errors, and how the
//! depth is counted.

use farguard_authoring::suggest;

use super::{Check, Expr, Modifier, Op, Operand, Right, Span, lexer::Lexer};

/// How deep a condition on its own may be nested.
const DEPTH: usize = 100;
/// How deep the condition of a rule or macro may be nested.
const RULE_DEPTH: usize = 1000;
/// How many transformers may stand inside each other.
const MAX_TRANSFORMERS: usize = 32;
/// Most values that lists may put into one condition.
const MAX_VALUES: usize = 1 << 20;

/// Transformers; on the right `val` stands for a field as it is.
pub(super) const TRANSFORMERS: [&str; 8] =
    ["tolower", "toupper", "b64", "basename", "len", "join", "concat", "getopt"];

/// Operators in the order in which they are tried: how they are written, and whether a blank must follow.
const OPERATORS: [(&str, Op, bool); 20] = [
    ("exists", Op::Exists, false),
    ("<=", Op::Le, false),
    ("<", Op::Lt, false),
    (">=", Op::Ge, false),
    (">", Op::Gt, false),
    ("==", Op::Eq, false),
    ("=", Op::Eq, false),
    ("!=", Op::Ne, false),
    ("glob", Op::Glob, true),
    ("iglob", Op::Iglob, true),
    ("contains", Op::Contains, true),
    ("icontains", Op::Icontains, true),
    ("bcontains", Op::Bcontains, true),
    ("startswith", Op::Startswith, true),
    ("bstartswith", Op::Bstartswith, true),
    ("endswith", Op::Endswith, true),
    ("regex", Op::Regex, true),
    ("intersects", Op::Intersects, false),
    ("in", Op::In, false),
    ("pmatch", Op::Pmatch, false),
];

/// Why a text is no condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    /// In the words that Falco's users know.
    pub message: String,
    /// Where the parser stopped.
    pub span: Span,
    /// What to write instead.
    pub help: Option<String>,
}

/// The lists that a condition may name.
pub(crate) trait Lists {
    /// The values of a list, if there is one of that name.
    fn values(&self, name: &str) -> Option<&[String]>;
}

/// Where no name is a list.
pub(crate) struct NoLists;

impl Lists for NoLists {
    fn values(&self, _: &str) -> Option<&[String]> {
        None
    }
}

/// Reads a condition. Names of macros and lists stay names.
///
/// # Errors
/// When it is none, or is nested deeper than 100 levels.
pub fn parse(text: &str) -> Result<Expr, ParseError> {
    Parser::new(text, DEPTH, &NoLists).logic()
}

/// Reads the condition of a rule or a macro, with lists put in where their names stand.
///
/// # Errors
/// When it is none, is nested too deep, or holds too many values.
pub(crate) fn parse_rule(text: &str, lists: &dyn Lists) -> Result<Expr, ParseError> {
    Parser::new(text, RULE_DEPTH, lists).logic()
}

/// Reads what an item of a list holds: one value, or several with commas between.
///
/// # Errors
/// When it would be none in parentheses behind `in` either.
pub(crate) fn parse_values(text: &str) -> Result<Vec<String>, ParseError> {
    let mut parser = Parser::new(text, DEPTH, &NoLists);
    let values = parser.values()?;
    parser.end()?;
    Ok(values.into_iter().map(|(value, _)| value).collect())
}

/// Reads a field or transformer at the start of a text, as an output has it behind `%`; also tells
/// how many bytes it takes.
///
/// # Errors
/// When there is none.
pub fn operand_prefix(text: &str) -> Result<(Operand, usize), ParseError> {
    let mut parser = Parser::new(text, DEPTH, &NoLists);
    match parser.field_or_transformer()? {
        Some(operand) => Ok((operand, parser.lexer.at())),
        None => Err(parser.error("expected a field or a transformer")),
    }
}

pub(super) struct Parser<'t, 'l> {
    pub(super) lexer: Lexer<'t>,
    lists: &'l dyn Lists,
    /// How deep the grammar is nested here.
    pub(super) depth: usize,
    max_depth: usize,
    /// Transformers around this place.
    transformers: usize,
    /// Values that lists may still put in.
    budget: usize,
}

pub(super) type Parsed<T> = Result<T, ParseError>;

impl<'t, 'l> Parser<'t, 'l> {
    fn new(text: &'t str, max_depth: usize, lists: &'l dyn Lists) -> Self {
        Self {
            lexer: Lexer::new(text),
            lists,
            depth: 0,
            max_depth,
            transformers: 0,
            budget: MAX_VALUES,
        }
    }

    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        let span = self.lexer.span(self.lexer.at());
        ParseError { message: message.into(), span, help: None }
    }

    pub(super) fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth >= self.max_depth {
            return Err(self.error(format!("exceeded max depth limit of {}", self.max_depth)));
        }
        let parsed = parse(self);
        self.depth -= 1;
        parsed
    }

    pub(super) fn expect(&mut self, literal: &str, message: &str) -> Parsed<()> {
        if self.lexer.literal(literal) { Ok(()) } else { Err(self.error(message)) }
    }

    pub(super) fn end(&self) -> Parsed<()> {
        if self.lexer.is_done() {
            return Ok(());
        }
        let last = self.lexer.last();
        Err(self.error(format!("unexpected token after '{last}', expecting 'or', 'and'")))
    }

    /// A comparison or the name of a macro.
    pub(super) fn check(&mut self) -> Parsed<Expr> {
        self.nested(|it| {
            let start = it.lexer.at();
            if let Some(left) = it.field_or_transformer()? {
                return it.comparison(left, start);
            }
            match it.lexer.identifier() {
                Some(name) => {
                    let span = it.lexer.span(start);
                    Ok(Expr::Macro { name: name.to_owned(), span, body: None })
                }
                None => Err(it.error("expected a '(' token, a field check, or an identifier")),
            }
        })
    }

    fn field_or_transformer(&mut self) -> Parsed<Option<Operand>> {
        let start = self.lexer.at();
        if let Some(name) = self.lexer.field_name() {
            return self.field(name, start).map(Some);
        }
        match self.transformer_name() {
            Some(name) => self.transformer(name, start).map(Some),
            None => Ok(None),
        }
    }

    /// A transformer with its opening parenthesis, which must follow at once.
    fn transformer_name(&mut self) -> Option<&'static str> {
        let start = self.lexer.at();
        let word = self.lexer.identifier()?;
        let known = TRANSFORMERS.into_iter().find(|name| *name == word);
        let found = known.filter(|_| self.lexer.literal("("));
        if found.is_none() {
            self.lexer.rewind(start);
        }
        found
    }

    fn field(&mut self, name: &str, start: usize) -> Parsed<Operand> {
        self.nested(|it| {
            let arg = it.arg()?;
            Ok(Operand::Field { name: name.to_owned(), arg, span: it.lexer.span(start) })
        })
    }

    /// `[...]` behind a field or transformer.
    fn arg(&mut self) -> Parsed<Option<String>> {
        if !self.lexer.literal("[") {
            return Ok(None);
        }
        let arg = match self.quoted()? {
            Some(arg) => arg,
            None => match self.lexer.bare_arg() {
                Some(arg) => arg.to_owned(),
                None => {
                    let expected = "a valid field argument: a quoted string or a bare string";
                    return Err(self.error(format!("expected {expected}")));
                }
            },
        };
        self.expect("]", "expected a ']' token")?;
        Ok(Some(arg))
    }

    /// What follows the opening parenthesis of a transformer.
    fn transformer(&mut self, name: &str, start: usize) -> Parsed<Operand> {
        self.nested(|it| {
            let mut args = Vec::new();
            it.transformers += 1;
            if it.transformers > MAX_TRANSFORMERS {
                return Err(it.error(format!(
                    "more than {MAX_TRANSFORMERS} transformers inside each other"
                )));
            }
            loop {
                it.lexer.blank();
                args.push(it.nested(Self::transformer_arg)?);
                it.lexer.blank();
                if !it.lexer.literal(",") {
                    break;
                }
            }
            it.expect(")", "expected a ')' token closing the transformer")?;
            it.transformers -= 1;
            let arg = it.arg()?;
            Ok(Operand::Transform { name: name.to_owned(), args, arg, span: it.lexer.span(start) })
        })
    }

    fn transformer_arg(&mut self) -> Parsed<Operand> {
        if self.lexer.literal("(") {
            return self.transformer_list();
        }
        let expected = "expected field transformer argument: field, transformer, quoted string, number, or transformer list";
        self.transformer_item(expected)
    }

    fn transformer_item(&mut self, expected: &str) -> Parsed<Operand> {
        let start = self.lexer.at();
        if let Some(number) = self.lexer.number() {
            return Ok(Operand::Text(number.to_owned(), self.lexer.span(start)));
        }
        if let Some(text) = self.quoted()? {
            return Ok(Operand::Text(text, self.lexer.span(start)));
        }
        match self.field_or_transformer()? {
            Some(operand) => Ok(operand),
            None => Err(self.error(expected)),
        }
    }

    /// What follows the opening parenthesis of a list among the arguments of a transformer.
    fn transformer_list(&mut self) -> Parsed<Operand> {
        let mut items = Vec::new();
        self.lexer.blank();
        if self.lexer.literal(")") {
            return Ok(Operand::List(items));
        }
        let expected =
            "expected transformer list argument: field, transformer, quoted string, or number";
        loop {
            self.lexer.blank();
            items.push(self.transformer_item(expected)?);
            self.lexer.blank();
            if !self.lexer.literal(",") {
                break;
            }
        }
        self.expect(")", "expected ')'")?;
        Ok(Operand::List(items))
    }

    fn comparison(&mut self, left: Operand, start: usize) -> Parsed<Expr> {
        self.nested(|it| {
            it.lexer.blank();
            let (op, doubled) = it.operator()?;
            let modifier = it.modifier(op);
            let right = match op {
                Op::Exists => Right::Nothing,
                _ if op.takes_list() || modifier.is_some() => it.nested(Self::list_value)?,
                _ if op.takes_number() => it.nested(Self::number_value)?,
                _ => it.nested(Self::text_value)?,
            };
            let span = it.lexer.span(start);
            Ok(Expr::Check(Check { left, op, doubled, modifier, right, span }))
        })
    }

    /// An operator, and whether it is `==`.
    fn operator(&mut self) -> Parsed<(Op, bool)> {
        let start = self.lexer.at();
        for (word, op, needs_blank) in OPERATORS {
            if self.lexer.literal(word) {
                let end = self.lexer.at();
                let blank = self.lexer.blank();
                self.lexer.rewind(end);
                if !needs_blank || blank {
                    return Ok((op, word == "=="));
                }
                self.lexer.rewind(start);
            }
        }
        let words: Vec<String> = OPERATORS.iter().map(|(word, ..)| format!("'{word}'")).collect();
        let message = format!("expected a valid check operator: one of {}", words.join(", "));
        let mut error = self.error(message);
        let known = OPERATORS.iter().map(|(word, ..)| *word);
        error.help =
            self.lexer.bare().and_then(|word| suggest::nearest(word, known)).map(did_you_mean);
        Err(error)
    }

    /// `oneof`, `anyof` or `allof`, if a list follows. Otherwise it is a text like any other.
    fn modifier(&mut self, op: Op) -> Option<Modifier> {
        let start = self.lexer.at();
        let found =
            if op.takes_modifier() && self.lexer.blank() { self.lexer.identifier() } else { None };
        let found = found.and_then(Modifier::parse);
        let found = found.filter(|_| self.lexer.blank());
        let list = self.lexer.at();
        let is_list = match self.lexer.literal("(") {
            true => true,
            false => self.lexer.identifier().is_some_and(|word| !matches!(word, "and" | "or")),
        };
        let found = found.filter(|_| is_list);
        self.lexer.rewind(if found.is_some() { list } else { start });
        found
    }

    fn number_value(&mut self) -> Parsed<Right> {
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        let start = self.lexer.at();
        if let Some(number) = self.lexer.number() {
            return Ok(Right::Value(number.to_owned(), self.lexer.span(start)));
        }
        if let Some(items) = self.lexer.bare().and_then(|word| self.lists.values(word)) {
            return self.single(items, start);
        }
        self.lexer.rewind(start);
        Err(self.error(format!("expected a number value or {}", transformers())))
    }

    fn text_value(&mut self) -> Parsed<Right> {
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        let start = self.lexer.at();
        if let Some(text) = self.quoted()? {
            return Ok(Right::Value(text, self.lexer.span(start)));
        }
        match self.lexer.bare() {
            Some(word) => match self.lists.values(word) {
                Some(items) => self.single(items, start),
                None => Ok(Right::Value(word.to_owned(), self.lexer.span(start))),
            },
            None => Err(self.error(format!("expected a string value or {}", transformers()))),
        }
    }

    /// A list where one value is wanted.
    fn single(&self, items: &[String], start: usize) -> Parsed<Right> {
        match items {
            [item] => Ok(Right::Value(item.clone(), self.lexer.span(start))),
            _ => {
                let name = self.lexer.last();
                let count = items.len();
                let message =
                    format!("list '{name}' with {count} values where one value is expected");
                let help = Some(format!("use `in ({name})`"));
                Err(ParseError { message, span: self.lexer.span(start), help })
            }
        }
    }

    fn list_value(&mut self) -> Parsed<Right> {
        self.lexer.blank();
        let start = self.lexer.at();
        if self.lexer.literal("(") {
            self.lexer.blank();
            let values = if self.lexer.literal(")") {
                return Ok(Right::List(Vec::new()));
            } else {
                self.values()?
            };
            self.expect(")", "expected a ')' token")?;
            return Ok(Right::List(values));
        }
        if let Some(operand) = self.right_operand()? {
            return Ok(Right::Operand(operand));
        }
        match self.lexer.identifier() {
            Some(word) => match self.lists.values(word) {
                Some(items) => {
                    let mut values = Vec::new();
                    self.put_in(items, start, &mut values)?;
                    Ok(Right::List(values))
                }
                None => Ok(Right::Value(word.to_owned(), self.lexer.span(start))),
            },
            None => {
                let expected = transformers();
                Err(self.error(format!("expected a list, an identifier, or {expected}")))
            }
        }
    }

    /// Values with commas between.
    fn values(&mut self) -> Parsed<Vec<(String, Span)>> {
        let mut values = Vec::new();
        loop {
            self.lexer.blank();
            let start = self.lexer.at();
            if let Some(text) = self.quoted()? {
                values.push((text, self.lexer.span(start)));
            } else if let Some(word) = self.lexer.bare() {
                match self.lists.values(word) {
                    Some(items) => self.put_in(items, start, &mut values)?,
                    None => values.push((word.to_owned(), self.lexer.span(start))),
                }
            } else {
                let expected = if values.is_empty() {
                    "expected a ')' token"
                } else {
                    "expected a string value"
                };
                return Err(self.error(expected));
            }
            self.lexer.blank();
            if !self.lexer.literal(",") {
                return Ok(values);
            }
        }
    }

    fn put_in(
        &mut self,
        items: &[String],
        start: usize,
        values: &mut Vec<(String, Span)>,
    ) -> Parsed<()> {
        let span = self.lexer.span(start);
        self.budget = self.budget.checked_sub(items.len()).ok_or_else(|| ParseError {
            message: format!("lists put more than {MAX_VALUES} values into this condition"),
            span,
            help: None,
        })?;
        values.extend(items.iter().map(|item| (item.clone(), span)));
        Ok(())
    }

    /// `val(field)` or a transformer.
    fn right_operand(&mut self) -> Parsed<Option<Operand>> {
        self.nested(|it| {
            it.lexer.blank();
            let start = it.lexer.at();
            if !it.lexer.literal("val(") {
                return match it.transformer_name() {
                    Some(name) => it.transformer(name, start).map(Some),
                    None => Ok(None),
                };
            }
            it.lexer.blank();
            let start = it.lexer.at();
            let Some(name) = it.lexer.field_name() else {
                return Err(it.error("expected a field within 'val' transformer"));
            };
            let field = it.field(name, start)?;
            it.lexer.blank();
            it.expect(")", "expected a ')' token closing the transformer")?;
            Ok(Some(field))
        })
    }

    fn quoted(&mut self) -> Parsed<Option<String>> {
        match self.lexer.quoted() {
            None => Ok(None),
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(message)) => Err(self.error(message)),
        }
    }
}

fn transformers() -> String {
    let names: Vec<String> = TRANSFORMERS.iter().map(|name| format!("'{name}'")).collect();
    format!("a field with a valid transformer: 'val', {}", names.join(", "))
}

fn did_you_mean(word: &str) -> String {
    format!("did you mean `{word}`?")
}
