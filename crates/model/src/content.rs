//! What the product knows, as data: the files of `content/`, built into the binary.

use include_dir::{Dir, include_dir};
use serde::de::DeserializeOwned;

static CONTENT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../content");

/// A content file is missing or malformed. Content is tested, so users only see this for files of
/// their own.
#[derive(Debug, thiserror::Error)]
pub enum ContentError {
    /// There is no such file.
    #[error("no content file `{0}`")]
    Missing(String),
    /// The file does not have the shape that its reader expects.
    #[error("cannot read content file `{path}`: {source}")]
    Malformed {
        /// Path below `content/`.
        path: String,
        /// What is wrong, with line and column.
        source: Box<toml::de::Error>,
    },
}

/// The text of one content file, by its path below `content/`.
///
/// # Errors
/// [`ContentError::Missing`] when there is no such UTF-8 file.
pub fn text(path: &str) -> Result<&'static str, ContentError> {
    CONTENT
        .get_file(path)
        .and_then(include_dir::File::contents_utf8)
        .ok_or_else(|| ContentError::Missing(path.to_owned()))
}

/// Path and text of every UTF-8 file below a folder of `content/`, sorted by path.
#[must_use]
pub fn files(folder: &str) -> Vec<(&'static str, &'static str)> {
    let mut open: Vec<&Dir<'_>> = CONTENT.get_dir(folder).into_iter().collect();
    let mut files = Vec::new();
    while let Some(dir) = open.pop() {
        files.extend(
            dir.files().filter_map(|file| Some((file.path().to_str()?, file.contents_utf8()?))),
        );
        open.extend(dir.dirs());
    }
    files.sort_unstable();
    files
}

/// One content file in TOML, read into `T`.
///
/// # Errors
/// [`ContentError::Missing`], or [`ContentError::Malformed`] with the place.
pub fn load<T: DeserializeOwned>(path: &str) -> Result<T, ContentError> {
    toml::from_str(text(path)?).map_err(|source| ContentError::Malformed {
        path: path.to_owned(),
        source: Box::new(source),
    })
}
