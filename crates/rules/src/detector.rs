//! Rules with and without windows over one stream of events.
//!
//! A [`Detector`] looks at single events and may be shared by many threads; what it finds goes
//! through one [`Windows`] in the order of the stream, which holds back what is no alert yet.

use farguard_authoring::yaml::{Node, Value as Yaml};
use serde_json::Value;

use crate::{
    diagnostic::Diagnostic,
    engine::{Append, Engine, Matching, Options, RuleId, Scratch, Selector},
    output::Alert,
    rule::{Condition, Rule, RuleSet},
    source::Source,
    syntax,
    window::{Observation, Outcome, Snapshot, Spec, SpecError, Test, Tracker},
};

/// Where the actor of an event is put among the fields of an alert, until windows have seen it.
const ACTOR: &str = "window.actor";
/// Where the value that a window looks at is put.
const VALUE: &str = "window.value";
/// What an absent field prints.
const ABSENT: &str = "<NA>";

/// All rules for one source.
#[derive(Debug)]
pub struct Detector<S: Source> {
    plain: Engine<S>,
    /// Rules with windows, and the steps of their sequences: every match counts.
    windowed: Engine<S>,
    /// For each rule of `windowed`: whose window, and which step.
    watches: Vec<(usize, usize)>,
    windows: Vec<(String, Spec)>,
}

/// What a thread needs to ask a detector.
#[derive(Debug)]
pub struct DetectorScratch {
    plain: Scratch,
    windowed: Scratch,
}

/// An event that matched a rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What there is to say, if it is an alert.
    pub alert: Alert,
    /// The window that decides whether it is one.
    pub watch: Option<Observation>,
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
        let (mut plain, mut windowed) = (RuleSet::default(), RuleSet::default());
        let (mut watches, mut windows) = (Vec::new(), Vec::new());
        let mut append = options.append.clone();
        for rule in set.rules.iter().filter(|rule| rule.source == S::NAME && rule.enabled) {
            let Some(node) = window_of(rule) else {
                plain.rules.push(rule.clone());
                continue;
            };
            match Spec::read(node).and_then(|spec| Ok((steps(rule, &spec, node)?, spec))) {
                Ok((steps, spec)) => {
                    watches.extend((0..steps.len()).map(|step| (windows.len(), step)));
                    windowed.rules.extend(steps);
                    append.push(told(rule, &spec));
                    windows.push((rule.name.clone(), spec));
                }
                Err(error) => {
                    let file = rule.origins.first().map(|(_, origin)| origin.file.clone());
                    let (rule, file) = (rule.name.clone(), file.unwrap_or_default());
                    faults.windows.push(WindowError { rule, file, error });
                }
            }
        }
        let (plain, remarks) = Engine::compile(&plain, options);
        faults.rules.extend(remarks);
        let all = Options { matching: Matching::All, append };
        let (windowed, watches) = compile_windowed(windowed, watches, &all, &mut faults.rules);
        (Self { plain, windowed, watches, windows }, faults)
    }

    /// What a thread needs to ask this detector.
    #[must_use]
    pub fn scratch(&self) -> DetectorScratch {
        DetectorScratch { plain: self.plain.scratch(), windowed: self.windowed.scratch() }
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
        self.plain.len().saturating_add(windowed)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether an event of that kind can match any rule.
    #[must_use]
    pub fn wants(&self, kind: usize) -> bool {
        self.plain.wants(kind) || self.windowed.wants(kind)
    }

    /// Tells the rules that an event matches, with what they say about it.
    pub fn look<'e>(
        &'e self,
        event: S::Event<'e>,
        scratch: &'e mut DetectorScratch,
        hit: &mut dyn FnMut(Hit),
    ) {
        self.plain.alerts(event, &mut scratch.plain, &mut |_, alert| {
            hit(Hit { alert, watch: None });
        });
        self.windowed.alerts(event, &mut scratch.windowed, &mut |id, mut alert| {
            let watch = self.observe(id, &mut alert);
            hit(Hit { alert, watch });
        });
    }

    fn observe(&self, id: RuleId, alert: &mut Alert) -> Option<Observation> {
        let &(rule, step) = self.watches.get(id.index())?;
        let actor = take(alert, ACTOR).unwrap_or_default();
        let value = take(alert, VALUE).filter(|value| value != ABSENT);
        Some(Observation { rule, step, time_ns: alert.time_ns, actor, value })
    }
}

/// Holds back what is no alert yet.
#[derive(Debug)]
pub struct Windows {
    tracker: Tracker,
}

impl Windows {
    /// Takes a hit, in the order of the stream; gives an alert if it is one.
    pub fn admit(&mut self, hit: Hit) -> Option<Alert> {
        let Hit { mut alert, watch } = hit;
        if let Some(observation) = watch {
            let Outcome { count, first_ns, last_ns } = self.tracker.observe(&observation)?;
            alert.fields.extend([
                ("window.count".to_owned(), count.into()),
                ("window.first".to_owned(), first_ns.into()),
                ("window.last".to_owned(), last_ns.into()),
            ]);
        }
        Some(alert)
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

/// What alerts of the rule have to tell its window.
fn told(rule: &Rule, spec: &Spec) -> Append {
    let mut fields = Vec::new();
    if !spec.by.is_empty() {
        let actor: Vec<String> = spec.by.iter().map(|field| format!("%{field}")).collect();
        fields.push((ACTOR.to_owned(), Some(actor.join("\u{1f}"))));
    }
    if let Some(field) = spec.test.field() {
        fields.push((VALUE.to_owned(), Some(format!("%{field}"))));
    }
    Append { rules: Some(Selector::Rule(rule.name.clone())), output: None, fields }
}

/// Compiles steps; a rule with a step that cannot be compiled is left out whole.
fn compile_windowed<S: Source>(
    mut set: RuleSet,
    watches: Vec<(usize, usize)>,
    options: &Options,
    remarks: &mut Vec<Diagnostic>,
) -> (Engine<S>, Vec<(usize, usize)>) {
    let bad: Vec<bool> = set
        .rules
        .iter()
        .map(|rule| {
            let alone = RuleSet { rules: vec![rule.clone()], ..RuleSet::default() };
            let (_, found) = Engine::<S>::compile(&alone, options);
            let is_bad = !found.is_empty();
            remarks
                .extend(found.into_iter().filter(|it| !remarks.contains(it)).collect::<Vec<_>>());
            is_bad
        })
        .collect();
    let broken: Vec<usize> =
        watches.iter().zip(&bad).filter(|(_, bad)| **bad).map(|(&(rule, _), _)| rule).collect();
    let keep: Vec<bool> = watches.iter().map(|(rule, _)| !broken.contains(rule)).collect();
    let mut kept = keep.iter();
    set.rules.retain(|_| kept.next().is_some_and(|keep| *keep));
    let watches = watches.into_iter().zip(&keep).filter(|(_, keep)| **keep).map(|(it, _)| it);
    (Engine::compile(&set, options).0, watches.collect())
}

/// Takes a field out of an alert, as text.
fn take(alert: &mut Alert, name: &str) -> Option<String> {
    let at = alert.fields.iter().position(|(field, _)| field == name)?;
    match alert.fields.remove(at).1 {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}
