//! Every record of files and buckets, one after the other, for those who only look.

use anyhow::{Result, bail};
use farguard_aws::{AwsOptions, Session, s3::S3};
use farguard_trail::{
    Record,
    layout::{Kind, Selection},
};

use super::{
    Source,
    batch::Batch,
    evaluate::{Examiner, Piece, Worker},
    listing::Listing,
};

/// Where records are read from.
pub(crate) struct Records<'a> {
    sources: &'a [String],
    selection: Selection,
    s3: Option<S3>,
}

/// Shows records to a function.
struct Show<'a>(&'a mut dyn FnMut(&Record<'_>, u64));

impl Examiner for Show<'_> {
    fn examine(&mut self, record: &Record<'_>, number: u64, _: &mut Batch) {
        (self.0)(record, number);
    }
}

impl<'a> Records<'a> {
    /// Looks at the sources; nothing is read yet.
    ///
    /// # Errors
    /// When one is a queue, or AWS cannot be set up.
    pub(crate) fn new(
        sources: &'a [String],
        selection: Selection,
        aws: &AwsOptions,
    ) -> Result<Self> {
        let kinds: Vec<Source> = sources.iter().map(|source| Source::of(source)).collect();
        if kinds.contains(&Source::Queue) {
            bail!("a queue cannot be looked through: use --trail s3://BUCKET");
        }
        let session = kinds.contains(&Source::Bucket).then(|| Session::open(aws)).transpose()?;
        Ok(Self { sources, selection, s3: session.as_ref().map(S3::new) })
    }

    /// Whether records can be read twice.
    pub(crate) fn are_lasting(&self) -> bool {
        self.sources.iter().all(|source| source != "-")
    }

    /// Shows every record; gives what could not be read.
    ///
    /// # Errors
    /// When a source is not there or cannot be listed.
    pub(crate) fn each(&self, each: &mut dyn FnMut(&Record<'_>, u64)) -> Result<Vec<String>> {
        let (s3, selection) = (self.s3.as_ref(), &self.selection);
        let mut listing = Listing::open(self.sources, Kind::Log, selection, s3, None)?;
        let mut worker = Worker::new(1, s3, selection, Show(each));
        let mut problems = Vec::new();
        while let Some(input) = listing.next() {
            worker.read(&input, |piece| {
                let name = input.name();
                match piece {
                    Piece::Matches(_) => {}
                    Piece::End(Ok(tally)) => {
                        problems
                            .extend(tally.described.iter().map(|loss| format!("{name}: {loss}")));
                    }
                    Piece::End(Err(error)) => problems.push(format!("{name}: {error:#}")),
                }
                true
            });
        }
        problems.extend(listing.problems());
        Ok(problems)
    }
}
