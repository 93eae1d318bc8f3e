//! A comparison with constants, compiled: what a value has to be.

use std::{cmp::Ordering, net::IpAddr};

use memchr::memmem::Finder;

use super::{
    index::{Key, MAX_KEYS},
    text::{At, Glob, Needles, Paths, Pattern, Set, Texts},
};
use crate::{
    check::{Literal, Net, plain_number},
    field::FieldType,
    syntax::{Modifier, Op},
    value::Value,
};

/// What one value has to be. Asked of values that are there; what is absent fails every test.
#[derive(Debug)]
pub(crate) enum Test {
    Always,
    Never,
    Not(Box<Self>),
    Bool(bool),
    Number(Order, i128),
    Numbers(Set<i128>),
    Ips(Set<IpAddr>),
    Nets(Box<[Net]>),
    Text(Box<[u8]>),
    TextOrder(Order, Box<[u8]>),
    Texts(Texts),
    Starts(Box<[u8]>),
    Ends(Box<[u8]>),
    /// One of some starts.
    StartsWithAny(Box<[Box<[u8]>]>),
    /// One of several endings.
    EndsWithAny(Box<[Box<[u8]>]>),
    Contains(Box<Finder<'static>>),
    /// One of several texts, at the start or anywhere.
    Needles(Needles),
    Glob(Box<Glob>),
    Pattern(Box<Pattern>),
    Paths(Box<Paths>),
    /// A field whose type only the event tells: numbers are compared as numbers.
    Dynamic {
        number: Box<Self>,
        text: Box<Self>,
    },
    /// `oneof`, `anyof`, `allof`: how many of the tests have to be passed.
    Count(Modifier, Box<[Self]>),
}

/// How two values may be ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Order {
    /// `=` and `!=` are equality; the second is negated by who asks.
    pub(crate) const fn of(op: Op) -> Self {
        match op {
            Op::Lt => Self::Less,
            Op::Le => Self::LessOrEqual,
            Op::Gt => Self::Greater,
            Op::Ge => Self::GreaterOrEqual,
            _ => Self::Equal,
        }
    }

    pub(crate) const fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

impl Test {
    /// Compiles a comparison of a field of that type.
    ///
    /// # Errors
    /// The texts are too many or too long for an automaton.
    pub(crate) fn new(
        kind: FieldType,
        op: Op,
        modifier: Option<Modifier>,
        values: &[Literal],
    ) -> Result<Self, String> {
        if kind == FieldType::Dynamic && op != Op::Exists {
            let number = |literal: &Literal| match literal {
                Literal::Text(text) => {
                    std::str::from_utf8(text).ok().and_then(plain_number).map(Literal::Number)
                }
                other => Some(other.clone()),
            };
            let numbers: Vec<Literal> = values.iter().filter_map(number).collect();
            let number = match numbers.len() == values.len() {
                true => Self::typed(op, modifier, &numbers)?,
                false => Self::Never,
            };
            let text = Self::typed(op, modifier, values)?;
            return Ok(Self::Dynamic { number: Box::new(number), text: Box::new(text) });
        }
        Self::typed(op, modifier, values)
    }

    fn typed(op: Op, modifier: Option<Modifier>, values: &[Literal]) -> Result<Self, String> {
        match (op, modifier) {
            (Op::Exists, _) => Ok(Self::Always),
            (_, Some(_)) if values.is_empty() => Ok(Self::Never),
            (Op::In | Op::Intersects, _) | (Op::Eq, Some(Modifier::AnyOf)) => {
                Ok(Self::one_of(values))
            }
            (Op::Ne, Some(Modifier::AllOf)) => Ok(Self::Not(Box::new(Self::one_of(values)))),
            (Op::Pmatch, _) => Ok(Self::Paths(Box::new(Paths::new(texts(values))))),
            (_, None) => values.first().map_or(Ok(Self::Never), |value| Self::single(op, value)),
            (_, Some(modifier)) => {
                let each = values.iter().map(|value| Self::single(op, value));
                Ok(Self::Count(modifier, each.collect::<Result<_, _>>()?))
            }
        }
    }

    fn one_of(values: &[Literal]) -> Self {
        match values.first() {
            None => Self::Never,
            Some(Literal::Text(text)) if values.len() == 1 => Self::Text(text.clone()),
            Some(Literal::Text(_)) => Self::Texts(texts(values).map(Into::into).collect()),
            Some(Literal::Number(number)) if values.len() == 1 => {
                Self::Number(Order::Equal, *number)
            }
            Some(Literal::Number(_)) => Self::Numbers(
                values
                    .iter()
                    .filter_map(|it| if let Literal::Number(it) = it { Some(*it) } else { None })
                    .collect(),
            ),
            Some(Literal::Ip(_)) => Self::Ips(
                values
                    .iter()
                    .filter_map(|it| if let Literal::Ip(it) = it { Some(*it) } else { None })
                    .collect(),
            ),
            Some(Literal::Net(_)) => Self::Nets(
                values
                    .iter()
                    .filter_map(|it| if let Literal::Net(it) = it { Some(*it) } else { None })
                    .collect(),
            ),
            Some(Literal::Bool(first)) => {
                let same = values.iter().all(|value| *value == Literal::Bool(*first));
                if same { Self::Bool(*first) } else { Self::Always }
            }
        }
    }

    fn single(op: Op, value: &Literal) -> Result<Self, String> {
        if op == Op::Ne {
            return Ok(Self::Not(Box::new(Self::one_of(std::slice::from_ref(value)))));
        }
        let text = match value {
            Literal::Text(text) => text,
            Literal::Number(number) => return Ok(Self::Number(Order::of(op), *number)),
            _ => return Ok(Self::one_of(std::slice::from_ref(value))),
        };
        Ok(match op {
            Op::Contains | Op::Bcontains => {
                Self::Contains(Box::new(Finder::new(text).into_owned()))
            }
            Op::Icontains => Self::Needles(Needles::new(At::AnywhereFolded, [text])?),
            Op::Startswith | Op::Bstartswith => Self::Starts(text.clone()),
            Op::Endswith => Self::Ends(text.clone()),
            Op::Glob => Self::Glob(Box::new(Glob::new(text, false))),
            Op::Iglob => Self::Glob(Box::new(Glob::new(text, true))),
            Op::Regex => Self::Pattern(Box::new(Pattern::new(&String::from_utf8_lossy(text))?)),
            Op::Lt | Op::Le | Op::Gt | Op::Ge => Self::TextOrder(Order::of(op), text.clone()),
            _ => Self::Text(text.clone()),
        })
    }

    /// One of these is true of every value that passes. `None` if nothing of use is known.
    pub(super) fn keys(&self) -> Option<Vec<Key>> {
        let one = |key| Some(vec![key]);
        let part = |text: &[u8]| (!text.is_empty()).then(|| Key::Part(text.into()));
        match self {
            Self::Text(text) => one(Key::Text(text.clone())),
            Self::Texts(texts) if texts.len() > MAX_KEYS => None,
            Self::Texts(texts) => Some(texts.iter().map(|text| Key::Text(text.into())).collect()),
            Self::Number(Order::Equal, number) => one(Key::Number(*number)),
            Self::Numbers(numbers) => Some(numbers.iter().map(|it| Key::Number(*it)).collect()),
            Self::Ips(ips) => Some(ips.iter().map(|it| Key::Ip(*it)).collect()),
            Self::Starts(text) if !text.is_empty() => one(Key::Prefix(text.clone())),
            Self::Ends(text) => part(text).map(|key| vec![key]),
            Self::StartsWithAny(texts) => texts
                .iter()
                .map(|text| (!text.is_empty()).then(|| Key::Prefix(text.clone())))
                .collect(),
            Self::EndsWithAny(texts) => texts.iter().map(|text| part(text)).collect(),
            Self::Contains(needle) => part(needle.needle()).map(|key| vec![key]),
            Self::Needles(needles) => needles.keys(),
            Self::Glob(glob) => glob.key().map(|key| vec![key]),
            Self::Paths(paths) => paths.keys(),
            Self::Count(Modifier::AllOf, tests) => tests.iter().find_map(Self::keys),
            Self::Count(_, tests) => {
                let keys: Option<Vec<_>> = tests.iter().map(Self::keys).collect();
                keys.map(|keys| keys.into_iter().flatten().collect())
            }
            _ => None,
        }
    }

    /// Whether a value passes. It is neither absent nor a list.
    pub(crate) fn passes(&self, value: &Value<'_>) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Not(test) => !test.passes(value),
            Self::Bool(expect) => match *value {
                Value::Bool(value) => value == *expect,
                _ => number(value).is_some_and(|number| (number != 0) == *expect),
            },
            Self::Number(order, expect) => match *value {
                Value::Double(value) => {
                    value.partial_cmp(&to_double(*expect)).is_some_and(|it| order.holds(it))
                }
                _ => number(value).is_some_and(|number| order.holds(number.cmp(expect))),
            },
            Self::Numbers(set) => match *value {
                Value::Double(value) => set.iter().any(|expect| value == to_double(*expect)),
                _ => number(value).is_some_and(|number| set.contains(&number)),
            },
            Self::Ips(set) => matches!(value, Value::Ip(addr) if set.contains(addr)),
            Self::Nets(nets) => {
                matches!(value, Value::Ip(addr) if nets.iter().any(|net| net.contains(*addr)))
            }
            Self::Dynamic { number, text } => match value {
                Value::Text(_) | Value::Bytes(_) => text.passes(value),
                _ => number.passes(value),
            },
            Self::Count(modifier, tests) => {
                let mut passed = tests.iter().filter(|test| test.passes(value));
                match modifier {
                    Modifier::AnyOf => passed.next().is_some(),
                    Modifier::OneOf => passed.next().is_some() && passed.next().is_none(),
                    Modifier::AllOf => tests.iter().all(|test| test.passes(value)),
                }
            }
            _ => bytes(value).is_some_and(|text| self.passes_text(text)),
        }
    }

    fn passes_text(&self, text: &[u8]) -> bool {
        match self {
            Self::Text(expect) => **expect == *text,
            Self::TextOrder(order, expect) => order.holds(text.cmp(expect)),
            Self::Texts(set) => set.contains(text),
            Self::Starts(prefix) => text.starts_with(prefix),
            Self::Ends(suffix) => text.ends_with(suffix),
            Self::StartsWithAny(prefixes) => prefixes.iter().any(|it| text.starts_with(it)),
            Self::EndsWithAny(suffixes) => suffixes.iter().any(|suffix| text.ends_with(suffix)),
            Self::Contains(needle) => needle.find(text).is_some(),
            Self::Needles(needles) => needles.any(text),
            Self::Glob(glob) => glob.matches(text),
            Self::Pattern(pattern) => pattern.matches(text),
            Self::Paths(paths) => paths.contain(text),
            _ => false,
        }
    }
}

fn texts(values: &[Literal]) -> impl Iterator<Item = &[u8]> {
    values.iter().filter_map(|it| if let Literal::Text(text) = it { Some(&**text) } else { None })
}

/// A value as a whole number.
pub(crate) fn number(value: &Value<'_>) -> Option<i128> {
    match *value {
        Value::Int(value) => Some(value.into()),
        Value::Uint(value) => Some(value.into()),
        Value::Bool(value) => Some(value.into()),
        _ => None,
    }
}

/// A value as bytes.
pub(crate) const fn bytes<'e>(value: &Value<'e>) -> Option<&'e [u8]> {
    match value {
        Value::Text(bytes) | Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

#[allow(clippy::cast_precision_loss, reason = "compared with a measured ratio")]
const fn to_double(number: i128) -> f64 {
    number as f64
}
