//! A build file as rules see it: stages, instructions with their stage, scripts.

use std::collections::BTreeMap;

use crate::{
    ast::{Body, BuildFile, Command, Instruction, Keyword, Pair, Word, unquote},
    expand::Variables,
    joined::Joined,
    shell::{self, SHELLS, Script},
    source::Span,
};

/// The most commands that are kept of all scripts of a file.
const MAX_COMMANDS: usize = 100_000;

/// Everything that a rule may ask for.
pub(crate) struct Context<'a> {
    /// Instructions in order; what follows `ONBUILD` stands behind it.
    pub(crate) items: Vec<Item<'a>>,
    pub(crate) stages: Vec<Stage<'a>>,
    /// Whether what a stage leaves behind ends up in the image.
    shipped: Vec<bool>,
    /// Registries that the user trusts; empty when nobody said.
    pub(crate) trusted_registries: &'a [String],
}

/// An instruction, and what is known where it stands.
pub(crate) struct Item<'a> {
    pub(crate) instruction: &'a Instruction,
    /// Index of its stage; `None` before the first `FROM`.
    pub(crate) stage: Option<usize>,
    /// Whether it stands behind `ONBUILD`.
    pub(crate) on_build: bool,
    /// The commands of a `RUN`.
    pub(crate) script: Option<Script>,
    /// `ARG` and `ENV` values up to here.
    pub(crate) expanded: Expanded,
}

/// Arguments with variables replaced, for the instructions where rules ask for them; `None` when a
/// variable is not known.
#[derive(Default)]
pub(crate) struct Expanded {
    /// Of the image of `FROM`, the user of `USER`, the directory of `WORKDIR`.
    pub(crate) argument: Option<String>,
}

/// A stage: from one `FROM` to the next.
pub(crate) struct Stage<'a> {
    pub(crate) from: &'a Instruction,
    /// As written.
    pub(crate) image: &'a str,
    pub(crate) alias: Option<&'a str>,
    /// The earlier stage that it builds upon.
    pub(crate) base: Option<usize>,
    /// The image that is pulled, with variables replaced; `None` when a variable is not known.
    pub(crate) expanded: Option<String>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(file: &'a BuildFile, trusted_registries: &'a [String]) -> Self {
        let mut builder = Builder { escape: escape(file), ..Builder::default() };
        for instruction in &file.instructions {
            builder.add(instruction, false);
        }
        let Builder { items, stages, .. } = builder;
        let mut context = Self { items, stages, shipped: Vec::new(), trusted_registries };
        context.shipped = vec![false; context.stages.len()];
        let built: Vec<usize> =
            context.last_stage().map_or(Vec::new(), |last| context.lineage(last).collect());
        for stage in built {
            if let Some(shipped) = context.shipped.get_mut(stage) {
                *shipped = true;
            }
        }
        context
    }

    /// Instructions of one kind.
    pub(crate) fn of(&self, keyword: Keyword) -> impl Iterator<Item = &Item<'a>> {
        self.items.iter().filter(move |item| item.instruction.keyword == keyword)
    }

    /// `COPY` and `ADD` instructions with a target.
    pub(crate) fn transfers(
        &self,
        keyword: Keyword,
    ) -> impl Iterator<Item = (&Item<'a>, &'a [Word], &'a Word)> {
        self.of(keyword).filter_map(|item| match &item.instruction.body {
            Body::Transfer { sources, target: Some(target) } => {
                Some((item, sources.as_slice(), target))
            }
            _ => None,
        })
    }

    /// Names and values of `ARG`, `ENV` or `LABEL`.
    pub(crate) fn pairs(&self, keyword: Keyword) -> impl Iterator<Item = (&Item<'a>, &'a Pair)> {
        self.of(keyword).flat_map(|item| {
            let pairs = match &item.instruction.body {
                Body::Pairs(pairs) => pairs.as_slice(),
                _ => &[],
            };
            pairs.iter().map(move |pair| (item, pair))
        })
    }

    /// `RUN` instructions with their commands.
    pub(crate) fn scripts(&self) -> impl Iterator<Item = (&Item<'a>, &Script)> {
        self.items.iter().filter_map(|item| Some((item, item.script.as_ref()?)))
    }

    /// Every command of every `RUN`.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&Item<'a>, &shell::Command)> {
        self.scripts().flat_map(|(item, script)| script.commands.iter().map(move |c| (item, c)))
    }

    /// The stage that the image is made of, unless another one is asked for.
    pub(crate) fn last_stage(&self) -> Option<usize> {
        self.stages.len().checked_sub(1)
    }

    /// The stage and the earlier stages that it builds upon, itself first.
    pub(crate) fn lineage(&self, stage: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(stage), |stage| self.stages.get(*stage)?.base)
    }

    /// Whether what is left behind in a stage ends up in the image.
    pub(crate) fn is_shipped(&self, stage: Option<usize>) -> bool {
        stage.and_then(|stage| self.shipped.get(stage)).copied().unwrap_or(true)
    }
}

#[derive(Default)]
struct Builder<'a> {
    items: Vec<Item<'a>>,
    stages: Vec<Stage<'a>>,
    escape: char,
    /// `ARG` before the first `FROM`.
    global: Variables,
    /// `ARG` and `ENV` of the stage.
    local: Variables,
    shell: Shell,
    /// Stages by the name in lower case.
    by_name: BTreeMap<String, usize>,
    /// How many commands were read.
    commands: usize,
}

/// What `SHELL` has set.
#[derive(Default, Clone, Copy)]
enum Shell {
    /// A POSIX shell; whether with `-o pipefail`.
    Posix { pipefail: bool },
    /// PowerShell or `cmd`, of which we read nothing.
    Foreign,
    #[default]
    Unset,
}

impl<'a> Builder<'a> {
    fn add(&mut self, instruction: &'a Instruction, on_build: bool) {
        let mut expanded = Expanded::default();
        match &instruction.body {
            Body::From { image, alias } if !on_build => {
                self.stage(instruction, image.as_ref(), alias.as_ref());
            }
            Body::Pairs(pairs) if !on_build && instruction.keyword != Keyword::Label => {
                self.set(instruction.keyword, pairs);
            }
            Body::Words(words) => {
                let word = words.first().map(|word| word.text.as_str()).unwrap_or_default();
                expanded.argument = self.local.expand(word, self.escape);
            }
            Body::Command(Command::Exec(words)) if instruction.keyword == Keyword::Shell => {
                self.shell = shell_of(words);
            }
            _ => {}
        }
        let script = (instruction.keyword == Keyword::Run).then(|| self.script(instruction));
        let stage = self.stages.len().checked_sub(1);
        self.items.push(Item { instruction, stage, on_build, script: script.flatten(), expanded });
        if let Body::OnBuild(Some(later)) = &instruction.body {
            self.add(later, true);
        }
    }

    fn stage(&mut self, from: &'a Instruction, image: Option<&'a Word>, alias: Option<&'a Word>) {
        let image = image.map(|word| word.unquoted()).unwrap_or_default();
        let expanded = self.global.expand(image, self.escape);
        let name = expanded.as_deref().unwrap_or(image);
        let base = self.by_name.get(&name.to_ascii_lowercase()).copied();
        let alias = alias.map(|word| word.text.as_str());
        if let Some(alias) = alias {
            self.by_name.insert(alias.to_ascii_lowercase(), self.stages.len());
        }
        self.stages.push(Stage { from, image, alias, base, expanded });
        self.local = Variables::default();
        self.shell = Shell::Unset;
    }

    fn set(&mut self, keyword: Keyword, pairs: &[Pair]) {
        for pair in pairs {
            let name = unquote(&pair.name.text);
            let variables = if self.stages.is_empty() { &self.global } else { &self.local };
            let mut value = match &pair.value {
                Some(value) => variables.expand(&value.text, self.escape),
                None => None,
            };
            if keyword == Keyword::Arg && pair.value.is_none() {
                // Inside a stage, a bare `ARG` brings in the global one.
                value = self.global.get(name).cloned().flatten();
            }
            match self.stages.is_empty() {
                true => self.global.set(name, value),
                false => self.local.set(name, value),
            }
        }
    }

    /// The commands of a `RUN`; `None` where they are no POSIX shell.
    fn script(&mut self, run: &Instruction) -> Option<Script> {
        let mut script = self.read_script(run)?;
        let left = MAX_COMMANDS.saturating_sub(self.commands);
        if script.commands.len() > left {
            script.commands.truncate(left);
            script.cut = true;
        }
        self.commands += script.commands.len();
        Some(script)
    }

    fn read_script(&self, run: &Instruction) -> Option<Script> {
        let pipefail = match self.shell {
            Shell::Foreign => return None,
            Shell::Posix { pipefail } => pipefail,
            Shell::Unset => false,
        };
        if let Body::Command(Command::Exec(words)) = &run.body {
            return Some(exec(words));
        }
        let bare = run.arguments().trim_start().starts_with("<<");
        match run.heredocs.first() {
            Some(heredoc) if bare && is_foreign_script(heredoc.text()) => None,
            Some(heredoc) if bare => {
                Some(shell::parse(&heredoc.body, 0..heredoc.body.text().len(), pipefail))
            }
            heredoc => {
                let mut script = shell::parse(&run.joined, run.arguments.clone(), pipefail);
                let reads = |command: &shell::Command| {
                    SHELLS.contains(&command.name.as_str()) && command.operands(&["o"]).is_empty()
                };
                if let Some(heredoc) = heredoc
                    && script.commands.last().is_some_and(reads)
                {
                    let pipefail = script.commands.last().is_some_and(|c| c.has("pipefail"));
                    let body = &heredoc.body;
                    let inner = shell::parse(body, 0..body.text().len(), pipefail);
                    script.append(inner);
                }
                Some(script)
            }
        }
    }
}

/// The command of the JSON form, as a script of one command.
fn exec(words: &[Word]) -> Script {
    let quoted: Vec<String> =
        words.iter().map(|word| format!("'{}'", word.text.replace('\'', r"'\''"))).collect();
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return Script::default() };
    let whole = Span { start: first.span.start, end: last.span.end };
    let joined = Joined::decoded(quoted.join(" "), whole);
    let mut script = shell::parse(&joined, 0..joined.text().len(), false);
    if let Some(command) = script.commands.first_mut() {
        command.place(words);
    }
    script
}

fn shell_of(words: &[Word]) -> Shell {
    let program = words.first().map(|word| word.text.to_ascii_lowercase()).unwrap_or_default();
    let name = program.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".exe").unwrap_or(name);
    match name {
        "powershell" | "pwsh" | "cmd" => Shell::Foreign,
        _ => Shell::Posix { pipefail: words.iter().any(|word| word.text.contains("pipefail")) },
    }
}

/// Whether a script names an interpreter that is no shell.
fn is_foreign_script(text: &str) -> bool {
    let Some(line) = text.strip_prefix("#!").and_then(|rest| rest.lines().next()) else {
        return false;
    };
    let mut names = line.split([' ', '/', '\t']).filter(|word| !word.is_empty());
    !names.any(|name| SHELLS.contains(&name))
}

fn escape(file: &BuildFile) -> char {
    let backtick =
        |directive: &crate::ast::Directive| directive.name == "escape" && directive.value == "`";
    if file.directives.iter().any(backtick) { '`' } else { '\\' }
}
