//! Conditions of rules with windows: what they tell of an event is who and what, and no more, since
//! most of these events are no alert.

use std::collections::BTreeMap;

use super::{Builder, program::Program, run::Run, run::Scratch};
use crate::{check::Remark, output::Format, source::Source, syntax::Expr};

/// A condition, and the formats of what its window looks at.
pub(crate) struct Watched<'r> {
    pub(crate) condition: &'r Expr,
    /// Who did it; `None` when all are one.
    pub(crate) actor: Option<String>,
    /// What the window compares; `None` when it only counts.
    pub(crate) value: Option<String>,
}

/// Conditions, compiled together.
pub(crate) struct Watcher<S: Source> {
    program: Program<S>,
    /// Actor and value of each condition.
    formats: Vec<(Option<Format>, Option<Format>)>,
}

impl<S: Source> std::fmt::Debug for Watcher<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watcher").field("conditions", &self.formats.len()).finish_non_exhaustive()
    }
}

impl<S: Source> Default for Watcher<S> {
    /// No conditions.
    fn default() -> Self {
        Self { program: Builder::new().finish(), formats: Vec::new() }
    }
}

impl<S: Source> Watcher<S> {
    /// # Errors
    /// The first thing that is wrong with any of them.
    pub(crate) fn compile<'r>(watched: impl Iterator<Item = Watched<'r>>) -> Result<Self, Remark> {
        let mut builder = Builder::new();
        let mut formats = Vec::new();
        for Watched { condition, actor, value } in watched {
            let mut format = |text: Option<String>| {
                text.map(|text| Format::new(&text, BTreeMap::new(), &mut builder)).transpose()
            };
            formats.push((format(actor)?, format(value)?));
            builder.condition(condition)?;
        }
        Ok(Self { program: builder.finish(), formats })
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch::new(&self.program)
    }

    pub(crate) fn wants(&self, kind: usize) -> bool {
        self.program.wants(kind)
    }

    /// Tells the numbers of the conditions that an event meets, with actor and value.
    pub(crate) fn look<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        found: &mut dyn FnMut(usize, String, Option<String>),
    ) {
        if !self.wants(S::kind(event)) {
            return;
        }
        let mut run = Run::new(&self.program, event, scratch);
        let mut ids = bumpalo::collections::Vec::new_in(run.bump);
        run.conditions(|id| {
            ids.push(id);
            true
        });
        for id in ids {
            let Ok(at) = usize::try_from(id) else { continue };
            let Some((actor, value)) = self.formats.get(at) else { continue };
            let mut text = |format: &Format| format.text(&mut |slot| run.value(slot));
            let actor = actor.as_ref().map(&mut text).unwrap_or_default();
            let value = value.as_ref().map(&mut text);
            found(at, actor, value);
        }
    }
}
