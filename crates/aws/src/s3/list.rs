//! Listing a bucket, page by page.

use percent_encoding::percent_decode_str;
use quick_xml::{Reader, events::Event};

use super::S3;
use crate::{
    client::{AwsError, Call},
    operation::{LIST_OBJECTS, S3 as SERVICE},
    protocol::escaped,
};

/// What to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The bucket.
    pub bucket: String,
    /// Keys begin with it.
    pub prefix: String,
    /// Keys come after it.
    pub start_after: Option<String>,
    /// Whether what lies deeper than the next `/` is only named by its prefix.
    pub by_folder: bool,
    /// The most keys a page, at most 1,000.
    pub page_size: u16,
}

/// An object as listings name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its key.
    pub key: String,
    /// Size in bytes.
    pub size: u64,
}

/// One page of a listing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// Objects, sorted by key.
    pub entries: Vec<Entry>,
    /// Prefixes that end in `/`, sorted.
    pub folders: Vec<String>,
    /// How to get the next page, if there is one.
    pub next: Option<String>,
}

impl S3 {
    /// One page of a listing: the first, or the one that `next` of the page before names. Blocks.
    ///
    /// # Errors
    /// [`AwsError`], when the bucket does not exist or may not be listed.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html>
    pub fn list(&self, listing: &Listing, next: Option<&str>) -> Result<Page, AwsError> {
        let query = query(listing, next);
        let answer = self.get(&LIST_OBJECTS, &listing.bucket, &query, &[]);
        let body = self.session.wait(async {
            let call = Call { operation: &LIST_OBJECTS, region: "", endpoint: SERVICE.id };
            call.read(answer.await?).await.map_err(|outcome| outcome.error)
        })?;
        page(&body).ok_or_else(|| LIST_OBJECTS.failed("the answer is no list of objects"))
    }
}

/// The parameters, sorted by name as the signature has them.
fn query(listing: &Listing, next: Option<&str>) -> String {
    let size = listing.page_size.clamp(1, 1_000).to_string();
    let start_after = listing.start_after.as_deref().filter(|_| next.is_none());
    let parameters = [
        ("continuation-token", next),
        ("delimiter", listing.by_folder.then_some("/")),
        ("encoding-type", Some("url")),
        ("list-type", Some("2")),
        ("max-keys", Some(size.as_str())),
        ("prefix", Some(listing.prefix.as_str())),
        ("start-after", start_after),
    ];
    let given = parameters.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let pairs: Vec<String> =
        given.map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    format!("?{}", pairs.join("&"))
}

/// Reads a `ListBucketResult`; `None` when it is none.
pub(super) fn page(xml: &[u8]) -> Option<Page> {
    let mut reader = Reader::from_reader(xml);
    let mut path: Vec<String> = Vec::new();
    let mut text = String::new();
    let mut raw = Raw::default();
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) if path.len() < 8 => {
                path.push(element.local_name().as_ref().to_owned());
                text.clear();
            }
            Event::Start(_) => return None,
            Event::Text(part) => text.push_str(&part),
            Event::GeneralRef(entity) => text.push_str(&resolved(&entity)?),
            Event::End(_) => {
                let names: Vec<&str> = path.iter().map(String::as_str).collect();
                raw.take(&names, &text)?;
                path.pop();
                text.clear();
            }
            Event::Eof => return raw.page(),
            _ => {}
        }
    }
}

fn resolved(entity: &quick_xml::events::BytesRef<'_>) -> Option<String> {
    if let Some(c) = entity.resolve_char_ref().ok()? {
        return Some(c.to_string());
    }
    quick_xml::escape::resolve_xml_entity(entity).map(str::to_owned)
}

/// A page while it is read, with keys still encoded.
#[derive(Default)]
struct Raw {
    is_list: bool,
    is_encoded: bool,
    is_truncated: bool,
    key: Option<String>,
    size: u64,
    page: Page,
}

impl Raw {
    fn take(&mut self, path: &[&str], text: &str) -> Option<()> {
        let ["ListBucketResult", path @ ..] = path else { return None };
        match path {
            [] => self.is_list = true,
            ["EncodingType"] => self.is_encoded = text == "url",
            ["IsTruncated"] => self.is_truncated = text == "true",
            ["NextContinuationToken"] => self.page.next = Some(text.to_owned()),
            ["Contents", "Key"] => self.key = Some(text.to_owned()),
            ["Contents", "Size"] => self.size = text.parse().ok()?,
            ["Contents"] => {
                self.page.entries.push(Entry { key: self.key.take()?, size: self.size });
            }
            ["CommonPrefixes", "Prefix"] => self.page.folders.push(text.to_owned()),
            _ => {}
        }
        Some(())
    }

    fn page(self) -> Option<Page> {
        let mut page = self.page;
        if self.is_encoded {
            page.entries.iter_mut().for_each(|entry| entry.key = decoded(&entry.key));
            page.folders.iter_mut().for_each(|folder| *folder = decoded(folder));
        }
        page.next = page.next.filter(|_| self.is_truncated);
        // A list that says that there is more but not how to get it would end in silence.
        (self.is_list && (page.next.is_some() || !self.is_truncated)).then_some(page)
    }
}

/// What `encoding-type=url` encoded: `%` with two digits, `+` for a space.
fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
