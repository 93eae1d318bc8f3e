//! The packages of all stored images, each distinct one kept once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use farguard_model::{Os, Package, Problem};

use super::parallel;
use crate::store::{
    Store, StoreError,
    entry::{Entry, PACKAGES},
    packed::{self, Head, PackedError, Stored, Unpacked},
};

/// What is in a store.
pub(super) struct Loaded {
    pub(super) groups: Vec<Group>,
    /// Sorted by key.
    pub(super) images: Vec<Image>,
    /// Files that packages were found in.
    pub(super) paths: Vec<Arc<str>>,
    pub(super) problems: Vec<Problem>,
}

/// The distinct packages of all images of one distribution.
#[derive(Default)]
pub(super) struct Group {
    pub(super) os: Option<Os>,
    /// Without a place.
    pub(super) packages: Vec<Package>,
    by_identity: HashMap<Box<[u8]>, u32>,
}

/// One stored image.
pub(super) struct Image {
    pub(super) key: String,
    pub(super) head: Head,
    /// Index into [`Loaded::groups`].
    pub(super) group: usize,
    pub(super) slots: Vec<Slot>,
}

/// A package in its place.
pub(super) struct Slot {
    /// Index into [`Group::packages`].
    pub(super) package: u32,
    /// Index into [`Loaded::paths`].
    pub(super) path: u32,
    pub(super) layer: Option<u32>,
    pub(super) dev: bool,
}

impl Loaded {
    /// The package of a slot, with its place.
    pub(super) fn package(&self, image: &Image, slot: &Slot) -> Option<Package> {
        let mut package = at(&self.groups.get(image.group)?.packages, slot.package)?.clone();
        package.path = at(&self.paths, slot.path)?.to_string();
        package.layer = slot.layer;
        package.dev = slot.dev;
        Some(package)
    }
}

pub(super) fn at<T>(list: &[T], index: u32) -> Option<&T> {
    list.get(usize::try_from(index).ok()?)
}

/// Reads all entries of a store, on all cores.
pub(super) fn all(store: &Store) -> Result<Loaded, StoreError> {
    let keys = store.keys()?;
    let pool = Mutex::new(Pool::default());
    let read = parallel::map(&keys, |key| one(&store.entry(key), key, &pool));
    let mut images = Vec::new();
    let mut problems = Vec::new();
    for image in read {
        match image {
            Ok(image) => images.push(image),
            Err(error) => problems.push(error.into_problem()),
        }
    }
    let pool = pool.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(Loaded { groups: pool.groups, images, paths: pool.paths, problems })
}

fn one(entry: &Entry, key: &str, pool: &Mutex<Pool>) -> Result<Image, StoreError> {
    if !entry.is_directory() {
        return Err(StoreError::new("read", &entry.directory, &"it is no entry of a store"));
    }
    let unpacked = entry.packages()?;
    let placed = unpacked.packages().and_then(|packages| {
        let mut pool = pool.lock().unwrap_or_else(PoisonError::into_inner);
        pool.place(&unpacked, &packages)
    });
    let (group, slots) =
        placed.map_err(|error| StoreError::new("read", &entry.path(PACKAGES), &error))?;
    // Nobody asks for the layers here, and there are many.
    let head = Head { diff_ids: Vec::new(), ..unpacked.head };
    Ok(Image { key: key.to_owned(), head, group, slots })
}

/// Keeps equal things once.
#[derive(Default)]
struct Pool {
    groups: Vec<Group>,
    by_os: HashMap<Vec<u8>, usize>,
    paths: Vec<Arc<str>>,
    by_path: HashMap<Arc<str>, u32>,
}

impl Pool {
    fn place(
        &mut self,
        unpacked: &Unpacked,
        packages: &[Stored<'_>],
    ) -> Result<(usize, Vec<Slot>), PackedError> {
        let group = self.group(unpacked.head.os.as_ref());
        let mut slots = Vec::with_capacity(packages.len());
        for stored in packages {
            let path = self.path(stored.path)?;
            let group = self.groups.get_mut(group);
            let package = group.map_or(Ok(0), |group| group.package(stored.identity))?;
            slots.push(Slot { package, path, layer: stored.layer, dev: stored.dev });
        }
        Ok((group, slots))
    }

    fn group(&mut self, os: Option<&Os>) -> usize {
        let name = postcard::to_stdvec(&os).unwrap_or_default();
        *self.by_os.entry(name).or_insert_with(|| {
            self.groups.push(Group { os: os.cloned(), ..Group::default() });
            self.groups.len() - 1
        })
    }

    fn path(&mut self, path: &str) -> Result<u32, PackedError> {
        if let Some(known) = self.by_path.get(path) {
            return Ok(*known);
        }
        let index = packed::index(self.paths.len())?;
        let path: Arc<str> = path.into();
        self.paths.push(Arc::clone(&path));
        self.by_path.insert(path, index);
        Ok(index)
    }
}

impl Group {
    fn package(&mut self, identity: &[u8]) -> Result<u32, PackedError> {
        if let Some(known) = self.by_identity.get(identity) {
            return Ok(*known);
        }
        let index = packed::index(self.packages.len())?;
        self.packages.push(packed::package(identity)?);
        self.by_identity.insert(identity.into(), index);
        Ok(index)
    }
}
