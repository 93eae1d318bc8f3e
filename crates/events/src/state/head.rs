//! What stands before the events of a capture.

use std::{collections::BTreeSet, net::IpAddr};

use super::{Fd, FdKind, Role, State, addr, container, l4};
use crate::capture::Head;

/// Most ports of servers that are kept.
const LIMIT: usize = 65_536;

/// The head of a capture, while it is being read.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// Whether threads are still to be related to each other, and sockets to be told apart.
    is_open: bool,
    /// Ports that sockets listen at.
    ports: BTreeSet<u16>,
}

impl State {
    /// Learns an entry of the head of a capture. [`State::enter`] may follow at any time.
    pub fn take(&mut self, head: Head) {
        match head {
            Head::Section => *self = Self::default(),
            Head::Machine(machine) => self.machine = machine,
            Head::Interface(interface) => self.interfaces.add(interface.address, interface.netmask),
            Head::User { uid, user } => self.add_user(b"", uid, user),
            Head::Group { gid, name } => self.add_group(b"", gid, name),
            Head::Thread(mut thread) => {
                if thread.container_id.is_empty() {
                    thread.container_id = container::id(&thread.cgroups).unwrap_or_default().into();
                }
                if !thread.cwd.is_empty() && !thread.cwd.ends_with(b"/") {
                    thread.cwd = [&*thread.cwd, b"/"].concat().into();
                }
                self.insert(*thread);
                self.reading.is_open = true;
            }
            Head::Fd { tid, number, fd } => self.take_fd(tid, number, fd),
        }
    }

    fn take_fd(&mut self, tid: i64, number: i64, mut fd: Fd) {
        let Some(at) = self.threads.find(tid) else { return };
        self.reading.is_open = true;
        match fd.kind {
            FdKind::Ipv4Socket | FdKind::Ipv6Socket => self.complete(&mut fd),
            FdKind::Ipv4Server | FdKind::Ipv6Server => {
                if let Some(own) = fd.socket.target {
                    fd.name = addr::one(own);
                    if self.reading.ports.len() < LIMIT {
                        self.reading.ports.insert(own.1);
                    }
                }
            }
            FdKind::UnixSocket if fd.name.is_empty() => fd.socket.role = Role::Client,
            FdKind::UnixSocket => fd.socket.role = Role::Server,
            _ => {}
        }
        self.put_fd(at, number, fd);
    }

    fn complete(&self, fd: &mut Fd) {
        if let (Some(source), Some(target)) = (fd.socket.source, fd.socket.target) {
            let (kind, source, target) = addr::unmap(source, target);
            let is_v6 = matches!(source.0, IpAddr::V6(_));
            fd.kind = kind;
            (fd.socket.source, fd.socket.target) = (Some(source), Some(target));
            fd.socket.connected = fd.socket.l4 == l4::TCP;
            if !is_v6 {
                self.interfaces.complete(fd);
            }
            if let (Some(source), Some(target)) = (fd.socket.source, fd.socket.target) {
                fd.name = addr::two(source, target);
            }
        }
    }

    /// The head is read: relates threads to their processes and parents, which it has in any order, and
    /// tells clients from servers by the ports that somebody listens at.
    pub(super) fn finish_head(&mut self) {
        if !std::mem::take(&mut self.reading.is_open) {
            return;
        }
        for at in self.threads.handles() {
            self.link_one(at);
            self.tell_servers(at);
        }
    }

    fn tell_servers(&mut self, at: super::Handle) {
        let Some(thread) = self.threads.get_mut(at) else { return };
        let unknown = |fd: &Fd| fd.kind == FdKind::Ipv4Socket && fd.socket.role == Role::Unknown;
        let sockets: Vec<i64> =
            thread.fds.iter().filter(|(_, fd)| unknown(fd)).map(|(number, _)| number).collect();
        for number in sockets {
            let ports = &self.reading.ports;
            thread.fds.edit(number, &mut self.pool, |fd| {
                let own = fd.socket.source.map_or(0, |end| end.1);
                if !ports.contains(&own) {
                    fd.socket.role = Role::Client;
                    return;
                }
                fd.swap_ends();
                fd.socket.role = Role::Server;
                if let (Some(source), Some(target)) = (fd.socket.source, fd.socket.target) {
                    fd.name = addr::two(source, target);
                }
            });
        }
    }
}
