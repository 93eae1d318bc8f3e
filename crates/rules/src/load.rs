//! From rule files to rules: reading, appending and overriding, macros and lists, exceptions.
//!
//! ```text
//! files -> reader -> collector (define, append, override) -> lists -> macros -> rules -> RuleSet
//! ```

mod collect;
mod compile;
mod evttypes;
mod exception;
pub(crate) mod item;
pub(crate) mod keys;
mod lists;
mod macros;
pub(crate) mod place;
mod reader;
mod schema;
mod select;
mod version;

#[cfg(test)]
mod tests;

use farguard_authoring::yaml::{self, Limits};

pub use select::Selection;

use self::{
    collect::Collector,
    place::{Scope, SourceFile},
    reader::Reader,
};
use crate::{
    diagnostic::{Code, Diagnostic, FileReport},
    rule::RuleSet,
    source::Catalog,
};

/// What rule files may be: conditions of megabytes are read.
const LIMITS: Limits = Limits { bytes: 16 << 20, nodes: 2_000_000, depth: 64 };

/// Reads rule files in the order in which they are given.
#[derive(Debug)]
pub struct Loader<'c> {
    catalog: &'c Catalog,
    collector: Collector,
    files: Vec<FileReport>,
}

/// What rule files say together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// Everything that could be used.
    pub rules: RuleSet,
    /// What is to be said about each file, in their order.
    pub files: Vec<FileReport>,
}

impl Loaded {
    /// Whether there was no error in any file.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.files.iter().all(FileReport::is_ok)
    }
}

impl<'c> Loader<'c> {
    /// Reads rules for these sources.
    #[must_use]
    pub fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, collector: Collector::default(), files: Vec::new() }
    }

    /// Reads the bytes of a file; they must be UTF-8.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) -> &mut Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.file(name, text),
            Err(error) => {
                let at = error.valid_up_to();
                let scope = Scope::root(&SourceFile::new(name, ""));
                let message = format!("the file is not UTF-8: byte {at} begins no character");
                let mut remark = scope.remark(Code::YamlParse, message);
                let lines = bytes.get(..at).unwrap_or_default().split(|byte| *byte == b'\n');
                remark.help = Some(format!("look at line {}", lines.count()));
                self.push(name, vec![remark], Vec::new())
            }
        }
    }

    /// Reads a file. What is wrong with one item does not lose the others.
    pub fn file(&mut self, name: &str, text: &str) -> &mut Self {
        let mut out = Vec::new();
        let file = SourceFile::new(name, text);
        let schema = match yaml::parse_all(text, LIMITS) {
            Ok(documents) => {
                let (catalog, collector) = (self.catalog, &mut self.collector);
                let mut reader = Reader { catalog, collector, file, out: &mut out };
                documents.iter().for_each(|document| reader.document(document));
                documents.iter().flat_map(schema::check).collect()
            }
            Err(error) => {
                let scope = Scope::root(&file).at("value for", "", error.place);
                out.push(scope.remark(Code::YamlParse, error.message));
                Vec::new()
            }
        };
        self.push(name, out, schema)
    }

    fn push(&mut self, name: &str, diagnostics: Vec<Diagnostic>, schema: Vec<String>) -> &mut Self {
        self.files.push(FileReport { name: name.to_owned(), diagnostics, schema });
        self
    }

    /// Puts together what was read.
    #[must_use]
    pub fn finish(self) -> Loaded {
        let Self { catalog, collector, mut files } = self;
        let (rules, remarks) = compile::compile(&collector, catalog);
        for remark in remarks {
            let file = remark.context.first().map_or("", |context| &context.origin.file);
            // Of several files with one name, the last one says what counts.
            let report = files.iter_mut().rev().find(|report| report.name == *file);
            if let Some(report) = report {
                report.diagnostics.push(remark);
            }
        }
        Loaded { rules, files }
    }
}

/// What Falco says of each file when it validates them one after the other: a file counts with all
/// those before it, and what is wrong then is said of that file.
#[must_use]
pub fn validate(catalog: &Catalog, files: &[(&str, &[u8])]) -> Vec<FileReport> {
    let mut loader = Loader::new(catalog);
    for (name, bytes) in files {
        loader.bytes(name, bytes);
        let (_, remarks) = compile::compile(&loader.collector, catalog);
        if let Some(report) = loader.files.last_mut() {
            report.diagnostics.extend(remarks);
        }
    }
    loader.files
}
