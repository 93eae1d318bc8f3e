//! Flags that say whose a target is, whom to tell, and where to keep what was found.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::notify::Destination;

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Owners and delivery")]
pub(crate) struct DeliveryArgs {
    /// Who answers for the targets of this run [default: asked of the owners file, of labels and
    /// tags, in this order]
    #[arg(long, value_name = "NAME", value_parser = owner)]
    pub(crate) owner: Option<String>,

    /// File of owners: CODEOWNERS, with `image:` and `family:` lines beside paths
    /// [default: .farguardowners if there]
    #[arg(long, value_name = "FILE")]
    pub(crate) owners: Option<PathBuf>,

    /// Keep bill of materials and verdict in this directory, for `farguard rescan`
    #[arg(long, value_name = "DIR")]
    pub(crate) store: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) notify: NotifyArgs,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct NotifyArgs {
    /// Send each owner's digest to a webhook (URL), to Slack (slack=URL) or to an SNS topic
    /// (sns=ARN) when something fails or warns; repeatable
    #[arg(long = "notify", value_name = "[KIND=]PLACE")]
    pub(crate) destinations: Vec<Destination>,
}

fn owner(text: &str) -> Result<String, String> {
    const MAX_CHARS: usize = 200;
    let name = text.trim();
    if name.is_empty() || name.chars().count() > MAX_CHARS || name.chars().any(char::is_control) {
        return Err(format!("a name has 1 to {MAX_CHARS} characters, all of them printable"));
    }
    Ok(name.to_owned())
}
