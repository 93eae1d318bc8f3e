use proptest::prelude::*;

use super::*;
use crate::secrets::{example::expand, in_value};

fn detector() -> &'static Detector {
    Detector::builtin().unwrap()
}

/// A path at which a pattern is looked for.
fn path_for(pattern: &Pattern) -> &'static str {
    const PATHS: [&str; 17] = [
        "app/.env",
        "app/main.py",
        "root/.netrc",
        "root/.pypirc",
        "root/.docker/config.json",
        "root/.kube/config",
        "etc/shadow",
        "app/wp-config.php",
        "root/.pgpass",
        "app/.htpasswd",
        "root/.m2/settings.xml",
        "app/deploy.yaml",
        "app/auth.json",
        "etc/wg0.conf",
        "root/.config/rclone/rclone.conf",
        "root/.bash_history",
        "app/terraform.tfstate",
    ];
    let wanted = PATHS.into_iter().find(|path| pattern.wants_path(path));
    wanted.unwrap_or_else(|| panic!("no path for `{}`", pattern.id))
}

fn rules(pattern: &Pattern, example: &str) -> Vec<String> {
    if pattern.is_default {
        let (name, value) = example.split_once('=').unwrap();
        return in_value(name, value).map(|found| found.rule.to_owned()).into_iter().collect();
    }
    let scanned = detector().scan(path_for(pattern), example.as_bytes());
    scanned.leaks.into_iter().map(|leak| leak.rule).collect()
}

#[test]
fn every_pattern_finds_its_examples_and_nothing_in_the_harmless_ones() {
    let raw = content::patterns().unwrap();
    for (raw, pattern) in raw.iter().zip(detector().patterns()) {
        assert!(!raw.leak.is_empty() && !raw.harmless.is_empty(), "{}: no examples", raw.id);
        for template in &raw.leak {
            let found = rules(pattern, &expand(template));
            assert!(found.contains(&raw.id), "{}: `{template}` gives {found:?}", raw.id);
        }
        for template in &raw.harmless {
            let found = rules(pattern, &expand(template));
            assert!(!found.contains(&raw.id), "{}: `{template}` is found", raw.id);
        }
    }
}

#[test]
fn no_example_is_shown() {
    for (raw, pattern) in content::patterns().unwrap().iter().zip(detector().patterns()) {
        for template in &raw.leak {
            let example = expand(template);
            let regex = pattern.regex().unwrap();
            for captures in regex.captures_iter(example.as_bytes()) {
                let secret = example.get(pattern.secret(&captures).unwrap()).unwrap();
                for shown in detector().scan(path_for(pattern), example.as_bytes()).leaks {
                    assert!(!shown.masked.contains(secret), "{}: {}", raw.id, shown.masked);
                }
                if pattern.wants_any_text() {
                    assert!(!detector().mask(&example).contains(secret), "{}: mask", raw.id);
                }
            }
        }
    }
}

#[test]
fn patterns_are_well_formed() {
    let patterns = detector().patterns();
    let mut ids: Vec<&str> = patterns.iter().map(|pattern| pattern.id.as_str()).collect();
    for pattern in patterns {
        let id = &pattern.id;
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(id.chars().all(is_kebab) && id.len() < 50, "{id}");
        assert!(pattern.regex().is_some(), "{id}: its regex does not compile");
        assert!(pattern.compiles(), "{id}: a condition does not compile");
        assert!(pattern.keywords.is_empty() == pattern.is_default, "{id}: keywords");
        assert!(pattern.keywords.iter().all(|keyword| keyword.len() > 2), "{id}: short keyword");
        let names = pattern.regex().unwrap().capture_names().flatten();
        assert!(pattern.is_default || names.count() > 0, "{id}: no group `secret`");
        assert!(!pattern.what.is_empty() && !pattern.what.ends_with('.'), "{id}");
    }
    assert!(detector().allow.compiles());
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id is used twice");
}

#[test]
fn places_are_lines_and_columns() {
    let text = expand("a\nb = AKIA{{base32:16}} # farguard:ignore\n  ü: AKIA{{base32:16}}\r\n");
    let leaks = detector().scan("app/x.py", text.as_bytes()).leaks;
    let places: Vec<_> = leaks.iter().map(|leak| (leak.line, leak.column)).collect();
    assert_eq!(places, [(3, 6)]);
    assert_eq!(leaks[0].masked, "AKIA********");
}

fn in_chunks(path: &str, content: &[u8], sizes: &[usize]) -> Scanned {
    let mut scan = Scan::new(detector(), path);
    let mut rest = content;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let (chunk, behind) = rest.split_at((*size).min(rest.len()));
        scan.feed(chunk);
        rest = behind;
    }
    scan.finish()
}

fn pieces() -> impl Strategy<Value = String> {
    let examples: Vec<String> = content::patterns()
        .unwrap()
        .iter()
        .flat_map(|raw| raw.leak.iter().chain(&raw.harmless).map(|text| expand(text)))
        .collect();
    let piece = prop_oneof![
        3 => proptest::sample::select(examples),
        2 => "[a-z =:\"\n]{0,80}",
        1 => (1_usize..3_000).prop_map(|count| "x".repeat(count)),
        1 => Just("token password secret ".repeat(40)),
        1 => Just("\n".to_owned()),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn chunks_give_what_the_whole_gives(
        text in pieces(),
        sizes in proptest::collection::vec(1_usize..2_000, 1..6),
    ) {
        let whole = detector().scan("app/.env", text.as_bytes());
        prop_assert_eq!(in_chunks("app/.env", text.as_bytes(), &sizes), whole);
    }

    #[test]
    fn any_bytes_are_looked_into(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        let whole = detector().scan("app/.env", &bytes);
        prop_assert_eq!(in_chunks("app/.env", &bytes, &[7, 1_000]), whole);
    }
}

#[test]
fn hostile_text_is_bounded() {
    let check = |line: &str| {
        let text = line.repeat((2 << 20) / line.len());
        let scanned = detector().scan("app/.env", text.as_bytes());
        assert!(scanned.leaks.len() <= 1_000);
        scanned.problem.is_some()
    };
    // A million lines, one line of eight million characters, and keywords of everything at once.
    assert!(check("A_PASSWORD=qX7vN2mK\n"));
    check("password=");
    check("password=\"");
    check("-----BEGIN PRIVATE {{}}KEY-----");
    let all: Vec<&str> =
        detector().patterns().iter().flat_map(|p| p.keywords.iter().map(String::as_str)).collect();
    check(&all.join("="));
}
