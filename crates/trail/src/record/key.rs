//! The keys that records, and what they are wrapped in, have at the top.

macro_rules! keys {
    ($($name:ident = $text:literal,)*) => {
        /// A key that is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[allow(missing_docs, reason = "`Key::text` is the name that AWS documents")]
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
    /// Keys whose array holds records, or what wraps them.
    pub(crate) const HOLDERS: [Self; 5] =
        [Self::Records, Self::Events, Self::LogEvents, Self::AuditEvents, Self::QueryResultRows];

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
    pub(crate) fn find(raw: &[u8]) -> Option<Self> {
        Self::ALL.iter().copied().find(|key| key.text().as_bytes().eq_ignore_ascii_case(raw))
    }
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
}
