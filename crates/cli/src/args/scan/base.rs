//! What the user knows of base images.

use std::str::FromStr;

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Base image")]
pub(crate) struct BaseArgs {
    /// Image that others are built on: findings in its layers are told apart from one's own.
    /// A reference, archive or layout; `auto` asks the registry for the image that the labels of
    /// a target name; repeatable
    #[arg(long, value_name = "IMAGE|auto")]
    pub(crate) base: Vec<Base>,
}

/// A base image, or how to find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Base {
    /// What the labels of the target name.
    Auto,
    /// This image.
    Image(String),
}

impl FromStr for Base {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "" => Err("name an image, or write `auto`".to_owned()),
            "auto" => Ok(Self::Auto),
            image => Ok(Self::Image(image.to_owned())),
        }
    }
}
