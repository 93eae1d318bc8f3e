//! The list of threads, in nine versions.

use super::{bytes::Cursor, head::Head};
use crate::state::Thread;

/// Bytes behind the root directory in captures that do not know terminals yet.
const TAIL_WITHOUT_TTY: usize = 29;

/// Reads one thread. From version 9 on entries begin with their length, and only grow at their end.
pub(super) fn thread(version: u8, entry: &mut Cursor<'_>) -> Option<Head> {
    let sized = version >= 9;
    let mut fields = if sized { entry.entry(0)? } else { *entry };
    let mut thread = fixed(version, &mut fields)?;
    if sized {
        // What a version does not write stays as it is.
        let _ended = tail(&mut fields, &mut thread);
    } else {
        *entry = fields;
    }
    Some(Head::Thread(Box::new(thread)))
}

/// What was added version by version, until entries got lengths.
fn fixed(version: u8, fields: &mut Cursor<'_>) -> Option<Thread> {
    let since = |first| version >= first;
    let mut thread =
        Thread { loginuid: u32::MAX, sid: -1, vpgid: -1, pgid: -1, ..Thread::default() };
    thread.tid = fields.i64()?;
    thread.pid = fields.i64()?;
    thread.ptid = fields.i64()?;
    if since(6) {
        thread.sid = fields.i64()?;
    }
    if since(8) {
        thread.vpgid = fields.i64()?;
    }
    thread.comm = fields.text()?.into();
    thread.exe = fields.text()?.into();
    if since(7) {
        thread.exepath = fields.text()?.into();
    }
    thread.args = fields.text()?.into();
    thread.cwd = fields.text()?.into();
    thread.fdlimit = fields.i64()?;
    thread.flags = fields.u32()?;
    thread.uid = fields.u32()?;
    thread.gid = fields.u32()?;
    if since(2) {
        thread.vm_kib = [fields.u32()?, fields.u32()?, fields.u32()?];
        thread.page_faults = [fields.u64()?, fields.u64()?];
    }
    if since(3) {
        thread.env = fields.text()?.into();
    }
    (thread.vtid, thread.vpid) = if since(4) { (fields.i64()?, fields.i64()?) } else { (-1, -1) };
    if since(4) {
        thread.cgroups = fields.text()?.into();
    }
    if since(5) {
        thread.root = fields.text()?.into();
    }
    Some(thread)
}

/// What was added since: each release of the drivers wrote more of it. `None` where it ends.
fn tail(fields: &mut Cursor<'_>, thread: &mut Thread) -> Option<()> {
    if fields.left() > TAIL_WITHOUT_TTY {
        thread.pidns_init_start_time_ns = fields.u64()?;
        thread.tty = fields.u32()?;
    }
    thread.loginuid = fields.u32()?;
    thread.exe_writable = fields.u8()? != 0;
    thread.cap_inheritable = fields.u64()?;
    thread.cap_permitted = fields.u64()?;
    thread.cap_effective = fields.u64()?;
    thread.exe_upper_layer = fields.u8()? != 0;
    thread.exe_ino = fields.u64()?;
    thread.exe_ino_ctime = fields.u64()?;
    thread.exe_ino_mtime = fields.u64()?;
    thread.exe_from_memfd = fields.u8()? != 0;
    thread.exe_lower_layer = fields.u8()? != 0;
    thread.pgid = fields.i64()?;
    Some(())
}
