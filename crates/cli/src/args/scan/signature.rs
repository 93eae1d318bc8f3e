//! Flags that say whose signatures to trust.

use std::path::PathBuf;

use clap::Args as ClapArgs;

#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Signatures")]
pub(crate) struct SignatureArgs {
    /// Public key in PEM (`cosign.pub`) that images have to be signed with; repeatable, one is
    /// enough
    #[arg(long, value_name = "FILE", conflicts_with = "packages_only")]
    pub(crate) key: Vec<PathBuf>,

    /// Identity in the certificate of a keyless signature, `*` stands for any text; repeatable,
    /// one is enough
    #[arg(
        long,
        value_name = "GLOB",
        requires_all = ["certificate_oidc_issuer", "trusted_root"],
        conflicts_with = "packages_only"
    )]
    pub(crate) certificate_identity: Vec<String>,

    /// OIDC issuer that vouches for the identity
    #[arg(long, value_name = "URL", requires = "certificate_identity")]
    pub(crate) certificate_oidc_issuer: Option<String>,

    /// Certificate authorities and logs that keyless signatures are verified against: the
    /// trusted_root.json of a sigstore instance
    #[arg(long, value_name = "FILE", requires = "certificate_identity")]
    pub(crate) trusted_root: Option<PathBuf>,
}
