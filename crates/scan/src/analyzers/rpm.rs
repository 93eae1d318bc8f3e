//! Packages of Red Hat, SUSE, Amazon and their relatives: the database of RPM.
//!
//! RPM has kept it in three formats. Each is read here by code of its own and not by the library
//! that wrote it: the bytes are hostile, they come from a stream, no file of them lies on any
//! disk, and of each format a hundred lines are needed.

mod bdb;
mod bytes;
mod header;
mod ndb;
mod package;
mod sqlite;

pub(super) use package::named;

use super::{
    AnalyzeError, Analyzer, FileView, Harvest, MAX_WHOLE_FILE_BYTES, Scope, Want,
    path_budget::PathBudget,
};

/// Receives the header blobs of a database and, as errors, its damaged places.
type Sink<'s> = dyn FnMut(Result<&[u8], String>) + 's;

/// More than any distribution has: a file with more was made to fill our memory.
const MAX_PACKAGES: usize = 1 << 17;

/// Reads the database of installed packages.
#[derive(Debug)]
pub(super) struct Rpm;

impl Analyzer for Rpm {
    fn name(&self) -> &'static str {
        "rpm"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "RPM packages, from `rpmdb.sqlite`, `Packages.db` (ndb) and `Packages` (Berkeley DB)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[
            Want::Path("usr/lib/sysimage/rpm/Packages"),
            Want::Path("usr/lib/sysimage/rpm/Packages.db"),
            Want::Path("usr/lib/sysimage/rpm/rpmdb.sqlite"),
            Want::Path("usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
            Want::Path("usr/share/rpm/rpmdb.sqlite"),
            Want::Path("usr/share/rpm/rpmdb.sqlite-wal"),
            Want::Path("var/lib/rpm/Packages"),
            Want::Path("var/lib/rpm/Packages.db"),
            Want::Path("var/lib/rpm/rpmdb.sqlite"),
            Want::Path("var/lib/rpm/rpmdb.sqlite-wal"),
        ]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let name = path.rsplit('/').next().unwrap_or_default();
        if name == "rpmdb.sqlite-wal" {
            return check_log_is_empty(file.size());
        }
        if file.size() > MAX_WHOLE_FILE_BYTES {
            let limit = MAX_WHOLE_FILE_BYTES >> 20;
            let message = format!("RPM database is larger than {limit} MiB and was not read");
            return Err(AnalyzeError::new("rpm-database-too-large", message));
        }
        let bytes = file.bytes()?;
        let mut records = Records::new(path, harvest);
        let each: &mut Sink<'_> = &mut |record| records.add(record);
        match name {
            "Packages" => bdb::read(bytes, each),
            "Packages.db" => ndb::read(bytes, each),
            _ => sqlite::read(bytes, each),
        }
        records.finish()
    }
}

/// SQLite puts changes beside the database first. What is there is missing in it.
fn check_log_is_empty(size_bytes: u64) -> Result<(), AnalyzeError> {
    if size_bytes == 0 {
        return Ok(());
    }
    let message = "RPM database was not closed: its last changes are in this file only and were \
                   not read; close it with `sqlite3 rpmdb.sqlite 'PRAGMA wal_checkpoint(TRUNCATE)'`";
    Err(AnalyzeError::new("unfinished-rpm-database", message))
}

/// Takes records of any format to the harvest, and counts what is damaged.
struct Records<'a> {
    path: &'a str,
    harvest: &'a mut Harvest,
    budget: PathBudget,
    packages: usize,
    first_damage: Option<String>,
    damaged: usize,
}

impl<'a> Records<'a> {
    fn new(path: &'a str, harvest: &'a mut Harvest) -> Self {
        let budget = PathBudget::new();
        Self { path, harvest, budget, packages: 0, first_damage: None, damaged: 0 }
    }

    fn add(&mut self, record: Result<&[u8], String>) {
        if self.packages >= MAX_PACKAGES {
            return;
        }
        let package = record.and_then(|blob| {
            package::read(blob, self.path, &mut self.budget).map_err(str::to_owned)
        });
        match package {
            Ok(None) => {}
            Ok(Some(package)) => {
                package.files.iter().for_each(|path| self.harvest.owns(path));
                self.harvest.packages.push(package);
                self.packages += 1;
            }
            Err(damage) => {
                self.first_damage.get_or_insert(damage);
                self.damaged += 1;
            }
        }
    }

    fn finish(self) -> Result<(), AnalyzeError> {
        if let Some(first) = self.first_damage {
            let message = format!("RPM database has {first} (damaged places: {})", self.damaged);
            return Err(AnalyzeError::new("corrupt-rpm-database", message));
        }
        if self.packages >= MAX_PACKAGES {
            let message = format!("more than {MAX_PACKAGES} packages, the rest was not read");
            return Err(AnalyzeError::new("too-many-packages", message));
        }
        if self.budget.is_exhausted() {
            return Err(AnalyzeError::new("too-many-paths", "too many files, not all were listed"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
