//! What a rule says about its window.

use farguard_authoring::{
    suggest,
    yaml::{Entry, Node, Place, Value},
};

/// Most events that a window can ask for, so that what is kept for one key is bounded.
const MAX_COUNT: u32 = 10_000;
/// Most steps of a sequence.
const MAX_STEPS: usize = 8;
/// Longest window: a year, in nanoseconds.
const MAX_WITHIN_NS: u64 = 366 * DAY_NS;
const DAY_NS: u64 = 86_400 * 1_000_000_000;

/// A window, as a rule asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Fields whose values tell one actor from another; none means that all are one.
    pub by: Vec<String>,
    /// What has to be the case.
    pub test: Test,
}

/// What has to be the case for an alert. Times are nanoseconds.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// So many events.
    Count {
        /// How many.
        count: u32,
        /// Between the first and the last.
        within_ns: u64,
    },
    /// So many different values of a field.
    Distinct {
        /// The field.
        field: String,
        /// How many.
        count: u32,
        /// Between the first and the last.
        within_ns: u64,
    },
    /// A value that this actor never had, once the actor is known long enough.
    FirstSeen {
        /// The field.
        field: String,
        /// How long an actor is known before anything is called new.
        learn_ns: u64,
    },
    /// A value that is a small share of what this actor does.
    Rare {
        /// The field.
        field: String,
        /// Its largest share, in thousandths.
        below_permille: u32,
        /// Events of the actor before anything is called rare.
        after: u32,
    },
    /// Other events before this one, in this order.
    Sequence {
        /// Their conditions; the condition of the rule is the last step and not among them.
        steps: Vec<String>,
        /// Between the first and the last.
        within_ns: u64,
    },
}

impl Test {
    /// The field that is looked at beside the actor.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Distinct { field, .. }
            | Self::FirstSeen { field, .. }
            | Self::Rare { field, .. } => Some(field),
            Self::Count { .. } | Self::Sequence { .. } => None,
        }
    }
}

/// What is wrong with a window, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecError {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

const KEYS: &[&str] = &[
    "after",
    "below",
    "by",
    "count",
    "distinct",
    "first-seen",
    "learn",
    "rare",
    "sequence",
    "within",
];

impl Spec {
    /// Reads the mapping below `window`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn read(node: &Node) -> Result<Self, SpecError> {
        let map = Map::new(node)?;
        let by = map.words("by")?.unwrap_or_default();
        let test = if map.has("sequence") {
            map.only(&["by", "within", "sequence"])?;
            let steps = map.words("sequence")?.unwrap_or_default();
            if steps.is_empty() || steps.len() > MAX_STEPS {
                return Err(map.wrong("sequence", &format!("1 to {MAX_STEPS} conditions")));
            }
            Test::Sequence { steps, within_ns: map.duration("within")? }
        } else if map.has("first-seen") {
            map.only(&["by", "first-seen", "learn"])?;
            Test::FirstSeen { field: map.word("first-seen")?, learn_ns: map.duration("learn")? }
        } else if map.has("rare") {
            map.only(&["by", "rare", "below", "after"])?;
            Test::Rare {
                field: map.word("rare")?,
                below_permille: map.percent("below")?,
                after: map.number("after")?,
            }
        } else {
            map.only(&["by", "within", "count", "distinct"])?;
            let (count, within_ns) = (map.number("count")?, map.duration("within")?);
            match map.has("distinct") {
                true => Test::Distinct { field: map.word("distinct")?, count, within_ns },
                false => Test::Count { count, within_ns },
            }
        };
        Ok(Self { by, test })
    }
}

/// The keys of a window.
struct Map<'n> {
    place: Place,
    entries: &'n [Entry],
}

impl<'n> Map<'n> {
    fn new(node: &'n Node) -> Result<Self, SpecError> {
        let Value::Map(entries) = &node.value else {
            let message = format!("a window is a mapping, not {}", node.what());
            return Err(SpecError { place: node.place, message, help: None });
        };
        for Entry { key, place, .. } in entries {
            if !KEYS.contains(&key.as_str()) {
                let message = format!("a window has no key `{key}`");
                let help = Some(suggest::help(key, KEYS.iter().copied()));
                return Err(SpecError { place: *place, message, help });
            }
        }
        Ok(Self { place: node.place, entries })
    }

    fn get(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().rev().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Other keys have no meaning in this kind of window.
    fn only(&self, keys: &[&str]) -> Result<(), SpecError> {
        match self.entries.iter().find(|entry| !keys.contains(&entry.key.as_str())) {
            Some(Entry { key, place, .. }) => Err(SpecError {
                place: *place,
                message: format!("`{key}` does not go together with the other keys of this window"),
                help: Some(format!("this kind of window has {}", keys.join(", "))),
            }),
            None => Ok(()),
        }
    }

    fn wrong(&self, key: &str, expected: &str) -> SpecError {
        let place = self.get(key).map_or(self.place, |node| node.place);
        let message = match self.get(key) {
            Some(_) => format!("`{key}` of a window is {expected}"),
            None => format!("a window of this kind needs `{key}`: {expected}"),
        };
        SpecError { place, message, help: None }
    }

    fn word(&self, key: &str) -> Result<String, SpecError> {
        match self.get(key).map(|node| &node.value) {
            Some(Value::Scalar { text, .. }) if !text.is_empty() => Ok(text.clone()),
            _ => Err(self.wrong(key, "one word")),
        }
    }

    /// One word or a list of them.
    fn words(&self, key: &str) -> Result<Option<Vec<String>>, SpecError> {
        let Some(node) = self.get(key) else { return Ok(None) };
        let one = |node: &Node| match &node.value {
            Value::Scalar { text, .. } if !text.is_empty() => Ok(text.clone()),
            _ => Err(self.wrong(key, "a word or a list of words")),
        };
        match &node.value {
            Value::List(items) => items.iter().map(one).collect::<Result<_, _>>().map(Some),
            _ => Ok(Some(vec![one(node)?])),
        }
    }

    fn number(&self, key: &str) -> Result<u32, SpecError> {
        let number = self.word(key).ok().and_then(|word| word.parse().ok());
        number
            .filter(|number| (1..=MAX_COUNT).contains(number))
            .ok_or_else(|| self.wrong(key, &format!("a number from 1 to {MAX_COUNT}")))
    }

    /// `1%`, `0.5%` as thousandths.
    fn percent(&self, key: &str) -> Result<u32, SpecError> {
        let wrong = || self.wrong(key, "a share such as `1%` or `0.5%`, below 100%");
        let word = self.word(key).map_err(|_| wrong())?;
        let (whole, tenth) = match word.strip_suffix('%').ok_or_else(wrong)?.split_once('.') {
            Some((whole, tenth)) => (whole.to_owned(), tenth.to_owned()),
            None => (word.trim_end_matches('%').to_owned(), "0".to_owned()),
        };
        let (Ok(whole), Ok(tenth)) = (whole.parse::<u32>(), tenth.parse::<u32>()) else {
            return Err(wrong());
        };
        match whole < 100 && tenth < 10 && whole + tenth > 0 {
            true => Ok(whole * 10 + tenth),
            false => Err(wrong()),
        }
    }

    fn duration(&self, key: &str) -> Result<u64, SpecError> {
        let word = self.word(key).ok();
        word.and_then(|word| duration_ns(&word))
            .filter(|duration| (1..=MAX_WITHIN_NS).contains(duration))
            .ok_or_else(|| self.wrong(key, "a time such as `30s`, `10m`, `1h` or `7d`"))
    }
}

/// `10m` in nanoseconds.
fn duration_ns(text: &str) -> Option<u64> {
    let (number, seconds) = [("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
        .into_iter()
        .find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)))?;
    number.parse::<u64>().ok()?.checked_mul(seconds)?.checked_mul(1_000_000_000)
}

#[cfg(test)]
mod tests;
