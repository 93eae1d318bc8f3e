//! What stands before the events: the machine and its state when the capture began.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::bytes::Cursor;
use crate::state::{Fd, Machine, Thread, User};

/// One entry of the lists that stand before the events. Texts are as they were recorded.
#[derive(Debug, Clone)]
pub enum Head {
    /// A section begins: what was known belongs to another capture and is to be forgotten.
    Section,
    /// The machine.
    Machine(Machine),
    /// An address of a network interface.
    Interface(Interface),
    /// A user.
    User {
        /// Its id.
        uid: u32,
        /// The rest of it.
        user: User,
    },
    /// A group.
    Group {
        /// Its id.
        gid: u32,
        /// Its name.
        name: Box<[u8]>,
    },
    /// A thread, without its descriptors: they follow later.
    Thread(Box<Thread>),
    /// A descriptor of a process.
    Fd {
        /// The process, by its main thread.
        tid: i64,
        /// Its number.
        number: i64,
        /// What it leads to.
        fd: Fd,
    },
}

/// An address of a network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Name: `eth0`.
    pub name: Box<[u8]>,
    /// The address.
    pub address: IpAddr,
    /// Which bits of it name the network.
    pub netmask: IpAddr,
    /// Address of all on the network.
    pub broadcast: IpAddr,
    /// Bits per second, or 0.
    pub link_speed: u64,
}

pub(super) fn machine(mut body: Cursor<'_>) -> Option<Machine> {
    let cpus = body.u32()?;
    let memory_bytes = body.u64()?;
    let max_pid = body.u64()?;
    let hostname = body.bytes(128)?.split(|byte| *byte == 0).next()?.into();
    let boot_time_ns = body.u64()?;
    Some(Machine { hostname, boot_time_ns, cpus, memory_bytes, max_pid })
}

pub(super) fn interface(sized: bool, entry: &mut Cursor<'_>) -> Option<Head> {
    let mut fields = if sized { entry.entry(4)? } else { *entry };
    let kind = fields.u16()?;
    let name = usize::from(fields.u16()?);
    let mut address = || match kind {
        1 | 3 => Some(IpAddr::from(Ipv4Addr::from(fields.array::<4>()?))),
        2 | 4 => Some(IpAddr::from(Ipv6Addr::from(fields.array::<16>()?))),
        _ => None,
    };
    let (address, netmask, broadcast) = (address()?, address()?, address()?);
    let link_speed = if kind < 3 { fields.u64()? } else { 0 };
    let name = fields.bytes(name)?.into();
    if !sized {
        *entry = fields;
    }
    Some(Head::Interface(Interface { name, address, netmask, broadcast, link_speed }))
}

pub(super) fn user(sized: bool, entry: &mut Cursor<'_>) -> Option<Head> {
    let mut fields = if sized { entry.entry(0)? } else { *entry };
    let head = if fields.u8()? == 0 {
        let uid = fields.u32()?;
        let user = User {
            gid: fields.u32()?,
            name: fields.text()?.into(),
            home: fields.text()?.into(),
            shell: fields.text()?.into(),
        };
        Head::User { uid, user }
    } else {
        Head::Group { gid: fields.u32()?, name: fields.text()?.into() }
    };
    if !sized {
        *entry = fields;
    }
    Some(head)
}
