//! What a build file is made of.

use std::ops::Range;

use crate::{joined::Joined, source::Span};

/// A build file, as far as it could be read.
#[derive(Debug, Clone, Default)]
pub struct BuildFile {
    /// `# syntax=`, `# escape=`, `# check=` at the top.
    pub directives: Vec<Directive>,
    /// Instructions, in the order of the file.
    pub instructions: Vec<Instruction>,
    /// Comments, also those inside instructions, in the order of the file.
    pub comments: Vec<Comment>,
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// Something in a build file that no builder would accept, or that was too much to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub span: Span,
    /// What, in lower case without full stop.
    pub message: String,
}

/// A parser directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// In lower case.
    pub name: String,
    /// As written.
    pub value: String,
    /// The line.
    pub span: Span,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Behind the `#`.
    pub text: String,
    /// From the `#` to the end of the line.
    pub span: Span,
}

/// One instruction.
#[derive(Debug, Clone)]
pub struct Instruction {
    /// What it is.
    pub keyword: Keyword,
    /// Where the keyword is.
    pub keyword_span: Span,
    /// From the keyword to the last character, heredocs not included.
    pub span: Span,
    /// `--name=value` before the arguments.
    pub flags: Vec<Flag>,
    /// The arguments, by the kind of instruction.
    pub body: Body,
    /// Here-documents, in the order of their markers.
    pub heredocs: Vec<Heredoc>,
    /// The text of the whole instruction, and of its arguments in it.
    pub(crate) joined: Joined,
    pub(crate) arguments: Range<usize>,
}

/// The instructions that exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names are those of the Dockerfile reference")]
pub enum Keyword {
    Add,
    Arg,
    Cmd,
    Copy,
    Entrypoint,
    Env,
    Expose,
    From,
    HealthCheck,
    Label,
    Maintainer,
    OnBuild,
    Run,
    Shell,
    StopSignal,
    User,
    Volume,
    WorkDir,
    /// No instruction of the reference.
    Unknown,
}

/// The arguments of an instruction.
#[derive(Debug, Clone)]
pub enum Body {
    /// `FROM image AS name`.
    From {
        /// As written; `None` when it is missing.
        image: Option<Word>,
        /// The name of the stage.
        alias: Option<Word>,
    },
    /// `ARG`, `ENV` and `LABEL`.
    Pairs(Vec<Pair>),
    /// `RUN`, `CMD`, `ENTRYPOINT`, `SHELL` and `HEALTHCHECK CMD`.
    Command(Command),
    /// `HEALTHCHECK NONE`.
    NoHealthCheck,
    /// `COPY` and `ADD`.
    Transfer {
        /// Files, directories, addresses, heredoc markers.
        sources: Vec<Word>,
        /// Where they go; `None` when it is missing.
        target: Option<Word>,
    },
    /// `ONBUILD`, with what is done later; `None` when nothing follows.
    OnBuild(Option<Box<Instruction>>),
    /// Everything else: words.
    Words(Vec<Word>),
}

/// A command of an instruction.
#[derive(Debug, Clone)]
pub enum Command {
    /// `["executable", "argument"]`.
    Exec(Vec<Word>),
    /// Text for the shell.
    Shell,
}

/// A word as written, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The text; strings of the JSON form are decoded, quotes are kept otherwise.
    pub text: String,
    /// Where it is, with its quotes.
    pub span: Span,
}

/// `name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// As written.
    pub name: Word,
    /// With quotes as written; `None` for a bare name.
    pub value: Option<Word>,
}

/// `--name=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    /// Without the dashes.
    pub name: String,
    /// Behind `=`; `None` without one.
    pub value: Option<String>,
    /// The whole flag.
    pub span: Span,
}

/// A here-document.
#[derive(Debug, Clone)]
pub struct Heredoc {
    /// The word that ends it.
    pub name: String,
    /// Whether variables are expanded in it: its name was not quoted.
    pub expand: bool,
    /// From its first line to the end of its last.
    pub span: Span,
    pub(crate) body: Joined,
}

impl Keyword {
    /// Every keyword with its name.
    pub const NAMES: [(&'static str, Self); 18] = [
        ("ADD", Self::Add),
        ("ARG", Self::Arg),
        ("CMD", Self::Cmd),
        ("COPY", Self::Copy),
        ("ENTRYPOINT", Self::Entrypoint),
        ("ENV", Self::Env),
        ("EXPOSE", Self::Expose),
        ("FROM", Self::From),
        ("HEALTHCHECK", Self::HealthCheck),
        ("LABEL", Self::Label),
        ("MAINTAINER", Self::Maintainer),
        ("ONBUILD", Self::OnBuild),
        ("RUN", Self::Run),
        ("SHELL", Self::Shell),
        ("STOPSIGNAL", Self::StopSignal),
        ("USER", Self::User),
        ("VOLUME", Self::Volume),
        ("WORKDIR", Self::WorkDir),
    ];

    pub(crate) fn new(name: &str) -> Self {
        let known = Self::NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        known.map_or(Self::Unknown, |(_, keyword)| *keyword)
    }
}

impl Instruction {
    /// The value of the first flag of this name.
    #[must_use]
    pub fn flag(&self, name: &str) -> Option<&Flag> {
        self.flags.iter().find(|flag| flag.name == name)
    }

    /// The arguments in one line, flags not included.
    #[must_use]
    pub fn arguments(&self) -> &str {
        self.joined.slice(self.arguments.clone())
    }

    /// Where the arguments are.
    #[must_use]
    pub fn arguments_span(&self) -> Span {
        self.joined.span(self.arguments.clone())
    }
}

impl Word {
    /// The text without quotes around it.
    #[must_use]
    pub fn unquoted(&self) -> &str {
        unquote(&self.text)
    }
}

impl Heredoc {
    /// Its text, as written.
    #[must_use]
    pub fn text(&self) -> &str {
        self.body.text()
    }
}

/// A text without one pair of quotes around it.
pub(crate) fn unquote(text: &str) -> &str {
    let inner = |quote| text.strip_prefix(quote).and_then(|text: &str| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}
