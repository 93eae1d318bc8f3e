//! Events made by hand: for tests of rules, and for whoever sees calls without a driver.

use std::net::{IpAddr, SocketAddr};

use crate::{Event, Kind, Params};

/// Puts together an event, parameter by parameter, in the order of the event table. What does not fit
/// into 64 KiB is cut.
///
/// ```
/// use farguard_events::{build::EventBuilder, table::kind};
///
/// let open = EventBuilder::new(kind::OPEN_X).tid(7).i64(3).text(b"/etc/passwd").u32(1).u32(0);
/// assert_eq!(open.event().params.text(1), Some(&b"/etc/passwd"[..]));
/// ```
#[derive(Debug, Clone)]
pub struct EventBuilder {
    num: u64,
    time_ns: u64,
    tid: i64,
    cpu: u16,
    kind: Kind,
    lengths: Vec<u8>,
    data: Vec<u8>,
}

impl EventBuilder {
    /// An event of a kind, without parameters.
    #[must_use]
    pub const fn new(kind: Kind) -> Self {
        Self { num: 1, time_ns: 0, tid: 0, cpu: 0, kind, lengths: Vec::new(), data: Vec::new() }
    }

    /// Its place among the events.
    #[must_use]
    pub const fn num(mut self, num: u64) -> Self {
        self.num = num;
        self
    }

    /// When it happened: nanoseconds since 1970.
    #[must_use]
    pub const fn time_ns(mut self, time_ns: u64) -> Self {
        self.time_ns = time_ns;
        self
    }

    /// The thread that made the call.
    #[must_use]
    pub const fn tid(mut self, tid: i64) -> Self {
        self.tid = tid;
        self
    }

    /// The processor it was made on.
    #[must_use]
    pub const fn cpu(mut self, cpu: u16) -> Self {
        self.cpu = cpu;
        self
    }

    /// The next parameter, as its bytes.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        let room = usize::from(u16::MAX);
        let bytes = bytes.get(..room).unwrap_or(bytes);
        self.lengths.extend(u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_le_bytes());
        self.data.extend_from_slice(bytes);
        self
    }

    /// The next parameter is not recorded.
    #[must_use]
    pub fn absent(self) -> Self {
        self.bytes(b"")
    }

    /// The next parameter: a number of 8 bytes.
    #[must_use]
    pub fn i64(self, number: i64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// The next parameter: a number of 8 bytes without sign.
    #[must_use]
    pub fn u64(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// The next parameter: a number of 4 bytes.
    #[must_use]
    pub fn u32(self, number: u32) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// The next parameter: a number of 2 bytes.
    #[must_use]
    pub fn u16(self, number: u16) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    /// The next parameter: a number of 1 byte.
    #[must_use]
    pub fn u8(self, number: u8) -> Self {
        self.bytes(&[number])
    }

    /// The next parameter: a text or a path.
    #[must_use]
    pub fn text(self, text: &[u8]) -> Self {
        self.bytes(&[text, &[0]].concat())
    }

    /// The next parameter: several texts, as arguments are recorded.
    #[must_use]
    pub fn list(self, texts: &[&[u8]]) -> Self {
        let bytes: Vec<u8> = texts.iter().flat_map(|text| [*text, &[0]].concat()).collect();
        self.bytes(&bytes)
    }

    /// The next parameter: the address of a socket.
    #[must_use]
    pub fn addr(self, address: SocketAddr) -> Self {
        self.bytes(&[&[family(address)][..], &end(address)].concat())
    }

    /// The next parameter: both addresses of a socket, of one family.
    #[must_use]
    pub fn tuple(self, source: SocketAddr, target: SocketAddr) -> Self {
        self.bytes(&[&[family(source)][..], &end(source), &end(target)].concat())
    }

    /// The next parameter: the path of a Unix socket.
    #[must_use]
    pub fn unix_addr(self, path: &[u8]) -> Self {
        self.bytes(&[&[1], path, &[0]].concat())
    }

    /// The next parameter: both ends of a Unix socket, by where the kernel has them.
    #[must_use]
    pub fn unix_tuple(self, source: u64, peer: u64, path: &[u8]) -> Self {
        self.bytes(&[&[1][..], &source.to_le_bytes(), &peer.to_le_bytes(), path, &[0]].concat())
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> Event<'_> {
        let params = Params { lengths: &self.lengths, wide: false, data: &self.data };
        let Self { num, time_ns, tid, cpu, kind, .. } = *self;
        Event { num, time_ns, tid, cpu, kind, params }
    }
}

const fn family(address: SocketAddr) -> u8 {
    if address.is_ipv4() { 2 } else { 10 }
}

fn end(address: SocketAddr) -> Vec<u8> {
    let mut bytes = match address.ip() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    };
    bytes.extend(address.port().to_le_bytes());
    bytes
}
