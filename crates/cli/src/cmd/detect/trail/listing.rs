//! All inputs of all sources, one after the other.

use std::{collections::VecDeque, path::PathBuf};

use anyhow::{Context, Result, bail};
use farguard_aws::s3::S3;
use farguard_trail::{
    checkpoint::Checkpoint,
    layout::{Kind, Selection},
};

use super::{
    bucket::{Bucket, Wanted},
    input::{Input, Place},
    local::Local,
};

/// The inputs of sources, in the order of the sources, each in the order of time.
pub(crate) struct Listing {
    sources: VecDeque<Opened>,
    problems: Vec<String>,
    passed_over: u64,
}

enum Opened {
    Inputs(VecDeque<Input>),
    Local(Local),
    Bucket(Box<Bucket>),
}

impl Listing {
    /// Opens all sources: what cannot be opened at all is an error before anything is read.
    ///
    /// # Errors
    /// When a source is not there or cannot be listed.
    pub(crate) fn open(
        sources: &[String],
        kind: Kind,
        selection: &Selection,
        s3: Option<&S3>,
        done: Option<&Checkpoint>,
    ) -> Result<Self> {
        let mut opened = VecDeque::new();
        let retries: VecDeque<Input> =
            done.into_iter().flat_map(Checkpoint::retries).map(Input::named).collect();
        opened.push_back(Opened::Inputs(retries));
        for source in sources {
            opened.push_back(open(source, kind, selection, s3, done)?);
        }
        Ok(Self { sources: opened, problems: Vec::new(), passed_over: 0 })
    }

    /// The next input; what cannot be listed becomes a problem.
    pub(crate) fn next(&mut self) -> Option<Input> {
        loop {
            let next = match self.sources.front_mut()? {
                Opened::Inputs(inputs) => inputs.pop_front(),
                Opened::Bucket(bucket) => bucket.next(),
                Opened::Local(local) => match local.next() {
                    Ok(next) => next,
                    Err(error) => {
                        self.problems.push(format!("{error:#}"));
                        continue;
                    }
                },
            };
            if next.is_some() {
                return next;
            }
            match self.sources.pop_front() {
                Some(Opened::Bucket(bucket)) => self.problems.extend(bucket.problems),
                Some(Opened::Local(local)) => self.passed_over += local.passed_over,
                Some(Opened::Inputs(_)) | None => {}
            }
        }
    }

    /// What could not be listed.
    pub(crate) fn problems(self) -> Vec<String> {
        self.problems
    }

    /// Files in directories whose names say that they hold no records.
    pub(crate) const fn passed_over(&self) -> u64 {
        self.passed_over
    }
}

fn open(
    source: &str,
    kind: Kind,
    selection: &Selection,
    s3: Option<&S3>,
    done: Option<&Checkpoint>,
) -> Result<Opened> {
    if source == "-" {
        if kind == Kind::Digest {
            bail!("standard input has no digests");
        }
        return Ok(Opened::Inputs([Input { place: Place::Stdin, size: 0 }].into()));
    }
    if source.starts_with("s3://") {
        let wanted = Wanted::parse(source, kind, selection)?;
        let s3 = s3.context("no connection to S3")?;
        return Ok(Opened::Bucket(Box::new(Bucket::open(s3, &wanted, done)?)));
    }
    Ok(Opened::Local(Local::open(PathBuf::from(source), kind, selection.clone())?))
}
