//! Where one build ends and the next begins, by the steps in the history.

use crate::source::config::{HistoryStep, instruction};

/// The end of a base image in a history.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Boundary {
    /// The step that ends the base image, from 1.
    pub(super) step: usize,
    /// Its first word.
    pub(super) keyword: &'static str,
    /// Layers up to there.
    pub(super) layers: u32,
    /// Steps above that add layers.
    pub(super) above: usize,
}

/// Most build files end with how the container starts, and few go on to add files: so the last
/// `CMD` or `ENTRYPOINT` with layers above it ends the base image.
///
/// `None` when no step does, or when the history does not fit the layers.
pub(super) fn boundary(history: &[HistoryStep]) -> Option<Boundary> {
    let last_layer = history.iter().rposition(|step| step.layer.is_some())?;
    let below = history.get(..last_layer)?;
    let (at, keyword) =
        below.iter().enumerate().rev().find_map(|(at, step)| Some((at, start_of(step)?)))?;
    let layers = |steps: &[HistoryStep]| steps.iter().filter(|step| step.layer.is_some()).count();
    let count = layers(history.get(..at)?);
    if count == 0 {
        return None;
    }
    let above = layers(history.get(at..)?);
    Some(Boundary { step: at + 1, keyword, layers: u32::try_from(count).ok()?, above })
}

/// Says how the container starts, and adds no layer.
fn start_of(step: &HistoryStep) -> Option<&'static str> {
    if step.layer.is_some() {
        return None;
    }
    let text = instruction(&step.created_by);
    let word = text.split_whitespace().next()?;
    ["CMD", "ENTRYPOINT"].into_iter().find(|keyword| *keyword == word)
}
