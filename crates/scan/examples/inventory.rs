//! Takes the inventory of a local image or directory and says how long it took.
//!
//! `cargo run --release -p farguard-scan --example inventory -- TARGET [secrets]`

use std::{error::Error, time::Instant};

use farguard_scan::{
    inventory::{Options, take},
    progress::Silent,
    source::{open_local, platform::Platform},
    target::Target,
};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let target = arguments.next().ok_or("usage: inventory TARGET [secrets]")?;
    let started = Instant::now();
    let target = Target::detect(&target)?;
    let source = open_local(&target, &Platform::defaults())?.ok_or("not a local target")?;
    let secrets = arguments.next().is_some_and(|argument| argument == "secrets");
    let options = Options { secrets, ..Options::default() };
    let inventory = take(source, &options, &Silent)?;
    #[allow(clippy::print_stdout, reason = "the result of an example")]
    {
        println!(
            "{} layers, {} packages, {} secrets, {} problems, {} ms, {}",
            inventory.layers.len(),
            inventory.packages.len(),
            inventory.leaks.len(),
            inventory.problems.len(),
            started.elapsed().as_millis(),
            inventory.os.map_or("no os", |_| "os found"),
        );
        for leak in inventory.leaks.iter().take(1_000) {
            println!("{}:{} {} `{}`", leak.path, leak.line, leak.rule, leak.masked);
        }
        for problem in inventory.problems.iter().take(20) {
            println!("{problem:?}");
        }
    }
    Ok(())
}
