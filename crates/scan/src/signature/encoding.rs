//! Bytes and numbers in JSON, as the tools of sigstore write them.

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use serde::{Deserialize, Deserializer, de::Error as _};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Decodes base64 of either alphabet: DSSE allows both.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    let alphabet = if text.contains(['-', '_']) { &URL_SAFE } else { &STANDARD };
    GeneralPurpose::new(alphabet, LENIENT).decode(text.trim_end()).ok()
}

/// Encodes base64 with padding, as logs sign it.
pub(super) fn encode(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Reads hex digits.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit =
        |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs.iter().map(|[high, low]| Some(digit(high)? << 4 | digit(low)?));
    rest.is_empty().then(|| bytes.collect()).flatten()
}

/// Bytes in base64.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Base64(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        decode(&text).map(Self).ok_or_else(|| D::Error::custom("malformed base64"))
    }
}

/// A number, or one in a string, as protobuf writes 64 bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Number(pub(super) u64);

#[derive(Deserialize)]
#[serde(untagged)]
enum RawNumber {
    Number(u64),
    Text(String),
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match RawNumber::deserialize(deserializer)? {
            RawNumber::Number(number) => Ok(Self(number)),
            RawNumber::Text(text) => text.parse().map(Self).map_err(D::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_are_read_and_damage_is_not() {
        let check = |text: &str, expect: Option<&[u8]>| {
            assert_eq!(decode(text).as_deref(), expect, "{text}");
        };
        check("+/8=", Some(&[0xfb, 0xff]));
        check("-_8", Some(&[0xfb, 0xff]));
        check("-_8=\n", Some(&[0xfb, 0xff]));
        check("", Some(&[]));
        for damaged in ["+_8=", "a", "a b", "====", "é"] {
            check(damaged, None);
        }
    }

    #[test]
    fn numbers_come_in_both_forms() {
        let read = |text: &str| serde_json::from_str::<Number>(text).ok();
        assert_eq!(read("7"), Some(Number(7)));
        assert_eq!(read("\"7\""), Some(Number(7)));
        assert_eq!(read("-1"), None);
        assert_eq!(read("\"1e3\""), None);
    }
}
