//! Puts lists, macros and exceptions into rules, and checks what comes out.
//!
//! # Source
//! `rule_loader_compiler.cpp` of falcosecurity/falco: order of checks, messages.

use std::{collections::HashMap, sync::Arc};

use super::{
    collect::{Collector, RuleInfo},
    evttypes::Evttypes,
    lists::ListTable,
    macros::{self, MacroTable},
    place::{Scope, Text},
};
use crate::{
    check::{self, Remark},
    diagnostic::{Code, Diagnostic},
    rule::{Condition, Rule, RuleSet},
    source::{Catalog, SourceDef},
    syntax::{Check, Expr, Op, Operand, Right, Span},
};

/// Most remarks on one condition: with more of them, nobody reads the rest.
const MAX_REMARKS: usize = 20;

/// The source whose rules should say which events they want.
const SYSCALL: &str = "syscall";

/// Kinds whose events say themselves what they are.
const OTHER_KINDS: [&str; 3] = ["asyncevent", "pluginevent", "syscall"];

/// Fields that are on their way out, and why.
const DEPRECATED: [(&str, &str); 6] = [
    (
        "evt.dir",
        "events are seen once, when they are complete: it is always `<`, so leave the comparison out",
    ),
    ("evt.latency", "events are seen once, when they are complete: it has no value"),
    ("evt.latency.human", "events are seen once, when they are complete: it has no value"),
    ("evt.latency.ns", "events are seen once, when they are complete: it has no value"),
    ("evt.latency.s", "events are seen once, when they are complete: it has no value"),
    ("evt.wait_latency", "events are seen once, when they are complete: it has no value"),
];

/// Falco once replaced it; its plugin for containers now adds the fields.
const CONTAINER_INFO: &str = "%container.info";

/// Puts everything together that was read.
pub(super) fn compile(collector: &Collector, catalog: &Catalog) -> (RuleSet, Vec<Diagnostic>) {
    let mut out = Vec::new();
    let lists = ListTable::new(collector, &mut out);
    let macros = MacroTable::new(collector, &lists, &mut out);
    let mut compiler = Compiler { catalog, collector, lists, macros, out };
    let rules = compiler.rules();
    let Compiler { lists, macros, mut out, .. } = compiler;
    macros.unused(&mut out);
    lists.unused(&mut out);
    let rules = RuleSet {
        rules,
        macros: macros.named_rules(),
        lists: lists.named_rules(),
        required_engine_version: collector.engine_version.as_ref().map(|it| it.1.clone()),
    };
    (rules, out)
}

/// A rule whose condition is read, with the macros that it names.
struct Parsed<'c> {
    info: &'c RuleInfo,
    condition: Text,
    expr: Expr,
    macros: Vec<usize>,
    remarks: Vec<Remark>,
}

struct Compiler<'c> {
    catalog: &'c Catalog,
    collector: &'c Collector,
    lists: ListTable<'c>,
    macros: MacroTable<'c>,
    out: Vec<Diagnostic>,
}

impl<'c> Compiler<'c> {
    fn rules(&mut self) -> Vec<Rule> {
        let mut kinds = self.catalog.source(SYSCALL).and_then(Evttypes::new);
        let mut broken: HashMap<&str, Vec<Option<(usize, Remark)>>> = HashMap::new();
        let mut rules = Vec::new();
        for info in self.collector.rules.iter() {
            let Some(source) = self.catalog.source(&info.source) else { continue };
            let Some(output) = self.output(info, source) else { continue };
            let Some(parsed) = self.parse(info, source) else { continue };
            let broken = broken.entry(source.name).or_default();
            if !self.is_usable(&parsed, source, broken) {
                continue;
            }
            if info.warn_evttypes
                && source.name == SYSCALL
                && kinds.as_mut().is_some_and(|kinds| kinds.are_too_many(&parsed.expr))
            {
                let message = "Rule matches too many evt.type values. This has a significant performance penalty.";
                self.out.push(info.scope.remark(Code::NoEvttype, message));
            }
            rules.push(finished(parsed, output));
        }
        rules
    }

    /// Checks the output. Nothing when the rule cannot be used.
    fn output(&mut self, info: &RuleInfo, source: &SourceDef) -> Option<String> {
        let scope = &info.output_scope;
        let mut output = info.output.clone();
        if output.contains(CONTAINER_INFO) {
            let message = "%container.info is deprecated and no more useful, and will be dropped by Falco 1.0.0. The container plugin will automatically add required fields to the output message.";
            self.out.push(info.scope.remark(Code::DeprecatedItem, message));
            output = output.replace(CONTAINER_INFO, "");
        }
        let mut usable = true;
        for remark in check::output(&output, source) {
            let skip = info.skip_if_unknown_filter && remark.is_unknown_field;
            let code = match remark.is_error {
                true if skip => Code::UnknownFilter,
                true => Code::CompileOutput,
                false => Code::CompileConditionWarning,
            };
            usable &= !remark.is_error;
            self.out.push(Diagnostic { help: remark.help, ..scope.remark(code, remark.message) });
        }
        for (field, why) in DEPRECATED.into_iter().filter(|row| output.contains(row.0)).take(1) {
            let message =
                format!("usage of deprecated field '{field}' has been detected in the rule output");
            let remark = scope.remark(Code::DeprecatedItem, message);
            self.out.push(Diagnostic { help: Some(why.to_owned()), ..remark });
        }
        usable.then_some(output)
    }

    fn parse(&mut self, info: &'c RuleInfo, source: &SourceDef) -> Option<Parsed<'c>> {
        let mut condition = info.condition.clone();
        if !info.exceptions.is_empty() {
            condition.wrap();
        }
        for exception in &info.exceptions {
            if let Err(error) = exception.push(&mut condition) {
                self.out.push(*error);
                return None;
            }
        }
        let mut expr =
            macros::parse(&condition, &self.lists, &info.condition_scope, &mut self.out)?;
        let remarks = own_remarks(&mut expr, source);
        let references = macros::references(&expr);
        let place = (&info.scope, &condition);
        let macros = self.macros.link(&mut expr, &references, None, place, &mut self.out)?;
        advise(&expr, &info.condition_scope, &condition, &mut self.out);
        Some(Parsed { info, condition, expr, macros, remarks })
    }

    /// Says what is wrong with the condition and the macros in it.
    fn is_usable(
        &mut self,
        parsed: &Parsed<'_>,
        source: &SourceDef,
        broken: &mut Vec<Option<(usize, Remark)>>,
    ) -> bool {
        let Parsed { info, condition, macros, remarks, .. } = parsed;
        if broken.is_empty() {
            *broken = self.broken(source);
        }
        let mut usable = true;
        let own = remarks.iter().map(|remark| (remark, &info.condition_scope, condition));
        let inner = macros.iter().find_map(|at| broken.get(*at)?.as_ref());
        let inner = inner.and_then(|(at, remark)| {
            let it = self.macros.get(*at)?;
            Some((remark, &info.condition_scope, &it.condition))
        });
        for (remark, scope, text) in own.chain(inner) {
            let skip = info.skip_if_unknown_filter && remark.is_unknown_field;
            let code = match remark.is_error {
                true if skip => Code::UnknownFilter,
                true => Code::CompileCondition,
                false => Code::CompileConditionWarning,
            };
            if skip && !usable {
                continue;
            }
            usable &= !remark.is_error;
            let diagnostic = scope.remark_in(code, remark.message.clone(), text, remark.span);
            self.out.push(Diagnostic { help: remark.help.clone(), ..diagnostic });
        }
        usable
    }

    /// For each macro that rules of a source use: the macro that makes it unusable, itself or one
    /// that it names, and why. What is only a warning is said here, once.
    fn broken(&mut self, source: &SourceDef) -> Vec<Option<(usize, Remark)>> {
        let order = self.macros.order().to_vec();
        let reached = self.reached(source, &order);
        let mut broken: Vec<Option<(usize, Remark)>> = vec![None; reached.len()];
        for at in order {
            let (Some(true), Some(it)) = (reached.get(at), self.macros.get(at)) else { continue };
            let Some(body) = self.macros.body(at) else { continue };
            let mut own = Expr::clone(body);
            let remarks = own_remarks(&mut own, source);
            advise(&own, &it.condition_scope, &it.condition, &mut self.out);
            let mut first = None;
            for remark in remarks {
                if remark.is_error {
                    first = first.or(Some((at, remark)));
                    continue;
                }
                let code = Code::CompileConditionWarning;
                let scope = &it.condition_scope;
                let diagnostic = scope.remark_in(code, remark.message, &it.condition, remark.span);
                self.out.push(Diagnostic { help: remark.help, ..diagnostic });
            }
            let children = self.macros.children(at).iter();
            let inherited = || children.clone().find_map(|child| broken.get(*child)?.clone());
            let found = first.or_else(inherited);
            if let Some(place) = broken.get_mut(at) {
                *place = found;
            }
        }
        broken
    }

    /// The macros that rules of a source use, directly or not.
    fn reached(&self, source: &SourceDef, order: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.collector.macros.iter().count()];
        for rule in self.collector.rules.iter().filter(|rule| rule.source == source.name) {
            for word in rule.condition.text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            {
                if let Some(at) = self.macros.position(word) {
                    set(&mut reached, at);
                }
            }
        }
        for at in order.iter().rev() {
            if reached.get(*at) == Some(&true) {
                self.macros.children(*at).iter().for_each(|child| set(&mut reached, *child));
            }
        }
        reached
    }
}

fn set(flags: &mut [bool], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

/// What is wrong with a condition itself; macros in it are passed over.
fn own_remarks(expr: &mut Expr, source: &SourceDef) -> Vec<Remark> {
    let empty = Arc::new(Expr::And(Vec::new()));
    macros::fill(expr, &|_| Some(Arc::clone(&empty)));
    let mut remarks = check::condition(expr, source);
    remarks.extend(unknown_kinds(expr, source));
    remarks.sort_by_key(|remark| remark.span.start);
    remarks.truncate(MAX_REMARKS);
    remarks
}

/// Kinds of system calls that there are not. Other sources may meet names that nobody knows yet.
fn unknown_kinds(expr: &Expr, source: &SourceDef) -> Vec<Remark> {
    let Some(field) = source.kind_field.filter(|_| source.name == SYSCALL) else {
        return Vec::new();
    };
    let mut checks = Vec::new();
    collect(expr, &mut checks);
    let mut remarks = Vec::new();
    for check in checks {
        let names = matches!(&check.left, Operand::Field { name, .. } if name == field);
        let values: Vec<&(String, Span)> = match &check.right {
            Right::List(values) if names => values.iter().collect(),
            _ => Vec::new(),
        };
        let one = match &check.right {
            Right::Value(name, span) if names && matches!(check.op, Op::Eq | Op::Ne) => {
                Some((name, *span))
            }
            _ => None,
        };
        for (name, span) in values.into_iter().map(|(name, span)| (name, *span)).chain(one) {
            let is_known = source.kinds.binary_search(&name.as_str()).is_ok();
            if is_known || OTHER_KINDS.contains(&name.as_str()) || remarks.len() >= MAX_REMARKS {
                continue;
            }
            remarks.push(Remark {
                is_error: true,
                is_unknown_field: true,
                message: format!("unknown event type {name}"),
                span,
                help: super::keys::did_you_mean(name, source.kinds.iter().copied()),
            });
        }
    }
    remarks
}

/// Warnings that do not depend on types: `<NA>`, fields on their way out.
fn advise(expr: &Expr, scope: &Scope, text: &Text, out: &mut Vec<Diagnostic>) {
    let mut checks = Vec::new();
    collect(expr, &mut checks);
    let na = checks.iter().find(|check| is_unsafe_na(check));
    if let Some(check) = na {
        let message = "comparing a field with '<NA>' is unsafe: the field has no value then";
        let mut remark = scope.remark_in(Code::UnsafeNaCheck, message, text, check.span);
        remark.help = Some("use the operator `exists`".to_owned());
        out.push(remark);
    }
    for (field, why) in DEPRECATED {
        let used = checks.iter().find_map(|check| match &check.left {
            Operand::Field { name, span, .. } if name == field => Some(*span),
            _ => None,
        });
        if let Some(span) = used {
            let message = format!(
                "usage of deprecated field '{field}' has been detected in the rule condition"
            );
            let remark = scope.remark_in(Code::DeprecatedItem, message, text, span);
            out.push(Diagnostic { help: Some(why.to_owned()), ..remark });
        }
    }
}

/// The comparisons of a condition itself.
fn collect<'e>(expr: &'e Expr, checks: &mut Vec<&'e Check>) {
    match expr {
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| collect(part, checks)),
        Expr::Not(inner) => collect(inner, checks),
        Expr::Check(check) => checks.push(check),
        Expr::Macro { .. } => {}
    }
}

/// Fields of JSON documents have the value `<NA>` when there is none.
fn is_unsafe_na(check: &Check) -> bool {
    let is_equality = matches!(check.op, Op::Eq | Op::Ne | Op::In | Op::Intersects | Op::Pmatch);
    let is_json = matches!(&check.left, Operand::Field { name, .. }
        if name.starts_with("ka.") || name.starts_with("jevt."));
    let is_na = |value: &(String, Span)| value.0 == "<NA>";
    let names_na = match &check.right {
        Right::Value(text, _) => text == "<NA>",
        Right::List(values) => values.iter().any(is_na),
        Right::Nothing | Right::Operand(_) => false,
    };
    is_equality && is_json && names_na
}

fn finished(parsed: Parsed<'_>, output: String) -> Rule {
    let Parsed { info, condition, expr, .. } = parsed;
    Rule {
        name: info.name.clone(),
        source: info.source.clone(),
        desc: info.desc.clone(),
        condition: Condition { text: condition.text, expr: Arc::new(expr) },
        output,
        priority: info.priority,
        tags: info.tags.clone(),
        enabled: info.enabled,
        capture: info.capture.then(|| u64::from(info.capture_duration)),
        exceptions: info.exceptions.iter().map(super::exception::Exception::summary).collect(),
        origins: info.origins.clone(),
        extension: info.extension.clone(),
    }
}
