//! The lists of descriptors.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{bytes::Cursor, head::Head};
use crate::state::{Fd, FdKind, Socket};

/// Files with the flags they were opened with; those without are [`FdKind::File`] too.
const FILE_WITH_FLAGS: u8 = 16;

/// Kinds by their numbers in captures.
pub(super) const KINDS: &[(u8, FdKind)] = &[
    (FILE_WITH_FLAGS, FdKind::File),
    (0, FdKind::Unknown),
    (1, FdKind::File),
    (2, FdKind::Directory),
    (3, FdKind::Ipv4Socket),
    (4, FdKind::Ipv6Socket),
    (5, FdKind::Ipv4Server),
    (6, FdKind::Ipv6Server),
    (7, FdKind::Pipe),
    (8, FdKind::UnixSocket),
    (9, FdKind::Event),
    (10, FdKind::Unsupported),
    (11, FdKind::Signal),
    (12, FdKind::EventPoll),
    (13, FdKind::Inotify),
    (14, FdKind::Timer),
    (15, FdKind::Netlink),
    (17, FdKind::Bpf),
    (18, FdKind::Userfault),
    (19, FdKind::IoUring),
    (20, FdKind::Memfd),
    (21, FdKind::Pidfd),
];

/// Protocols of layer 4: as captures number them, as IANA does.
pub(super) const PROTOCOLS: &[(u8, u8)] = &[(2, 6), (3, 17), (4, 1), (5, 255)];

/// Reads one descriptor of a process.
pub(super) fn fd(sized: bool, tid: i64, entry: &mut Cursor<'_>) -> Option<Head> {
    let mut fields = if sized { entry.entry(0)? } else { *entry };
    let number = fields.i64()?;
    let mut fd = Fd { ino: fields.u64()?, ..Fd::default() };
    let kind = fields.u8()?;
    fd.kind = KINDS.iter().find(|(known, _)| *known == kind)?.1;
    match fd.kind {
        FdKind::Ipv4Socket => fd.socket = socket(&mut fields, ipv4)?,
        FdKind::Ipv6Socket => fd.socket = socket(&mut fields, ipv6)?,
        FdKind::Ipv4Server => fd.socket = server(&mut fields, ipv4)?,
        FdKind::Ipv6Server => fd.socket = server(&mut fields, ipv6)?,
        FdKind::UnixSocket => {
            fields.bytes(16)?;
            fd.name = fields.text()?.into();
        }
        FdKind::Unknown => {}
        _ if kind == FILE_WITH_FLAGS => {
            fd.open_flags = fields.u32()?;
            fd.name = fields.text()?.into();
            fd.dev = if sized { fields.u32().unwrap_or(0) } else { 0 };
        }
        _ => fd.name = fields.text()?.into(),
    }
    if !sized {
        *entry = fields;
    }
    Some(Head::Fd { tid, number, fd })
}

type Address = fn(&mut Cursor<'_>) -> Option<IpAddr>;

fn ipv4(fields: &mut Cursor<'_>) -> Option<IpAddr> {
    Some(Ipv4Addr::from(fields.array::<4>()?).into())
}

fn ipv6(fields: &mut Cursor<'_>) -> Option<IpAddr> {
    Some(Ipv6Addr::from(fields.array::<16>()?).into())
}

fn socket(fields: &mut Cursor<'_>, address: Address) -> Option<Socket> {
    let (source, target) = (address(fields)?, address(fields)?);
    Some(Socket {
        source: Some((source, fields.u16()?)),
        target: Some((target, fields.u16()?)),
        l4: protocol(fields.u8()?),
        connected: true,
        ..Socket::default()
    })
}

fn server(fields: &mut Cursor<'_>, address: Address) -> Option<Socket> {
    let target = address(fields)?;
    Some(Socket {
        target: Some((target, fields.u16()?)),
        l4: protocol(fields.u8()?),
        ..Socket::default()
    })
}

fn protocol(number: u8) -> u8 {
    PROTOCOLS.iter().find(|(recorded, _)| *recorded == number).map_or(0, |(_, iana)| *iana)
}
