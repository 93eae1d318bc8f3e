//! The page in a real browser: the script runs, and nothing is refused or fails.

use std::{
    io::{ErrorKind, Read},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{RenderOptions, golden, sample};

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const PATIENCE: Duration = Duration::from_secs(60);

/// The page after its script has run, and what the console said.
fn open(page: &str) -> Option<(String, String)> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("page.html");
    std::fs::write(&file, page).unwrap();
    for browser in BROWSERS {
        let spawned = Command::new(browser)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
            .args(["--enable-logging=stderr", "--v=0", "--virtual-time-budget=3000", "--dump-dom"])
            .arg(format!("--user-data-dir={}", directory.path().display()))
            .arg(format!("file://{}", file.display()))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn();
        match spawned {
            Ok(child) => return wait(child),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => panic!("{browser}: {error}"),
        }
    }
    println!("skipped: none of {} is installed", BROWSERS.join(", "));
    None
}

fn wait(mut child: std::process::Child) -> Option<(String, String)> {
    let read = |mut from: Box<dyn Read + Send>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        })
    };
    let (page, log) = (
        read(Box::new(child.stdout.take().unwrap())),
        read(Box::new(child.stderr.take().unwrap())),
    );
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            println!("skipped: the browser did not end within {} s", PATIENCE.as_secs());
            return None;
        }
        thread::sleep(Duration::from_millis(50));
    }
    Some((page.join().unwrap(), log.join().unwrap()))
}

#[test]
fn the_script_runs_and_the_console_is_quiet() {
    let reports = [sample::compared(), sample::hostile()];
    let page = golden::text("html", &reports, &RenderOptions::default());
    let Some((page, log)) = open(&page) else { return };
    // The script shows the filters and counts the rows.
    assert_eq!(page.matches("<form class=\"filters\">").count(), 2, "{log}");
    assert_eq!(page.matches("<output>").count(), 2);
    assert!(!page.contains("<output></output>"), "{log}");
    let said: Vec<_> = log.lines().filter(|line| line.contains("CONSOLE")).collect();
    assert!(said.is_empty(), "{said:#?}");
}
