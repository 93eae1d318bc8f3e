//! A descriptor.

use std::net::IpAddr;

/// What a descriptor leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fd {
    /// What it is.
    pub kind: FdKind,
    /// Path of a file, as it was opened and made absolute; name of anything else but a socket.
    pub name: Box<[u8]>,
    /// Path as the call was given it, before it was made absolute.
    pub raw_name: Box<[u8]>,
    /// Flags of `open`, in the bits of the event table.
    pub open_flags: u32,
    /// Device.
    pub dev: u32,
    /// Inode.
    pub ino: u64,
    /// Addresses of a socket.
    pub socket: Socket,
}

/// Kinds of descriptors, with the letter that `fd.typechar` prints.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum FdKind {
    #[default]
    Unknown,
    File,
    Directory,
    Ipv4Socket,
    Ipv6Socket,
    Ipv4Server,
    Ipv6Server,
    UnixSocket,
    Pipe,
    Event,
    Signal,
    EventPoll,
    Inotify,
    Timer,
    Netlink,
    Bpf,
    Userfault,
    IoUring,
    Memfd,
    Pidfd,
    Unsupported,
}

/// Both ends of a socket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Socket {
    /// Client (it connected), or the side that sends.
    pub source: Option<(IpAddr, u16)>,
    /// Server, or the side that receives.
    pub target: Option<(IpAddr, u16)>,
    /// Protocol of layer 4, as IANA numbers it: 6 TCP, 17 UDP, 1 ICMP; 0 unknown.
    pub l4: u8,
    /// Which end is ours.
    pub role: Role,
    /// Whether `connect` succeeded.
    pub connected: bool,
    /// The event changed its addresses.
    pub name_changed: bool,
}

/// Which end of a socket the process is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are the documentation")]
pub enum Role {
    #[default]
    Unknown,
    Client,
    Server,
}
