//! `farguard scan` of images in registries, ECR among them, as a user runs it.
#[path = "../../../scan/tests/registry/daemon.rs"]
mod daemon;
mod ecr;
#[path = "../../../scan/tests/registry/fixture.rs"]
mod fixture;
mod labels;
mod moto;
mod plain;
#[path = "../../../scan/tests/registry/server.rs"]
mod server;
mod signatures;
#[path = "../../../scan/tests/registry/tar.rs"]
mod tar;
mod taskdef;
mod tls;

use fixture::{Fixture, LAYER};
pub(crate) use moto::Moto;

/// An image with one Debian package of this name.
fn image(package: &str, architecture: &str) -> Fixture {
    let status = format!(
        "Package: {package}\nStatus: install ok installed\nArchitecture: {architecture}\n\
         Version: 1\n\n"
    );
    let layer = tar::of_files(&[("var/lib/dpkg/status", &status)]);
    Fixture::for_architecture(&[&layer], LAYER, architecture)
}
