//! The public keys of CloudTrail.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use serde::Deserialize;

use super::unhex;

/// Public keys, by fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicKeys {
    /// PKCS #1 in DER.
    keys: BTreeMap<String, Vec<u8>>,
}

/// Text that holds no keys.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is not what CloudTrail answers.
    #[error("it is no list of public keys, as `aws cloudtrail list-public-keys` prints it: {0}")]
    Syntax(#[from] serde_json::Error),
    /// A key is damaged.
    #[error("the key with the fingerprint `{0}` is damaged")]
    Value(String),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct List {
    public_key_list: Vec<Key>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Key {
    value: String,
    fingerprint: String,
}

impl PublicKeys {
    /// Reads answers of `ListPublicKeys`, one or several after the other: each region has its own.
    ///
    /// # Errors
    /// [`KeyError`], when it is something else.
    ///
    /// # Source
    /// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html>
    pub fn parse(json: &[u8]) -> Result<Self, KeyError> {
        let mut all = Self::default();
        for list in serde_json::Deserializer::from_slice(json).into_iter::<List>() {
            for key in list?.public_key_list {
                let der = STANDARD.decode(key.value.trim());
                let der = der.map_err(|_| KeyError::Value(key.fingerprint.clone()))?;
                all.keys.insert(key.fingerprint, der);
            }
        }
        Ok(all)
    }

    /// Adds the keys of another list.
    pub fn extend(&mut self, other: Self) {
        self.keys.extend(other.keys);
    }

    /// Whether the signature, in hexadecimal digits, is that of the key over the data; `None` when
    /// there is no such key.
    pub(super) fn verify(&self, fingerprint: &str, data: &[u8], signature: &str) -> Option<bool> {
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.keys.get(fingerprint)?);
        Some(unhex(signature).is_some_and(|signature| key.verify(data, &signature).is_ok()))
    }
}
