//! Rules with windows and rules without, asked together, so that what both ask is found once.
//!
//! Of events that meet the condition of a window, who and what is told and no more: most of them are
//! no alert.

use std::collections::BTreeMap;

use super::{
    Builder, Compiled, Matching, Options, compile_rule, diagnostic,
    program::Program,
    run::{Run, Scratch},
};
use crate::{
    check::Remark,
    diagnostic::Diagnostic,
    output::{Alert, Format},
    rule::Rule,
    source::Source,
    syntax::Expr,
};

/// A condition, and the formats of what its window looks at.
pub(crate) struct Watched<'r> {
    pub(crate) condition: &'r Expr,
    /// Who did it; `None` when all are one.
    pub(crate) actor: Option<String>,
    /// What the window compares; `None` when it only counts.
    pub(crate) value: Option<String>,
}

/// What an event meets.
pub(crate) enum Met {
    /// The condition of a window: its number, the actor, the value.
    Watched(usize, String, Option<String>),
    /// A rule without window.
    Rule(Alert),
}

/// Conditions, compiled together: those of windows come first.
pub(crate) struct Joint<S: Source> {
    program: Program<S>,
    /// Actor and value of each condition of a window.
    watched: Vec<(Option<Format>, Option<Format>)>,
    rules: Vec<Compiled>,
    matching: Matching,
}

impl<S: Source> std::fmt::Debug for Joint<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { watched, rules, .. } = self;
        let (watched, rules) = (watched.len(), rules.len());
        f.debug_struct("Joint")
            .field("watched", &watched)
            .field("rules", &rules)
            .finish_non_exhaustive()
    }
}

impl<S: Source> Joint<S> {
    /// Rules that cannot be compiled are left out and told.
    ///
    /// # Errors
    /// The first thing that is wrong with what is watched.
    pub(crate) fn compile<'r>(
        watched: impl Iterator<Item = Watched<'r>>,
        plain: &[Rule],
        options: &Options,
    ) -> Result<(Self, Vec<Diagnostic>), Remark> {
        let mut builder = Builder::new();
        let mut formats = Vec::new();
        for Watched { condition, actor, value } in watched {
            let mut format = |text: Option<String>| {
                text.map(|text| Format::new(&text, BTreeMap::new(), &mut builder)).transpose()
            };
            formats.push((format(actor)?, format(value)?));
            builder.condition(condition)?;
        }
        let (mut rules, mut diagnostics) = (Vec::new(), Vec::new());
        for rule in plain {
            match compile_rule(rule, options, &mut builder) {
                Ok(format) => rules.push(Compiled { rule: rule.clone(), format }),
                Err((code, remark)) => diagnostics.push(diagnostic(rule, code, remark)),
            }
        }
        let (program, matching) = (builder.finish(), options.matching);
        Ok((Self { program, watched: formats, rules, matching }, diagnostics))
    }

    /// No conditions at all.
    pub(crate) fn none() -> (Self, Vec<Diagnostic>) {
        let (program, matching) = (Builder::new().finish(), Matching::First);
        (Self { program, watched: Vec::new(), rules: Vec::new(), matching }, Vec::new())
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch::new(&self.program)
    }

    pub(crate) fn wants(&self, kind: usize) -> bool {
        self.program.wants(kind)
    }

    /// How many rules without window there are.
    pub(crate) const fn len(&self) -> usize {
        self.rules.len()
    }

    /// Tells what an event meets: of rules without window the first, or all in order.
    pub(crate) fn look<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        met: &mut dyn FnMut(Met),
    ) {
        if !self.wants(S::kind(event)) {
            return;
        }
        let mut run = Run::new(&self.program, event, scratch);
        let mut ids = bumpalo::collections::Vec::new_in(run.bump);
        run.conditions(|id| {
            let id = usize::try_from(id).unwrap_or(usize::MAX);
            ids.push(id);
            id < self.watched.len() || self.matching == Matching::All
        });
        for id in ids {
            match self.watched.get(id) {
                Some((actor, value)) => {
                    let mut text = |format: &Format| format.text(&mut |slot| run.value(slot));
                    let actor = actor.as_ref().map(&mut text).unwrap_or_default();
                    met(Met::Watched(id, actor, value.as_ref().map(&mut text)));
                }
                None => {
                    if let Some(rule) = self.rules.get(id.saturating_sub(self.watched.len())) {
                        met(Met::Rule(rule.alert(&mut run)));
                    }
                }
            }
        }
    }
}
