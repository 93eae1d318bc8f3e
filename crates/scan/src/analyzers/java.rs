//! Java archives and what is inside them: nested, shaded, and in archives within archives.

mod forward;
mod groups;
mod identity;
mod manifest;
mod pom;
#[cfg(test)]
mod tests;
mod walk;

use super::{AnalyzeError, Analyzer, FileView, Harvest, MAX_WHOLE_FILE_BYTES, Scope, Want};
use walk::Walk;

/// Endings of archives that hold Java classes, and may hold each other.
const ENDINGS: [&str; 6] = [".jar", ".war", ".ear", ".par", ".hpi", ".jpi"];

/// Reads Maven coordinates from Java archives.
#[derive(Debug)]
pub(crate) struct Java;

impl Analyzer for Java {
    fn name(&self) -> &'static str {
        "java"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "Java packages in `jar`, `war`, `ear`, `par`, `hpi` and `jpi` archives, nested and shaded \
         ones (pom.properties, pom.xml, manifest, file name)"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        const {
            &[
                Want::Ending(ENDINGS[0]),
                Want::Ending(ENDINGS[1]),
                Want::Ending(ENDINGS[2]),
                Want::Ending(ENDINGS[3]),
                Want::Ending(ENDINGS[4]),
                Want::Ending(ENDINGS[5]),
            ]
        }
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let path = file.path();
        if file.size() > MAX_WHOLE_FILE_BYTES {
            return forward::read(&mut Walk::new(harvest), file.reader(), path);
        }
        Walk::new(harvest).archive(file.bytes()?, path)
    }
}

/// Reads an archive that is in memory.
///
/// # Errors
/// When it is not a zip archive or is damaged. What was found before counts.
pub fn read(archive: &[u8], path: &str, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
    Walk::new(harvest).archive(archive, path)
}

/// As [`read`], in the way that is used for archives too large to hold.
///
/// # Errors
/// As [`read`].
pub fn read_forward(archive: &[u8], path: &str, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
    let mut body = archive;
    forward::read(&mut Walk::new(harvest), &mut body, path)
}

fn corrupt(message: impl Into<String>) -> AnalyzeError {
    AnalyzeError::new("corrupt-archive", message)
}
