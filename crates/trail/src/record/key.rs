//! The keys that records and what they are wrapped in have at the top, found by one look into a table.

macro_rules! keys {
    ($($name:ident = $text:literal,)*) => {
        /// A key that is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "`Key::text` is the name that AWS documents")]
        #[repr(u8)]
        pub enum Key {
            $($name,)*
        }

        impl Key {
            /// All of them, in their order.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// As AWS writes it.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

// # Source
// AWS CloudTrail user guide, "CloudTrail record contents" (event version 1.11); the wrappers are those
// of S3 files, LookupEvents, CloudTrail Lake, EventBridge and CloudWatch Logs subscriptions.
keys! {
    EventVersion = "eventVersion",
    UserIdentity = "userIdentity",
    EventTime = "eventTime",
    EventSource = "eventSource",
    EventName = "eventName",
    AwsRegion = "awsRegion",
    SourceIpAddress = "sourceIPAddress",
    UserAgent = "userAgent",
    ErrorCode = "errorCode",
    ErrorMessage = "errorMessage",
    RequestParameters = "requestParameters",
    ResponseElements = "responseElements",
    AdditionalEventData = "additionalEventData",
    RequestId = "requestID",
    EventId = "eventID",
    ReadOnly = "readOnly",
    Resources = "resources",
    EventType = "eventType",
    ApiVersion = "apiVersion",
    ManagementEvent = "managementEvent",
    RecipientAccountId = "recipientAccountId",
    ServiceEventDetails = "serviceEventDetails",
    SharedEventId = "sharedEventID",
    VpcEndpointId = "vpcEndpointId",
    VpcEndpointAccountId = "vpcEndpointAccountId",
    EventCategory = "eventCategory",
    Addendum = "addendum",
    SessionCredentialFromConsole = "sessionCredentialFromConsole",
    EdgeDeviceDetails = "edgeDeviceDetails",
    TlsDetails = "tlsDetails",
    InsightDetails = "insightDetails",
    Records = "Records",
    Events = "Events",
    LogEvents = "logEvents",
    AuditEvents = "auditEvents",
    QueryResultRows = "QueryResultRows",
    Detail = "detail",
    Event = "event",
    EventData = "eventData",
    EventJson = "eventJson",
    CloudTrailEvent = "CloudTrailEvent",
    Message = "message",
}

impl Key {
    /// How many there are: the length of an index.
    pub(crate) const COUNT: usize = Self::ALL.len();

    /// Keys whose array holds records, or what wraps them.
    pub(crate) const fn holds_records(self) -> bool {
        use Key::{AuditEvents, Events, LogEvents, QueryResultRows, Records};
        matches!(self, Records | Events | LogEvents | AuditEvents | QueryResultRows)
    }

    /// Keys that records or their wrappers start with, and hardly anything else does.
    pub(crate) const fn starts_records(self) -> bool {
        use Key::{Addendum, Detail, Event, Message, Resources, TlsDetails};
        !matches!(self, Addendum | Detail | Event | Message | Resources | TlsDetails)
    }

    /// Keys below which a wrapper holds a record, as an object or as its text.
    pub(crate) const WRAPPERS: [Self; 6] = [
        Self::CloudTrailEvent,
        Self::EventJson,
        Self::Detail,
        Self::EventData,
        Self::Event,
        Self::Message,
    ];

    /// The key that is written so, in any case of letters.
    #[inline]
    pub(crate) fn find(raw: &[u8]) -> Option<Self> {
        let mut slot = hash(raw)?;
        // Every chain ends: the table is never full.
        while let Some(Some(key)) = TABLE.get(slot % SLOTS) {
            if key.text().as_bytes().eq_ignore_ascii_case(raw) {
                return Some(*key);
            }
            slot += 1;
        }
        None
    }
}

const SLOTS: usize = 256;

/// Made when the program is compiled: a key stands where its hash says, or in the next free slot.
static TABLE: [Option<Key>; SLOTS] = table();

#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler, which would refuse")]
const fn table() -> [Option<Key>; SLOTS] {
    let mut table = [None; SLOTS];
    let mut at = 0;
    while at < Key::COUNT {
        let key = Key::ALL[at];
        if let Some(mut slot) = hash(key.text().as_bytes()) {
            while table[slot % SLOTS].is_some() {
                slot += 1;
            }
            table[slot % SLOTS] = Some(key);
        }
        at += 1;
    }
    table
}

/// A slot by the length and the last four letters, whatever their case; shorter keys are unknown.
#[inline]
#[allow(clippy::cast_possible_truncation, reason = "any bits of the length will do")]
const fn hash(raw: &[u8]) -> Option<usize> {
    let Some(last) = raw.last_chunk::<4>() else { return None };
    let letters = u32::from_le_bytes(*last) | 0x2020_2020;
    let mixed = (letters ^ raw.len() as u32).wrapping_mul(0xcd44_7e35);
    Some((mixed >> 24) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_any_case_and_others_are_not() {
        for &key in Key::ALL {
            assert_eq!(Key::find(key.text().as_bytes()), Some(key));
            assert_eq!(Key::find(key.text().to_uppercase().as_bytes()), Some(key));
        }
        for other in ["", "id", "name", "eventNames", "xventName", "detail-type", "ventName"] {
            assert_eq!(Key::find(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn looking_up_takes_few_steps() {
        let free = |key: &&Key| TABLE[hash(key.text().as_bytes()).unwrap()] == Some(**key);
        assert!(Key::ALL.iter().filter(free).count() + 4 >= Key::COUNT);
    }
}
