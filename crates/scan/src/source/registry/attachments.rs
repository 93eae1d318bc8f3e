//! What is attached to images in a registry.

use super::{RegistryError, RegistryImage, client::Client};
use crate::source::{
    SourceError,
    attachments::{Attachments, Referrer, parse_referrers},
    digest::Digest,
    manifest::MAX_DOCUMENT_BYTES,
};

/// Most pages of a list that are fetched.
const MAX_PAGES: usize = 16;
/// Enough referrers to stop fetching pages: the reader takes far fewer.
const MAX_REFERRERS: usize = 4_096;

impl Attachments for RegistryImage {
    fn subjects(&self) -> &[Digest] {
        &self.subjects
    }

    fn referrers(&self, of: &Digest) -> Result<Vec<Referrer>, SourceError> {
        match from_api(&self.client, of)? {
            Some(referrers) => Ok(referrers),
            // Registries of before OCI 1.1: clients keep the list as an index under this tag.
            None => match self.tagged(&of.as_str().replacen(':', "-", 1))? {
                Some(index) => parse_referrers(&index).map_err(SourceError::Invalid),
                None => Ok(Vec::new()),
            },
        }
    }

    fn tagged(&self, tag: &str) -> Result<Option<Vec<u8>>, SourceError> {
        match self.client.manifest(tag) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(RegistryError::NotFound { .. }) => Ok(None),
            Err(error) => Err(invalid(&error)),
        }
    }

    fn described(&self, digest: &Digest) -> Result<Vec<u8>, SourceError> {
        let bytes = self.client.manifest(digest.as_str()).map_err(|error| invalid(&error))?;
        self.client.verify(&bytes, digest, "manifest").map_err(|error| invalid(&error))?;
        Ok(bytes)
    }

    fn blob(&self, digest: &Digest, limit: u64) -> Result<Vec<u8>, SourceError> {
        let what = format!("blob `{digest}`");
        let answer = self.client.blob(digest, 0).map_err(|error| invalid(&error))?;
        let bytes = answer.bytes(limit, &what).map_err(|error| invalid(&error))?;
        self.client.verify(&bytes, digest, "blob").map_err(|error| invalid(&error))?;
        Ok(bytes)
    }
}

fn invalid(error: &RegistryError) -> SourceError {
    SourceError::Invalid(error.to_string())
}

/// All pages of the referrers API; `None` where the registry does not have it.
fn from_api(client: &Client, of: &Digest) -> Result<Option<Vec<Referrer>>, SourceError> {
    let mut referrers = Vec::new();
    let Some(mut page) = client.referrers(of).map_err(|error| invalid(&error))? else {
        return Ok(None);
    };
    for _ in 0..MAX_PAGES {
        let next = client.next_page(&page).map_err(|error| invalid(&error))?;
        let bytes = page.bytes(MAX_DOCUMENT_BYTES, "referrers").map_err(|error| invalid(&error))?;
        referrers.extend(parse_referrers(&bytes).map_err(SourceError::Invalid)?);
        match next {
            Some(url) if referrers.len() < MAX_REFERRERS => {
                page = client.page(url).map_err(|error| invalid(&error))?;
            }
            // The reader says that there are more than it takes.
            Some(_) | None => return Ok(Some(referrers)),
        }
    }
    let text = format!("the list of referrers of `{of}` has more than {MAX_PAGES} pages");
    Err(SourceError::Invalid(text))
}
