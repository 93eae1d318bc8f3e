//! From a TARGET argument to what it contains.

use std::{io::Read, sync::Arc};

use anyhow::{Context, Result, bail, ensure};
use farguard_model::Scanner;
use farguard_scan::{
    inventory::{self, Inventory, Options},
    signature::Trust,
    source::{
        Image, Source, open_local,
        platform::Platform,
        registry::{Credential, Reference, RegistryImage, RegistryOptions, Secret},
        sbom,
    },
    target::Target,
};

use super::{ecr::Ecr, signature};
use crate::{
    args::{ScanArgs, scan::SourceArgs},
    paths,
    terminal::Terminal,
};

/// Opens targets; made once for a run.
pub(crate) struct Opener<'a> {
    terminal: &'a Terminal,
    platforms: Vec<Platform>,
    registry: RegistryOptions,
    options: Options,
    trust: Option<Trust>,
}

impl<'a> Opener<'a> {
    /// Reads what the flags say about sources; a password from standard input.
    pub(crate) fn new(args: &ScanArgs, terminal: &'a Terminal) -> Result<Self> {
        let source = &args.source;
        let platform = source.platform.as_deref().map(str::parse::<Platform>).transpose()?;
        let registry = RegistryOptions {
            platform: platform.clone(),
            plain_http: source.plain_http,
            credential: credential(source)?,
            providers: vec![Arc::new(Ecr::new(source))],
            ..RegistryOptions::from_environment()
        };
        let cache = (!source.no_cache).then(paths::cache_dir).transpose()?;
        let options = Options {
            cache: cache.map(|directory| directory.join("layers")),
            with_files: args.output.files,
            secrets: args.scanners().contains(&Scanner::Secrets),
            parallel: source.jobs.map_or(0, usize::from),
        };
        let platforms = platform.map_or_else(Platform::defaults, |platform| vec![platform]);
        let trust = signature::trust(&args.signature)?;
        Ok(Self { terminal, platforms, registry, options, trust })
    }

    /// Takes the inventory of one target.
    pub(crate) fn inventory(&self, target: &Target) -> Result<Inventory> {
        self.take(self.source(target)?)
    }

    /// Takes the inventory of an image in a registry, for this platform unless a flag names one.
    pub(crate) fn registry_image(&self, name: &str, platform: Option<&str>) -> Result<Inventory> {
        let platform = platform.map(str::parse).transpose()?;
        let platform = self.registry.platform.clone().or(platform);
        let options = RegistryOptions { platform, ..self.registry.clone() };
        self.take(Source::Image(Box::new(RegistryImage::open(&name.parse()?, options)?)))
    }

    fn take(&self, source: Source) -> Result<Inventory> {
        let seen = self.trust.as_ref().and_then(|trust| signature::inspect(&source, trust));
        let mut inventory = inventory::take(source, &self.options, self.terminal.progress())?;
        seen.into_iter().for_each(|seen| signature::note(&mut inventory, seen));
        Ok(inventory)
    }

    /// What an image is and which layers it has, without reading them.
    pub(crate) fn image(&self, target: &Target) -> Result<Image> {
        match self.source(target)? {
            Source::Image(image) => Ok(image.image().clone()),
            Source::Directory(_) | Source::Inventory(_) => bail!("`{target}` is no image"),
        }
    }

    fn source(&self, target: &Target) -> Result<Source> {
        if let Some(source) = open_local(target, &self.platforms)? {
            self.check_platform(&source)?;
            return Ok(source);
        }
        Ok(match target {
            Target::TaskDefinition(_) => bail!("`{target}` is a task definition"),
            Target::Sbom(path) => Source::Inventory(Box::new(sbom::open(path)?)),
            _ => Source::Image(Box::new(self.pull(&target.to_string())?)),
        })
    }

    /// A file with one image is taken whatever it is for, unless a platform was asked for.
    fn check_platform(&self, source: &Source) -> Result<()> {
        let (Some(wanted), Source::Image(image)) = (&self.registry.platform, source) else {
            return Ok(());
        };
        let Some(offered) = &image.image().target.platform else { return Ok(()) };
        let is_wanted = offered.parse().is_ok_and(|offered| wanted.accepts(&offered));
        ensure!(is_wanted, "no image for `{wanted}`; there is: `{offered}`");
        Ok(())
    }

    fn pull(&self, reference: &str) -> Result<RegistryImage> {
        let reference: Reference = reference.parse()?;
        Ok(RegistryImage::open(&reference, self.registry.clone())?)
    }
}

/// What `--username` and `--password-stdin` say.
fn credential(source: &SourceArgs) -> Result<Option<Credential>> {
    let Some(username) = &source.username else { return Ok(None) };
    let mut password = String::new();
    std::io::stdin()
        .take(64 << 10)
        .read_to_string(&mut password)
        .context("cannot read the password from standard input")?;
    let password = password.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "the password on standard input is empty");
    Ok(Some(Credential::Basic { username: username.clone(), password: Secret::new(password) }))
}
