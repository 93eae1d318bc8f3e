//! Calls that make and connect sockets.

use crate::{
    Event, Kind, Params,
    state::{
        End, Fd, FdKind, Role, State,
        addr::{self, AF_INET, AF_INET6, AF_NETLINK, AF_UNIX, Addr, Tuple},
        l4,
        threads::Handle,
    },
    table::kind,
};

const EINPROGRESS: i64 = 115;
/// Kinds of sockets.
const SOCK_STREAM: u32 = 1;
const SOCK_DGRAM: u32 = 2;
const SOCK_RAW: u32 = 3;
/// The bits of a kind; above them are flags.
const KIND: u32 = 0xff;
/// Protocols, as IANA numbers them.
const IPPROTO_IP: u32 = 0;
const IPPROTO_ICMP: u32 = 1;
const IPPROTO_TCP: u32 = 6;
const IPPROTO_UDP: u32 = 17;
const IPPROTO_RAW: u32 = 255;

fn succeeded(event: &Event<'_>) -> bool {
    event.params.i64(0).is_some_and(|res| res >= 0)
}

/// A new socket, by its address family, kind and protocol.
fn made(domain: u32, kind: u32, protocol: u32) -> Fd {
    let family = u8::try_from(domain).unwrap_or(0);
    let mut fd = Fd::of(match family {
        AF_UNIX => FdKind::UnixSocket,
        AF_INET => FdKind::Ipv4Socket,
        AF_INET6 => FdKind::Ipv6Socket,
        AF_NETLINK => FdKind::Netlink,
        _ => FdKind::Unknown,
    });
    if fd.kind.is_inet() {
        let is_raw = kind & KIND == SOCK_RAW;
        fd.socket.l4 = match protocol {
            IPPROTO_TCP | IPPROTO_UDP | IPPROTO_ICMP if is_raw => l4::RAW,
            IPPROTO_TCP => l4::TCP,
            IPPROTO_UDP => l4::UDP,
            IPPROTO_ICMP => l4::ICMP,
            IPPROTO_RAW => l4::RAW,
            IPPROTO_IP if kind & KIND == SOCK_STREAM => l4::TCP,
            IPPROTO_IP if kind & KIND == SOCK_DGRAM => l4::UDP,
            _ => l4::UNKNOWN,
        };
    }
    fd
}

pub(super) fn socket(state: &mut State, at: Handle, event: &Event<'_>) {
    let params = &event.params;
    let [domain, kind, protocol] = [1, 2, 3].map(|param| params.u32(param).unwrap_or(0));
    if let Some(number @ 0..) = params.i64(0) {
        state.put_fd(at, number, made(domain, kind, protocol));
    }
}

/// The socket of a datagram whose `socket` was not seen.
pub(super) fn missed(tuple: &Tuple<'_>) -> Option<Fd> {
    let Tuple::Inet(source, _) = tuple else { return None };
    let family = if source.0.is_ipv4() { AF_INET } else { AF_INET6 };
    Some(made(family.into(), SOCK_DGRAM, IPPROTO_UDP))
}

pub(super) fn pair(state: &mut State, at: Handle, event: &Event<'_>) {
    let [one, two] = [1, 2].map(|param| event.params.i64(param));
    if let (true, Some(one), Some(two)) = (succeeded(event), one, two)
        && one != two
    {
        state.put_fd(at, two, Fd::of(FdKind::UnixSocket));
        state.put_fd(at, one, Fd::of(FdKind::UnixSocket));
    }
}

/// The descriptor that the event is about, to be changed and put back.
fn current(state: &State, at: Handle) -> Option<(i64, Fd)> {
    let number = state.now.fd?;
    Some((number, state.fd_at(at, number)?.clone()))
}

pub(super) fn bind(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some((number, mut fd)) = current(state, at).filter(|_| succeeded(event)) else { return };
    let Some(address) = event.params.get(1) else { return };
    match Addr::parse(address) {
        Some(address @ Addr::Inet((ip, port))) => {
            if port > 0 {
                serve(&mut fd, (ip, port));
            }
            fd.name = address.name();
        }
        Some(address @ Addr::Unix(_)) => fd.name = address.name(),
        None => {
            let family = address.first().copied().unwrap_or(0);
            fd.name = format!("family {family}").into_bytes();
        }
    }
    state.replace_fd(at, number, fd);
}

/// Makes it a socket that has only an address of its own.
fn serve(fd: &mut Fd, (ip, port): End) {
    let ip = match ip {
        std::net::IpAddr::V6(v6) => addr::mapped(v6).map_or(ip, std::net::IpAddr::V4),
        std::net::IpAddr::V4(_) => ip,
    };
    fd.kind = if ip.is_ipv4() { FdKind::Ipv4Server } else { FdKind::Ipv6Server };
    fd.socket.source = None;
    fd.socket.target = Some((ip, port));
    fd.socket.role = Role::Server;
}

pub(super) fn connect(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some((number, mut fd)) = current(state, at) else { return };
    let Some(res) = event.params.i64(0).filter(|res| *res >= 0 || *res == -EINPROGRESS) else {
        return;
    };
    fd.socket.connected = res >= 0 || res == -EINPROGRESS;
    let Some(thread) = state.threads.get_mut(at) else { return };
    let pending = std::mem::take(&mut thread.links.pending);
    let start = pending.start(Kind(kind::CONNECT_X.0 - 1));
    let begun = start.as_ref().and_then(|start: &Params<'_>| Addr::parse(start.get(1)?));
    match event.params.get(1).and_then(Tuple::parse) {
        Some(tuple) => {
            let said = event.params.get(3).and_then(Addr::parse);
            client(&mut fd, tuple, said, begun);
        }
        None => {
            if let Some(address) = begun {
                towards(&mut fd, address);
            }
        }
    }
    state.replace_fd(at, number, fd);
    if let Some(thread) = state.threads.get_mut(at) {
        thread.links.pending = pending;
    }
}

/// A connection of which only the address is known that the caller gave.
fn towards(fd: &mut Fd, address: Addr<'_>) {
    match address {
        Addr::Inet((ip, port)) => {
            let ip = match ip {
                std::net::IpAddr::V6(v6) => addr::mapped(v6).map_or(ip, std::net::IpAddr::V4),
                std::net::IpAddr::V4(_) => ip,
            };
            fd.kind = if ip.is_ipv4() { FdKind::Ipv4Socket } else { FdKind::Ipv6Socket };
            fd.socket.target = Some((ip, port));
        }
        Addr::Unix(_) => fd.name = address.name(),
    }
}

/// A connection with both ends. Where the end of the call repeats what memory held (`said`) and its
/// start said otherwise (`begun`), the kernel went by the start.
fn client(fd: &mut Fd, tuple: Tuple<'_>, said: Option<Addr<'_>>, begun: Option<Addr<'_>>) {
    match tuple {
        Tuple::Inet(source, target) => {
            let target = match (said, begun) {
                (Some(Addr::Inet(said)), Some(Addr::Inet(begun))) if said == target => begun,
                _ => target,
            };
            let (kind, source, target) = addr::unmap(source, target);
            fd.kind = kind;
            if fd.set_ends(source, target, true)
                && fd.socket.role == Role::Server
                && fd.socket.l4 == l4::UDP
            {
                fd.swap_ends();
            }
            fd.name = addr::of_socket(fd);
        }
        Tuple::Unix { source, peer, path } => {
            if fd.kind != FdKind::UnixSocket {
                return;
            }
            let path = match (said, begun) {
                (Some(Addr::Unix(said)), Some(Addr::Unix(begun))) if said == path => begun,
                _ => path,
            };
            fd.name = addr::unix(source, peer, path);
        }
    }
    if fd.socket.role == Role::Unknown {
        fd.socket.role = Role::Client;
    }
}

pub(super) fn accept(state: &mut State, at: Handle, event: &Event<'_>) {
    let Some(number @ 0..) = event.params.i64(0) else { return };
    state.now.fd = Some(number);
    let mut fd = Fd::default();
    match event.params.get(1).and_then(Tuple::parse) {
        Some(Tuple::Inet(source, target)) => {
            let (kind, source, target) = addr::unmap(source, target);
            fd.kind = kind;
            fd.socket.l4 = l4::TCP;
            fd.set_ends(source, target, true);
            fd.name = addr::two(source, target);
        }
        Some(Tuple::Unix { source, peer, path }) => {
            fd.kind = FdKind::UnixSocket;
            fd.name = addr::unix(source, peer, path);
        }
        None => return,
    }
    fd.socket.role = Role::Server;
    fd.socket.connected = true;
    state.put_fd(at, number, fd);
}
