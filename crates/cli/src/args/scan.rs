//! The flags of `farguard scan`.

mod base;
mod baseline;
mod delivery;
mod policy;
mod signature;

use std::{path::PathBuf, str::FromStr};

use clap::Args as ClapArgs;
use farguard_model::{Scanner, Severity};
use farguard_report::Format;

pub(crate) use self::{
    base::{Base, BaseArgs},
    baseline::BaselineArgs,
    delivery::{DeliveryArgs, NotifyArgs},
    policy::PolicyArgs,
    signature::SignatureArgs,
};

/// Flags of `farguard scan`, grouped as the help shows them.
#[derive(Debug, ClapArgs)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct ScanArgs {
    /// Image reference, docker-archive tar, OCI layout (directory or tar), root file system,
    /// source directory, ECS task definition, CycloneDX or SPDX file. The kind is detected; a
    /// prefix settles doubt: registry:, docker-archive:, oci:, dir:, rootfs:, source:, sbom:,
    /// taskdef:
    #[arg(value_name = "TARGET", required = true)]
    pub(crate) targets: Vec<String>,

    /// What to look for, separated by commas: vulnerabilities, secrets, checks (of images and
    /// build files) [default: all of them]
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = scanner)]
    scanners: Vec<Scanner>,

    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) verdict: VerdictArgs,
    #[command(flatten)]
    pub(crate) policy: PolicyArgs,
    #[command(flatten)]
    pub(crate) baseline: BaselineArgs,
    #[command(flatten)]
    pub(crate) delivery: DeliveryArgs,
    #[command(flatten)]
    pub(crate) database: DatabaseArgs,
    #[command(flatten)]
    pub(crate) signature: SignatureArgs,
    #[command(flatten)]
    pub(crate) base: BaseArgs,
    #[command(flatten)]
    pub(crate) source: SourceArgs,
}

impl ScanArgs {
    /// What to look for; nothing when packages are only listed.
    pub(crate) fn scanners(&self) -> Vec<Scanner> {
        match self.scanners.as_slice() {
            _ if self.database.packages_only => Vec::new(),
            [] => Scanner::ALL.to_vec(),
            named => {
                let named = Scanner::ALL.into_iter().filter(|scanner| named.contains(scanner));
                named.collect()
            }
        }
    }
}

fn scanner(name: &str) -> Result<Scanner, String> {
    let known = Scanner::ALL.into_iter().find(|scanner| scanner.as_str() == name);
    known.ok_or_else(|| {
        let names = Scanner::ALL.map(Scanner::as_str).join(", ");
        format!("`{name}` is nothing to look for: use one or more of {names}")
    })
}

const EXAMPLES: &str = "\
Examples:
  farguard scan nginx:1.27
  farguard scan 123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1.4 --profile prod
  docker save shop:1.4 -o shop.tar && farguard scan shop.tar --fail-on high --ignore-unfixed
  farguard scan oci:build/image --output sarif=shop.sarif --output html=shop.html
  farguard scan shop:1.4 --format cyclonedx --output shop.cdx.json
  farguard scan shop:1.4 --policy standard --workflow deploy
  farguard scan taskdef.json                every image of an ECS task definition
  farguard scan sbom:shop.cdx.json          what is known today about an image of yesterday

Exit codes: 0 nothing at or above --fail-on, or passed by --policy; 1 findings; 2 could not run, or
too much could not be assessed to say that there is nothing (--allow-gaps accepts that).";

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Format of the result: table, html, markdown, json, sarif, cyclonedx, spdx, junit, github,
    /// gitlab, gitlab-secrets, gitlab-codequality
    #[arg(long, short, value_name = "FORMAT", default_value = "table")]
    pub(crate) format: Format,

    /// Write to a file: PATH takes --format, FORMAT=PATH writes one more format; repeatable
    #[arg(long, short, value_name = "[FORMAT=]PATH")]
    pub(crate) output: Vec<Output>,

    /// Show every finding in the table, not the most urgent only
    #[arg(long)]
    pub(crate) all: bool,

    /// List the files of each package in formats that can hold them
    #[arg(long)]
    pub(crate) files: bool,
}

/// A place to write a result to.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The format named, or `None` for `--format`'s.
    pub(crate) format: Option<Format>,
    pub(crate) path: PathBuf,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Err("the path is empty".to_owned());
        }
        // A path may hold `=`: only a known format before it makes it ours.
        let named = text.split_once('=').and_then(|(name, path)| Some((name.parse().ok()?, path)));
        Ok(match named {
            Some((_, "")) => return Err("the path is empty".to_owned()),
            Some((format, path)) => Self { format: Some(format), path: path.into() },
            None => Self { format: None, path: text.into() },
        })
    }
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Verdict")]
pub(crate) struct VerdictArgs {
    /// Exit with 1 on findings of this severity or worse: critical, high, medium, low,
    /// negligible, unknown; `never` always exits with 0
    #[arg(long, value_name = "SEVERITY", default_value = "high")]
    pub(crate) fail_on: FailOn,

    /// Do not count vulnerabilities without a fixed version
    #[arg(long)]
    pub(crate) ignore_unfixed: bool,

    /// Count vulnerabilities of packages that are needed to build or test only
    #[arg(long)]
    pub(crate) include_dev: bool,

    /// File of findings to ignore, with reasons and expiry [default: .farguardignore if there]
    #[arg(long, value_name = "FILE")]
    pub(crate) ignore_file: Option<PathBuf>,

    /// OpenVEX or CycloneDX VEX document that says what does not apply; repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,

    /// Do not exit with 2 when parts could not be assessed
    #[arg(long)]
    pub(crate) allow_gaps: bool,
}

/// The threshold of the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailOn {
    Never,
    AtLeast(Severity),
}

impl FromStr for FailOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "never" => Ok(Self::Never),
            _ => text
                .parse()
                .map(Self::AtLeast)
                .map_err(|e: farguard_model::ParseSeverityError| e.to_string()),
        }
    }
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Advisories")]
pub(crate) struct DatabaseArgs {
    #[command(flatten)]
    pub(crate) advisories: AdvisoryArgs,

    /// List packages only, without looking for vulnerabilities
    #[arg(long, conflicts_with_all = ["scanners", "db_max_age", "vex", "ignore_file", "ignore_unfixed", "policy", "destinations"])]
    pub(crate) packages_only: bool,
}

/// Which advisories to use.
#[derive(Debug, ClapArgs)]
pub(crate) struct AdvisoryArgs {
    /// The database of advisories [default: advisories.db in the cache directory]
    #[arg(long, value_name = "FILE", env = "FARGUARD_DB", hide_env_values = true)]
    pub(crate) db: Option<PathBuf>,

    /// Refuse a database older than so many days (older than 7 only warns)
    #[arg(long, value_name = "DAYS")]
    pub(crate) db_max_age: Option<u32>,
}

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Source")]
pub(crate) struct SourceArgs {
    /// Platform to choose from a multi-platform image [default: linux and this machine's]
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    pub(crate) platform: Option<String>,

    /// Speak plain HTTP to the registry
    #[arg(long)]
    pub(crate) plain_http: bool,

    /// User name for the registry; the password is read from standard input
    #[arg(long, value_name = "NAME", requires = "password_stdin")]
    pub(crate) username: Option<String>,

    /// Read the registry password from standard input
    #[arg(long, requires = "username")]
    pub(crate) password_stdin: bool,

    /// AWS profile for images in ECR; goes before credentials in the environment
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,

    /// AWS region for images in ECR [default: the one in the registry's name]
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,

    /// Address of the AWS API, as AWS_ENDPOINT_URL
    #[arg(long, value_name = "URL")]
    pub(crate) endpoint_url: Option<String>,

    /// Analyse layers again even when the cache knows them
    #[arg(long)]
    pub(crate) no_cache: bool,

    /// Layers to read at once [default: one for each core]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_takes_a_format_only_when_it_is_one() {
        let check = |text: &str, named: bool, path: &str| {
            let output: Output = text.parse().unwrap();
            assert_eq!(
                (output.format.is_some(), output.path.to_str()),
                (named, Some(path)),
                "{text}"
            );
        };
        check("a.json", false, "a.json");
        check("sarif=a.sarif", true, "a.sarif");
        check("build=1/a.sarif", false, "build=1/a.sarif");
        assert!("sarif=".parse::<Output>().is_err());
    }

    #[test]
    fn fail_on_names() {
        assert_eq!("never".parse(), Ok(FailOn::Never));
        assert_eq!("high".parse(), Ok(FailOn::AtLeast(Severity::High)));
        assert!("severe".parse::<FailOn>().unwrap_err().contains("use one of"));
    }
}
