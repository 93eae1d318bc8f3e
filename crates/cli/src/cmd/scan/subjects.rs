//! From TARGET arguments to what there is to judge: a task definition is several things.

use std::{
    collections::{HashMap, hash_map::Entry},
    fs::File,
    io::Read,
    path::Path,
    rc::Rc,
};

use anyhow::{Context, Result};
use farguard_model::{Problem, ScanReport, Scanner, TargetInfo, TargetKind};
use farguard_scan::{
    inventory::Inventory,
    source::registry::Reference,
    target::Target,
    taskdef::{self, Container, TaskDefinition},
};

use super::open::Opener;
use crate::terminal::Terminal;

/// The most of a task definition that is read: one byte more than is accepted.
const MAX_BYTES: u64 = (1 << 20) + 1;
/// The code of the problem that stands for an image that could not be had.
const IMAGE_NOT_SCANNED: &str = "image-not-scanned";

/// One thing to judge.
pub(crate) struct Subject {
    /// What is in it.
    pub(crate) inventory: Inventory,
    /// What it is in a task definition.
    pub(crate) role: Role,
}

/// What something is in a task definition.
#[derive(Clone)]
pub(crate) enum Role {
    /// Nothing: it was named itself.
    Target,
    /// The definition itself.
    TaskDefinition(Rc<TaskDefinition>),
    /// The image of this container.
    Container(Rc<TaskDefinition>, Container),
}

impl Subject {
    /// Which of the `wanted` scanners can say anything of it.
    pub(crate) fn scanners(&self, wanted: &[Scanner]) -> Vec<Scanner> {
        let can = |scanner: Scanner| match self.inventory.target.kind {
            _ if self.is_absent() => false,
            TargetKind::TaskDefinition => scanner == Scanner::Secrets,
            TargetKind::BuildFile => scanner != Scanner::Vulnerabilities,
            // What a list of packages is of has not been seen.
            TargetKind::Sbom => scanner == Scanner::Vulnerabilities,
            _ => true,
        };
        wanted.iter().copied().filter(|scanner| can(*scanner)).collect()
    }

    /// Whether one expects packages in it.
    pub(crate) fn has_packages(&self) -> bool {
        let without = [TargetKind::BuildFile, TargetKind::TaskDefinition];
        !self.is_absent() && !without.contains(&self.inventory.target.kind)
    }

    /// Whether it is an image that could not be had, so that nothing is known of it.
    fn is_absent(&self) -> bool {
        self.inventory.problems.iter().any(|problem| problem.code == IMAGE_NOT_SCANNED)
    }
}

impl Role {
    /// Brings into the report what a task definition says.
    pub(crate) fn apply(&self, report: &mut ScanReport, inventory: &Inventory) {
        match self {
            Self::Target => {}
            Self::TaskDefinition(definition) if report.scanners.contains(&Scanner::Secrets) => {
                report.findings.extend(taskdef::findings(definition));
            }
            Self::TaskDefinition(_) => {}
            Self::Container(definition, container) => {
                taskdef::apply(report, definition, container, &inventory.accounts);
            }
        }
    }
}

/// Takes inventories; what fails is printed, and the others go on.
pub(crate) struct Subjects<'a> {
    opener: &'a Opener<'a>,
    terminal: &'a Terminal,
    /// Everything taken.
    pub(crate) found: Vec<Subject>,
    /// Whether anything failed.
    pub(crate) failed: bool,
    /// Images of task definitions, by name and platform: each is pulled once.
    images: HashMap<(String, Option<String>), Inventory>,
}

impl<'a> Subjects<'a> {
    pub(crate) fn new(opener: &'a Opener<'a>, terminal: &'a Terminal) -> Self {
        let images = HashMap::new();
        Self { opener, terminal, found: Vec::new(), failed: false, images }
    }

    /// Takes one TARGET.
    pub(crate) fn take(&mut self, argument: &str) {
        if let Err(error) = self.try_take(argument) {
            self.terminal.error(&error.context(format!("cannot scan `{argument}`")));
            self.failed = true;
        }
    }

    fn try_take(&mut self, argument: &str) -> Result<()> {
        match Target::detect(argument)? {
            Target::TaskDefinition(path) => self.task_definition(&path),
            target => {
                let inventory = self.opener.inventory(&target)?;
                self.found.push(Subject { inventory, role: Role::Target });
                Ok(())
            }
        }
    }

    fn task_definition(&mut self, path: &Path) -> Result<()> {
        let definition = Rc::new(read(path)?);
        let mut target = TargetInfo::new(&definition.path, TargetKind::TaskDefinition);
        target.labels = definition.masked_tags();
        let role = Role::TaskDefinition(Rc::clone(&definition));
        self.found.push(Subject { inventory: Inventory::new(target), role });
        for container in &definition.containers {
            let inventory = self.image(&definition, container);
            let role = Role::Container(Rc::clone(&definition), container.clone());
            self.found.push(Subject { inventory, role });
        }
        Ok(())
    }

    /// The image of a container; if it cannot be had, an inventory that says so.
    fn image(&mut self, definition: &TaskDefinition, container: &Container) -> Inventory {
        // One image under two spellings is one image.
        let reference: Option<Reference> = container.image.parse().ok();
        let name = reference.map_or_else(|| container.image.clone(), |name| name.to_string());
        let platform = definition.platform.clone();
        let entry = match self.images.entry((name.clone(), platform)) {
            Entry::Occupied(known) => return known.get().clone(),
            Entry::Vacant(entry) => entry,
        };
        let inventory = match self.opener.registry_image(&name, definition.platform.as_deref()) {
            Ok(inventory) => inventory,
            Err(error) => {
                self.failed = true;
                let problem = Problem::new(
                    IMAGE_NOT_SCANNED,
                    format!("the image could not be had: {error:#}"),
                );
                self.terminal.error(&error.context(format!(
                    "cannot scan the image of the container `{}` in `{}`",
                    container.name, definition.path
                )));
                let target = TargetInfo::new(taskdef::shown_image(&name), TargetKind::Registry);
                Inventory { problems: vec![problem], ..Inventory::new(target) }
            }
        };
        entry.insert(inventory).clone()
    }
}

fn read(path: &Path) -> Result<TaskDefinition> {
    let name = path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_BYTES).read_to_end(&mut bytes))
        .with_context(|| format!("cannot read task definition `{name}`"))?;
    Ok(taskdef::parse(&name, &bytes)?)
}
