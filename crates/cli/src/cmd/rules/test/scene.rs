//! System calls as a test writes them: `{type, args, process}`.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use farguard_authoring::suggest;
use farguard_events::{
    State,
    build::EventBuilder,
    table::{self, EventDef, ParamDef, ParamType},
};
use serde_json::{Map, Value};

use super::process::{self, text};

/// When the first event of a test happens, and how far apart events are.
const START_NS: u64 = 1_700_000_000_000_000_000;
const STEP_NS: u64 = 1_000_000_000;

/// The machine that events of a test happen on.
#[derive(Debug, Default)]
pub(super) struct Scene {
    state: State,
}

impl Scene {
    pub(super) const fn state(&mut self) -> &mut State {
        &mut self.state
    }

    /// Makes an event. Its process is put on the machine first, and says what parameters that are
    /// not written hold.
    pub(super) fn event(&mut self, number: u64, event: &Value) -> Result<EventBuilder> {
        let Value::Object(event) = event else { bail!("an event is a mapping") };
        for key in event.keys() {
            let known = ["args", "process", "type"];
            ensure!(
                known.contains(&key.as_str()),
                "an event has no key `{key}`: {}",
                suggest::help(key, known)
            );
        }
        let name = event.get("type").and_then(Value::as_str).context("an event needs `type`")?;
        let def = definition(name)?;
        let empty = Map::new();
        let args = match event.get("args") {
            None => &empty,
            Some(Value::Object(args)) => args,
            Some(_) => bail!("`args` is a mapping of parameters"),
        };
        if let Some(key) = args.keys().find(|key| def.param(key).is_none()) {
            let known = def.params.iter().map(|param| param.name);
            bail!("`{name}` has no parameter `{key}`: {}", suggest::help(key, known));
        }
        let (tid, known) = process::put(&mut self.state, event.get("process"))?;
        let time_ns = START_NS.saturating_add(number.saturating_mul(STEP_NS));
        let mut built = EventBuilder::new(def.kind).num(number).time_ns(time_ns).tid(tid);
        for param in &def.params {
            built = match args.get(param.name).or_else(|| known.get(param.name)) {
                None => built.absent(),
                Some(value) => encode(built, param, value)
                    .with_context(|| format!("parameter `{}` of `{name}`", param.name))?,
            };
        }
        Ok(built)
    }
}

/// The newest event of that name that rules see.
fn definition(name: &str) -> Result<&'static EventDef> {
    let seen = || table::events().iter().filter(|def| def.is_delivered());
    seen().rev().find(|def| def.name == name).with_context(|| {
        let names = seen().map(|def| def.name);
        let meant = suggest::nearest(name, names);
        let help = meant.map(|it| format!(": did you mean `{it}`?")).unwrap_or_default();
        format!("there is no event `{name}`{help}")
    })
}

fn encode(built: EventBuilder, param: &ParamDef, value: &Value) -> Result<EventBuilder> {
    use ParamType as T;
    Ok(match param.kind {
        T::Charbuf | T::Fspath | T::Fsrelpath => built.text(text(value)?.as_bytes()),
        T::Bytebuf | T::Charbufarray | T::CharbufPairArray => match value {
            Value::Array(items) => {
                let texts: Vec<&str> = items.iter().map(text).collect::<Result<_>>()?;
                let bytes: Vec<&[u8]> = texts.iter().map(|text| text.as_bytes()).collect();
                built.list(&bytes)
            }
            value => built.bytes(text(value)?.as_bytes()),
        },
        T::Sockaddr => match text(value)?.parse::<SocketAddr>() {
            Ok(address) => built.addr(address),
            Err(_) => built.unix_addr(text(value)?.as_bytes()),
        },
        T::Socktuple => {
            let (source, target) = text(value)?
                .split_once("->")
                .context("a pair of addresses is written as `10.0.0.1:4321->10.0.0.2:80`")?;
            built.tuple(source.trim().parse()?, target.trim().parse()?)
        }
        _ => {
            let number = number(param, value)?;
            match param.kind.size() {
                1 => built.u8(u8::try_from(number)?),
                2 => built.u16(u16::try_from(number)?),
                4 => built.u32(u32::try_from(number & 0xffff_ffff)?),
                8 => built.i64(i64::try_from(number)?),
                _ => bail!("parameters of the type `{}` cannot be written", param.kind.name()),
            }
        }
    })
}

/// A number, or names of bits: `O_RDONLY|O_CLOEXEC`, `[O_RDONLY, O_CLOEXEC]`.
fn number(param: &ParamDef, value: &Value) -> Result<i128> {
    if let Some(number) = value.as_i64() {
        return Ok(number.into());
    }
    let names: Vec<&str> = match value {
        Value::Array(items) => items.iter().map(text).collect::<Result<_>>()?,
        Value::Bool(value) => return Ok(i128::from(*value)),
        value => text(value)?.split('|').map(str::trim).collect(),
    };
    names.into_iter().try_fold(0, |bits, name| {
        let known = || param.values.iter().map(|(name, _)| *name);
        let found = param.values.iter().find(|(known, _)| *known == name);
        let (_, value) = found.with_context(|| {
            format!("`{name}` is no value of it: {}", suggest::help(name, known()))
        })?;
        Ok(bits | i128::from(*value))
    })
}
