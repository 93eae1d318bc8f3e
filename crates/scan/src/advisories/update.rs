//! Fetches advisories from their publishers and builds a database from them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use farguard_model::Problem;
use jiff::Timestamp;

use super::{
    build::{BuildError, BuildOptions, Built, Input, build_into},
    contents::SourceInfo,
    ecosystem::BUCKET_ECOSYSTEMS,
    http::{FetchError, Fetcher, forget},
    replace::Replacement,
};
use crate::progress::Progress;

mod repository;

/// The public bucket of OSV.
pub const OSV_BUCKET: &str = "https://osv-vulnerabilities.storage.googleapis.com";
/// CISA's catalogue of known exploited vulnerabilities.
pub const KEV_URL: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";
/// FIRST's scores of today.
pub const EPSS_URL: &str = "https://epss.empiricalsecurity.com/epss_scores-current.csv.gz";
/// Mirror lists of the core repositories of Amazon Linux; all architectures get the same updates.
pub const AMAZON_MIRROR_LISTS: [(&str, &str); 2] = [
    ("Amazon Linux 2", "https://cdn.amazonlinux.com/2/core/latest/x86_64/mirror.list"),
    (
        "Amazon Linux 2023",
        "https://cdn.amazonlinux.com/al2023/core/mirrors/latest/x86_64/mirror.list",
    ),
];

/// Largest archive of one ecosystem.
const MAX_ARCHIVE_BYTES: u64 = 4 << 30;
const MAX_LIST_BYTES: u64 = 16 << 20;
const PARALLEL_DOWNLOADS: usize = 4;

/// What to fetch, and where to put it.
#[derive(Debug, Clone)]
pub struct UpdateOptions {
    /// The database file. It is replaced in one step when everything has been fetched and built.
    pub output: PathBuf,
    /// Where downloads stay, so that what has not changed is not fetched again.
    pub downloads: PathBuf,
    /// The time of the update: now.
    pub now: Timestamp,
    /// Address of a bucket in OSV's layout, without a slash at the end.
    pub osv_base: String,
    /// Directories of the bucket: `PyPI`, `Debian`. Empty for all that Farguard can match.
    pub ecosystems: Vec<String>,
    /// Name and address of the mirror list of each Amazon Linux repository.
    pub amazon_mirror_lists: Vec<(String, String)>,
    /// Address of the catalogue of known exploited vulnerabilities; `None` to go without.
    pub kev_url: Option<String>,
    /// Address of the EPSS scores; `None` to go without.
    pub epss_url: Option<String>,
    /// Pause before the first retry; it doubles with each.
    pub retry_pause: Duration,
}

impl UpdateOptions {
    /// Everything from its publisher.
    #[must_use]
    pub fn new(output: &Path, now: Timestamp) -> Self {
        Self {
            output: output.to_owned(),
            downloads: output.with_extension("downloads"),
            now,
            osv_base: OSV_BUCKET.to_owned(),
            ecosystems: Vec::new(),
            amazon_mirror_lists: AMAZON_MIRROR_LISTS
                .map(|(name, url)| (name.to_owned(), url.to_owned()))
                .to_vec(),
            kev_url: Some(KEV_URL.to_owned()),
            epss_url: Some(EPSS_URL.to_owned()),
            retry_pause: Duration::from_secs(1),
        }
    }
}

/// A database that was updated.
#[derive(Debug, Clone)]
pub struct Updated {
    /// What was built, and what of it could not be read.
    pub built: Built,
    /// Names of the sources that had changed since the last update.
    pub changed: Vec<String>,
}

/// An update failed. The old database is as it was.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// A source could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The bucket has no such ecosystem.
    #[error("`{base}` has no ecosystem {names}")]
    UnknownEcosystem {
        /// Address of the bucket.
        base: String,
        /// Names in backticks.
        names: String,
    },
    /// A source is not what it should be.
    #[error("{source_name} from `{url}` cannot be used: {message}")]
    Damaged {
        /// Name of the source.
        source_name: String,
        /// Its address.
        url: String,
        /// Why.
        message: String,
    },
    /// The downloads cannot be stored.
    #[error("cannot store downloads in `{path}`: {source}")]
    Downloads {
        /// The directory.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The database cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
}

/// A file to fetch.
#[derive(Debug, Clone)]
struct Source {
    name: String,
    url: String,
    path: PathBuf,
    /// SHA-256 in hexadecimal that the file must have, where its publisher says.
    sha256: Option<String>,
}

/// Fetches what has changed and builds the database anew.
///
/// # Errors
/// When any source cannot be fetched or is damaged: the error names it, nothing is left out
/// silently, and the old database stays.
pub fn update(options: &UpdateOptions, progress: &dyn Progress) -> Result<Updated, UpdateError> {
    let database = options.output.display().to_string();
    let replacement = Replacement::begin(&options.output).map_err(|error| match error.kind() {
        io::ErrorKind::ResourceBusy => BuildError::Locked(database.clone()),
        _ => BuildError::Io { path: database.clone(), source: error },
    })?;
    fs::create_dir_all(&options.downloads).map_err(|source| UpdateError::Downloads {
        path: options.downloads.display().to_string(),
        source,
    })?;
    let fetcher = Fetcher::new(options.retry_pause);
    let (sources, problems) = sources(options, &fetcher)?;
    let changed = fetch_all(&sources, &fetcher, progress)?;

    let input = |source: &Source| Input {
        path: source.path.clone(),
        source: SourceInfo {
            name: source.name.clone(),
            location: source.url.clone(),
            fetched: Some(options.now),
        },
    };
    let build_options = BuildOptions {
        inputs: sources.iter().map(input).collect(),
        output: options.output.clone(),
        now: options.now,
    };
    let mut built = build_into(&replacement, &build_options, progress)?;
    if let Some(problem) = built.problems.iter().find(|p| p.code == "unreadable-advisory-file") {
        return Err(damaged(&sources, problem));
    }
    replacement.commit().map_err(|source| BuildError::Io { path: database, source })?;
    built.problems.splice(0..0, problems);
    Ok(Updated { built, changed })
}

/// Everything to fetch, and a problem for each ecosystem that the bucket does not have.
fn sources(
    options: &UpdateOptions,
    fetcher: &Fetcher,
) -> Result<(Vec<Source>, Vec<Problem>), UpdateError> {
    let base = options.osv_base.trim_end_matches('/');
    let list = fetcher.bytes(&format!("{base}/ecosystems.txt"), MAX_LIST_BYTES)?;
    let list = String::from_utf8_lossy(&list);
    // `Debian:12` is a part of `Debian`, whose archive has all of them.
    let has = |name: &str| list.lines().any(|line| line.trim().split(':').next() == Some(name));
    let wanted: Vec<String> = match options.ecosystems.as_slice() {
        [] => BUCKET_ECOSYSTEMS.iter().map(|&name| name.to_owned()).collect(),
        chosen => chosen.to_vec(),
    };
    let (present, missing): (Vec<_>, Vec<_>) = wanted.into_iter().partition(|name| has(name));
    if !missing.is_empty() && !options.ecosystems.is_empty() {
        let names: Vec<_> = missing.iter().map(|name| format!("`{name}`")).collect();
        let base = base.to_owned();
        return Err(UpdateError::UnknownEcosystem { base, names: names.join(", ") });
    }
    let problems = missing.iter().map(|name| {
        let message = format!("the bucket `{base}` has no ecosystem `{name}`");
        Problem::new("missing-advisory-source", message)
    });
    let problems = problems.collect();

    let downloads = &options.downloads;
    let mut sources: Vec<Source> = present
        .iter()
        .map(|name| Source {
            name: format!("OSV {name}"),
            url: format!("{base}/{}/all.zip", name.replace(' ', "%20")),
            path: downloads.join(format!("osv-{}.zip", file_name(name))),
            sha256: None,
        })
        .collect();
    for (name, mirror_list) in &options.amazon_mirror_lists {
        sources.push(repository::updateinfo(name, mirror_list, downloads, fetcher)?);
    }
    let single = [
        ("CISA KEV", &options.kev_url, "kev.json"),
        ("FIRST EPSS", &options.epss_url, "epss.csv.gz"),
    ];
    for (name, url, file) in single {
        sources.extend(url.iter().map(|url| Source {
            name: name.to_owned(),
            url: url.clone(),
            path: downloads.join(file),
            sha256: None,
        }));
    }
    Ok((sources, problems))
}

/// Fetches several at a time; gives the names of those that had changed.
fn fetch_all(
    sources: &[Source],
    fetcher: &Fetcher,
    progress: &dyn Progress,
) -> Result<Vec<String>, UpdateError> {
    let next = Mutex::new(sources.iter());
    let results = Mutex::new(Ok(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..PARALLEL_DOWNLOADS {
            scope.spawn(|| {
                loop {
                    let source = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                    let Some(source) = source else { return };
                    let fetched = fetch(source, fetcher, progress);
                    let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                    match (fetched, &mut *results) {
                        (Ok(true), Ok(changed)) => changed.push(source.name.clone()),
                        (Ok(false), Ok(_)) => {}
                        (Err(error), Ok(_)) => *results = Err(error),
                        // Another one has failed already: stop.
                        (_, Err(_)) => return,
                    }
                }
            });
        }
    });
    let mut changed = results.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    changed.sort();
    Ok(changed)
}

fn fetch(source: &Source, fetcher: &Fetcher, progress: &dyn Progress) -> Result<bool, UpdateError> {
    let changed = fetcher.file(&source.url, &source.path, MAX_ARCHIVE_BYTES, progress)?;
    if let Some(expect) = &source.sha256 {
        let found = repository::sha256_of(&source.path).map_err(|error| error.to_string());
        if found.as_ref() != Ok(expect) {
            forget(&source.path);
            return Err(UpdateError::Damaged {
                source_name: source.name.clone(),
                url: source.url.clone(),
                message: format!("its SHA-256 is not `{expect}`"),
            });
        }
    }
    Ok(changed)
}

/// The error for a source that could not be read to its end; it will be fetched again.
fn damaged(sources: &[Source], problem: &Problem) -> UpdateError {
    let path = problem.path.as_deref().unwrap_or_default();
    let source = sources.iter().find(|source| path.starts_with(&*source.path.to_string_lossy()));
    if let Some(source) = source {
        forget(&source.path);
    }
    UpdateError::Damaged {
        source_name: source.map_or_else(|| "a source".to_owned(), |source| source.name.clone()),
        url: source.map(|source| source.url.clone()).unwrap_or_default(),
        message: problem.message.clone(),
    }
}

/// A name for a file: `Red Hat` -> `red-hat`.
fn file_name(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    name.chars().map(safe).collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests;
