//! From YAML to lists, macros and rules.
//!
//! # Source
//! `rule_loader_reader.cpp` of falcosecurity/falco: keys, order of checks, messages.

use std::sync::Arc;

use farguard_authoring::yaml::{Entry, Node, Value};

use super::{
    collect::{Collector, List, Macro, Order, Plugin, RuleInfo, Update},
    exception,
    item::{Item, Read, fail},
    keys,
    place::{Scope, SourceFile, Text},
    version::{ENGINE, Version},
};
use crate::{
    diagnostic::{Code, Diagnostic},
    extension::Extension,
    source::Catalog,
};

const APPEND_IS_DEPRECATED: &str = "'append' key is deprecated. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";
const ENABLED_IS_DEPRECATED: &str = "The standalone 'enabled' key usage is deprecated. The correct approach requires also a 'replace' entry under the 'override' key (i.e. 'enabled: replace').";
const APPEND_AND_OVERRIDE: &str = "Keys 'override' and 'append: true' cannot be used together. Add an 'append' entry (e.g. 'condition: append') under 'override' instead.";

/// Reads the items of one file.
pub(super) struct Reader<'r> {
    pub(super) catalog: &'r Catalog,
    pub(super) collector: &'r mut Collector,
    pub(super) file: Arc<SourceFile>,
    pub(super) out: &'r mut Vec<Diagnostic>,
}

impl Reader<'_> {
    /// Reads a document: a list of items. What is wrong with one item does not lose the others.
    pub(super) fn document(&mut self, root: &Node) {
        let scope = Scope::root(&self.file);
        let message = match &root.value {
            _ if root.is_null() => return,
            Value::List(items) => {
                for node in items.iter().filter(|node| !node.is_null()) {
                    if let Err(error) = self.item(node, &scope) {
                        self.out.push(*error);
                    }
                }
                return;
            }
            Value::Map(_) => "Rules content is not yaml array of objects",
            Value::Scalar { .. } => "Rules content is not yaml",
        };
        let help = "write a list: each rule, macro and list begins with `- `".to_owned();
        let error = scope.remark(Code::YamlValidate, message);
        self.out.push(Diagnostic { help: Some(help), ..error });
    }

    fn item(&mut self, node: &Node, scope: &Scope) -> Read<()> {
        let unknown = scope.inner("rules content item", "", node);
        let Value::Map(entries) = &node.value else {
            let message =
                "Unexpected element type. Each element should be a yaml associative array.";
            return fail(&unknown, message);
        };
        let has = |key: &str| entries.iter().any(|entry| entry.key == key);
        match keys::ITEMS.into_iter().find(|key| has(key)) {
            Some("required_engine_version") => self.engine_version(node, entries, scope),
            Some("required_plugin_versions") => self.plugin_versions(entries, scope),
            Some("list") => self.named("list", keys::LIST, node, scope, Self::list),
            Some("macro") => self.named("macro", keys::MACRO, node, scope, Self::macro_),
            Some("rule") => self.named("rule", keys::RULE, node, scope, Self::rule),
            _ => {
                let mut remark = unknown.remark(Code::UnknownItem, "Unknown top level item");
                let found =
                    entries.iter().find_map(|entry| keys::did_you_mean(&entry.key, keys::ITEMS));
                remark.help = found;
                self.out.push(remark);
                Ok(())
            }
        }
    }

    /// Reads the name of an item, then the item.
    fn named(
        &mut self,
        kind: &'static str,
        known: &[&str],
        node: &Node,
        scope: &Scope,
        read: fn(&mut Self, &Item<'_>, &str) -> Read<()>,
    ) -> Read<()> {
        let Value::Map(entries) = &node.value else { return Ok(()) };
        let name = Item { entries, scope: scope.inner(kind, "", node) }.text(kind)?;
        let item = Item { entries, scope: scope.inner(kind, name, node) };
        if let Err(error) = read(self, &item, name) {
            self.collector.refuse(kind, name);
            self.out.push(*error);
        }
        // Behind an error they may tell what was meant.
        keys::unknown(entries, known, &item.scope, self.out);
        Ok(())
    }

    fn engine_version(&mut self, node: &Node, entries: &[Entry], scope: &Scope) -> Read<()> {
        let item = Item { entries, scope: scope.inner("required_engine_version", "", node) };
        let text = item.text("required_engine_version")?;
        let number = text.parse().ok().map(Version::of_number);
        let Some(version) = number.or_else(|| Version::parse(text)) else {
            return item.error(format!(
                "Unable to parse engine version '{text}' as a semver string. Expected \"x.y.z\" semver format."
            ));
        };
        if !ENGINE.satisfies(version) {
            let message =
                format!("Rules require engine version {version}, but engine version is {ENGINE}");
            return Err(Box::new(item.scope.remark(Code::Validate, message)));
        }
        self.collector.require_engine(version, text);
        keys::unknown(entries, keys::ENGINE_VERSION, &item.scope, self.out);
        Ok(())
    }

    fn plugin_versions(&mut self, entries: &[Entry], scope: &Scope) -> Read<()> {
        let Some(entry) = entries.iter().find(|entry| entry.key == "required_plugin_versions")
        else {
            return Ok(());
        };
        let scope = scope.inner("required plugin versions", "", &entry.value);
        keys::unknown(entries, keys::PLUGIN_VERSIONS, &scope, self.out);
        let Value::List(nodes) = &entry.value.value else {
            return fail(&scope, "Value of required_plugin_versions must be a sequence");
        };
        nodes.iter().try_for_each(|node| self.plugin(node, &scope))
    }

    fn plugin(&mut self, node: &Node, scope: &Scope) -> Read<()> {
        let unnamed = scope.inner("required plugin versions entry", "", node);
        let Value::Map(entries) = &node.value else {
            return fail(&unnamed, "Plugin version must be a mapping");
        };
        let name = Item { entries, scope: unnamed }.text("name")?;
        let scope = scope.inner("required plugin versions entry", name, node);
        keys::unknown(entries, keys::PLUGIN, &scope, self.out);
        let item = Item { entries, scope };
        let mut plugins =
            vec![Plugin { name: name.to_owned(), version: item.text("version")?.to_owned() }];
        if let Some(entry) = item.entry("alternatives") {
            let Value::List(nodes) = &entry.value.value else {
                return item.error("Value of plugin version alternatives must be a sequence");
            };
            for node in nodes {
                plugins.push(self.alternative(node, &item.scope)?);
            }
        }
        self.require_plugin(&plugins, &item.scope)
    }

    fn alternative(&mut self, node: &Node, scope: &Scope) -> Read<Plugin> {
        const TYPE: &str = "required plugin versions alternative";
        let unnamed = scope.inner(TYPE, "", node);
        let Value::Map(entries) = &node.value else {
            return fail(&unnamed, "Plugin version alternative must be a mapping");
        };
        let name = Item { entries, scope: unnamed }.text("name")?;
        let scope = scope.inner(TYPE, name, node);
        keys::unknown(entries, keys::ALTERNATIVE, &scope, self.out);
        let version = Item { entries, scope }.text("version")?;
        Ok(Plugin { name: name.to_owned(), version: version.to_owned() })
    }

    /// Whether one of the plugins is there in a version that will do. That none is there at all is
    /// told by each rule whose source is not known.
    fn require_plugin(&self, plugins: &[Plugin], scope: &Scope) -> Read<()> {
        let error = |message: String| Err(Box::new(scope.remark(Code::Validate, message)));
        let mut found = None;
        for (index, Plugin { name, version }) in plugins.iter().enumerate() {
            let Some(wanted) = Version::parse(version) else {
                return error(format!("Invalid required version '{version}' for plugin '{name}'"));
            };
            if plugins.iter().take(index).any(|other| other.name == *name) {
                let message = "Defined multiple alternative version requirements for plugin";
                return error(format!("{message} '{name}'"));
            }
            let known = self.catalog.plugins.iter().find(|(known, _)| known == name);
            if let Some((_, have)) = known {
                let fits = Version::parse(have).is_some_and(|have| have.satisfies(wanted));
                found = Some(found.unwrap_or_default() || fits);
            }
        }
        if found == Some(false) {
            let wanted: Vec<String> =
                plugins.iter().map(|it| format!("{} (>= {})", it.name, it.version)).collect();
            let message = "Plugin requirement not satisfied, must load one of";
            return error(format!("{message}: {}", wanted.join(", ")));
        }
        Ok(())
    }

    fn list(&mut self, item: &Item<'_>, name: &str) -> Read<()> {
        if !is_bare(name) {
            let message = "List has an invalid name. List names should match a regular expression: ([^()\"'[:space:]=,]+)";
            self.out.push(item.scope.remark(Code::InvalidListName, message));
        }
        let list = List {
            name: name.to_owned(),
            items: item.texts("items")?.into_iter().map(str::to_owned).collect(),
            scope: item.scope.clone(),
            order: Order::default(),
            origins: vec![item.scope.origin()],
        };
        match self.appends(item, keys::LIST_OVERRIDES)? {
            true => self.collector.append_list(list),
            false => {
                self.collector.define_list(list);
                Ok(())
            }
        }
    }

    fn macro_(&mut self, item: &Item<'_>, name: &str) -> Read<()> {
        if !is_identifier(name) {
            let message = "Macro has an invalid name. Macro names should match a regular expression: ([a-zA-Z]+[a-zA-Z0-9_]*)";
            self.out.push(item.scope.remark(Code::InvalidMacroName, message));
        }
        let (condition, condition_scope) = self.condition(item, "macro condition")?;
        let it = Macro {
            name: name.to_owned(),
            condition,
            scope: item.scope.clone(),
            condition_scope,
            order: Order::default(),
            origins: vec![item.scope.origin()],
        };
        match self.appends(item, keys::MACRO_OVERRIDES)? {
            true => self.collector.append_macro(it),
            false => {
                self.collector.define_macro(it);
                Ok(())
            }
        }
    }

    /// Whether a list or macro is appended to another.
    fn appends(&mut self, item: &Item<'_>, overridable: &[(&str, bool)]) -> Read<bool> {
        let append = self.append_flag(item)?;
        let overrides = overrides(item, overridable)?;
        if append && !overrides.is_empty() {
            return item.error(APPEND_AND_OVERRIDE);
        }
        Ok(append || overrides.iter().any(|(_, is_append)| *is_append))
    }

    fn append_flag(&mut self, item: &Item<'_>) -> Read<bool> {
        let append = item.optional_bool("append")?.unwrap_or_default();
        if append {
            self.out.push(item.scope.remark(Code::DeprecatedItem, APPEND_IS_DEPRECATED));
        }
        Ok(append)
    }

    fn condition(&self, item: &Item<'_>, item_type: &'static str) -> Read<(Text, Scope)> {
        let text = item.text("condition")?;
        let node = &item.required("condition")?.value;
        let scope = item.scope.inner(item_type, "", node);
        Ok((Text::new(text, &self.file, node.place), scope))
    }

    fn output(item: &Item<'_>) -> Read<(String, Scope)> {
        let text = item.text("output")?.to_owned();
        let node = &item.required("output")?.value;
        Ok((text, item.scope.inner("rule output", "", node)))
    }

    fn rule(&mut self, item: &Item<'_>, name: &str) -> Read<()> {
        let append = self.append_flag(item)?;
        let overrides = overrides(item, keys::RULE_OVERRIDES)?;
        if append && !overrides.is_empty() {
            return item.error(APPEND_AND_OVERRIDE);
        }
        if append || !overrides.is_empty() {
            let entry = item.entry("source").filter(|entry| !entry.value.is_null());
            if let Some(Entry { value: Node { value: Value::Scalar { text, .. }, .. }, .. }) = entry
                && !text.is_empty()
            {
                self.collector.same_source(name, text, &item.scope)?;
            }
        }
        if append {
            return self.append_rule(item, name);
        }
        if !overrides.is_empty() {
            return self.override_rule(item, name, &overrides);
        }
        if ["condition", "output", "desc", "priority"].iter().any(|key| item.has(key)) {
            return self.define_rule(item, name);
        }
        item.text("enabled")?;
        let enabled = item.optional_bool("enabled")?.unwrap_or(true);
        self.out.push(item.scope.remark(Code::DeprecatedItem, ENABLED_IS_DEPRECATED));
        self.collector.enable_rule(name, enabled, &item.scope)
    }

    fn define_rule(&mut self, item: &Item<'_>, name: &str) -> Read<()> {
        let (condition, condition_scope) = self.condition(item, "rule condition")?;
        let (output, output_scope) = Self::output(item)?;
        let desc = item.text("desc")?.to_owned();
        let priority = item.priority()?;
        let rule = RuleInfo {
            name: name.to_owned(),
            source: item.optional_text("source")?.unwrap_or("syscall").to_owned(),
            is_unknown_source: false,
            desc,
            condition,
            output: output.trim().to_owned(),
            priority,
            tags: item.tags()?.unwrap_or_default(),
            enabled: item.optional_bool("enabled")?.unwrap_or(true),
            warn_evttypes: item.optional_bool("warn_evttypes")?.unwrap_or(true),
            skip_if_unknown_filter: item.optional_bool("skip-if-unknown-filter")?.unwrap_or(false),
            capture: item.optional_bool("capture")?.unwrap_or(false),
            capture_duration: item.optional_number("capture_duration")?.unwrap_or(0),
            exceptions: exception::read(item, false, self.out)?,
            extension: self.extension(item),
            scope: item.scope.clone(),
            condition_scope,
            output_scope,
            origins: vec![("rule".to_owned(), item.scope.origin())],
        };
        self.collector.define_rule(rule, self.catalog, self.out)
    }

    /// `append: true` takes conditions and exceptions, and nothing else.
    fn append_rule(&mut self, item: &Item<'_>, name: &str) -> Read<()> {
        let mut update = Update { extension: self.extension(item), ..Update::default() };
        if item.has("condition") {
            update.condition = Some(self.condition(item, "rule condition")?);
        }
        if item.has("exceptions") {
            update.exceptions = Some(exception::read(item, true, self.out)?);
        }
        self.collector.append_rule(name, update, &item.scope, self.catalog)
    }

    fn override_rule(
        &mut self,
        item: &Item<'_>,
        name: &str,
        overrides: &[(&str, bool)],
    ) -> Read<()> {
        if let Some((key, is_append)) = overrides.iter().find(|(key, _)| !item.has(key)) {
            let kind = if *is_append { "append" } else { "replace" };
            return item.error(format!(
                "An {kind} override for '{key}' was specified but '{key}' is not defined"
            ));
        }
        let mut extension = self.extension(item);
        for is_append in [true, false] {
            let keys: Vec<&str> =
                overrides.iter().filter(|it| it.1 == is_append).map(|it| it.0).collect();
            if keys.is_empty() {
                continue;
            }
            let update = self.update(item, &keys, is_append)?;
            let update = Update { extension: extension.take(), ..update };
            if is_append {
                self.collector.append_rule(name, update, &item.scope, self.catalog)?;
            } else {
                self.collector.replace_in_rule(name, update, &item.scope, self.catalog)?;
            }
        }
        let is_overridable = |key: &str| keys::RULE_OVERRIDES.iter().any(|it| it.0 == key);
        let is_overridden = |key: &str| overrides.iter().any(|it| it.0 == key);
        for entry in item.entries {
            if is_overridable(&entry.key) && !is_overridden(&entry.key) {
                let scope = item.scope.inner("overrides", &entry.key, &entry.value);
                let key = &entry.key;
                let message = "no corresponding entry under 'override' is defined.";
                return fail(&scope, format!("Unexpected key '{key}': {message}"));
            }
        }
        Ok(())
    }

    /// What only Farguard reads is checked here and read by those who need it.
    fn extension(&mut self, item: &Item<'_>) -> Option<Node> {
        let entry = item.entry(keys::EXTENSION)?;
        let scope = item.scope.inner("extension item", keys::EXTENSION, &entry.value);
        let (_, issues) = Extension::read(&entry.value);
        self.out.extend(issues.into_iter().map(|issue| {
            let code = if issue.is_error { Code::Extension } else { Code::WarningExtension };
            let remark = scope.remark_at(code, issue.message, issue.place);
            Diagnostic { help: issue.help, ..remark }
        }));
        Some(entry.value.clone())
    }

    fn update(&mut self, item: &Item<'_>, keys: &[&str], append: bool) -> Read<Update> {
        let has = |key: &str| keys.contains(&key);
        let mut update = Update::default();
        if has("condition") {
            update.condition = Some(self.condition(item, "rule condition")?);
        }
        if has("exceptions") {
            update.exceptions = Some(exception::read(item, append, self.out)?);
        }
        if has("output") {
            update.output = Some(Self::output(item)?);
        }
        if has("desc") {
            update.desc = Some(item.text("desc")?.to_owned());
        }
        if has("tags") {
            update.tags = item.tags()?;
        }
        if has("priority") {
            update.priority = Some(item.priority()?);
        }
        for (key, flag) in [
            ("enabled", &mut update.enabled),
            ("warn_evttypes", &mut update.warn_evttypes),
            ("skip-if-unknown-filter", &mut update.skip_if_unknown_filter),
            ("capture", &mut update.capture),
        ] {
            if has(key) {
                *flag = item.optional_bool(key)?;
            }
        }
        if has("capture_duration") {
            update.capture_duration = item.optional_number("capture_duration")?;
        }
        Ok(update)
    }
}

/// Reads `override:`: the keys, and whether they are appended, otherwise they are replaced.
fn overrides<'n>(item: &Item<'n>, known: &[(&str, bool)]) -> Read<Vec<(&'n str, bool)>> {
    let Some(entry) = item.entry("override") else { return Ok(Vec::new()) };
    let scope = item.scope.inner("overrides", "", &entry.value);
    let Value::Map(entries) = &entry.value.value else {
        return fail(&scope, "Value of override must be a mapping");
    };
    let mut overrides: Vec<(&str, bool)> = Vec::new();
    for entry in entries {
        let key = entry.key.as_str();
        let operation = match &entry.value.value {
            Value::Scalar { text, .. } => text.as_str(),
            Value::List(_) | Value::Map(_) => "",
        };
        let row = known.iter().find(|row| row.0 == key);
        let scope = scope.at("overrides", key, entry.place);
        let refuse = |message: String| {
            let error = scope.remark(Code::YamlValidate, message);
            let help =
                keys::did_you_mean(key, known.iter().map(|row| row.0).filter(|it| *it != key));
            Err(Box::new(Diagnostic { help: help.filter(|_| row.is_none()), ..error }))
        };
        match (operation, row) {
            ("append", Some((_, true))) => overrides.push((key, true)),
            ("append", _) => {
                return refuse(format!("Key '{key}' cannot be appended to, use 'replace' instead"));
            }
            ("replace", Some(_)) => overrides.push((key, false)),
            ("replace", None) => return refuse(format!("Key '{key}' cannot be replaced")),
            _ => {
                let append = if row.is_some_and(|row| row.1) { "append " } else { "" };
                let replace = if row.is_some() { "replace " } else { "" };
                return refuse(format!(
                    "Invalid override operation for key '{key}': '{operation}'. Allowed values are: {append}{replace}"
                ));
            }
        }
    }
    overrides.sort_unstable();
    overrides.dedup();
    Ok(overrides)
}

/// Whether it can stand in a condition without quotes.
fn is_bare(name: &str) -> bool {
    !name.contains(|c: char| c.is_ascii_whitespace() || "()\"'=,\u{b}".contains(c))
}

fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
