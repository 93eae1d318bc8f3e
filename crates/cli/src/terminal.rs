//! How we talk to the person in front: colour, width, progress, errors.

use std::{
    env,
    io::{ErrorKind, IsTerminal, Write, stderr, stdout},
};

use anyhow::{Context, Result};
use farguard_scan::progress::{Progress, Silent};
use terminal_size::terminal_size_of;

use crate::{
    args::{Color, Global},
    progress::{Bars, Lines},
};

/// What is known of the terminal, and what the user wants to hear.
pub(crate) struct Terminal {
    /// Whether standard output takes colours.
    pub(crate) color: bool,
    /// Columns of standard output, when it is a terminal.
    pub(crate) width: Option<usize>,
    quiet: bool,
    progress: Box<dyn Progress>,
}

impl Terminal {
    /// Looks at the streams and at `NO_COLOR`, `CLICOLOR_FORCE` and `COLUMNS`.
    pub(crate) fn new(global: &Global) -> Self {
        let is_set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => {
                !is_set("NO_COLOR") && (is_set("CLICOLOR_FORCE") || stdout().is_terminal())
            }
        };
        let columns = env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let reported = || Some(usize::from(terminal_size_of(stdout())?.0.0));
        let width = columns.or_else(reported);
        let progress: Box<dyn Progress> = if global.quiet {
            Box::new(Silent)
        } else if global.verbose > 0 {
            Box::new(Lines::default())
        } else if stderr().is_terminal() {
            Box::new(Bars::default())
        } else {
            Box::new(Silent)
        };
        Self { color, width, quiet: global.quiet, progress }
    }

    /// Where jobs report how far they are.
    pub(crate) fn progress(&self) -> &dyn Progress {
        self.progress.as_ref()
    }

    /// Says something that is not part of the result; nothing with `--quiet`.
    pub(crate) fn note(&self, message: &str) {
        if !self.quiet {
            self.say(&format!("note: {message}"));
        }
    }

    /// Says something that makes the result doubtful; also with `--quiet`.
    pub(crate) fn warn(&self, message: &str) {
        self.say(&format!("warning: {message}"));
    }

    /// Prints an error and its causes, one a line.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        self.say(&format!("error: {error}"));
        let mut told = error.to_string();
        for cause in error.chain().skip(1) {
            // Library errors often quote their cause: say everything once.
            let text = cause.to_string();
            if !told.contains(&text) {
                self.say(&format!("  cause: {text}"));
                told = text;
            }
        }
    }

    fn say(&self, line: &str) {
        // A closed standard error is no reason to fail the job.
        let _ = writeln!(stderr(), "farguard: {line}");
    }
}

/// Writes the answer; a reader who has seen enough (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<()> {
    match stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(error).context("cannot write the answer")
        }
        _ => Ok(()),
    }
}
