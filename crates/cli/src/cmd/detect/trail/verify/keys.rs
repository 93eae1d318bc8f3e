//! The keys that digests were signed with, by region.

use std::{collections::BTreeMap, fs, sync::Arc};

use anyhow::{Context, Result};
use farguard_aws::Session;
use farguard_trail::digest::PublicKeys;
use jiff::Timestamp;

use crate::args::detect::TrailArgs;

/// Keys are asked for with so many seconds to spare on both sides.
const SPARE_SECONDS: i64 = 86_400;

/// Keys from a file, or from CloudTrail.
pub(super) struct Keys {
    file: Option<Arc<PublicKeys>>,
    session: Option<Session>,
    regions: BTreeMap<String, (Arc<PublicKeys>, bool)>,
    now: Timestamp,
    /// Why keys of regions are not at hand.
    pub(super) problems: Vec<String>,
}

impl Keys {
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn new(args: &TrailArgs, session: Option<&Session>, now: Timestamp) -> Result<Self> {
        let file = args.public_keys.as_ref().map(|path| {
            let about = || format!("cannot read public keys from `{}`", path.display());
            let bytes = fs::read(path).with_context(about)?;
            PublicKeys::parse(&bytes).with_context(about).map(Arc::new)
        });
        Ok(Self {
            file: file.transpose()?,
            session: session.cloned(),
            regions: BTreeMap::new(),
            now,
            problems: Vec::new(),
        })
    }

    /// The keys of a region from some time on, and whether these are all that CloudTrail has. The
    /// earliest digest of a region comes first.
    pub(super) fn of_region(&mut self, region: &str, from: Timestamp) -> (Arc<PublicKeys>, bool) {
        if let Some(keys) = &self.file {
            return (Arc::clone(keys), false);
        }
        if let Some(known) = self.regions.get(region) {
            return known.clone();
        }
        let keys = match self.ask(region, from) {
            Ok(keys) => (Arc::new(keys), true),
            Err(error) => {
                self.problems.push(format!("cannot get the public keys of {region}: {error:#}"));
                (Arc::default(), false)
            }
        };
        self.regions.insert(region.to_owned(), keys.clone());
        keys
    }

    fn ask(&self, region: &str, from: Timestamp) -> Result<PublicKeys> {
        let session = self.session.as_ref().context("give them with --public-keys")?;
        let start = from.as_second().saturating_sub(SPARE_SECONDS);
        let end = self.now.as_second().saturating_add(SPARE_SECONDS);
        let answer = session.cloudtrail_public_keys(region, start, end)?;
        Ok(PublicKeys::parse(answer.to_string().as_bytes())?)
    }
}
