//! Writes the entries of lists, in the newest version of each.

use std::net::IpAddr;

use super::{
    fds,
    head::{Head, Interface},
};
use crate::state::{Fd, FdKind, Machine, Thread, User};

/// Longest path, and longest list of arguments or the like, that readers take.
const MAX_PATH: usize = 1023;
const MAX_LIST: usize = 4096;
/// Longest name or directory of a user.
const MAX_NAME: usize = 255;

/// Appends an entry to a block; `Section` has none.
pub(super) fn head(out: &mut Vec<u8>, head: &Head) {
    match head {
        Head::Section => {}
        Head::Machine(info) => machine(out, info),
        Head::Interface(info) => sized(out, 4, |out| interface(out, info)),
        Head::User { uid, user: info } => sized(out, 0, |out| user(out, *uid, info)),
        Head::Group { gid, name } => sized(out, 0, |out| {
            out.push(1);
            out.extend(gid.to_le_bytes());
            text(out, name, MAX_NAME);
        }),
        Head::Thread(info) => sized(out, 0, |out| thread(out, info)),
        Head::Fd { number, fd: info, .. } => sized(out, 0, |out| fd(out, *number, info)),
    }
}

/// Writes an entry behind its length, of which `beside` bytes are not counted.
fn sized(out: &mut Vec<u8>, beside: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend([0; 4]);
    write(out);
    let length = u32::try_from(out.len() - start - beside).unwrap_or(u32::MAX);
    if let Some(place) = out.get_mut(start..).and_then(|entry| entry.first_chunk_mut()) {
        *place = length.to_le_bytes();
    }
}

/// Writes a text behind its length, cut where readers would give up.
fn text(out: &mut Vec<u8>, text: &[u8], most: usize) {
    let text = text.get(..most).unwrap_or(text);
    out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
    out.extend_from_slice(text);
}

fn machine(out: &mut Vec<u8>, machine: &Machine) {
    out.extend(machine.cpus.to_le_bytes());
    out.extend(machine.memory_bytes.to_le_bytes());
    out.extend(machine.max_pid.to_le_bytes());
    let mut host = [0; 128];
    host.iter_mut().zip(machine.hostname.iter().take(127)).for_each(|(to, from)| *to = *from);
    out.extend(host);
    out.extend(machine.boot_time_ns.to_le_bytes());
    out.extend([0; 24]);
}

fn interface(out: &mut Vec<u8>, interface: &Interface) {
    let is_v4 = interface.address.is_ipv4();
    let name = interface.name.get(..MAX_PATH).unwrap_or(&interface.name);
    out.extend(if is_v4 { 1_u16 } else { 2 }.to_le_bytes());
    out.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
    for address in [interface.address, interface.netmask, interface.broadcast] {
        self::address(out, Some(address), is_v4);
    }
    out.extend(interface.link_speed.to_le_bytes());
    out.extend_from_slice(name);
}

/// Writes an address in the family that is expected; any address where it is missing or of another.
fn address(out: &mut Vec<u8>, address: Option<IpAddr>, is_v4: bool) {
    match (address, is_v4) {
        (Some(IpAddr::V4(address)), true) => out.extend(address.octets()),
        (Some(IpAddr::V6(address)), false) => out.extend(address.octets()),
        (_, true) => out.extend([0; 4]),
        (_, false) => out.extend([0; 16]),
    }
}

fn user(out: &mut Vec<u8>, uid: u32, user: &User) {
    out.push(0);
    out.extend(uid.to_le_bytes());
    out.extend(user.gid.to_le_bytes());
    text(out, &user.name, MAX_NAME);
    text(out, &user.home, MAX_NAME);
    text(out, &user.shell, MAX_NAME);
}

fn thread(out: &mut Vec<u8>, thread: &Thread) {
    for id in [thread.tid, thread.pid, thread.ptid, thread.sid, thread.vpgid] {
        out.extend(id.to_le_bytes());
    }
    text(out, &thread.comm, MAX_PATH);
    text(out, &thread.exe, MAX_PATH);
    text(out, &thread.exepath, MAX_PATH);
    text(out, &thread.args, MAX_LIST);
    text(out, &thread.cwd, MAX_PATH);
    out.extend(thread.fdlimit.to_le_bytes());
    let [size, resident, swapped] = thread.vm_kib;
    for number in [thread.flags, thread.uid, thread.gid, size, resident, swapped] {
        out.extend(number.to_le_bytes());
    }
    thread.page_faults.iter().for_each(|faults| out.extend(faults.to_le_bytes()));
    text(out, &thread.env, MAX_LIST);
    out.extend(thread.vtid.to_le_bytes());
    out.extend(thread.vpid.to_le_bytes());
    text(out, &thread.cgroups, MAX_LIST);
    text(out, &thread.root, MAX_PATH);
    thread_tail(out, thread);
}

/// What was added after entries had got lengths.
fn thread_tail(out: &mut Vec<u8>, thread: &Thread) {
    out.extend(thread.pidns_init_start_time_ns.to_le_bytes());
    out.extend(thread.tty.to_le_bytes());
    out.extend(thread.loginuid.to_le_bytes());
    out.push(thread.exe_writable.into());
    for set in [thread.cap_inheritable, thread.cap_permitted, thread.cap_effective] {
        out.extend(set.to_le_bytes());
    }
    out.push(thread.exe_upper_layer.into());
    for number in [thread.exe_ino, thread.exe_ino_ctime, thread.exe_ino_mtime] {
        out.extend(number.to_le_bytes());
    }
    out.push(thread.exe_from_memfd.into());
    out.push(thread.exe_lower_layer.into());
    out.extend(thread.pgid.to_le_bytes());
}

fn fd(out: &mut Vec<u8>, number: i64, fd: &Fd) {
    let kind =
        fds::KINDS.iter().find(|(_, kind)| *kind == fd.kind).map_or(0, |(number, _)| *number);
    out.extend(number.to_le_bytes());
    out.extend(fd.ino.to_le_bytes());
    out.push(kind);
    match fd.kind {
        FdKind::Ipv4Socket | FdKind::Ipv6Socket => {
            let is_v4 = fd.kind == FdKind::Ipv4Socket;
            let (source, target) = (fd.socket.source, fd.socket.target);
            address(out, source.map(|(address, _)| address), is_v4);
            address(out, target.map(|(address, _)| address), is_v4);
            for end in [source, target] {
                out.extend(end.map_or(0, |(_, port)| port).to_le_bytes());
            }
            out.push(protocol(fd.socket.l4));
        }
        FdKind::Ipv4Server | FdKind::Ipv6Server => {
            let is_v4 = fd.kind == FdKind::Ipv4Server;
            address(out, fd.socket.target.map(|(address, _)| address), is_v4);
            out.extend(fd.socket.target.map_or(0, |(_, port)| port).to_le_bytes());
            out.push(protocol(fd.socket.l4));
        }
        FdKind::UnixSocket => {
            out.extend([0; 16]);
            text(out, &fd.name, MAX_PATH);
        }
        FdKind::Unknown => {}
        FdKind::File => {
            out.extend(fd.open_flags.to_le_bytes());
            text(out, &fd.name, MAX_PATH);
            out.extend(fd.dev.to_le_bytes());
        }
        _ => text(out, &fd.name, MAX_PATH),
    }
}

fn protocol(iana: u8) -> u8 {
    fds::PROTOCOLS.iter().find(|(_, known)| *known == iana).map_or(0, |(number, _)| *number)
}
