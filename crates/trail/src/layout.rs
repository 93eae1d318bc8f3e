//! How CloudTrail names what it delivers, and which of it is wanted.
//!
//! ```text
//! [PREFIX/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/ACCOUNT_CloudTrail_REGION_TIME_ID.json.gz
//! ```

mod folder;
mod name;
mod selection;

pub use self::{
    folder::{Folder, Level},
    name::{FileName, Kind, is_records_file},
    selection::{LATE, Selection},
};
