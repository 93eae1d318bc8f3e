//! JSON values with their place, so that every complaint names it.

use std::fmt;

use serde_json::{Map, Value};

/// The longest name; those of containers have 255 characters at most.
const MAX_NAME_BYTES: usize = 1_024;
/// The most of a path that is shown; labels have names of any length.
const MAX_SHOWN_CHARS: usize = 200;

/// A value and its path: `containerDefinitions[0].image`.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) path: String,
    value: Option<&'a Value>,
}

/// What is wrong with a value. It never repeats the value: it may be a secret.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) path: String,
    pub(super) message: String,
}

impl<'a> Node<'a> {
    pub(super) fn root(value: &'a Value) -> Self {
        Self { path: String::new(), value: Some(value) }
    }

    /// A key of an object; `null` counts as absent, as in AWS' own tools.
    pub(super) fn get(&self, key: &str) -> Result<Self, Wrong> {
        let value = self.object()?.and_then(|object| object.get(key));
        let path =
            if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) };
        Ok(Self { path, value: value.filter(|value| !value.is_null()) })
    }

    pub(super) fn is_absent(&self) -> bool {
        self.value.is_none()
    }

    fn object(&self) -> Result<Option<&'a Map<String, Value>>, Wrong> {
        match self.value {
            None => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(other) => Err(self.expected("an object", other)),
        }
    }

    /// The entries of an object, by key.
    pub(super) fn entries(&self) -> Result<Vec<(&'a str, Self)>, Wrong> {
        let entry = |(key, value): (&'a String, &'a Value)| {
            (key.as_str(), Self { path: format!("{}.{key}", self.path), value: Some(value) })
        };
        Ok(self.object()?.into_iter().flatten().map(entry).collect())
    }

    /// The items of an array; none when it is absent.
    pub(super) fn items(&self) -> Result<Vec<Self>, Wrong> {
        let items = match self.value {
            None => &[],
            Some(Value::Array(items)) => items.as_slice(),
            Some(other) => return Err(self.expected("an array", other)),
        };
        let item =
            |(index, value)| Self { path: format!("{}[{index}]", self.path), value: Some(value) };
        Ok(items.iter().enumerate().map(item).collect())
    }

    pub(super) fn text(&self) -> Result<Option<&'a str>, Wrong> {
        match self.value {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.expected("a string", other)),
        }
    }

    /// A name, which is shown to people.
    pub(super) fn name(&self) -> Result<Option<&'a str>, Wrong> {
        match self.text()?.map(str::trim).filter(|text| !text.is_empty()) {
            Some(text) if text.len() > MAX_NAME_BYTES => {
                Err(self.wrong(format!("is longer than {MAX_NAME_BYTES} bytes")))
            }
            Some(text) if text.contains(char::is_control) => {
                Err(self.wrong("holds control characters"))
            }
            name => Ok(name),
        }
    }

    /// A name that has to be there.
    pub(super) fn needed_name(&self) -> Result<&'a str, Wrong> {
        self.name()?.ok_or_else(|| self.wrong("is missing or empty"))
    }

    pub(super) fn flag(&self) -> Result<bool, Wrong> {
        match self.value {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(self.expected("true or false", other)),
        }
    }

    pub(super) fn wrong(&self, message: impl fmt::Display) -> Wrong {
        let shown: String = self.path.chars().take(MAX_SHOWN_CHARS).collect();
        let message = format!("`{}` {message}", shown.escape_debug());
        Wrong { path: self.path.clone(), message }
    }

    fn expected(&self, what: &str, found: &Value) -> Wrong {
        let kind = match found {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        if self.path.is_empty() {
            let message = format!("it has to be {what} and is {kind}");
            return Wrong { path: String::new(), message };
        }
        self.wrong(format!("has to be {what} and is {kind}"))
    }
}
