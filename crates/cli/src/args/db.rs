//! The flags of `farguard db`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Flags of `farguard db`.
#[derive(Debug, ClapArgs)]
#[command(arg_required_else_help = true)]
pub(crate) struct DbArgs {
    /// The database [default: advisories.db in the cache directory]
    #[arg(long, global = true, value_name = "FILE", env = "FARGUARD_DB", hide_env_values = true)]
    pub(crate) db: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Fetch advisories and build the database from them
    Update(UpdateArgs),
    /// Build the database from local files: OSV (.json, .jsonl, .zip), updateinfo.xml, KEV, EPSS,
    /// each also as .gz or .zst
    Build {
        /// Files and directories to read
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Say what is inside, how old it is and where it is from
    Status {
        /// Format of the answer
        #[arg(long, short, value_enum, default_value_t = StatusFormat::Table)]
        format: StatusFormat,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum StatusFormat {
    Table,
    Json,
}

/// Flags of `farguard db update`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  farguard db update
  farguard db update --ecosystem Debian --ecosystem PyPI --without amazon
  farguard db update --osv-url https://mirror.example.com/osv")]
pub(crate) struct UpdateArgs {
    /// Fetch only this OSV ecosystem (`Debian`, `PyPI`); repeatable [default: all that we match]
    #[arg(long, value_name = "NAME")]
    pub(crate) ecosystem: Vec<String>,

    /// Do without a source beside OSV; repeatable
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) without: Vec<Extra>,

    /// Where OSV dumps are, as URL/ECOSYSTEM/all.zip
    #[arg(long, value_name = "URL", env = "FARGUARD_OSV_URL")]
    pub(crate) osv_url: Option<String>,

    /// A repository of Amazon Linux and its mirror list; repeatable [default: those of 2 and 2023]
    #[arg(long, value_name = "NAME=URL", value_parser = name_and_url)]
    pub(crate) amazon_mirror_list: Vec<(String, String)>,

    /// CISA's catalogue of known exploited vulnerabilities, JSON
    #[arg(long, value_name = "URL", env = "FARGUARD_KEV_URL")]
    pub(crate) kev_url: Option<String>,

    /// EPSS scores, csv.gz
    #[arg(long, value_name = "URL", env = "FARGUARD_EPSS_URL")]
    pub(crate) epss_url: Option<String>,
}

/// A source beside OSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Extra {
    /// Errata of Amazon Linux
    Amazon,
    /// Known exploited vulnerabilities
    Kev,
    /// Exploit prediction
    Epss,
}

fn name_and_url(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, url)) if !name.is_empty() && url.contains("://") => {
            Ok((name.to_owned(), url.to_owned()))
        }
        _ => Err("write it as `NAME=URL`".to_owned()),
    }
}
