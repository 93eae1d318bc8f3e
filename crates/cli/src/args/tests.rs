use std::{fs, path::Path};

use clap::{Command, CommandFactory};

use super::*;

#[test]
fn flags_are_consistent() {
    Args::command().debug_assert();
}

#[test]
fn every_flag_says_what_it_does() {
    fn check(command: &Command) {
        for argument in command.get_arguments() {
            assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
        }
        command.get_subcommands().for_each(check);
    }
    check(&Args::command());
}

/// The help of every command, as `docs/reference/cli.md` shows it.
fn page() -> String {
    fn section(command: &mut Command, path: &str, page: &mut String) {
        let help = command.clone().term_width(100).render_long_help().to_string();
        *page += &format!("\n## {path}\n\n```text\n{}\n```\n", without_trailing_space(&help));
        for subcommand in command.get_subcommands_mut().filter(|c| c.get_name() != "help") {
            let path = format!("{path} {}", subcommand.get_name());
            section(subcommand, &path, page);
        }
    }
    let mut page = "# Commands and flags\n\nMade from the flags themselves: `make docs` rewrites \
                    this page.\n"
        .to_owned();
    let mut command = Args::command();
    command.build();
    section(&mut command, "farguard", &mut page);
    page
}

fn without_trailing_space(text: &str) -> String {
    text.trim_end().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_reference_page_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/cli.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(stored == page, "`docs/reference/cli.md` is out of date: run `make docs`");
}
