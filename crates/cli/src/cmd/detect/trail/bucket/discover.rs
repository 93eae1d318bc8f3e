//! Which accounts and regions there are below a prefix.

use anyhow::{Result, bail};
use farguard_aws::{
    AwsError,
    s3::{Entry, Listing, Page, S3},
};
use farguard_trail::{
    checkpoint::Checkpoint,
    layout::{Folder, Kind, Level},
};

use super::{Wanted, cursor::Cursor};

/// Accounts times regions that one job reads.
const MAX_SERIES: usize = 50_000;
/// Folders that are looked into for one named `AWSLogs`, where there is none at the top.
const MAX_TOP_FOLDERS: usize = 100;

/// A list for each account, service and region below the prefix that is wanted.
pub(super) fn cursors(s3: &S3, wanted: &Wanted, done: Option<&Checkpoint>) -> Result<Vec<Cursor>> {
    let mut cursors = Vec::new();
    let mut loose: Vec<Entry> = Vec::new();
    let mut open = vec![wanted.prefix.clone()];
    while let Some(prefix) = open.pop() {
        // What stands behind the last slash is the beginning of a name.
        let folder = Folder::parse(prefix.rsplit_once('/').map_or("", |(folder, _)| folder));
        if folder.level == Level::Series {
            let series = folder.series.map(|it| format!("s3://{}/{it}", wanted.bucket));
            let series = series.map(|it| if it.ends_with('/') { it } else { it + "/" });
            let resume = done.zip(series).and_then(|(done, series)| done.resume(&series));
            cursors.push(Cursor::new(wanted, &prefix, resume));
        } else {
            let page = list(s3, wanted, &prefix)?;
            loose.extend(page.entries);
            match folder.level {
                Level::Outside => match top(s3, wanted, &page.folders)? {
                    Some(folders) => open.extend(folders),
                    // No layout of CloudTrail at all: everything below is looked at.
                    None => {
                        loose.clear();
                        cursors.push(Cursor::new(wanted, &prefix, None));
                    }
                },
                _ => open.extend(page.folders.into_iter().filter(|it| is_wanted(it, wanted))),
            }
        }
        if cursors.len() + open.len() > MAX_SERIES {
            bail!(
                "there are more than {MAX_SERIES} accounts and regions: use --account or --region"
            );
        }
    }
    cursors.push(Cursor::of_entries(wanted, loose));
    Ok(cursors)
}

fn is_wanted(path: &str, wanted: &Wanted) -> bool {
    let folder = Folder::parse(path);
    let holds = match wanted.kind {
        Kind::Log => folder.is_log(),
        Kind::Digest => folder.is_digest(),
    };
    holds && wanted.selection.wants_folder(&folder)
}

/// The folders named `AWSLogs` at the top, or one below it.
fn top(s3: &S3, wanted: &Wanted, folders: &[String]) -> Result<Option<Vec<String>>> {
    let is_logs = |folder: &&String| folder.ends_with("AWSLogs/");
    let here: Vec<String> = folders.iter().filter(is_logs).cloned().collect();
    if !here.is_empty() {
        return Ok(Some(here));
    }
    let mut below = Vec::new();
    for folder in folders.iter().take(MAX_TOP_FOLDERS) {
        let page = list(s3, wanted, folder)?;
        below.extend(page.folders.iter().filter(is_logs).cloned());
    }
    Ok((!below.is_empty()).then_some(below))
}

/// All of one level.
fn list(s3: &S3, wanted: &Wanted, prefix: &str) -> Result<Page, AwsError> {
    let listing = Listing {
        bucket: wanted.bucket.to_string(),
        prefix: prefix.to_owned(),
        start_after: None,
        by_folder: true,
        page_size: 1_000,
    };
    let mut all = s3.list(&listing, None)?;
    // A level of the layout has few folders; one with many files is no level of it.
    const MAX_PAGES: usize = 100;
    for _ in 1..MAX_PAGES {
        let Some(next) = all.next.take() else { break };
        let page = s3.list(&listing, Some(&next))?;
        all.entries.extend(page.entries);
        all.folders.extend(page.folders);
        all.next = page.next;
    }
    Ok(all)
}
