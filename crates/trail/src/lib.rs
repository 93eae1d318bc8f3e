//! CloudTrail: records in every shape they come in, read lazily, with the fields that rules ask for.

pub mod checkpoint;
pub mod digest;
pub mod layout;
pub mod notification;
