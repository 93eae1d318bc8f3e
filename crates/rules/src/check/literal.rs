//! Reading the values that fields are compared with.
//!
//! # Source
//! `sinsp_filter_value_parser` of falcosecurity/libs.

use std::net::IpAddr;

use super::services;
use crate::{engine::Pattern, field::FieldType, syntax::Op};

/// Longest value, as in Falco.
const MAX_BYTES: usize = 65_535;
/// Most directories in a path of `pmatch`.
const MAX_COMPONENTS: usize = 256;

/// A value as rules write it, read by the type of the field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Literal {
    Number(i128),
    Bool(bool),
    Ip(IpAddr),
    Net(Net),
    Text(Box<[u8]>),
}

/// A network: `10.0.0.0/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Net {
    addr: IpAddr,
    bits: u8,
}

impl Net {
    /// Whether an address is one of the network.
    pub(crate) fn contains(&self, addr: IpAddr) -> bool {
        match (self.addr, addr) {
            (IpAddr::V4(net), IpAddr::V4(addr)) => {
                let differ = u32::from(net) ^ u32::from(addr);
                differ.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(net), IpAddr::V6(addr)) => {
                let differ = u128::from(net) ^ u128::from(addr);
                differ.leading_zeros() >= u32::from(self.bits)
            }
            _ => false,
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        let unrecognized = || format!("unrecognized IP network {text}");
        let (addr, bits) = text.split_once('/').ok_or_else(unrecognized)?;
        let addr: IpAddr = addr.parse().map_err(|_| format!("unrecognized IP address {text}"))?;
        let most = if addr.is_ipv4() { 32 } else { 128 };
        match bits.parse() {
            Ok(bits) if bits <= most => Ok(Self { addr, bits }),
            _ => Err(format!("invalid netmask {bits}")),
        }
    }
}

/// Reads a value.
///
/// # Errors
/// What is wrong with it, in Falco's words where it has some.
pub(super) fn parse(kind: FieldType, op: Op, text: &str) -> Result<Literal, String> {
    if text.len() > MAX_BYTES {
        return Err("filter parameter too long".to_owned());
    }
    match op {
        Op::Bcontains | Op::Bstartswith => return hex(text).map(Literal::Text),
        Op::Regex => drop(Pattern::new(text)?),
        Op::Pmatch if text.split('/').count() > MAX_COMPONENTS => {
            return Err(format!("path has more than {MAX_COMPONENTS} components"));
        }
        _ => {}
    }
    match kind {
        FieldType::Charbuf
        | FieldType::Bytebuf
        | FieldType::Fspath
        | FieldType::Fsrelpath
        | FieldType::Dynamic => Ok(Literal::Text(text.as_bytes().into())),
        FieldType::Bool => match text {
            "true" => Ok(Literal::Bool(true)),
            "false" => Ok(Literal::Bool(false)),
            _ => Err(format!("filter error: unrecognized boolean value {text}")),
        },
        FieldType::Ipaddr => match text.parse() {
            Ok(addr) => Ok(Literal::Ip(addr)),
            Err(_) if text.contains('.') => Err(format!("unrecognized IPv4 address {text}")),
            Err(_) => Err(format!("unrecognized IPv6 address {text}")),
        },
        FieldType::Ipnet => Net::parse(text).map(Literal::Net),
        FieldType::Port => port(text).map(Literal::Number),
        _ => number(kind, text).map(Literal::Number),
    }
}

/// A number in decimal or, with `0x`, hexadecimal. Below 0 in a field without sign it means what C
/// makes of it: `-1` is the greatest.
fn number(kind: FieldType, text: &str) -> Result<i128, String> {
    let number = plain_number(text).ok_or_else(|| format!("{text} is not a valid number"))?;
    let bits = match kind {
        FieldType::Uint8 | FieldType::Flags8 | FieldType::Enumflags8 | FieldType::Sigtype => 8,
        FieldType::Uint16 | FieldType::Flags16 => 16,
        FieldType::Uint32
        | FieldType::Flags32
        | FieldType::Enumflags32
        | FieldType::Uid
        | FieldType::Gid => 32,
        FieldType::Uint64 | FieldType::Reltime | FieldType::Abstime => 64,
        _ => return Ok(number),
    };
    Ok(if number < 0 { number.rem_euclid(1 << bits) } else { number })
}

/// What any number looks like, within 64 bits with or without sign.
pub(crate) fn plain_number(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let magnitude = match hex {
        Some(hex) if !hex.starts_with('+') => u64::from_str_radix(hex, 16).ok()?,
        None if !digits.starts_with('+') => digits.parse().ok()?,
        _ => return None,
    };
    let number = i128::from(magnitude);
    Some(if negative { -number } else { number })
}

fn port(text: &str) -> Result<i128, String> {
    match text {
        "" => Ok(0),
        _ if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            plain_number(text).ok_or_else(|| format!("{text} is not a valid number"))
        }
        _ => services::port(text)
            .map(i128::from)
            .ok_or_else(|| format!("unrecognized protocol {text}")),
    }
}

fn hex(text: &str) -> Result<Box<[u8]>, String> {
    let digits = text.as_bytes().chunks(2).map(|pair| {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let [high, low] = pair else { return None };
        u8::try_from(digit(high)? * 16 + digit(low)?).ok()
    });
    digits.collect::<Option<_>>().ok_or_else(|| {
        "filter error: bcontains and bstartswith operator support hex strings only".to_owned()
    })
}
