//! Lists, macros and rules as files define them, append to them and override them.

use std::collections::{HashMap, HashSet};

use farguard_authoring::yaml::Node;

use super::{
    exception::Exception,
    item::Read,
    place::{Scope, Text},
    version::Version,
};
use crate::{
    diagnostic::{Code, Diagnostic},
    rule::{Origin, Priority},
    source::{Catalog, SourceDef},
};

/// Things by name, in the order in which they were first defined.
#[derive(Debug)]
pub(super) struct Named<T> {
    all: Vec<T>,
    names: HashMap<String, usize>,
}

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self { all: Vec::new(), names: HashMap::new() }
    }
}

impl<T> Named<T> {
    pub(super) fn iter(&self) -> std::slice::Iter<'_, T> {
        self.all.iter()
    }

    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.names.get(name).copied()
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        self.all.get(self.position(name)?)
    }

    pub(super) fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let at = self.position(name)?;
        self.all.get_mut(at)
    }

    fn push(&mut self, name: &str, it: T) {
        self.names.insert(name.to_owned(), self.all.len());
        self.all.push(it);
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }
}

/// When something was defined: what is defined before `until` can be used in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Order {
    /// Of the first definition.
    pub(super) first: usize,
    /// Of the last one, or of what was appended.
    pub(super) until: usize,
}

#[derive(Debug)]
pub(super) struct List {
    pub(super) name: String,
    pub(super) items: Vec<String>,
    pub(super) scope: Scope,
    pub(super) order: Order,
    pub(super) origins: Vec<Origin>,
}

#[derive(Debug)]
pub(super) struct Macro {
    pub(super) name: String,
    pub(super) condition: Text,
    pub(super) scope: Scope,
    pub(super) condition_scope: Scope,
    pub(super) order: Order,
    pub(super) origins: Vec<Origin>,
}

#[derive(Debug)]
pub(super) struct RuleInfo {
    pub(super) name: String,
    pub(super) source: String,
    pub(super) is_unknown_source: bool,
    pub(super) desc: String,
    pub(super) condition: Text,
    pub(super) output: String,
    pub(super) priority: Priority,
    pub(super) tags: Vec<String>,
    pub(super) enabled: bool,
    pub(super) warn_evttypes: bool,
    pub(super) skip_if_unknown_filter: bool,
    pub(super) capture: bool,
    pub(super) capture_duration: u32,
    pub(super) exceptions: Vec<Exception>,
    pub(super) extension: Option<Node>,
    pub(super) scope: Scope,
    pub(super) condition_scope: Scope,
    pub(super) output_scope: Scope,
    pub(super) origins: Vec<(String, Origin)>,
}

/// What is appended to a rule, or replaced in it.
#[derive(Debug, Default)]
pub(super) struct Update {
    pub(super) condition: Option<(Text, Scope)>,
    pub(super) output: Option<(String, Scope)>,
    pub(super) desc: Option<String>,
    pub(super) tags: Option<Vec<String>>,
    pub(super) exceptions: Option<Vec<Exception>>,
    pub(super) priority: Option<Priority>,
    pub(super) enabled: Option<bool>,
    pub(super) warn_evttypes: Option<bool>,
    pub(super) skip_if_unknown_filter: Option<bool>,
    pub(super) capture: Option<bool>,
    pub(super) capture_duration: Option<u32>,
    pub(super) extension: Option<Node>,
}

impl Update {
    fn is_empty(&self) -> bool {
        let texts = self.condition.is_none() && self.output.is_none() && self.desc.is_none();
        let lists = self.tags.is_none() && self.exceptions.is_none();
        let flags = self.enabled.is_none()
            && self.warn_evttypes.is_none()
            && self.skip_if_unknown_filter.is_none();
        let rest = self.capture.is_none() && self.capture_duration.is_none();
        texts && lists && flags && rest && self.priority.is_none() && self.extension.is_none()
    }
}

/// A plugin and the version of it that rules need.
#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) name: String,
    pub(super) version: String,
}

/// Everything that files say, before it is put together.
#[derive(Debug, Default)]
pub(super) struct Collector {
    pub(super) lists: Named<List>,
    pub(super) macros: Named<Macro>,
    pub(super) rules: Named<RuleInfo>,
    pub(super) engine_version: Option<(Version, String)>,
    /// Names of what was refused: what refers to them is not refused for that as well.
    pub(super) refused: HashSet<(&'static str, String)>,
    clock: usize,
}

fn error<T>(scope: &Scope, message: impl Into<String>) -> Read<T> {
    Err(Box::new(scope.remark(Code::Validate, message)))
}

impl Collector {
    fn tick(&mut self) -> usize {
        self.clock = self.clock.saturating_add(1);
        self.clock
    }

    pub(super) fn define_list(&mut self, mut list: List) {
        let now = self.tick();
        list.order = Order { first: now, until: now };
        match self.lists.get_mut(&list.name) {
            Some(known) => {
                list.order.first = known.order.first;
                *known = list;
            }
            None => {
                let name = list.name.clone();
                self.lists.push(&name, list);
            }
        }
    }

    pub(super) fn append_list(&mut self, list: List) -> Read<()> {
        let now = self.tick();
        let Some(known) = self.lists.get_mut(&list.name) else {
            let message = "List uses 'append' or 'override.items: append' but no list by that name already exists";
            return self.missing(&list.scope, message, &list.name, self.lists.names());
        };
        known.items.extend(list.items);
        known.origins.extend(list.origins);
        known.order.until = now;
        Ok(())
    }

    pub(super) fn define_macro(&mut self, mut it: Macro) {
        let now = self.tick();
        it.order = Order { first: now, until: now };
        match self.macros.get_mut(&it.name) {
            Some(known) => {
                it.order.first = known.order.first;
                *known = it;
            }
            None => {
                let name = it.name.clone();
                self.macros.push(&name, it);
            }
        }
    }

    pub(super) fn append_macro(&mut self, it: Macro) -> Read<()> {
        let now = self.tick();
        let Some(known) = self.macros.get_mut(&it.name) else {
            let message = "Macro uses 'append' or 'override.condition: append' but no macro by that name already exists";
            return self.missing(&it.scope, message, &it.name, self.macros.names());
        };
        known.condition.append(&it.condition);
        known.origins.extend(it.origins);
        known.order.until = now;
        Ok(())
    }

    /// What appends to something that is not there.
    fn missing<'n, T>(
        &self,
        scope: &Scope,
        message: &str,
        name: &str,
        known: impl Iterator<Item = &'n str>,
    ) -> Read<T> {
        let mut remark = scope.remark(Code::Validate, message);
        /// So that hostile files do not make us compare all with all.
        const MOST: usize = 2000;
        remark.help = super::keys::did_you_mean(name, known.take(MOST));
        Err(Box::new(remark))
    }

    pub(super) fn define_rule(
        &mut self,
        mut rule: RuleInfo,
        catalog: &Catalog,
        out: &mut Vec<Diagnostic>,
    ) -> Read<()> {
        self.same_source(&rule.name, &rule.source, &rule.scope)?;
        let source = catalog.source(&rule.source);
        if source.is_none() {
            rule.is_unknown_source = true;
            let message = format!("Unknown source {}, skipping", rule.source);
            let mut remark = rule.scope.remark(Code::UnknownSource, message);
            let known = catalog.sources.iter().map(|source| source.name);
            remark.help = super::keys::did_you_mean(&rule.source, known);
            out.push(remark);
        }
        const MISSING: &str = "Rule exception item must have fields property with a list of fields";
        for exception in &mut rule.exceptions {
            exception.validate(source, MISSING)?;
        }
        match self.rules.get_mut(&rule.name) {
            Some(known) => *known = rule,
            None => {
                let name = rule.name.clone();
                self.rules.push(&name, rule);
            }
        }
        Ok(())
    }

    /// A rule stays with its source.
    pub(super) fn same_source(&self, name: &str, source: &str, scope: &Scope) -> Read<()> {
        match self.rules.get(name) {
            Some(known) if known.source != source => {
                let mut remark = scope
                    .remark(Code::Validate, "Rule has been re-defined with a different source");
                let origin = known.scope.origin();
                remark.help = Some(format!(
                    "it has the source `{}` at {}:{}",
                    known.source, origin.file, origin.line
                ));
                Err(Box::new(remark))
            }
            _ => Ok(()),
        }
    }

    fn known_rule(&mut self, name: &str, scope: &Scope, message: &str) -> Read<&mut RuleInfo> {
        match self.rules.position(name) {
            Some(at) => match self.rules.all.get_mut(at) {
                Some(rule) => Ok(rule),
                None => error(scope, message),
            },
            None => self.missing(scope, message, name, self.rules.names()),
        }
    }

    pub(super) fn append_rule(
        &mut self,
        name: &str,
        update: Update,
        scope: &Scope,
        catalog: &Catalog,
    ) -> Read<()> {
        let message = "Rule uses 'append' or 'override.<key>: append' but no rule by that name already exists";
        let rule = self.known_rule(name, scope, message)?;
        if update.is_empty() {
            return error(scope, "Appended rule must have exceptions or condition property");
        }
        rule.origins.push(("append".to_owned(), scope.origin()));
        if let Some((condition, _)) = &update.condition {
            rule.condition.append(condition);
        }
        for (text, more) in [
            (&mut rule.output, update.output.map(|output| output.0)),
            (&mut rule.desc, update.desc),
        ] {
            if let Some(more) = more {
                text.push(' ');
                text.push_str(&more);
            }
        }
        if let Some(tags) = update.tags {
            rule.tags.extend(tags);
            rule.tags.sort_unstable();
            rule.tags.dedup();
        }
        rule.extension = update.extension.or_else(|| rule.extension.take());
        let source = catalog.source(&rule.source);
        append_exceptions(rule, update.exceptions.unwrap_or_default(), source)
    }

    pub(super) fn replace_in_rule(
        &mut self,
        name: &str,
        update: Update,
        scope: &Scope,
        catalog: &Catalog,
    ) -> Read<()> {
        let message = "An 'override.<key>: replace' to a rule was requested but no rule by that name already exists";
        let rule = self.known_rule(name, scope, message)?;
        if update.is_empty() {
            return error(scope, "The rule must have at least one field that can be replaced");
        }
        rule.origins.push(("replace".to_owned(), scope.origin()));
        if let Some((condition, scope)) = update.condition {
            (rule.condition, rule.condition_scope) = (condition, scope);
        }
        if let Some((output, scope)) = update.output {
            (rule.output, rule.output_scope) = (output, scope);
        }
        put(&mut rule.desc, update.desc);
        put(&mut rule.tags, update.tags);
        put(&mut rule.priority, update.priority);
        put(&mut rule.enabled, update.enabled);
        put(&mut rule.warn_evttypes, update.warn_evttypes);
        put(&mut rule.skip_if_unknown_filter, update.skip_if_unknown_filter);
        put(&mut rule.capture, update.capture);
        put(&mut rule.capture_duration, update.capture_duration);
        rule.extension = update.extension.or_else(|| rule.extension.take());
        if let Some(mut exceptions) = update.exceptions {
            const MISSING: &str =
                "Rule exception item must have fields property with a list of fields";
            let source = catalog.source(&rule.source);
            exceptions.iter_mut().try_for_each(|it| it.validate(source, MISSING))?;
            rule.exceptions = exceptions;
        }
        Ok(())
    }

    pub(super) fn enable_rule(&mut self, name: &str, enabled: bool, scope: &Scope) -> Read<()> {
        let message = "Rule has 'enabled' key but no rule by that name already exists";
        let rule = self.known_rule(name, scope, message)?;
        rule.enabled = enabled;
        rule.origins.push(("enabled".to_owned(), scope.origin()));
        Ok(())
    }

    /// Notes the highest engine version that is asked for.
    pub(super) fn require_engine(&mut self, version: Version, written: &str) {
        if self.engine_version.as_ref().is_none_or(|(known, _)| *known < version) {
            self.engine_version = Some((version, written.to_owned()));
        }
    }

    /// Notes a name whose definition was refused.
    pub(super) fn refuse(&mut self, kind: &'static str, name: &str) {
        self.refused.insert((kind, name.to_owned()));
    }

    pub(super) fn was_refused(&self, kind: &'static str, name: &str) -> bool {
        !self.refused.is_empty() && self.refused.contains(&(kind, name.to_owned()))
    }
}

fn put<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

fn append_exceptions(
    rule: &mut RuleInfo,
    exceptions: Vec<Exception>,
    source: Option<&SourceDef>,
) -> Read<()> {
    let mut names: HashMap<String, usize> = HashMap::new();
    for (index, known) in rule.exceptions.iter().enumerate() {
        names.entry(known.name.clone()).or_insert(index);
    }
    for mut exception in exceptions {
        match names.get(&exception.name).and_then(|index| rule.exceptions.get_mut(*index)) {
            Some(known) => known.append(exception)?,
            None => {
                exception.validate_appended(source)?;
                names.insert(exception.name.clone(), rule.exceptions.len());
                rule.exceptions.push(exception);
            }
        }
    }
    Ok(())
}
