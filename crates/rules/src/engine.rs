//! Rules over events: compiled once, asked for every event.

mod build;
mod classes;
mod guard;
mod index;
mod joint;
mod memo;
mod merge;
mod options;
mod printer;
mod program;
mod run;
mod slot;
mod test;
mod text;
mod transform;

pub use options::{Append, Matching, Options, Selector};
pub use printer::Printer;
pub use run::Scratch;
pub(crate) use text::Pattern;

pub(crate) use build::Builder;
pub(crate) use joint::{Joint, Met, Watched};
pub(crate) use slot::SlotId;

use program::Program;
use run::Run;

use crate::{
    check::Remark,
    diagnostic::{Code, Context, Diagnostic},
    output::{Alert, Format},
    rule::{Rule, RuleSet},
    source::Source,
    syntax::{self, Expr},
};

/// Number of a rule of an [`Engine`], in the order of definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(u32);

impl RuleId {
    /// By its number, counted from 0.
    pub(crate) fn at(index: usize) -> Self {
        Self(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Counted from 0.
    #[must_use]
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The rules for one source.
pub struct Engine<S: Source> {
    program: Program<S>,
    rules: Vec<Compiled>,
    matching: Matching,
}

struct Compiled {
    rule: Rule,
    format: Format,
}

impl<S: Source> std::fmt::Debug for Engine<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("rules", &self.rules.len()).finish_non_exhaustive()
    }
}

impl<S: Source> Engine<S> {
    /// Compiles the rules that are for this source and enabled. Those that cannot
    /// be compiled are left out and told.
    #[must_use]
    pub fn compile(set: &RuleSet, options: &Options) -> (Self, Vec<Diagnostic>) {
        let mut builder = Builder::new();
        let (mut rules, mut diagnostics) = (Vec::new(), Vec::new());
        for rule in set.rules.iter().filter(|rule| rule.source == S::NAME && rule.enabled) {
            match compile_rule(rule, options, &mut builder) {
                Ok(format) => rules.push(Compiled { rule: rule.clone(), format }),
                Err((code, remark)) => diagnostics.push(diagnostic(rule, code, remark)),
            }
        }
        (Self { program: builder.finish(), rules, matching: options.matching }, diagnostics)
    }

    /// What a thread needs to ask this engine.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch::new(&self.program)
    }

    /// Whether an event of that kind can match any rule.
    #[must_use]
    pub fn wants(&self, kind: usize) -> bool {
        self.program.wants(kind)
    }

    /// Tells the rules that an event matches: the first, or all in order.
    pub fn matches<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        found: &mut dyn FnMut(RuleId),
    ) {
        if !self.wants(S::kind(event)) {
            return;
        }
        Run::new(&self.program, event, scratch).conditions(|id| {
            found(RuleId(id));
            self.matching == Matching::All
        });
    }

    /// What these rules have to say about an event, whether it matches them or not.
    pub(crate) fn tell<'e>(
        &'e self,
        ids: &[RuleId],
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        found: &mut dyn FnMut(Alert),
    ) {
        let mut run = Run::new(&self.program, event, scratch);
        for compiled in ids.iter().filter_map(|id| self.compiled(*id)) {
            found(compiled.alert(&mut run));
        }
    }

    /// How many rules there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rules.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// All rules, in the order of definition.
    pub fn rules(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        (0..).map(RuleId).zip(self.rules.iter().map(|it| &it.rule))
    }

    /// A rule by the number that [`Engine::matches`] told.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> Option<&Rule> {
        self.compiled(id).map(|it| &it.rule)
    }

    /// Tells the rules that an event matches, with what is to be said about it: as
    /// [`Engine::matches`], and each field of the event is still read only once.
    pub fn alerts<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        found: &mut dyn FnMut(RuleId, Alert),
    ) {
        if !self.wants(S::kind(event)) {
            return;
        }
        let mut run = Run::new(&self.program, event, scratch);
        let mut ids = bumpalo::collections::Vec::new_in(run.bump);
        run.conditions(|id| {
            ids.push(RuleId(id));
            self.matching == Matching::All
        });
        for id in ids {
            if let Some(compiled) = self.compiled(id) {
                found(id, compiled.alert(&mut run));
            }
        }
    }

    fn compiled(&self, id: RuleId) -> Option<&Compiled> {
        self.rules.get(id.index())
    }
}

impl Compiled {
    fn alert<S: Source>(&self, run: &mut Run<'_, S>) -> Alert {
        let Self { rule, format } = self;
        let time_ns = S::time_ns(run.event);
        let (output, fields) = format.print(time_ns, &mut |slot| run.value(slot));
        Alert {
            time_ns,
            rule: rule.name.clone(),
            priority: rule.priority,
            source: S::NAME,
            output,
            fields,
            tags: rule.tags.clone(),
        }
    }
}

fn compile_rule<S: Source>(
    rule: &Rule,
    options: &Options,
    builder: &mut Builder<S>,
) -> Result<Format, (Code, Remark)> {
    let format = Format::new(&options.output_of(rule), options.fields_of(rule), builder)
        .map_err(|remark| (Code::CompileOutput, remark))?;
    builder.condition(&rule.condition.expr).map_err(|remark| (Code::CompileCondition, remark))?;
    Ok(format)
}

pub(crate) fn diagnostic(rule: &Rule, code: Code, remark: Remark) -> Diagnostic {
    let origin = rule.origins.first().map(|(_, origin)| origin.clone()).unwrap_or_default();
    let context = Context {
        item_type: "rule",
        item_name: rule.name.clone(),
        origin: origin.clone(),
        ..Context::default()
    };
    Diagnostic {
        code,
        message: remark.message,
        context: vec![context],
        origin,
        snippet: String::new(),
        excerpt: String::new(),
        help: remark.help,
    }
}

/// One condition: what to keep of a capture.
pub struct Filter<S: Source> {
    program: Program<S>,
}

impl<S: Source> std::fmt::Debug for Filter<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filter").finish_non_exhaustive()
    }
}

impl<S: Source> Filter<S> {
    /// Compiles a condition without macros and lists.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn compile(text: &str) -> Result<Self, Remark> {
        let expr = syntax::parse(text).map_err(|error| Remark {
            help: error.help,
            ..Remark::error(error.message, error.span)
        })?;
        Self::new(&expr)
    }

    /// Compiles a condition in which macros are resolved.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn new(expr: &Expr) -> Result<Self, Remark> {
        let mut builder = Builder::new();
        builder.condition(expr)?;
        Ok(Self { program: builder.finish() })
    }

    /// What a thread needs to ask this filter.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch::new(&self.program)
    }

    /// Whether an event of that kind can match.
    #[must_use]
    pub fn wants(&self, kind: usize) -> bool {
        self.program.wants(kind)
    }

    /// Whether an event matches.
    pub fn matches<'e>(&'e self, event: S::Event<'e>, scratch: &'e mut Scratch) -> bool {
        let mut matches = false;
        if self.wants(S::kind(event)) {
            Run::new(&self.program, event, scratch).conditions(|_| {
                matches = true;
                false
            });
        }
        matches
    }
}
