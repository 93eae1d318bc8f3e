//! Lock files: what a source directory asks to have installed.
//!
//! One module for each format. Each reads its file into a [`Locked`], which keeps every name and
//! version once and turns what cannot be assessed into problems.

mod cargo_lock;
mod composer_lock;
mod document;
mod gemfile_lock;
mod go_mod;
mod gradle_lockfile;
mod locked;
mod nuget_lock;
mod package_lock;
mod pdm_lock;
mod pipfile_lock;
mod pnpm_lock;
mod poetry_lock;
mod pom_xml;
mod pylock;
mod reach;
mod requirements;
mod uv_lock;
mod xml;
mod yarn_lock;

use self::locked::Locked;
pub(super) use self::{
    cargo_lock::CargoLock, composer_lock::ComposerLock, gemfile_lock::GemfileLock, go_mod::GoMod,
    gradle_lockfile::GradleLockfile, nuget_lock::NugetLock, package_lock::PackageLock,
    pdm_lock::PdmLock, pipfile_lock::PipfileLock, pnpm_lock::PnpmLock, poetry_lock::PoetryLock,
    pom_xml::PomXml, pylock::Pylock, requirements::Requirements, uv_lock::UvLock,
    yarn_lock::YarnLock,
};
