//! Files and directories, day by day.

use std::{collections::VecDeque, fs, path::PathBuf};

use anyhow::{Context, Result};
use farguard_trail::layout::{FileName, Folder, Kind, Selection, is_records_file};
use jiff::civil::Date;

use super::input::{Input, Place};

/// Directories are not followed deeper than this.
const MAX_DEPTH: usize = 64;

/// The files of a path, in the order of their times as far as names tell.
#[derive(Debug)]
pub(crate) struct Local {
    selection: Selection,
    kind: Kind,
    /// Directories by day, earliest first; those of no day come first, each for itself.
    days: VecDeque<Vec<PathBuf>>,
    files: VecDeque<Input>,
    /// Files of other kinds.
    pub(crate) passed_over: u64,
}

impl Local {
    /// Looks at a path: a file is read whatever its name; of a directory, all that may hold what is
    /// wanted.
    ///
    /// # Errors
    /// When it is not there, or a directory below it cannot be listed.
    pub(crate) fn open(path: PathBuf, kind: Kind, selection: Selection) -> Result<Self> {
        let about = || format!("cannot read `{}`", path.display());
        let metadata = fs::metadata(&path).with_context(about)?;
        let mut local =
            Self { selection, kind, days: VecDeque::new(), files: VecDeque::new(), passed_over: 0 };
        if metadata.is_dir() {
            local.days = by_day(local.directories(path)?);
        } else {
            local.files.push_back(Input { place: Place::File(path), size: metadata.len() });
        }
        Ok(local)
    }

    /// The next file.
    ///
    /// # Errors
    /// When a directory cannot be listed.
    pub(crate) fn next(&mut self) -> Result<Option<Input>> {
        loop {
            if let Some(file) = self.files.pop_front() {
                return Ok(Some(file));
            }
            let Some(day) = self.days.pop_front() else { return Ok(None) };
            let mut files = Vec::new();
            for directory in day {
                self.list(&directory, &mut files)?;
            }
            files.sort_by_cached_key(Input::order);
            self.files = files.into();
        }
    }

    fn directories(&self, root: PathBuf) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut open = vec![(root, 0)];
        while let Some((directory, depth)) = open.pop() {
            let about = || format!("cannot list `{}`", directory.display());
            for entry in fs::read_dir(&directory).with_context(about)? {
                let entry = entry.with_context(about)?;
                // Links to directories are not followed: they may lead in circles.
                let is_directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
                let path = entry.path();
                let text = path.to_string_lossy();
                let folder = Folder::parse(&text);
                let holds = match self.kind {
                    Kind::Log => folder.is_log(),
                    Kind::Digest => folder.is_digest(),
                };
                if is_directory
                    && holds
                    && depth < MAX_DEPTH
                    && self.selection.wants_folder(&folder)
                {
                    open.push((path, depth + 1));
                }
            }
            found.push(directory);
        }
        Ok(found)
    }

    fn list(&mut self, directory: &PathBuf, files: &mut Vec<Input>) -> Result<()> {
        let about = || format!("cannot list `{}`", directory.display());
        for entry in fs::read_dir(directory).with_context(about)? {
            let path = entry.with_context(about)?.path();
            let Ok(metadata) = fs::metadata(&path) else { continue };
            if !metadata.is_file() {
                continue;
            }
            let name = path.to_string_lossy();
            match wanted(&name, self.kind, &self.selection) {
                Some(true) => {
                    files.push(Input { place: Place::File(path), size: metadata.len() });
                }
                Some(false) => {}
                None => self.passed_over = self.passed_over.saturating_add(1),
            }
        }
        Ok(())
    }
}

/// Whether a file is to be read, by its name; `None` when it is of another kind.
pub(super) fn wanted(name: &str, kind: Kind, selection: &Selection) -> Option<bool> {
    match FileName::parse(name) {
        Some(file) => Some(file.kind == kind && selection.wants_file(&file)),
        None if kind == Kind::Log && is_records_file(name) => Some(true),
        None => None,
    }
}

/// Directories of one day together, whatever account and region they are of.
fn by_day(directories: Vec<PathBuf>) -> VecDeque<Vec<PathBuf>> {
    let day = |path: &PathBuf| -> Option<Date> {
        let text = path.to_string_lossy();
        Folder::parse(&text).days.filter(|(first, last)| first == last).map(|(first, _)| first)
    };
    let mut dated: Vec<(Option<Date>, PathBuf)> =
        directories.into_iter().map(|path| (day(&path), path)).collect();
    dated.sort();
    let mut days: VecDeque<Vec<PathBuf>> = VecDeque::new();
    let mut last = None;
    for (day, path) in dated {
        match days.back_mut() {
            Some(paths) if day.is_some() && day == last => paths.push(path),
            _ => days.push_back(vec![path]),
        }
        last = day;
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(files: &[&str], kind: Kind, selection: &Selection) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        for file in files {
            let path = directory.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}").unwrap();
        }
        let root = directory.path().to_owned();
        let mut local = Local::open(root.clone(), kind, selection.clone()).unwrap();
        let prefix = format!("{}/", root.display());
        std::iter::from_fn(|| local.next().unwrap())
            .map(|input| input.name().replace(&prefix, ""))
            .collect()
    }

    #[test]
    fn files_come_in_the_order_of_time_across_accounts_and_regions() {
        let name = |account: &str, region: &str, folder: &str, day: &str, time: &str| {
            format!(
                "AWSLogs/o-x/{account}/{folder}/{region}/2026/11/{day}/\
                 {account}_{folder}_{region}_202611{day}T{time}Z_x.json.gz"
            )
        };
        let (a, b) = ("111111111111", "222222222222");
        let files = [
            name(a, "eu-west-1", "CloudTrail", "22", "1000"),
            name(b, "us-east-1", "CloudTrail", "22", "0900"),
            name(a, "us-east-1", "CloudTrail-Insight", "21", "2300"),
            name(a, "eu-west-1", "Config", "21", "2300"),
            "notes.txt".to_owned(),
            "export.jsonl".to_owned(),
            name(a, "eu-west-1", "CloudTrail-Digest", "21", "2300"),
        ];
        let all: Vec<&str> = files.iter().map(String::as_str).collect();
        let everything = Selection::default();
        assert_eq!(listed(&all, Kind::Log, &everything), [all[5], all[2], all[1], all[0]]);
        let digest = files[6]
            .replace("T2300Z_x", "_trail_eu-west-1_20261121T230000Z")
            .replace("_20261121_", "_");
        assert_eq!(listed(&[&digest, all[0]], Kind::Digest, &everything), [digest.as_str()]);
        let selection = Selection {
            accounts: vec![a.to_owned()],
            since: Some("2026-11-22T00:00:00Z".parse().unwrap()),
            ..Selection::default()
        };
        assert_eq!(listed(&all, Kind::Log, &selection), [all[5], all[0]]);
    }
}
