//! What checks are shown of a target.

use std::borrow::Cow;

use farguard_model::{ImageFacts, Origin};
use jiff::Timestamp;

use super::NotableFile;
use crate::{inventory::Inventory, source::config::RunConfig};

/// A target, or the part of it that one origin brought.
pub(super) struct Examined<'a> {
    pub(super) inventory: &'a Inventory,
    /// What the image says of itself.
    pub(super) image: Option<&'a ImageFacts>,
    /// When it is examined.
    pub(super) now: Timestamp,
    /// Who brought the files and steps; `None` for all of them.
    origin: Option<Origin>,
}

/// One step of the build.
pub(super) struct Step<'a> {
    /// As a build file would have it, with secrets masked.
    pub(super) instruction: &'a str,
    /// The layer that it made.
    pub(super) layer: u32,
}

impl<'a> Examined<'a> {
    pub(super) fn new(
        inventory: &'a Inventory,
        image: Option<&'a ImageFacts>,
        now: Timestamp,
    ) -> Self {
        Self { inventory, image, now, origin: None }
    }

    /// What the base image brought and what came later, when one knows; else everything.
    pub(super) fn by_origin(&self) -> Vec<Self> {
        let of = |origin| Self { origin, ..*self };
        match self.base_layers() {
            None => vec![of(None)],
            Some(_) => vec![of(Some(Origin::Base)), of(Some(Origin::Own))],
        }
    }

    pub(super) fn origin(&self) -> Option<Origin> {
        self.origin
    }

    pub(super) fn config(&self) -> Cow<'a, RunConfig> {
        match &self.inventory.config {
            Some(config) => Cow::Borrowed(config),
            None => Cow::Owned(RunConfig::default()),
        }
    }

    /// The files that this part brought.
    pub(super) fn files(&self) -> impl Iterator<Item = &'a NotableFile> {
        self.inventory.notable_files.iter().filter(|file| self.has(file.layer))
    }

    /// The steps of this part that made layers, oldest first.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step<'a>> {
        let steps = self.inventory.layers.iter().zip(0..).filter_map(|(info, layer)| {
            Some(Step { instruction: info.created_by.as_deref()?, layer })
        });
        steps.filter(|step| self.has(Some(step.layer)))
    }

    fn has(&self, layer: Option<u32>) -> bool {
        let is_of_base = layer.zip(self.base_layers()).map(|(layer, count)| layer < count);
        match self.origin {
            None => true,
            Some(Origin::Base) => is_of_base == Some(true),
            // What cannot be placed is one's own until proven otherwise.
            Some(Origin::Own) => is_of_base != Some(true),
        }
    }

    fn base_layers(&self) -> Option<u32> {
        let base = self.image.and_then(|image| image.base.as_ref())?;
        Some(base.layers).filter(|count| *count > 0)
    }
}
