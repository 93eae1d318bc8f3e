//! Both ends of the socket that the call is about.

use farguard_rules::field::FieldType::{Bool, Charbuf, Ipaddr, Ipnet, Port};

use super::Row;

pub(super) static FIELDS: &[Row] = &[
    Row::known("fd.ip", Ipaddr, "address of either end").opaque(),
    Row::known("fd.cip", Ipaddr, "address of the client"),
    Row::known("fd.sip", Ipaddr, "address of the server"),
    Row::known("fd.lip", Ipaddr, "address of this end"),
    Row::known("fd.rip", Ipaddr, "address of the other end"),
    Row::known("fd.port", Port, "port of either end").opaque(),
    Row::known("fd.cport", Port, "port of the client"),
    Row::known("fd.sport", Port, "port of the server"),
    Row::known("fd.lport", Port, "port of this end"),
    Row::known("fd.rport", Port, "port of the other end"),
    Row::known("fd.l4proto", Charbuf, "protocol: `tcp`, `udp`, `icmp` or `raw`"),
    Row::known("fd.is_server", Bool, "whether the process is the server"),
    Row::known("fd.proto", Port, "port of either end, to be compared with names of services")
        .opaque(),
    Row::known("fd.cproto", Charbuf, "port of the client, as text"),
    Row::known("fd.sproto", Charbuf, "port of the server, as text"),
    Row::known("fd.lproto", Charbuf, "port of this end, as text"),
    Row::known("fd.rproto", Charbuf, "port of the other end, as text"),
    Row::known("fd.net", Ipnet, "address of either end, to be compared with networks").opaque(),
    Row::known("fd.cnet", Ipnet, "address of the client, to be compared with networks").opaque(),
    Row::known("fd.snet", Ipnet, "address of the server, to be compared with networks").opaque(),
    Row::known("fd.lnet", Ipnet, "address of this end, to be compared with networks").opaque(),
    Row::known("fd.rnet", Ipnet, "address of the other end, to be compared with networks").opaque(),
    Row::known("fd.connected", Bool, "whether the socket is connected"),
    Row::known("fd.cip.name", Charbuf, "domain name of the client").opaque(),
    Row::known("fd.sip.name", Charbuf, "domain name of the server").opaque(),
    Row::known("fd.lip.name", Charbuf, "domain name of this end").opaque(),
    Row::known("fd.rip.name", Charbuf, "domain name of the other end").opaque(),
];
