//! Finds the advisories of an Amazon Linux package repository.
//!
//! `mirror.list` names the repository, its `repodata/repomd.xml` names `updateinfo.xml.gz` and its
//! checksum.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use quick_xml::{Reader, events::BytesStart, events::Event as Xml};
use sha2::{Digest, Sha256};

use super::{Fetcher, MAX_LIST_BYTES, Source, UpdateError, file_name};

/// Where the advisories of a repository are.
pub(super) fn updateinfo(
    name: &str,
    mirror_list: &str,
    downloads: &Path,
    fetcher: &Fetcher,
) -> Result<Source, UpdateError> {
    let damaged = |url: &str, message: &str| UpdateError::Damaged {
        source_name: name.to_owned(),
        url: url.to_owned(),
        message: message.to_owned(),
    };
    let list = fetcher.bytes(mirror_list, MAX_LIST_BYTES)?;
    let list = String::from_utf8_lossy(&list);
    let mirror = list.lines().map(str::trim).find(|line| {
        line.starts_with("https://")
            || (line.starts_with("http://") && mirror_list.starts_with("http://"))
    });
    let Some(mirror) = mirror.map(|mirror| mirror.trim_end_matches('/')) else {
        return Err(damaged(mirror_list, "it names no mirror"));
    };
    let index_url = format!("{mirror}/repodata/repomd.xml");
    let index = fetcher.bytes(&index_url, MAX_LIST_BYTES)?;
    let index = String::from_utf8_lossy(&index);
    let Some(Entry { href, sha256 }) = find_updateinfo(&index) else {
        return Err(damaged(&index_url, "it names no updateinfo with a SHA-256"));
    };
    Ok(Source {
        name: name.to_owned(),
        url: format!("{mirror}/{href}"),
        path: downloads.join(format!("{}-updateinfo.xml.gz", file_name(name))),
        sha256: Some(sha256),
    })
}

/// The `updateinfo` of a `repomd.xml`.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    href: String,
    sha256: String,
}

fn find_updateinfo(xml: &str) -> Option<Entry> {
    let mut reader = Reader::from_str(xml);
    let mut entry: Option<Entry> = None;
    let mut in_checksum = false;
    loop {
        match reader.read_event().ok()? {
            Xml::Start(element) | Xml::Empty(element) => match element.name().as_ref() {
                "data" if attribute(&element, "type")? == "updateinfo" => {
                    entry = Some(Entry::default());
                }
                "checksum" => in_checksum = attribute(&element, "type")? == "sha256",
                "location" => {
                    if let Some(entry) = &mut entry {
                        entry.href = attribute(&element, "href")?;
                    }
                }
                _ => {}
            },
            Xml::Text(text) if in_checksum => {
                if let Some(entry) = &mut entry {
                    text.trim().clone_into(&mut entry.sha256);
                }
            }
            Xml::End(element) if element.name().as_ref() == "checksum" => in_checksum = false,
            Xml::End(element) if element.name().as_ref() == "data" => {
                let whole = |entry: &Entry| is_path(&entry.href) && entry.sha256.len() == 64;
                if let Some(entry) = entry.take().filter(whole) {
                    return Some(entry);
                }
            }
            Xml::Eof => return None,
            _ => {}
        }
    }
}

/// Below the repository, and nowhere else.
fn is_path(href: &str) -> bool {
    !href.is_empty() && !href.contains("..") && !href.contains("://") && !href.starts_with('/')
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    Some(element.try_get_attribute(name).ok()??.value.into_owned())
}

pub(super) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut hasher = Sha256::new();
    let mut file = File::open(path)?;
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
    Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_names_file_and_checksum() {
        let digest = "a".repeat(64);
        let data = |kind: &str, href: &str| {
            format!(
                r#"<data type="{kind}"><checksum type="sha256">{digest}</checksum>
                <open-checksum type="sha256">{}</open-checksum><location href="{href}"/></data>"#,
                "b".repeat(64)
            )
        };
        let check = |entries: String, expect: Option<&str>| {
            let found = find_updateinfo(&format!("<repomd>{entries}</repomd>"));
            let expect = expect.map(|href| Entry { href: href.to_owned(), sha256: digest.clone() });
            assert_eq!(found, expect, "{entries}");
        };
        let good = data("primary", "p.xml.gz") + &data("updateinfo", "repodata/u.xml.gz");
        check(good, Some("repodata/u.xml.gz"));
        check(data("primary", "p.xml.gz"), None);
        check(data("updateinfo", "https://elsewhere/u.xml.gz"), None);
        check(data("updateinfo", "../u.xml.gz"), None);
    }
}
