//! Reading the values of an item, with the errors that Falco gives.

use farguard_authoring::yaml::{Entry, Node, Value};

use super::{keys, place::Scope};
use crate::{
    diagnostic::{Code, Diagnostic},
    rule::Priority,
};

/// A remark is large, and the usual way is not to have one.
pub(crate) type Read<T> = Result<T, Box<Diagnostic>>;

/// A mapping of a rule file, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct Item<'n> {
    pub(crate) entries: &'n [Entry],
    pub(crate) scope: Scope,
}

impl<'n> Item<'n> {
    pub(crate) fn error<T>(&self, message: impl Into<String>) -> Read<T> {
        fail(&self.scope, message)
    }

    /// The first value of a key.
    pub(crate) fn entry(&self, key: &str) -> Option<&'n Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entry(key).is_some()
    }

    pub(crate) fn required(&self, key: &str) -> Read<&'n Entry> {
        let Some(entry) = self.entry(key) else {
            let message = format!("Item has no mapping for key '{key}'");
            let mut error = self.scope.remark(Code::YamlValidate, message);
            let near = self.entries.iter().map(|entry| entry.key.as_str());
            error.help = keys::did_you_mean(key, near).map(|help| {
                help.replace("did you mean", "is it written as").replace('?', " here?")
            });
            return Err(Box::new(error));
        };
        Ok(entry)
    }

    /// The scalar behind an entry.
    fn scalar(&self, entry: &'n Entry) -> Read<&'n str> {
        let key = &entry.key;
        if entry.value.is_null() {
            let message = format!("Mapping for key '{key}' is empty");
            return Err(Box::new(self.scope.remark_at(Code::YamlValidate, message, entry.place)));
        }
        match &entry.value.value {
            Value::Scalar { text, .. } if text.is_empty() => {
                fail(&self.scope.value(entry), "Value must be non-empty")
            }
            Value::Scalar { text, .. } => Ok(text),
            Value::List(_) | Value::Map(_) => {
                fail(&self.scope.value(entry), "Value is not a scalar value")
            }
        }
    }

    pub(crate) fn text(&self, key: &str) -> Read<&'n str> {
        self.scalar(self.required(key)?)
    }

    pub(crate) fn optional_text(&self, key: &str) -> Read<Option<&'n str>> {
        self.entry(key).map(|entry| self.scalar(entry)).transpose()
    }

    fn decoded<T>(&self, key: &str, decode: fn(&str) -> Option<T>, help: &str) -> Read<Option<T>> {
        let Some(entry) = self.entry(key) else { return Ok(None) };
        decode(self.scalar(entry)?).map(Some).ok_or_else(|| {
            let error = self
                .scope
                .value(entry)
                .remark(Code::YamlValidate, "Can't decode YAML scalar value");
            Box::new(Diagnostic { help: Some(help.to_owned()), ..error })
        })
    }

    pub(crate) fn optional_bool(&self, key: &str) -> Read<Option<bool>> {
        self.decoded(key, boolean, "write `true` or `false`")
    }

    pub(crate) fn optional_number(&self, key: &str) -> Read<Option<u32>> {
        self.decoded(key, |text| text.parse().ok(), "write a number from 0 to 4294967295")
    }

    /// The scalars of a list.
    pub(crate) fn texts(&self, key: &str) -> Read<Vec<&'n str>> {
        let entry = self.required(key)?;
        let scope = self.scope.value(entry);
        let Value::List(items) = &entry.value.value else {
            return fail(&scope, "Value is not a sequence");
        };
        let text = |item: &'n Node| match &item.value {
            Value::Scalar { text, .. } => Ok(text.as_str()),
            Value::List(_) | Value::Map(_) => {
                fail(&scope.inner("list item", "", item), "sequence value is not scalar")
            }
        };
        items.iter().map(text).collect()
    }

    pub(crate) fn tags(&self) -> Read<Option<Vec<String>>> {
        if !self.has("tags") {
            return Ok(None);
        }
        let mut tags: Vec<String> = self.texts("tags")?.into_iter().map(str::to_owned).collect();
        tags.sort_unstable();
        tags.dedup();
        Ok(Some(tags))
    }

    pub(crate) fn priority(&self) -> Read<Priority> {
        let text = self.text("priority")?;
        let entry = self.required("priority")?;
        Priority::parse(text).ok_or_else(|| {
            let scope = self.scope.inner("rule priority", "", &entry.value);
            let mut error = scope.remark(Code::YamlValidate, "Invalid priority");
            let known = Priority::ALL.map(Priority::as_str);
            error.help = Some(farguard_authoring::suggest::help(text, known));
            Box::new(error)
        })
    }
}

pub(crate) fn fail<T>(scope: &Scope, message: impl Into<String>) -> Read<T> {
    Err(Box::new(scope.remark(Code::YamlValidate, message)))
}

/// What is a boolean in YAML 1.1, as yaml-cpp reads it.
fn boolean(text: &str) -> Option<bool> {
    let lower = text.to_ascii_lowercase();
    let mut rest = text.chars();
    rest.next();
    let is_cased =
        text == lower || text == text.to_ascii_uppercase() || !rest.any(char::is_uppercase);
    match lower.as_str() {
        _ if !is_cased => None,
        "y" | "yes" | "true" | "on" => Some(true),
        "n" | "no" | "false" | "off" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn booleans_are_those_of_yaml() {
        let check = |text, expect| assert_eq!(boolean(text), expect, "{text}");
        check("true", Some(true));
        check("Yes", Some(true));
        check("OFF", Some(false));
        check("tRue", None);
        check("1", None);
        check("", None);
    }
}
