//! What a field of an event holds.

use std::net::IpAddr;

/// The value of a field for one event. Texts live in the event, in the state behind it, or in the
/// arena of the event: a value is never longer-lived than the event.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Value<'e> {
    /// The event has no such thing. Every comparison with it is false; outputs print `<NA>`.
    #[default]
    Null,
    /// Yes or no.
    Bool(bool),
    /// Signed numbers, times relative to something, descriptors, process ids.
    Int(i64),
    /// Unsigned numbers, flags, ports, nanoseconds since 1970.
    Uint(u64),
    /// Ratios.
    Double(f64),
    /// Text, most often UTF-8; paths and arguments may be anything but hold no NUL.
    Text(&'e [u8]),
    /// Bytes that were read or written.
    Bytes(&'e [u8]),
    /// One address.
    Ip(IpAddr),
    /// Several values at once: `proc.aname`, `fd.net`, `ct.resources`.
    List(&'e [Self]),
}

impl<'e> Value<'e> {
    /// The text, or [`Value::Null`] without one.
    #[must_use]
    pub fn text(text: Option<&'e str>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.as_bytes()))
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Uint(value)
    }
}

impl<'e> From<&'e [u8]> for Value<'e> {
    fn from(value: &'e [u8]) -> Self {
        Self::Text(value)
    }
}

impl<'e> From<&'e str> for Value<'e> {
    fn from(value: &'e str) -> Self {
        Self::Text(value.as_bytes())
    }
}

impl<'e, T: Into<Self>> From<Option<T>> for Value<'e> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}
