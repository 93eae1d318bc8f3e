//! Both ends of the socket that the call is about.

use bumpalo::Bump;
use farguard_rules::{
    Value,
    field::{
        Arg,
        FieldType::{Bool, Charbuf, Ipaddr, Ipnet, Port},
    },
};

use super::{Row, evt, lookup, text};
use crate::{
    state::{End, Fd, Role, Socket, fd::l4},
    view::View,
};

pub(super) static FIELDS: &[Row] = &[
    Row::new("fd.ip", Ipaddr, ip, "address of either end").opaque(),
    Row::new("fd.cip", Ipaddr, cip, "address of the client"),
    Row::new("fd.sip", Ipaddr, sip, "address of the server"),
    Row::new("fd.lip", Ipaddr, lip, "address of this end"),
    Row::new("fd.rip", Ipaddr, rip, "address of the other end"),
    Row::new("fd.port", Port, port, "port of either end").opaque(),
    Row::new("fd.cport", Port, cport, "port of the client"),
    Row::new("fd.sport", Port, sport, "port of the server"),
    Row::new("fd.lport", Port, lport, "port of this end"),
    Row::new("fd.rport", Port, rport, "port of the other end"),
    Row::new("fd.l4proto", Charbuf, l4proto, "protocol: `tcp`, `udp`, `icmp` or `raw`"),
    Row::new("fd.is_server", Bool, is_server, "whether the process is the server"),
    Row::new("fd.proto", Port, port, "port of either end, to be compared with names of services")
        .opaque(),
    Row::new("fd.cproto", Charbuf, cproto, "port of the client, as text"),
    Row::new("fd.sproto", Charbuf, sproto, "port of the server, as text"),
    Row::new("fd.lproto", Charbuf, lproto, "port of this end, as text"),
    Row::new("fd.rproto", Charbuf, rproto, "port of the other end, as text"),
    Row::new("fd.net", Ipnet, ip, "address of either end, to be compared with networks").opaque(),
    Row::new("fd.cnet", Ipnet, cip, "address of the client, to be compared with networks").opaque(),
    Row::new("fd.snet", Ipnet, sip, "address of the server, to be compared with networks").opaque(),
    Row::new("fd.lnet", Ipnet, lip, "address of this end, to be compared with networks").opaque(),
    Row::new("fd.rnet", Ipnet, rip, "address of the other end, to be compared with networks")
        .opaque(),
    Row::new("fd.connected", Bool, connected, "whether the socket is connected"),
    Row::known("fd.cip.name", Charbuf, "domain name of the client").opaque(),
    Row::known("fd.sip.name", Charbuf, "domain name of the server").opaque(),
    Row::known("fd.lip.name", Charbuf, "domain name of this end").opaque(),
    Row::known("fd.rip.name", Charbuf, "domain name of the other end").opaque(),
];

/// The ends of a socket as client and server, if it is known which is which.
fn sides(view: &View<'_>) -> Option<(Option<End>, Option<End>)> {
    let fd = view.fd?.1?;
    let Socket { source, target, role, .. } = fd.socket;
    if fd.kind.is_inet_server() {
        return Some((None, target));
    }
    (fd.kind.is_inet() && role != Role::Unknown).then_some((source, target))
}

/// This end of a socket and the other.
fn ends(view: &View<'_>) -> Option<(Option<End>, Option<End>)> {
    let fd = view.fd?.1.filter(|fd| fd.kind.is_inet())?;
    let Socket { source, target, role, .. } = fd.socket;
    match role {
        Role::Client => Some((source, target)),
        Role::Server => Some((target, source)),
        Role::Unknown => None,
    }
}

/// Both ends, whoever they are.
fn both(view: &View<'_>) -> Option<[Option<End>; 2]> {
    let fd = view.fd?.1.filter(|fd| evt::is_inet(fd.kind))?;
    Some([fd.socket.source.filter(|_| fd.kind.is_inet()), fd.socket.target])
}

/// Something of both ends.
fn of_both<'e>(view: &View<'_>, bump: &'e Bump, get: fn(End) -> Value<'e>) -> Value<'e> {
    let ends = both(view).unwrap_or_default();
    match text::list(bump, ends.into_iter().flatten().map(get)) {
        [] => Value::Null,
        list => Value::List(list),
    }
}

const fn address<'e>((address, _): End) -> Value<'e> {
    Value::Ip(address)
}

fn port_of<'e>((_, port): End) -> Value<'e> {
    Value::Uint(port.into())
}

fn of<'e>(end: Option<End>, get: fn(End) -> Value<'e>) -> Value<'e> {
    end.map_or(Value::Null, get)
}

fn port_text(end: Option<End>, bump: &Bump) -> Value<'_> {
    end.map_or(Value::Null, |(_, port)| text::print(bump, format_args!("{port}")))
}

/// The name of the protocol.
pub(super) fn protocol(fd: &Fd) -> Option<&'static str> {
    let known = evt::is_inet(fd.kind)
        && (!fd.kind.is_inet() || fd.socket.role != Role::Unknown || fd.socket.l4 == l4::RAW);
    match fd.socket.l4 {
        l4::TCP => Some("tcp"),
        l4::UDP => Some("udp"),
        l4::ICMP => Some("icmp"),
        l4::RAW => Some("raw"),
        _ => None,
    }
    .filter(|_| known)
}

fn ip<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_both(view, bump, address)
}

fn port<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    of_both(view, bump, port_of)
}

fn client(view: &View<'_>) -> Option<End> {
    sides(view).and_then(|(client, _)| client)
}

fn server(view: &View<'_>) -> Option<End> {
    sides(view).and_then(|(_, server)| server)
}

fn this_end(view: &View<'_>) -> Option<End> {
    ends(view).and_then(|(this, _)| this)
}

fn other_end(view: &View<'_>) -> Option<End> {
    ends(view).and_then(|(_, other)| other)
}

fn cip<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(client(view), address)
}

fn cport<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(client(view), port_of)
}

fn cproto<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    port_text(client(view), bump)
}

fn sip<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(server(view), address)
}

fn sport<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(server(view), port_of)
}

fn sproto<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    port_text(server(view), bump)
}

fn lip<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(this_end(view), address)
}

fn lport<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(this_end(view), port_of)
}

fn lproto<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    port_text(this_end(view), bump)
}

fn rip<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(other_end(view), address)
}

fn rport<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    of(other_end(view), port_of)
}

fn rproto<'e>(view: &'e View<'e>, _: &'e Arg, bump: &'e Bump) -> Value<'e> {
    port_text(other_end(view), bump)
}

fn l4proto<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| protocol(fd).unwrap_or("<NA>").into())
}

fn is_server<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| {
        let accepted = fd.kind.is_inet() && fd.socket.role == Role::Server;
        (accepted || fd.kind.is_inet_server()).into()
    })
}

fn connected<'e>(view: &'e View<'e>, _: &'e Arg, _: &'e Bump) -> Value<'e> {
    lookup::fd(view, |fd| fd.socket.connected.into())
}
