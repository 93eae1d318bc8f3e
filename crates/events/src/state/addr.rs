//! Addresses as they lie in events.

use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use super::{End, Fd, FdKind, Role, l4};

/// Address families, with the numbers of the event table.
pub(crate) const AF_UNIX: u8 = 1;
pub(crate) const AF_INET: u8 = 2;
pub(crate) const AF_INET6: u8 = 10;
pub(crate) const AF_NETLINK: u8 = 16;

/// One address: parameter type `sockaddr`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addr<'a> {
    Inet(End),
    Unix(&'a [u8]),
}

/// Two addresses: parameter type `socktuple`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tuple<'a> {
    Inet(End, End),
    Unix { source: u64, peer: u64, path: &'a [u8] },
}

fn until_nul(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn end<const IP: usize>(bytes: &[u8]) -> Option<(End, &[u8])>
where
    IpAddr: From<[u8; IP]>,
{
    let (ip, rest) = bytes.split_first_chunk::<IP>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    Some(((IpAddr::from(*ip), u16::from_le_bytes(*port)), rest))
}

impl<'a> Addr<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (family, rest) = bytes.split_first()?;
        Some(match *family {
            AF_INET => Self::Inet(end::<4>(rest)?.0),
            AF_INET6 => Self::Inet(end::<16>(rest)?.0),
            AF_UNIX => Self::Unix(until_nul(rest)),
            _ => return None,
        })
    }

    /// As `fd.name` shows it.
    pub(crate) fn name(self) -> Vec<u8> {
        match self {
            Self::Inet(end) => one(end),
            Self::Unix(path) => path.to_vec(),
        }
    }
}

impl<'a> Tuple<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (family, rest) = bytes.split_first()?;
        Some(match *family {
            AF_INET => {
                let (source, rest) = end::<4>(rest)?;
                Self::Inet(source, end::<4>(rest)?.0)
            }
            AF_INET6 => {
                let (source, rest) = end::<16>(rest)?;
                Self::Inet(source, end::<16>(rest)?.0)
            }
            AF_UNIX => {
                let (source, rest) = rest.split_first_chunk()?;
                let (peer, path) = rest.split_first_chunk()?;
                let (source, peer) = (u64::from_le_bytes(*source), u64::from_le_bytes(*peer));
                Self::Unix { source, peer, path: until_nul(path) }
            }
            _ => return None,
        })
    }
}

/// Two ends of one family, and which: IPv6 addresses that stand for IPv4 ones become those if both do.
pub(crate) fn unmap(source: End, target: End) -> (FdKind, End, End) {
    match (source.0, target.0) {
        (IpAddr::V6(a), IpAddr::V6(b)) => match (mapped(a), mapped(b)) {
            (Some(a), Some(b)) => {
                (FdKind::Ipv4Socket, (IpAddr::V4(a), source.1), (IpAddr::V4(b), target.1))
            }
            _ => (FdKind::Ipv6Socket, source, target),
        },
        _ => (FdKind::Ipv4Socket, source, target),
    }
}

/// The IPv4 address that an IPv6 address stands for; `::` stands for `0.0.0.0`.
pub(crate) fn mapped(address: Ipv6Addr) -> Option<Ipv4Addr> {
    if address.is_unspecified() { Some(Ipv4Addr::UNSPECIFIED) } else { address.to_ipv4_mapped() }
}

/// `10.0.0.1:80`, without brackets around IPv6 addresses.
pub(crate) fn one(end: End) -> Vec<u8> {
    let mut name = Vec::with_capacity(24);
    push_end(&mut name, end);
    name
}

/// `10.0.0.1:40000->10.0.0.2:80`.
pub(crate) fn two(source: End, target: End) -> Vec<u8> {
    let mut name = Vec::with_capacity(48);
    push_end(&mut name, source);
    name.extend_from_slice(b"->");
    push_end(&mut name, target);
    name
}

fn push_end(name: &mut Vec<u8>, (ip, port): End) {
    match ip {
        // Many sockets come and go; this is far quicker than formatting.
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            push_number(name, a.into());
            for octet in [b, c, d] {
                name.push(b'.');
                push_number(name, octet.into());
            }
        }
        // Writing into memory does not fail.
        IpAddr::V6(ip) => drop(write!(name, "{ip}")),
    }
    name.push(b':');
    push_number(name, port);
}

fn push_number(name: &mut Vec<u8>, number: u16) {
    let mut rest = number;
    let mut place = [10_000, 1000, 100, 10].into_iter().find(|place| number >= *place).unwrap_or(1);
    while place > 0 {
        let digit = u8::try_from(rest / place).unwrap_or(0);
        name.push(b'0' + digit);
        rest %= place;
        place /= 10;
    }
}

/// `SOURCE->PEER PATH`.
pub(crate) fn unix(source: u64, peer: u64, path: &[u8]) -> Vec<u8> {
    let mut name = Vec::with_capacity(36 + path.len());
    let _ = write!(name, "{source:x}->{peer:x} ");
    name.extend_from_slice(path);
    name
}

/// The name of a socket by its addresses.
pub(crate) fn of_socket(fd: &Fd) -> Vec<u8> {
    let zero = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let source = fd.socket.source.unwrap_or(zero);
    let target = fd.socket.target.unwrap_or(zero);
    match (fd.kind, fd.socket.l4) {
        (_, l4::TCP | l4::UDP) => two(source, target),
        (FdKind::Ipv4Socket, l4::RAW) | (_, l4::ICMP) => {
            let mut name = Vec::new();
            let _ = write!(name, "{}->{}", source.0, target.0);
            name
        }
        _ => b"<unknown>".to_vec(),
    }
}

impl Fd {
    /// The protocol, as far as it is certain: of a socket that may have two ends it is not, before
    /// it is known which end is ours.
    #[must_use]
    pub fn l4(&self) -> Option<u8> {
        let sure = self.kind.is_inet_server()
            || (self.kind.is_inet()
                && (self.socket.l4 == l4::RAW || self.socket.role != Role::Unknown));
        sure.then_some(self.socket.l4)
    }

    /// Exchanges the ends.
    pub(crate) const fn swap_ends(&mut self) {
        std::mem::swap(&mut self.socket.source, &mut self.socket.target);
    }

    /// Takes over what an event says about both ends. The target of a connection is kept once it is
    /// known, unless `overwrite` says otherwise. Whether anything changed.
    pub(crate) fn set_ends(&mut self, source: End, target: End, overwrite: bool) -> bool {
        if self.has_ends(source, target) {
            return false;
        }
        let zero = |end: Option<End>, ip: IpAddr| {
            end.unwrap_or(if ip.is_ipv4() { ZERO_V4 } else { ZERO_V6 })
        };
        let before = (self.socket.source, self.socket.target);
        let (mut ip, mut port) = zero(before.1, target.0);
        if overwrite || ip.is_unspecified() || ip.is_ipv4() != target.0.is_ipv4() {
            ip = target.0;
        }
        if overwrite || port == 0 {
            port = target.1;
        }
        self.socket.source = Some(source);
        self.socket.target = Some((ip, port));
        before != (self.socket.source, self.socket.target)
    }

    /// Whether it has these ends, either way round.
    pub(crate) fn has_ends(&self, source: End, target: End) -> bool {
        let ends = (self.socket.source, self.socket.target);
        ends == (Some(source), Some(target)) || ends == (Some(target), Some(source))
    }
}

const ZERO_V4: End = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
const ZERO_V6: End = (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_damage_is_none() {
        let v4 = Addr::parse(&[2, 10, 0, 0, 1, 80, 0]).unwrap();
        assert_eq!(v4.name(), b"10.0.0.1:80");
        for port in [0, 9, 10, 99, 100, 999, 1000, 9999, 10_000, 65_535] {
            let end = (IpAddr::V4(Ipv4Addr::new(0, 19, 200, 255)), port);
            assert_eq!(String::from_utf8(one(end)).unwrap(), format!("0.19.200.255:{port}"));
        }
        let mut v6 = vec![10];
        v6.extend(Ipv6Addr::LOCALHOST.octets());
        v6.extend([0xbb, 1]);
        assert_eq!(Addr::parse(&v6).unwrap().name(), b"::1:443");
        assert_eq!(Addr::parse(b"\x01/run/x.sock\0junk"), Some(Addr::Unix(b"/run/x.sock")));
        let unix =
            [&[1][..], &[0x1f, 0, 0, 0, 0, 0, 0, 0], &[2, 0, 0, 0, 0, 0, 0, 0], b"/x\0"].concat();
        let Some(Tuple::Unix { source, peer, path }) = Tuple::parse(&unix) else { panic!() };
        assert_eq!(unix_name(source, peer, path), "1f->2 /x");
        for damaged in [&[][..], &[2, 1, 2, 3], &[10, 0], &[99, 1, 2]] {
            assert!(Addr::parse(damaged).is_none() && Tuple::parse(damaged).is_none());
        }
    }

    fn unix_name(source: u64, peer: u64, path: &[u8]) -> String {
        String::from_utf8(unix(source, peer, path)).unwrap()
    }
}
