//! A descriptor.

use std::net::IpAddr;

/// What a descriptor leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fd {
    /// What it is.
    pub kind: FdKind,
    /// Path of a file, as it was opened and made absolute; name of anything else: a socket is
    /// `10.0.0.1:40000->10.0.0.2:443`, a socket that listens `0.0.0.0:80`, a Unix socket
    /// `SOURCE->PEER PATH`, a new socket has none.
    pub name: Vec<u8>,
    /// Path as the call was given it, before it was made absolute; empty if that changed nothing.
    pub raw_name: Vec<u8>,
    /// Flags of `open`, in the bits of the event table.
    pub open_flags: u32,
    /// Device.
    pub dev: u32,
    /// Inode.
    pub ino: u64,
    /// Process that a pidfd is about.
    pub pid: i64,
    /// Addresses of a socket.
    pub socket: Socket,
}

impl Fd {
    /// A descriptor of a kind, about which nothing else is known.
    #[must_use]
    pub fn of(kind: FdKind) -> Self {
        Self { kind, ..Self::default() }
    }

    /// The path of a file as the call was given it; of anything else nothing.
    #[must_use]
    pub fn raw(&self) -> &[u8] {
        match self.kind {
            FdKind::File | FdKind::Directory if self.raw_name.is_empty() => &self.name,
            _ => &self.raw_name,
        }
    }
}

/// Kinds of descriptors.
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

impl FdKind {
    /// Whether it is a socket of the internet that may have two ends.
    #[must_use]
    pub const fn is_inet(self) -> bool {
        matches!(self, Self::Ipv4Socket | Self::Ipv6Socket)
    }

    /// Whether it is a socket of the internet that was given an address of its own only.
    #[must_use]
    pub const fn is_inet_server(self) -> bool {
        matches!(self, Self::Ipv4Server | Self::Ipv6Server)
    }
}

/// An end of a connection: address and port.
pub type End = (IpAddr, u16);

/// Both ends of a socket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Socket {
    /// Client (it connected), or the side that sends. What is not known yet is all zeros.
    pub source: Option<End>,
    /// Server, or the side that receives; the own address of a socket that listens.
    pub target: Option<End>,
    /// Protocol of layer 4: one of [`l4`].
    pub l4: u8,
    /// Which end is ours.
    pub role: Role,
    /// Whether it has a peer. A connection that is still being made counts, as it does in Falco.
    pub connected: bool,
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

/// Protocols of layer 4, as IANA numbers them.
#[allow(missing_docs, reason = "the names are the documentation")]
pub mod l4 {
    pub const UNKNOWN: u8 = 0;
    pub const ICMP: u8 = 1;
    pub const TCP: u8 = 6;
    pub const UDP: u8 = 17;
    /// Of a raw socket.
    pub const RAW: u8 = 255;
}
