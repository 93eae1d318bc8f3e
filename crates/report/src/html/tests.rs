use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::*;
use crate::{golden, sample};

fn html(reports: &[ScanReport]) -> String {
    golden::text("html", reports, &RenderOptions::default())
}

#[test]
fn golden_page() {
    let compare: crate::CompareVersions = |_, a, b| Some(a.cmp(b));
    let options = RenderOptions { compare_versions: Some(compare), ..RenderOptions::default() };
    golden::check("report.html", &golden::text("html", &[sample::compared()], &options));
}

#[test]
fn golden_task_page() {
    let mut reports = sample::task();
    reports.push(sample::build_file());
    golden::check("report-task.html", &html(&reports));
}

#[test]
fn the_policy_names_style_and_script() {
    let check = |text: &str, expect: &str| {
        assert_eq!(STANDARD.encode(Sha256::digest(text)), expect);
    };
    check(STYLE, STYLE_HASH);
    check(SCRIPT, SCRIPT_HASH);
    // What would end the element early would also break the hash.
    assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
}

/// The tags of a page, in order, without the text between them.
fn tags(page: &str) -> Vec<String> {
    let page = page.replace(STYLE, "").replace(SCRIPT, "");
    page.split('<').skip(1).map(|tag| tag.split('>').next().unwrap().to_owned()).collect()
}

#[test]
fn hostile_text_adds_no_tag_and_no_attribute() {
    let page = html(&[sample::hostile()]);
    let tags = tags(&page);
    assert_eq!(tags.iter().filter(|tag| tag.starts_with("script")).count(), 1);
    for tag in tags {
        let name = tag.split([' ', '/']).next().unwrap();
        assert_ne!(name, "img", "{tag}");
        // Outside of quoted values there is no place for an event handler.
        let outside: String = tag.split('"').step_by(2).collect();
        assert!(!outside.contains("on") || !outside.contains("error="), "{tag}");
    }
}

#[test]
fn links_lead_to_the_web_only() {
    let page = html(&[sample::hostile(), sample::gated()]);
    for href in page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(
            href.starts_with("https://") || href == "#main" || href.starts_with("#target-"),
            "{href}"
        );
    }
}

#[test]
fn nothing_is_loaded() {
    let page = html(&[sample::report()]);
    for loader in ["src=", "<link", "@import", "url("] {
        assert!(!page.contains(loader), "{loader}");
    }
}
