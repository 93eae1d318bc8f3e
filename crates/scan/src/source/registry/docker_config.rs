//! The credential files that docker and podman write, and the helpers that they name.

mod helper;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{
    credential::{Credential, Secret},
    reference::Reference,
};

/// A credential file larger than this is none.
const MAX_FILE_BYTES: u64 = 4 << 20;

/// Where docker and podman keep credentials.
///
/// # Source
/// <https://docs.docker.com/reference/cli/docker/login/> and
/// <https://man.archlinux.org/man/containers-auth.json.5>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFiles {
    /// Files in the order in which they are asked.
    pub files: Vec<PathBuf>,
    /// Where helpers (`docker-credential-NAME`) are looked for, as `PATH` is written; `None` uses
    /// the one of this process.
    pub search_path: Option<std::ffi::OsString>,
    /// How long a helper may take.
    pub helper_timeout: Duration,
}

impl Default for CredentialFiles {
    fn default() -> Self {
        Self { files: Vec::new(), search_path: None, helper_timeout: Duration::from_secs(30) }
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
    #[serde(default)]
    creds_store: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

impl CredentialFiles {
    /// The files that the environment names: `$REGISTRY_AUTH_FILE`, `$DOCKER_CONFIG`,
    /// `~/.docker/config.json`, `$XDG_RUNTIME_DIR/containers/auth.json`.
    #[must_use]
    pub fn from_environment() -> Self {
        let directory = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
        let docker = directory("DOCKER_CONFIG")
            .map(PathBuf::from)
            .or_else(|| std::env::home_dir().map(|home| home.join(".docker")));
        let files = [
            directory("REGISTRY_AUTH_FILE").map(PathBuf::from),
            docker.map(|docker| docker.join("config.json")),
            directory("XDG_RUNTIME_DIR").map(|run| Path::new(&run).join("containers/auth.json")),
            std::env::home_dir().map(|home| home.join(".config/containers/auth.json")),
        ];
        Self { files: files.into_iter().flatten().collect(), ..Self::default() }
    }

    /// The credentials that the files have for an image, with the file of each.
    ///
    /// # Errors
    /// The first file or helper that fails, for people and without any secret.
    pub(super) fn find(&self, reference: &Reference) -> Result<Vec<(String, Credential)>, String> {
        let mut found = Vec::new();
        for path in &self.files {
            if let Some(credential) = self.find_in(path, reference)? {
                found.push((format!("`{}`", path.display()), credential));
            }
        }
        Ok(found)
    }

    fn find_in(&self, path: &Path, reference: &Reference) -> Result<Option<Credential>, String> {
        let failed = |why: &dyn std::fmt::Display| {
            format!("cannot read the credential file `{}`: {why}", path.display())
        };
        let bytes = match read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed(&error)),
            Ok(bytes) => bytes,
        };
        // A message of serde can quote the text, and with it a password: only the place is told.
        let file: File = serde_json::from_slice(&bytes).map_err(|error| {
            failed(&format_args!("malformed in line {} column {}", error.line(), error.column()))
        })?;
        let keys = keys(reference);
        let helper = keys
            .iter()
            .find_map(|key| file.cred_helpers.get(key))
            .or(file.creds_store.as_ref())
            .filter(|name| !name.is_empty());
        if let Some(helper) = helper {
            for server in helper_servers(reference) {
                let search_path = self.search_path.as_deref();
                let answer = helper::get(helper, &server, search_path, self.helper_timeout);
                if let Some(credential) = answer.map_err(|error| failed(&error))? {
                    return Ok(Some(credential));
                }
            }
        }
        let entry = keys.iter().find_map(|key| {
            file.auths.iter().find(|(name, _)| normal_key(name) == *key).map(|(_, entry)| entry)
        });
        entry.map_or(Ok(None), |entry| entry.credential().map_err(|why| failed(&why)))
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > MAX_FILE_BYTES) {
        return Err(std::io::Error::other("it is too large"));
    }
    Ok(bytes)
}

/// The names under which credentials for an image may stand, most special first:
/// `host/org/app`, `host/org`, `host`.
fn keys(reference: &Reference) -> Vec<String> {
    let mut name = format!("{}/{}", reference.domain().to_ascii_lowercase(), reference.path());
    let mut keys = vec![name.clone()];
    while let Some(slash) = name.rfind('/') {
        name.truncate(slash);
        keys.push(name.clone());
    }
    if reference.domain() == "docker.io" {
        keys.extend(["index.docker.io", "registry-1.docker.io"].map(str::to_owned));
    }
    keys
}

/// How helpers are asked: Docker Hub has its old address there.
fn helper_servers(reference: &Reference) -> Vec<String> {
    if reference.domain() == "docker.io" {
        vec!["https://index.docker.io/v1/".to_owned(), "docker.io".to_owned()]
    } else {
        vec![reference.domain().to_owned()]
    }
}

/// Docker writes addresses (`https://index.docker.io/v1/`) where podman writes names.
fn normal_key(key: &str) -> String {
    let bare = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let name = match bare {
        None => key.trim_end_matches('/'),
        Some(address) => {
            let address = address.trim_end_matches('/');
            address.strip_suffix("/v1").or_else(|| address.strip_suffix("/v2")).unwrap_or(address)
        }
    };
    match name.split_once('/') {
        Some((host, path)) => format!("{}/{path}", host.to_ascii_lowercase()),
        None => name.to_ascii_lowercase(),
    }
}

impl Entry {
    fn credential(&self) -> Result<Option<Credential>, &'static str> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        if let Some(token) = given(&self.identitytoken) {
            return Ok(Some(Credential::IdentityToken(Secret::new(token))));
        }
        if let Some(auth) = given(&self.auth) {
            let malformed = "an `auth` is not base64 of `name:password`";
            let decoded = STANDARD.decode(auth.trim()).map_err(|_| malformed)?;
            let text = String::from_utf8(decoded).map_err(|_| malformed)?;
            let (username, password) = text.split_once(':').ok_or(malformed)?;
            let password = Secret::new(password.trim_end_matches('\0'));
            return Ok(Some(Credential::Basic { username: username.to_owned(), password }));
        }
        Ok(given(&self.username).zip(given(&self.password)).map(|(username, password)| {
            Credential::Basic { username, password: Secret::new(password) }
        }))
    }
}

#[cfg(test)]
mod tests;
