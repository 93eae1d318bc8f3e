//! Packages of Alpine, Wolfi and Chainguard images: the database of apk.
//!
//! # Source
//! <https://wiki.alpinelinux.org/wiki/Apk_spec>, "Installed Database"

use farguard_model::{Package, PackageType, SourcePackage};

use super::{
    AnalyzeError, Analyzer, FileView, Harvest, Scope, Want, damage::Damage, path_budget::PathBudget,
};

/// More than Alpine has in all: a file with more was made to fill our memory.
const MAX_PACKAGES: usize = 1 << 17;

/// Reads the database of installed packages.
#[derive(Debug)]
pub(super) struct Apk;

impl Analyzer for Apk {
    fn name(&self) -> &'static str {
        "apk"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Alpine, Wolfi and Chainguard packages, from `lib/apk/db/installed`"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Path("lib/apk/db/installed"), Want::Path("usr/lib/apk/db/installed")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        let text = String::from_utf8_lossy(file.bytes()?);
        let mut reader = Reader::new(path, harvest);
        for (index, line) in text.lines().enumerate() {
            reader.line(index + 1, line.trim_end());
            if reader.packages == MAX_PACKAGES {
                let message = format!("more than {MAX_PACKAGES} packages, the rest was not read");
                return Err(AnalyzeError::new("too-many-packages", message));
            }
        }
        reader.finish()
    }
}

/// The paragraph that is being read: one package, closed by a blank line.
#[derive(Default)]
struct Record<'t> {
    line: usize,
    name: &'t str,
    version: &'t str,
    arch: &'t str,
    license: &'t str,
    origin: &'t str,
    directory: &'t str,
    files: Vec<String>,
}

struct Reader<'t, 'h> {
    path: &'t str,
    harvest: &'h mut Harvest,
    record: Record<'t>,
    packages: usize,
    damage: Damage,
    budget: PathBudget,
}

impl<'t, 'h> Reader<'t, 'h> {
    fn new(path: &'t str, harvest: &'h mut Harvest) -> Self {
        let (record, damage, budget) = (Record::default(), Damage::default(), PathBudget::new());
        Self { path, harvest, record, packages: 0, damage, budget }
    }

    fn line(&mut self, number: usize, line: &'t str) {
        if line.is_empty() {
            self.close();
            return;
        }
        if self.record.line == 0 {
            self.record.line = number;
        }
        // The letters tell upper from lower case: `A` is the architecture, `a` the mode of a file.
        match line.split_once(':') {
            Some(("P", value)) => self.record.name = value,
            Some(("V", value)) => self.record.version = value,
            Some(("A", value)) => self.record.arch = value,
            Some(("L", value)) => self.record.license = value.trim(),
            Some(("o", value)) => self.record.origin = value,
            Some(("F", value)) => self.record.directory = value,
            Some(("R", value)) => self.file(value),
            Some((key, _)) if key.len() == 1 => {}
            _ => self.damage.note(number, "no field"),
        }
    }

    fn file(&mut self, name: &str) {
        let directory = self.record.directory;
        if self.budget.spend(directory.len() + 1 + name.len()) {
            let separator = if directory.is_empty() { "" } else { "/" };
            let path = format!("{directory}{separator}{name}");
            self.harvest.owns(&path);
            self.record.files.push(path);
        }
    }

    /// Adds the package that the paragraph describes.
    fn close(&mut self) {
        let record = std::mem::take(&mut self.record);
        if record.line == 0 {
            return;
        }
        if record.name.is_empty() || record.version.is_empty() {
            self.damage.note(record.line, "a package without name or version");
            return;
        }
        let mut package = Package::new(PackageType::Apk, record.name, record.version, self.path);
        package.arch = Some(record.arch.to_owned()).filter(|arch| !arch.is_empty());
        package.licenses.extend(Some(record.license.to_owned()).filter(|text| !text.is_empty()));
        if !record.origin.is_empty() && record.origin != record.name {
            let (name, version) = (record.origin.to_owned(), record.version.to_owned());
            package.source = Some(SourcePackage { name, version });
        }
        package.files = record.files;
        self.harvest.packages.push(package);
        self.packages += 1;
    }

    fn finish(mut self) -> Result<(), AnalyzeError> {
        self.close();
        self.harvest.problems.extend(self.damage.problem("damaged-apk-database", self.path));
        if self.budget.is_exhausted() {
            return Err(AnalyzeError::new("too-many-paths", "too many files, not all were listed"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::{path_hash, testing::run};

    const PATH: &str = "lib/apk/db/installed";

    /// Packages as `name version arch licence source files`.
    fn check(text: &str, expect: &[&str]) -> Harvest {
        let (harvest, result) = run(&Apk, PATH, text.as_bytes());
        result.unwrap();
        let packages: Vec<_> = harvest.packages.iter().map(show).collect();
        assert_eq!(packages, expect);
        assert!(harvest.packages.iter().all(|p| p.path == PATH && p.kind == PackageType::Apk));
        harvest
    }

    fn show(p: &Package) -> String {
        let source = p.source.as_ref().map_or("-".into(), |s| format!("{}/{}", s.name, s.version));
        let arch = p.arch.as_deref().unwrap_or("-");
        let (licenses, files) = (p.licenses.join("|"), p.files.join(","));
        format!("{} {} {arch} [{licenses}] {source} {files}", p.name, p.version)
    }

    const TEXT: &str = "\
C:Q1abc=
P:musl
V:1.2.4_git20230717-r4
A:x86_64
S:407278
L:MIT
o:musl
t:1700000000
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755
Z:Q1def=
R:libc.musl-x86_64.so.1

P:libcrypto3
V:3.1.4-r5
A:x86_64
L:Apache-2.0
o:openssl
F:
R:rooted
F:etc
M:0:0:755
F:etc/ssl
R:openssl.cnf
";

    #[test]
    fn packages_with_origin_licence_and_files() {
        let expect = [
            "musl 1.2.4_git20230717-r4 x86_64 [MIT] - \
             lib/ld-musl-x86_64.so.1,lib/libc.musl-x86_64.so.1",
            "libcrypto3 3.1.4-r5 x86_64 [Apache-2.0] openssl/3.1.4-r5 rooted,etc/ssl/openssl.cnf",
        ];
        let harvest = check(TEXT, &expect);
        assert_eq!(harvest.problems, []);
        assert_eq!(harvest.owned.len(), 4);
        assert!(harvest.owned.contains(&path_hash("etc/ssl/openssl.cnf")));
        check(&TEXT.replace('\n', "\r\n"), &expect);
    }

    #[test]
    fn damage_is_named_and_the_rest_is_read() {
        let text = "P:a\nV:1\n\nP:b\nrubbish\n\n\n\nP:c\nV:3\nX:?\n";
        let harvest = check(text, &["a 1 - [] - ", "c 3 - [] - "]);
        let [problem] = harvest.problems.as_slice() else { panic!("{harvest:?}") };
        assert_eq!(problem.code, "damaged-apk-database");
        assert_eq!(problem.message, "line 5 has no field (damaged places in all: 2)");
        check("", &[]);
    }

    #[test]
    fn paths_that_fill_memory_are_cut_off() {
        let text = format!("P:a\nV:1\nF:{}\n{}", "d".repeat(1 << 20), "R:x\n".repeat(1 << 10));
        let (harvest, result) = run(&Apk, PATH, text.as_bytes());
        assert_eq!(result.unwrap_err().code, "too-many-paths");
        assert_eq!(harvest.packages.len(), 1);
        assert!(harvest.owned.len() < 64);
    }

    #[test]
    fn the_number_of_packages_is_bounded() {
        let text = "P:a\nV:1\n\n".repeat(MAX_PACKAGES + 2);
        let (harvest, result) = run(&Apk, PATH, text.as_bytes());
        assert_eq!(harvest.packages.len(), MAX_PACKAGES);
        assert_eq!(result.unwrap_err().code, "too-many-packages");
    }
}
