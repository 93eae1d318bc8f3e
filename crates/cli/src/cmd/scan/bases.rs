//! The images that targets of this run may be built on.

use anyhow::{Context, Result};
use farguard_model::TargetInfo;
use farguard_scan::{
    base::{self, Known, KnownImage},
    inventory::Inventory,
    target::Target,
};

use super::{open::Opener, subjects::Subject};
use crate::{
    args::scan::{Base, BaseArgs},
    terminal::Terminal,
};

/// Images that others may be built on.
pub(crate) struct Bases<'a> {
    opener: &'a Opener<'a>,
    terminal: &'a Terminal,
    /// Whether to ask registries for what labels name.
    follows_labels: bool,
    known: Vec<KnownImage>,
    /// What is in the store: many.
    stored: Vec<KnownImage>,
}

impl<'a> Bases<'a> {
    /// Opens what `--base` names; images that are scanned together may be bases of each other.
    pub(crate) fn new(
        args: &BaseArgs,
        opener: &'a Opener<'a>,
        scanned: &[Subject],
        stored: Vec<KnownImage>,
        terminal: &'a Terminal,
    ) -> Result<Self> {
        let mut known = Vec::new();
        for base in &args.base {
            let Base::Image(name) = base else { continue };
            let image = Target::detect(name).map_err(Into::into).and_then(|at| opener.image(&at));
            let image = image.with_context(|| format!("cannot open the base image `{name}`"))?;
            known.push(KnownImage::new(&image.target, &image.layers, Known::Named));
        }
        let inventories = scanned.iter().map(|subject| &subject.inventory);
        let images = inventories.filter(|inventory| inventory.config.is_some());
        known.extend(images.map(|i| KnownImage::new(&i.target, &i.layers, Known::Scanned)));
        let follows_labels = args.base.contains(&Base::Auto);
        Ok(Self { opener, terminal, follows_labels, known, stored })
    }

    /// Those that this target may be built on.
    pub(crate) fn of(&self, inventory: &Inventory) -> Vec<KnownImage> {
        let labelled = self.follows_labels.then(|| self.labelled(inventory)).flatten();
        let lowest = inventory.layers.first().map(|layer| &layer.diff_id);
        let stored = self.stored.iter().filter(|image| image.diff_ids.first() == lowest);
        labelled.into_iter().chain(self.known.iter().chain(stored).cloned()).collect()
    }

    /// The image that the labels name. A registry that does not give it costs certainty only.
    fn labelled(&self, inventory: &Inventory) -> Option<KnownImage> {
        let reference = base::labelled(inventory)?;
        match self.opener.image(&Target::Registry(reference.to_string())) {
            Ok(image) => {
                // What was asked for is the better name: the answer may be one of several platforms.
                let target = TargetInfo { name: reference.to_string(), ..image.target };
                Some(KnownImage::new(&target, &image.layers, Known::Labelled))
            }
            Err(error) => {
                let name = &inventory.target.name;
                self.terminal.warn(&format!(
                    "cannot look up `{reference}`, the base image of `{name}`: {error:#}"
                ));
                None
            }
        }
    }
}
