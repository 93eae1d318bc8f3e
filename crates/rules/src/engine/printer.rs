//! What is to be said about events, without rules.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::{Builder, program::Program, run::Run, run::Scratch};
use crate::{check::Remark, output::Format, source::Source};

/// A format on its own: a line for each event.
pub struct Printer<S: Source> {
    program: Program<S>,
    format: Format,
}

impl<S: Source> std::fmt::Debug for Printer<S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Printer").finish_non_exhaustive()
    }
}

impl<S: Source> Printer<S> {
    /// Compiles a format: `%evt.num %proc.name`.
    ///
    /// # Errors
    /// The first token that is none.
    pub fn compile(format: &str) -> Result<Self, Remark> {
        let mut builder = Builder::new();
        let format = Format::new(format, BTreeMap::new(), &mut builder)?;
        Ok(Self { program: builder.finish(), format })
    }

    /// What a thread needs to print.
    #[must_use]
    pub fn scratch(&self) -> Scratch {
        Scratch::new(&self.program)
    }

    /// The line of an event, and its fields by name, in the order of the format.
    #[must_use]
    pub fn print<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
    ) -> (String, Vec<(String, Json)>) {
        let mut run = Run::<S>::new(&self.program, event, scratch);
        self.format.print(S::time_ns(event), &mut |slot| run.value(slot))
    }
}
