//! Reading what people write for us: YAML that knows its places, and "did you mean".

pub mod suggest;
pub mod yaml;
