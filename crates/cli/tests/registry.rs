//! `farguard scan` of images in registries, ECR among them, as a user runs it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::needless_pass_by_value,
    reason = "helpers of tests fail by panicking; those of the registry source are shared"
)]

#[path = "../../scan/tests/registry/daemon.rs"]
mod daemon;
#[path = "registry/ecr.rs"]
mod ecr;
#[path = "../../scan/tests/registry/fixture.rs"]
mod fixture;
#[path = "registry/moto.rs"]
mod moto;
#[path = "registry/plain.rs"]
mod plain;
#[path = "../../scan/tests/registry/server.rs"]
mod server;
mod support;
#[path = "../../scan/tests/registry/tar.rs"]
mod tar;
#[path = "registry/tls.rs"]
mod tls;

use fixture::{Fixture, LAYER};

/// An image with one Debian package of this name.
fn image(package: &str, architecture: &str) -> Fixture {
    let status = format!(
        "Package: {package}\nStatus: install ok installed\nArchitecture: {architecture}\n\
         Version: 1\n\n"
    );
    let layer = tar::of_files(&[("var/lib/dpkg/status", &status)]);
    Fixture::for_architecture(&[&layer], LAYER, architecture)
}
