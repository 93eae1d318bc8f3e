//! The registry API as far as reading images needs it.

use super::{
    RegistryError, RegistryOptions,
    auth::Authenticator,
    challenge::Challenge,
    reference::Reference,
    transport::{Http, Patience, Request, Response},
    url::Url,
};
use crate::source::{
    digest::Digest,
    manifest::{Descriptor, MANIFEST_TYPES, MAX_DOCUMENT_BYTES},
};

/// What lists of referrers are.
const INDEX_TYPE: &str = "application/vnd.oci.image.index.v1+json";
/// How often one request may be refused and authenticated anew.
const MAX_REFUSALS: usize = 8;

/// The client of one repository.
///
/// # Source
/// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pull>
#[derive(Debug)]
pub(super) struct Client {
    http: Http,
    base: Url,
    options: RegistryOptions,
    reference: Reference,
    auth: Authenticator,
}

impl Client {
    pub(super) fn new(reference: Reference, options: RegistryOptions) -> Self {
        let base = Url::new(!options.plain_http, reference.api_host(), "/");
        Self {
            http: Http::new(options.patience, options.proxy_from_environment),
            auth: Authenticator::new(base.clone(), reference.path()),
            base,
            options,
            reference,
        }
    }

    pub(super) fn host(&self) -> &str {
        &self.base.authority
    }

    pub(super) fn patience(&self) -> &Patience {
        self.http.patience()
    }

    /// The pause before the next attempt, when one has failed.
    pub(super) fn pause(&self, attempt: u32) -> std::time::Duration {
        self.http.pause(attempt, None)
    }

    /// Fetches a manifest or index by tag or digest.
    pub(super) fn manifest(&self, key: &str) -> Result<Vec<u8>, RegistryError> {
        let what = format!("manifest `{key}` of `{}`", self.reference.path());
        let accept = MANIFEST_TYPES.join(", ");
        let request = Request { accept: &accept, ..self.get("manifests", key) };
        self.fetch(&request, &what)?.bytes(MAX_DOCUMENT_BYTES, &what)
    }

    /// Fetches a manifest by its descriptor, and proves that it is the right one.
    pub(super) fn described_manifest(&self, of: &Descriptor) -> Result<Vec<u8>, RegistryError> {
        let bytes = self.manifest(of.digest.as_str())?;
        self.verify(&bytes, &of.digest, "manifest").map(|()| bytes)
    }

    /// Fetches a small blob, and proves that it is the right one.
    pub(super) fn small_blob(&self, of: &Descriptor) -> Result<Vec<u8>, RegistryError> {
        let bytes =
            self.blob(&of.digest, 0)?.bytes(MAX_DOCUMENT_BYTES, "an image configuration")?;
        self.verify(&bytes, &of.digest, "image configuration").map(|()| bytes)
    }

    /// Begins to fetch a blob, from an offset on if the registry can.
    pub(super) fn blob(&self, digest: &Digest, offset: u64) -> Result<Response, RegistryError> {
        let request = Request { offset, ..self.get("blobs", digest.as_str()) };
        self.fetch(&request, &format!("blob `{digest}` of `{}`", self.reference.path()))
    }

    /// Whether the registry has a blob.
    pub(super) fn has_blob(&self, digest: &Digest) -> Result<bool, RegistryError> {
        let request = Request { head: true, ..self.get("blobs", digest.as_str()) };
        match self.fetch(&request, &format!("blob `{digest}`")) {
            Ok(_) => Ok(true),
            Err(RegistryError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Asks what refers to a digest: the first page, or `None` where the registry cannot say.
    pub(super) fn referrers(&self, of: &Digest) -> Result<Option<Response>, RegistryError> {
        let request = Request { accept: INDEX_TYPE, ..self.get("referrers", of.as_str()) };
        match self.fetch(&request, &format!("the referrers of `{of}`")) {
            Ok(answer) => Ok(Some(answer)),
            // Not every registry without this API says 404.
            Err(
                RegistryError::NotFound { .. }
                | RegistryError::Status { code: 400 | 405 | 501, .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Where the next page of a list is. It is never on another server, which would get to see our
    /// credential.
    pub(super) fn next_page(&self, page: &Response) -> Result<Option<Url>, RegistryError> {
        let next = page.header_all("link").find_map(next_link);
        let Some(next) = next else { return Ok(None) };
        match self.base.join(next).filter(|url| url.same_origin(&self.base)) {
            Some(url) => Ok(Some(url)),
            None => {
                let host = self.host().to_owned();
                let why = "continues a list on another server".to_owned();
                Err(RegistryError::Protocol { host, why })
            }
        }
    }

    /// Fetches a further page of a list.
    pub(super) fn page(&self, url: Url) -> Result<Response, RegistryError> {
        let request = Request { accept: INDEX_TYPE, ..Request::get(url) };
        self.fetch(&request, "a further page of referrers")
    }

    /// Proves that bytes are the right ones.
    pub(super) fn verify(
        &self,
        bytes: &[u8],
        digest: &Digest,
        what: &str,
    ) -> Result<(), RegistryError> {
        if digest.matches(bytes) {
            return Ok(());
        }
        let host = self.host().to_owned();
        Err(RegistryError::Protocol {
            host,
            why: format!("sends a wrong {what}: its digest is not `{digest}`"),
        })
    }

    fn get(&self, kind: &str, key: &str) -> Request<'static> {
        let path = format!("/v2/{}/{kind}/{key}", self.reference.path());
        Request::get(Url::new(self.base.https, &self.base.authority, path))
    }

    fn fetch(&self, request: &Request<'_>, what: &str) -> Result<Response, RegistryError> {
        for _ in 0..MAX_REFUSALS {
            let used = self.auth.current();
            let header = used.as_ref().map(|authorization| &authorization.header);
            let url = request.url.clone();
            let answer = self.http.send(&Request { url, authorization: header, ..*request })?;
            match answer.status {
                200 | 206 => {
                    self.auth.accepted(used.as_ref());
                    return Ok(answer);
                }
                // Some registries refuse an expired credential with 403.
                401 | 403 if answer.same_origin => {
                    let challenges: Vec<Challenge> =
                        answer.header_all("www-authenticate").flat_map(Challenge::parse).collect();
                    if challenges.is_empty() && used.is_none() {
                        return Err(status(answer, what));
                    }
                    let why = format!("refused with {}", answer.status_text());
                    let (http, options) = (&self.http, &self.options);
                    let of = &self.reference;
                    self.auth.renew(http, options, of, used.as_ref(), challenges, &why)?;
                }
                404 => {
                    let (host, what) = (answer.host, what.to_owned());
                    return Err(RegistryError::NotFound { host, what });
                }
                _ => return Err(status(answer, what)),
            }
        }
        let host = self.host().to_owned();
        let why = format!("refuses every new authorization when asked for {what}");
        Err(RegistryError::Protocol { host, why })
    }
}

fn status(answer: Response, what: &str) -> RegistryError {
    let (host, code, what) = (answer.host.clone(), answer.status, what.to_owned());
    RegistryError::Status { host, code, status: answer.status_text(), what }
}

/// The address of a `Link` header with `rel="next"`.
///
/// # Source
/// RFC 8288, section 3
fn next_link(header: &str) -> Option<&str> {
    let (address, parameters) = header.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = |parameter: &str| {
        let value = parameter.trim().strip_prefix("rel=");
        value.is_some_and(|value| value.trim_matches('"').eq_ignore_ascii_case("next"))
    };
    parameters.split(';').any(is_next).then_some(address)
}
