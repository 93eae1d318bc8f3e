//! What is to be done with each kind of event: the data of conversions, made ready for use.

use std::collections::HashMap;

use crate::{
    Kind,
    table::{self, EventDef, EventFlags},
};

const CONVERSIONS: &str = include_str!("../../data/conversions.txt");

/// Told of containers until 2015, by parameters that events of today do not have.
const CONTAINER: &str = "CONTAINER_E";

/// What is to be done with events of a kind.
#[derive(Debug)]
pub(super) enum Plan {
    /// They have one form.
    Deliver,
    /// Nobody needs them.
    LeaveOut,
    /// They have several, told apart by their number of parameters.
    Convert {
        /// Parameters of today's form, if this kind is still recorded.
        full: Option<usize>,
        /// What to do with older ones.
        forms: Vec<(usize, Action)>,
    },
}

/// What is to be done with an event in one of its older forms.
#[derive(Debug)]
pub(super) enum Action {
    /// It is the start of a call that is given for the state.
    Give,
    /// It is kept until the end of the call.
    Store {
        /// Whether it is given for the state as well.
        gives: bool,
    },
    /// It gets a newer form.
    Rewrite {
        /// Another kind, if it changes.
        to: Option<Kind>,
        /// Whether its parameters come first.
        keeps: bool,
        /// Parameters that follow.
        sources: Vec<Source>,
    },
}

/// Where a parameter comes from.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    /// From the older form.
    Old(usize),
    /// From the start of the call; without it, absent or 0.
    Start {
        /// Its index there.
        index: usize,
        /// Whether it is absent rather than 0.
        or_empty: bool,
    },
    /// It is 0.
    Zero,
    /// It is absent.
    Empty,
}

/// The plans of all kinds; the index is the kind. A line of the data that is not understood is left
/// out; a test counts them.
pub(super) fn read() -> Vec<Plan> {
    let kinds: HashMap<&str, Kind> =
        table::events().iter().map(|event| (event.code, event.kind)).collect();
    let mut plans: Vec<Plan> = table::events().iter().map(plan).collect();
    for line in CONVERSIONS.lines().filter(|line| !line.starts_with('#')) {
        if let Some((kind, form)) = conversion(line, &kinds)
            && let Some(Plan::Convert { forms, .. }) = plans.get_mut(usize::from(kind.0))
        {
            forms.push(form);
        }
    }
    plans
}

fn plan(event: &EventDef) -> Plan {
    let is_old = event.flags.has(EventFlags::OLD_VERSION);
    if event.code == CONTAINER {
        return Plan::LeaveOut;
    }
    if event.flags.has(EventFlags::CONVERTER_MANAGED) {
        let is_current = event.is_exit() && !is_old;
        Plan::Convert { full: is_current.then_some(event.params.len()), forms: Vec::new() }
    } else if is_old || event.flags.has(EventFlags::UNUSED) {
        Plan::LeaveOut
    } else {
        Plan::Deliver
    }
}

fn conversion(line: &str, kinds: &HashMap<&str, Kind>) -> Option<(Kind, (usize, Action))> {
    let mut words = line.split(' ');
    let kind = *kinds.get(words.next()?)?;
    let params = words.next()?.parse().ok()?;
    let action = match words.next()? {
        "give" => Action::Give,
        "store" => Action::Store { gives: false },
        "store-and-give" => Action::Store { gives: true },
        "add" => {
            let sources = words.map(source).collect::<Option<_>>()?;
            Action::Rewrite { to: None, keeps: true, sources }
        }
        "become" => {
            let to = Some(*kinds.get(words.next()?)?);
            let sources = words.map(source).collect::<Option<_>>()?;
            Action::Rewrite { to, keeps: false, sources }
        }
        _ => return None,
    };
    Some((kind, (params, action)))
}

fn source(word: &str) -> Option<Source> {
    Some(match word {
        "0" => Source::Zero,
        "-" => Source::Empty,
        _ => match (word.strip_prefix('o'), word.strip_prefix('e')) {
            (Some(index), _) => Source::Old(index.parse().ok()?),
            (_, Some(index)) => Source::Start {
                index: index.trim_end_matches('?').parse().ok()?,
                or_empty: index.ends_with('?'),
            },
            _ => return None,
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_data_is_a_form_of_an_event() {
        let lines = CONVERSIONS.lines().filter(|line| !line.starts_with('#')).count();
        let forms = read().into_iter().map(|plan| match plan {
            Plan::Convert { forms, .. } => forms.len(),
            _ => 0,
        });
        assert_eq!((forms.sum::<usize>(), lines), (252, 252));
    }

    #[test]
    fn forms_come_to_an_end_that_fits_the_table() {
        let plans = read();
        for (event, plan) in table::events().iter().zip(&plans) {
            let Plan::Convert { forms, .. } = plan else { continue };
            for (params, action) in forms {
                let Action::Rewrite { to, keeps, sources } = action else { continue };
                let target = table::event(to.unwrap_or(event.kind)).unwrap();
                let count = sources.len() + if *keeps { *params } else { 0 };
                assert!(count <= target.params.len(), "{} with {params}", event.code);
                let is_known = match &plans[usize::from(target.kind.0)] {
                    Plan::Deliver => true,
                    Plan::LeaveOut => false,
                    Plan::Convert { full, forms } => {
                        *full == Some(count) || forms.iter().any(|(known, _)| *known == count)
                    }
                };
                assert!(
                    is_known,
                    "{} with {params} becomes {} with {count}",
                    event.code, target.code
                );
            }
        }
    }
}
