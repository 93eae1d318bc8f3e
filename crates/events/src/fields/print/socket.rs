//! Addresses of sockets: one end, or both.
//!
//! # Source
//! `PT_SOCKADDR` and `PT_SOCKTUPLE` of falcosecurity/libs: a byte for the family, then addresses as
//! they are sent and ports in the order of the machine, or ids of both ends and a path.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::super::text::Text;

const AF_UNIX: u8 = 1;
const AF_INET: u8 = 2;
const AF_INET6: u8 = 10;

type End = (IpAddr, u16);

fn v4(bytes: &[u8]) -> Option<(End, &[u8])> {
    let (address, rest) = bytes.split_first_chunk::<4>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    Some(((Ipv4Addr::from(*address).into(), u16::from_le_bytes(*port)), rest))
}

fn v6(bytes: &[u8]) -> Option<(End, &[u8])> {
    let (address, rest) = bytes.split_first_chunk::<16>()?;
    let (port, rest) = rest.split_first_chunk::<2>()?;
    Some(((Ipv6Addr::from(*address).into(), u16::from_le_bytes(*port)), rest))
}

fn path(bytes: &[u8]) -> &[u8] {
    bytes.split(|byte| *byte == 0).next().unwrap_or_default()
}

fn end((address, port): End, out: &mut Text<'_>) {
    out.print(format_args!("{address}:{port}"));
}

/// One end: `10.0.0.1:443`, `::1:443`, `/run/docker.sock`, `family 16`.
pub(super) fn address(bytes: &[u8], out: &mut Text<'_>) -> Option<()> {
    let (family, bytes) = bytes.split_first()?;
    match *family {
        AF_UNIX => {
            out.push(path(bytes));
        }
        AF_INET => end(v4(bytes).filter(|(_, rest)| rest.is_empty())?.0, out),
        AF_INET6 => end(v6(bytes).filter(|(_, rest)| rest.is_empty())?.0, out),
        family => {
            out.print(format_args!("family {family}"));
        }
    }
    Some(())
}

/// Both ends: `10.0.0.1:40000->10.0.0.2:443`, `ffff8a01->ffff8a02 /run/docker.sock`.
pub(super) fn tuple(bytes: &[u8], out: &mut Text<'_>) -> Option<()> {
    let (family, bytes) = bytes.split_first()?;
    let read = match *family {
        AF_INET => v4,
        AF_INET6 => v6,
        AF_UNIX => {
            let (source, rest) = bytes.split_first_chunk::<8>()?;
            let (target, rest) = rest.split_first_chunk::<8>()?;
            let ids = [source, target].map(|id| u64::from_le_bytes(*id));
            let [source, target] = ids;
            out.print(format_args!("{source:x}->{target:x} ")).push(path(rest));
            return Some(());
        }
        family => {
            out.print(format_args!("family {family}"));
            return Some(());
        }
    };
    let (source, rest) = read(bytes)?;
    let (target, []) = read(rest)? else { return None };
    let (source, target) = both_unmapped(source, target);
    end(source, out);
    out.push(b"->");
    end(target, out);
    Some(())
}

/// IPv4 addresses written as IPv6 are shown as IPv4 if both are.
fn both_unmapped(source: End, target: End) -> (End, End) {
    let plain = |(address, port): End| match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map(|v4| (v4.into(), port)),
        IpAddr::V4(_) => None,
    };
    plain(source).zip(plain(target)).unwrap_or((source, target))
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::*;

    fn check(print: fn(&[u8], &mut Text<'_>) -> Option<()>, bytes: &[u8], expect: Option<&str>) {
        let bump = Bump::new();
        let mut out = Text::new(&bump);
        let printed = print(bytes, &mut out).map(|()| String::from_utf8_lossy(out.bytes()));
        assert_eq!(printed.as_deref(), expect, "{bytes:?}");
    }

    #[test]
    fn ends_are_printed() {
        check(address, &[2, 10, 0, 0, 1, 0xbb, 1], Some("10.0.0.1:443"));
        check(address, &[2, 10, 0, 0, 1, 0xbb], None);
        check(address, &[2, 10, 0, 0, 1, 0xbb, 1, 0], None);
        check(address, b"\x01/run/x\0", Some("/run/x"));
        check(address, &[16, 1], Some("family 16"));
        check(address, &[], None);
        let mut v6 = vec![10; 1];
        v6.extend([0; 15]);
        v6.extend([1, 80, 0]);
        check(address, &v6, Some("::1:80"));
    }

    #[test]
    fn both_ends_are_printed() {
        let v4 = [2, 10, 0, 0, 1, 0x40, 0x9c, 10, 0, 0, 2, 0xbb, 1];
        check(tuple, &v4, Some("10.0.0.1:40000->10.0.0.2:443"));
        check(tuple, &v4[..12], None);
        let mut unix = vec![1];
        unix.extend(0xab_u64.to_le_bytes());
        unix.extend(0_u64.to_le_bytes());
        unix.extend(b"/run/x\0");
        check(tuple, &unix, Some("ab->0 /run/x"));
        let mapped = |last: u8, port: u8| {
            let mut end = [0; 18];
            end[10..].copy_from_slice(&[255, 255, 10, 0, 0, last, port, 0]);
            end
        };
        let both = [&[10][..], &mapped(1, 5), &mapped(2, 6)].concat();
        check(tuple, &both, Some("10.0.0.1:5->10.0.0.2:6"));
        check(tuple, &[99], Some("family 99"));
    }
}
