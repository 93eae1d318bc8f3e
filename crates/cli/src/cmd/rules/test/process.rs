//! The process of an event of a test: `{name, exe, args, parent, ...}`.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result, bail};
use farguard_authoring::suggest;
use farguard_events::{
    State,
    capture::Head,
    state::{Thread, User},
};
use serde_json::{Map, Value, json};

/// The process id of an event that does not say one; its parent has one less, and so on.
const PID: i64 = 1_000;
/// Most ancestors of a process.
const MAX_ANCESTORS: i64 = 20;

const KEYS: &[&str] = &[
    "args",
    "container",
    "cwd",
    "env",
    "exe",
    "exepath",
    "from_memfd",
    "gid",
    "loginuid",
    "name",
    "parent",
    "pid",
    "sid",
    "tty",
    "uid",
    "upper_layer",
    "user",
    "vpgid",
];

/// Puts a process and its ancestors on the machine. Gives its id, and what parameters of `execve`
/// and the like hold when the test does not say.
pub(super) fn put(
    state: &mut State,
    process: Option<&Value>,
) -> Result<(i64, BTreeMap<&'static str, Value>)> {
    let empty = Map::new();
    let process = match process {
        None => &empty,
        Some(Value::Object(process)) => process,
        Some(_) => bail!("`process` is a mapping"),
    };
    let pid = ancestors(state, process, PID)?;
    let name = process.get("name").cloned().unwrap_or_else(|| json!("app"));
    let mut known = BTreeMap::from([("tid", json!(pid)), ("pid", json!(pid)), ("res", json!(0))]);
    known.insert("comm", name.clone());
    known.insert("ptid", json!(pid - 1));
    for (param, key) in [
        ("args", "args"),
        ("cwd", "cwd"),
        ("env", "env"),
        ("gid", "gid"),
        ("loginuid", "loginuid"),
        ("trusted_exepath", "exepath"),
        ("filename", "exepath"),
        ("tty", "tty"),
        ("uid", "uid"),
        ("vpgid", "vpgid"),
    ] {
        known.extend(process.get(key).map(|value| (param, value.clone())));
    }
    known.insert("exe", process.get("exe").cloned().unwrap_or(name));
    if let Some(container) = process.get("container") {
        known.insert("cgroups", json!([cgroup(text(container)?)]));
    }
    Ok((pid, known))
}

/// The ancestors first, so that nobody is without parent.
fn ancestors(state: &mut State, process: &Map<String, Value>, pid: i64) -> Result<i64> {
    if pid <= PID - MAX_ANCESTORS {
        bail!("a process has at most {MAX_ANCESTORS} ancestors");
    }
    for key in process.keys() {
        if !KEYS.contains(&key.as_str()) {
            let help = suggest::help(key, KEYS.iter().copied());
            bail!("a process has no key `{key}`: {help}");
        }
    }
    let pid = number(process, "pid")?.unwrap_or(pid);
    match process.get("parent") {
        Some(Value::Object(parent)) => {
            let parent = ancestors(state, parent, pid - 1)?;
            state.take(Head::Thread(Box::new(thread(process, pid, parent)?)));
        }
        Some(_) => bail!("`parent` is a process: a mapping"),
        None => state.take(Head::Thread(Box::new(thread(process, pid, 1)?))),
    }
    if let (Some(name), Ok(uid)) = (process.get("user"), id(process, "uid", 0)) {
        let user = User { name: text(name)?.as_bytes().into(), ..User::default() };
        state.take(Head::User { uid, user });
    }
    Ok(pid)
}

fn thread(process: &Map<String, Value>, pid: i64, parent: i64) -> Result<Thread> {
    let word = |key| process.get(key).map(text).transpose();
    let name = word("name")?.unwrap_or("app");
    let exe = word("exe")?.unwrap_or(name);
    let bytes = |text: &str| Arc::<[u8]>::from(text.as_bytes());
    let container = word("container")?;
    let cgroups = container.map(cgroup).unwrap_or_default();
    let mut thread = Thread::bare(pid);
    thread.tid = pid;
    thread.pid = pid;
    thread.ptid = parent;
    thread.vtid = pid;
    thread.vpid = pid;
    thread.sid = number(process, "sid")?.unwrap_or(pid);
    thread.vpgid = number(process, "vpgid")?.unwrap_or(pid);
    thread.comm = bytes(name);
    thread.exe = bytes(exe);
    thread.exepath = bytes(word("exepath")?.unwrap_or(exe));
    thread.args = list(process, "args")?;
    thread.env = list(process, "env")?;
    thread.cwd = bytes(word("cwd")?.unwrap_or("/"));
    thread.cgroups = bytes(&cgroups);
    thread.uid = id(process, "uid", 0)?;
    thread.gid = id(process, "gid", 0)?;
    thread.loginuid = id(process, "loginuid", u32::MAX)?;
    thread.tty = id(process, "tty", 0)?;
    thread.exe_upper_layer = flag(process, "upper_layer")?;
    thread.exe_from_memfd = flag(process, "from_memfd")?;
    thread.container_id = bytes(container.map_or("", |it| it.get(..12).unwrap_or(it)));
    Ok(thread)
}

/// A control group from which the container is told.
fn cgroup(container: &str) -> String {
    format!("cpu=/docker/{container:0<64}\0")
}

/// The text of a value that has to be one.
pub(super) fn text(value: &Value) -> Result<&str> {
    value.as_str().with_context(|| format!("`{value}` is no text: put it in quotes"))
}

fn number(process: &Map<String, Value>, key: &str) -> Result<Option<i64>> {
    let number = |value: &Value| value.as_i64().with_context(|| format!("`{key}` is a number"));
    process.get(key).map(number).transpose()
}

fn id(process: &Map<String, Value>, key: &str, default: u32) -> Result<u32> {
    match number(process, key)? {
        Some(id) => u32::try_from(id).with_context(|| format!("`{key}` is a number of 32 bits")),
        None => Ok(default),
    }
}

fn flag(process: &Map<String, Value>, key: &str) -> Result<bool> {
    match process.get(key) {
        None => Ok(false),
        Some(Value::Bool(flag)) => Ok(*flag),
        Some(_) => bail!("`{key}` is true or false"),
    }
}

/// Texts, each ended by NUL.
fn list(process: &Map<String, Value>, key: &str) -> Result<Arc<[u8]>> {
    let items = match process.get(key) {
        None => return Ok(Arc::from([])),
        Some(Value::Array(items)) => items,
        Some(_) => bail!("`{key}` is a list of texts"),
    };
    let mut bytes = Vec::new();
    for item in items {
        bytes.extend_from_slice(text(item)?.as_bytes());
        bytes.push(0);
    }
    Ok(bytes.into())
}
