//! Reading and writing. Most events are these, and most of them change nothing.

use super::sockets;
use crate::{
    Event,
    state::{
        End, Fd, FdKind, Role, State,
        addr::{self, Tuple},
        fds::Fixed,
        l4,
        threads::Handle,
    },
};

/// Which way the data went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    In,
    Out,
}

/// Data came in; `tuple` is the parameter with the addresses, if there is one.
pub(super) fn read(state: &mut State, at: Handle, event: &Event<'_>, tuple: Option<usize>) {
    transfer(state, at, event, tuple, Way::In);
}

/// Data went out; `tuple` is the parameter with the addresses, if there is one.
pub(super) fn write(state: &mut State, at: Handle, event: &Event<'_>, tuple: Option<usize>) {
    if let (Some(0..), Some(number), Some(param)) = (event.params.i64(0), state.now.fd, tuple)
        && number >= 0
        && state.fd_at(at, number).is_none()
    {
        let missed = event.params.get(param).and_then(Tuple::parse);
        if let Some(fd) = missed.as_ref().and_then(sockets::missed) {
            state.put_fd(at, number, fd);
        }
    }
    transfer(state, at, event, tuple, Way::Out);
}

fn transfer(state: &mut State, at: Handle, event: &Event<'_>, tuple: Option<usize>, way: Way) {
    let (Some(thread), Some(number)) = (state.threads.get(at), state.now.fd) else { return };
    let fds = state.fds(thread);
    let fixed = fds.fixed(number).unwrap_or(Fixed::Everything);
    let tuple = tuple.filter(|_| fixed < Fixed::Everything);
    if (fixed > Fixed::Nothing && tuple.is_none()) || event.params.i64(0).is_none_or(|res| res < 0)
    {
        return;
    }
    let Some(fd) = fds.get(number) else { return };
    let tuple = tuple.and_then(|param| Tuple::parse(event.params.get(param)?));
    let tuple = tuple.filter(|tuple| !has(fd, tuple));
    if fixed > Fixed::Nothing && tuple.is_none() {
        return;
    }
    let mut fd = fd.clone();
    fd.socket.connected |= fd.kind.is_inet();
    match tuple {
        Some(Tuple::Inet(source, target)) => datagram(state, &mut fd, (source, target), way),
        Some(Tuple::Unix { source, peer, path }) => {
            fd.kind = FdKind::UnixSocket;
            fd.name = addr::unix(source, peer, path);
        }
        None => {}
    }
    state.replace_fd(at, number, fd);
}

/// Whether a socket has these ends already.
fn has(fd: &Fd, tuple: &Tuple<'_>) -> bool {
    match *tuple {
        Tuple::Inet(source, target) => {
            let (kind, source, target) = addr::unmap(source, target);
            fd.kind == kind && fd.has_ends(source, target)
        }
        Tuple::Unix { .. } => false,
    }
}

/// Takes over the ends of a datagram, whose source is the client's: what a server sends and what a
/// client receives has them the other way round.
fn datagram(state: &State, fd: &mut Fd, (source, target): (End, End), way: Way) {
    let (kind, source, target) = addr::unmap(source, target);
    if fd.kind.is_inet_server() {
        fd.socket.target = None;
    }
    fd.kind = kind;
    if !fd.set_ends(source, target, false) {
        return;
    }
    if fd.socket.l4 == l4::UNKNOWN {
        fd.socket.l4 = l4::UDP;
    }
    state.interfaces.complete(fd);
    // Servers begin by reading.
    let (with, against) = match way {
        Way::In => (Role::Server, Role::Client),
        Way::Out => (Role::Client, Role::Server),
    };
    if fd.socket.role == Role::Unknown {
        fd.socket.role = with;
    }
    if fd.socket.role == against {
        fd.swap_ends();
    }
    fd.name = addr::of_socket(fd);
}
