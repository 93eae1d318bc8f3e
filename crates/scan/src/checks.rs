//! Checks of images: what their configuration and file system say of how safely they run.

mod notable;

pub use notable::NotableFile;
