//! Rebuilds the crate when content changes: `include_dir!` alone does not notice a new file.

#[allow(clippy::print_stdout, reason = "this is how a build script speaks")]
fn main() {
    println!("cargo::rerun-if-changed=../../content");
}
