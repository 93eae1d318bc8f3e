//! Rules with and without windows over one stream of events.
//!
//! A [`Detector`] looks at single events and may be shared by many threads; what it finds goes
//! through one [`Windows`] in the order of the stream, which holds back what is no alert yet.

use farguard_authoring::yaml::{Node, Value as Yaml};

use crate::{
    diagnostic::{Code, Diagnostic},
    engine::{self, Engine, Joint, Matching, Met, Options, RuleId, Scratch, Watched},
    output::Alert,
    rule::{Condition, Rule, RuleSet},
    source::Source,
    syntax::{self, Expr},
    window::{Observation, Outcome, Snapshot, Spec, SpecError, Test, Tracker},
};

/// What an absent field prints.
const ABSENT: &str = "<NA>";

/// All rules for one source.
#[derive(Debug)]
pub struct Detector<S: Source> {
    /// Rules with windows and the steps of their sequences, of which every match counts, and rules
    /// without.
    joint: Joint<S>,
    /// Rules with windows and the steps again, for what they say when a window is full.
    teller: Engine<S>,
    /// For each of them: whose window, and which step.
    watches: Vec<(usize, usize)>,
    windows: Vec<(String, Spec)>,
}

/// What a thread needs to ask a detector.
#[derive(Debug)]
pub struct DetectorScratch {
    joint: Scratch,
    teller: Scratch,
}

/// An event that matched a rule.
#[derive(Debug, Clone, PartialEq)]
pub enum Hit {
    /// It is an alert.
    Alert(Alert),
    /// A window decides whether it is one.
    Watch(Watch),
}

/// An event that counts for a window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    id: RuleId,
    /// What the window has to know of it.
    pub observation: Observation,
}

/// A window that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowError {
    /// The rule.
    pub rule: String,
    /// The file of the rule, as the user named it.
    pub file: String,
    /// What is wrong with its window.
    pub error: SpecError,
}

impl std::fmt::Display for WindowError {
    /// `FILE:LINE:COLUMN: the window of rule NAME: MESSAGE; HELP`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let SpecError { place, message, help } = &self.error;
        write!(f, "{}:{}:{}: ", self.file, place.line, place.column)?;
        write!(f, "error: the window of rule `{}`: {message}", self.rule)?;
        help.iter().try_for_each(|help| write!(f, "; {help}"))
    }
}

/// What is wrong with rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Faults {
    /// Rules that are left out, and why.
    pub rules: Vec<Diagnostic>,
    /// Windows that are left out together with their rules.
    pub windows: Vec<WindowError>,
}

impl<S: Source> Detector<S> {
    /// Compiles the rules that are for this source and enabled.
    #[must_use]
    pub fn compile(set: &RuleSet, options: &Options) -> (Self, Faults) {
        let mut faults = Faults::default();
        let (mut plain, mut windowed) = (Vec::new(), RuleSet::default());
        let (mut watches, mut windows) = (Vec::new(), Vec::new());
        for rule in set.rules.iter().filter(|rule| rule.source == S::NAME && rule.enabled) {
            let Some(node) = window_of(rule) else {
                plain.push(rule.clone());
                continue;
            };
            match Spec::read(node).and_then(|spec| Ok((steps(rule, &spec, node)?, spec))) {
                Ok((steps, spec)) => {
                    watches.extend((0..steps.len()).map(|step| (windows.len(), step)));
                    windowed.rules.extend(steps);
                    windows.push((rule.name.clone(), spec));
                }
                Err(error) => {
                    let file = rule.origins.first().map(|(_, origin)| origin.file.clone());
                    let (rule, file) = (rule.name.clone(), file.unwrap_or_default());
                    faults.windows.push(WindowError { rule, file, error });
                }
            }
        }
        keep_whole::<S>(&mut windowed, &mut watches, &windows, options, &mut faults.rules);
        let watched = windowed.rules.iter().zip(&watches).filter_map(|(rule, (at, _))| {
            Some(watched(&rule.condition.expr, &windows.get(*at)?.1))
        });
        let (joint, remarks) = match Joint::compile(watched, &plain, options) {
            Ok(joint) => joint,
            // What is wrong with any window was found before: this is not reached.
            Err(_) => Joint::none(),
        };
        faults.rules.extend(remarks);
        let all = Options { matching: Matching::All, ..options.clone() };
        let (teller, _) = Engine::compile(&windowed, &all);
        (Self { joint, teller, watches, windows }, faults)
    }

    /// What a thread needs to ask this detector.
    #[must_use]
    pub fn scratch(&self) -> DetectorScratch {
        DetectorScratch { joint: self.joint.scratch(), teller: self.teller.scratch() }
    }

    /// Windows for this detector that know nothing yet.
    #[must_use]
    pub fn windows(&self) -> Windows {
        Windows { tracker: Tracker::new(&self.windows) }
    }

    /// How many rules there are.
    #[must_use]
    pub fn len(&self) -> usize {
        let windowed = self.watches.iter().filter(|(_, step)| *step == 0).count();
        self.joint.len().saturating_add(windowed)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an event of that kind can match any rule.
    #[must_use]
    pub fn wants(&self, kind: usize) -> bool {
        self.joint.wants(kind)
    }

    /// Tells what an event matches. May be asked by many threads; hits go through [`Windows`] in
    /// the order of the stream.
    pub fn look<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut DetectorScratch,
        hit: &mut dyn FnMut(Hit),
    ) {
        self.look_with(event, &mut scratch.joint, hit);
    }

    fn look_with<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        hit: &mut dyn FnMut(Hit),
    ) {
        let time_ns = S::time_ns(event);
        self.joint.look(event, scratch, &mut |met| match met {
            Met::Rule(alert) => hit(Hit::Alert(alert)),
            Met::Watched(at, actor, value) => {
                let Some(&(rule, step)) = self.watches.get(at) else { return };
                let value = value.filter(|value| value != ABSENT);
                let observation = Observation { rule, step, time_ns, actor, value };
                hit(Hit::Watch(Watch { id: RuleId::at(at), observation }));
            }
        });
    }

    /// What there is to say about an event that filled windows.
    pub fn tell<'e>(
        &'e self,
        full: &[(Watch, Outcome)],
        event: S::Event<'e>,
        scratch: &'e mut DetectorScratch,
        told: &mut dyn FnMut(Alert),
    ) {
        self.tell_with(full, event, &mut scratch.teller, told);
    }

    fn tell_with<'e>(
        &'e self,
        full: &[(Watch, Outcome)],
        event: S::Event<'e>,
        scratch: &'e mut Scratch,
        told: &mut dyn FnMut(Alert),
    ) {
        let ids: Vec<RuleId> = full.iter().map(|(watch, _)| watch.id).collect();
        let mut outcomes = full.iter().map(|(_, outcome)| outcome);
        self.teller.tell(&ids, event, scratch, &mut |mut alert| {
            if let Some(Outcome { count, first_ns, last_ns }) = outcomes.next() {
                alert.fields.extend([
                    ("window.count".to_owned(), (*count).into()),
                    ("window.first".to_owned(), (*first_ns).into()),
                    ("window.last".to_owned(), (*last_ns).into()),
                ]);
            }
            told(alert);
        });
    }

    /// Tells every alert of an event, where one thread looks at all of them.
    pub fn alerts<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut DetectorScratch,
        windows: &mut Windows,
        told: &mut dyn FnMut(Alert),
    ) {
        let DetectorScratch { joint, teller } = scratch;
        let mut full = Vec::new();
        self.look_with(event, joint, &mut |hit| match hit {
            Hit::Alert(alert) => told(alert),
            Hit::Watch(watch) => {
                full.extend(windows.observe(&watch).map(|outcome| (watch, outcome)));
            }
        });
        if !full.is_empty() {
            self.tell_with(&full, event, teller, told);
        }
    }
}

/// Holds back what is no alert yet.
#[derive(Debug)]
pub struct Windows {
    tracker: Tracker,
}

impl Windows {
    /// Takes in an event, in the order of the stream; gives what there is to tell if its window is
    /// full with it.
    pub fn observe(&mut self, watch: &Watch) -> Option<Outcome> {
        self.tracker.observe(&watch.observation)
    }

    /// The rule whose window it is.
    #[must_use]
    pub fn rule(&self, watch: &Watch) -> &str {
        self.tracker.rule(watch.observation.rule)
    }

    /// What had to be forgotten to stay within memory.
    #[must_use]
    pub const fn lost(&self) -> u64 {
        self.tracker.lost()
    }

    /// Everything that is known, for the next run.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        self.tracker.snapshot()
    }

    /// Takes up what an earlier run knew.
    pub fn restore(&mut self, snapshot: Snapshot) {
        self.tracker.restore(snapshot);
    }
}

/// The mapping that a rule has below `farguard: window:`.
fn window_of(rule: &Rule) -> Option<&Node> {
    let Yaml::Map(entries) = &rule.extension.as_ref()?.value else { return None };
    entries.iter().rev().find(|entry| entry.key == "window").map(|entry| &entry.value)
}

/// The rule once for each step of its window, with the condition of that step.
fn steps(rule: &Rule, spec: &Spec, node: &Node) -> Result<Vec<Rule>, SpecError> {
    let Test::Sequence { steps, .. } = &spec.test else { return Ok(vec![rule.clone()]) };
    let mut rules = Vec::new();
    for text in steps {
        let expr = syntax::parse(text).map_err(|error| SpecError {
            place: node.place,
            message: format!("the step `{text}` is no condition: {}", error.message),
            help: error.help,
        })?;
        let condition = Condition { text: text.clone(), expr: std::sync::Arc::new(expr) };
        rules.push(Rule { condition, ..rule.clone() });
    }
    rules.push(rule.clone());
    Ok(rules)
}

/// What a window asks of events that meet a condition.
fn watched<'r>(condition: &'r Expr, spec: &Spec) -> Watched<'r> {
    let actor: Vec<String> = spec.by.iter().map(|field| format!("%{field}")).collect();
    Watched {
        condition,
        actor: (!actor.is_empty()).then(|| actor.join("\u{1f}")),
        value: spec.test.field().map(|field| format!("%{field}")),
    }
}

/// Leaves out the rules that cannot be compiled, with all their steps.
fn keep_whole<S: Source>(
    set: &mut RuleSet,
    watches: &mut Vec<(usize, usize)>,
    windows: &[(String, Spec)],
    options: &Options,
    faults: &mut Vec<Diagnostic>,
) {
    let mut broken = Vec::new();
    for (rule, (at, _)) in set.rules.iter().zip(&*watches) {
        let alone = RuleSet { rules: vec![rule.clone()], ..RuleSet::default() };
        let (_, mut found) = Engine::<S>::compile(&alone, options);
        let spec = windows.get(*at).map(|(_, spec)| watched(&rule.condition.expr, spec));
        if found.is_empty()
            && let Err(remark) = Joint::<S>::compile(spec.into_iter(), &[], options)
        {
            found.push(engine::diagnostic(rule, Code::CompileOutput, remark));
        }
        if !found.is_empty() {
            broken.push(*at);
        }
        found.retain(|fault| !faults.contains(fault));
        faults.extend(found);
    }
    let keep: Vec<bool> = watches.iter().map(|(at, _)| !broken.contains(at)).collect();
    let mut kept = keep.iter();
    set.rules.retain(|_| kept.next().is_some_and(|keep| *keep));
    let mut kept = keep.iter();
    watches.retain(|_| kept.next().is_some_and(|keep| *keep));
}
