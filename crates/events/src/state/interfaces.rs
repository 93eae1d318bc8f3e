//! Network interfaces, which complete addresses of datagrams.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{End, Fd, FdKind};

/// Most interfaces that are kept.
const LIMIT: usize = 256;

/// An own address: with its mask, if it is an IPv4 one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Interface {
    V4(Ipv4Addr, Ipv4Addr),
    V6(Ipv6Addr),
}

/// The own addresses.
#[derive(Debug, Default)]
pub(crate) struct Interfaces(Vec<Interface>);

/// IPv6 networks are taken to have 64 bits.
const fn net(address: Ipv6Addr) -> u128 {
    address.to_bits() >> 64
}

impl Interfaces {
    pub(crate) fn add(&mut self, address: IpAddr, mask: IpAddr) {
        let interface = match (address, mask) {
            (IpAddr::V4(address), IpAddr::V4(mask)) => Interface::V4(address, mask),
            (IpAddr::V6(address), _) => Interface::V6(address),
            _ => return,
        };
        if self.0.len() < LIMIT {
            self.0.push(interface);
        }
    }

    /// The own address that a peer is most likely talked to from: itself, one of the same network, or
    /// the first that is not the loopback's.
    fn towards(&self, peer: IpAddr) -> Option<IpAddr> {
        let all = || self.0.iter();
        match peer {
            IpAddr::V4(peer) => {
                let own = || {
                    all().filter_map(|interface| match interface {
                        Interface::V4(address, mask) => Some((*address, *mask)),
                        Interface::V6(_) => None,
                    })
                };
                own()
                    .find(|(address, _)| *address == peer)
                    .or_else(|| own().find(|(address, mask)| (*address & *mask) == (peer & *mask)))
                    .or_else(|| own().find(|(address, _)| !address.is_loopback()))
                    .map(|(address, _)| IpAddr::V4(address))
            }
            IpAddr::V6(peer) => {
                let own = || {
                    all().filter_map(|interface| match interface {
                        Interface::V6(address) => Some(*address),
                        Interface::V4(..) => None,
                    })
                };
                own()
                    .find(|address| *address == peer)
                    .or_else(|| own().find(|address| net(*address) == net(peer)))
                    .or_else(|| own().find(|address| !address.is_loopback()))
                    .map(IpAddr::V6)
            }
        }
    }

    /// Completes a socket that has the address of one end only.
    ///
    /// # Source
    /// `sinsp_network_interfaces::update_fd` of falcosecurity/libs.
    pub(crate) fn complete(&self, fd: &mut Fd) {
        if !matches!(fd.kind, FdKind::Ipv4Socket | FdKind::Ipv6Socket) {
            return;
        }
        let (Some(source), Some(target)) = (fd.socket.source, fd.socket.target) else { return };
        let guess = |unknown: End, peer: End| {
            let own = self.towards(peer.0)?;
            (own != peer.0 || unknown.1 != peer.1).then_some((own, unknown.1))
        };
        if source.0.is_unspecified() {
            fd.socket.source = guess(source, target).or(Some(source));
        } else if target.0.is_unspecified() {
            fd.socket.target = guess(target, source).or(Some(target));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::Socket;

    #[test]
    fn the_missing_end_is_the_interface_towards_the_other() {
        let mut interfaces = Interfaces::default();
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        for (ip, mask) in [("127.0.0.1", "255.0.0.0"), ("10.1.0.5", "255.255.0.0")] {
            interfaces.add(address(ip), address(mask));
        }
        interfaces.add(address("fe80::1"), address("ffff:ffff:ffff:ffff::"));
        for (source, target, expect) in [
            ("0.0.0.0", "127.0.0.1", "127.0.0.1"),
            ("0.0.0.0", "127.9.9.9", "127.0.0.1"),
            ("0.0.0.0", "10.1.7.7", "10.1.0.5"),
            ("0.0.0.0", "8.8.8.8", "10.1.0.5"),
            ("1.2.3.4", "8.8.8.8", "1.2.3.4"),
            ("::", "2001:db8::1", "fe80::1"),
        ] {
            let ends = (Some((address(source), 5)), Some((address(target), 53)));
            let socket = Socket { source: ends.0, target: ends.1, ..Socket::default() };
            let mut fd = Fd { kind: FdKind::Ipv4Socket, socket, ..Fd::default() };
            interfaces.complete(&mut fd);
            assert_eq!(fd.socket.source, Some((address(expect), 5)), "{source} -> {target}");
        }
    }
}
