//! From the bytes of a file to a task definition.

use std::{borrow::Cow, collections::HashMap};

use serde_json::Value as Json;

use super::{
    Container, TaskDefinition, TaskDefinitionError, Value,
    locate::lines_of,
    tree::{Node, Wrong},
};

/// The largest file that is read; ECS takes 64 KiB.
pub(crate) const MAX_BYTES: usize = 1 << 20;
/// Containers of one task definition; ECS takes 10.
const MAX_CONTAINERS: usize = 100;

/// Reads a task definition: the input of `register-task-definition` or the output of
/// `describe-task-definition`, in UTF-8 or, as PowerShell writes it, UTF-16.
///
/// # Errors
/// [`TaskDefinitionError`] with the place, when it is too large, no JSON, or of another shape.
pub fn parse(path: &str, bytes: &[u8]) -> Result<TaskDefinition, TaskDefinitionError> {
    let error = |place: String, message: String| TaskDefinitionError {
        path: path.to_owned(),
        place,
        message,
    };
    if bytes.len() > MAX_BYTES {
        let message = format!("larger than {} KiB, and ECS takes 64 KiB", MAX_BYTES >> 10);
        return Err(error(String::new(), message));
    }
    let Some(text) = text_of(bytes) else {
        return Err(error(
            String::new(),
            "not UTF-8, and not UTF-16 with a byte order mark".into(),
        ));
    };
    let json: Json = serde_json::from_str(&text).map_err(|syntax| {
        let place = format!(", line {} column {}", syntax.line(), syntax.column());
        error(place, reason(&syntax))
    })?;
    let mut definition = definition(&json).map_err(|wrong| {
        let line = lines_of(&text, std::slice::from_ref(&wrong.path)).into_iter().flatten().next();
        let place = line.map_or(String::new(), |line| format!(", line {line}"));
        error(place, wrong.message)
    })?;
    path.clone_into(&mut definition.path);
    locate_values(&text, &json, &mut definition);
    Ok(definition)
}

/// The text of a file: UTF-8, with or without a mark, or UTF-16 with one. The file may be cut off.
pub(super) fn text_of(bytes: &[u8]) -> Option<Cow<'_, str>> {
    let wide = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let (pairs, _) = rest.as_chunks::<2>();
        let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => Some(Cow::Owned(wide(rest, u16::from_le_bytes))),
        [0xfe, 0xff, rest @ ..] => Some(Cow::Owned(wide(rest, u16::from_be_bytes))),
        [0xef, 0xbb, 0xbf, rest @ ..] | rest => match std::str::from_utf8(rest) {
            Ok(text) => Some(Cow::Borrowed(text)),
            // A character that is cut in two at the end.
            Err(error) if error.error_len().is_none() => {
                std::str::from_utf8(rest.get(..error.valid_up_to())?).ok().map(Cow::Borrowed)
            }
            Err(_) => None,
        },
    }
}

/// Why it is no JSON, without the place, which is told before.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |(reason, _)| reason);
    format!("not JSON: {reason}")
}

fn definition(json: &Json) -> Result<TaskDefinition, Wrong> {
    let root = Node::root(json);
    let described = root.get("taskDefinition")?;
    let body = if described.is_absent() { root.clone() } else { described };
    let list = body.get("containerDefinitions")?;
    if list.is_absent() {
        return Err(Wrong {
            path: String::new(),
            message: "it has no `containerDefinitions`: Farguard reads the input of `aws ecs \
                      register-task-definition` and the output of `describe-task-definition`"
                .to_owned(),
        });
    }
    let items = list.items()?;
    if items.is_empty() || items.len() > MAX_CONTAINERS {
        let message =
            format!("has to name 1 to {MAX_CONTAINERS} containers and has {}", items.len());
        return Err(list.wrong(message));
    }
    let mut containers: Vec<Container> = Vec::new();
    let mut names: HashMap<String, usize> = HashMap::new();
    for (index, item) in items.iter().enumerate() {
        let container = container(item)?;
        if let Some(first) = names.insert(container.name.clone(), index) {
            let name = item.get("name")?;
            return Err(name.wrong(format!(
                "is `{}`, as is that of `{}[{first}]`: names have to differ",
                container.name, list.path
            )));
        }
        containers.push(container);
    }
    // `describe-task-definition --include TAGS` prints them beside the definition.
    let mut tags = tags(&root)?;
    tags.extend(if body.path.is_empty() { Vec::new() } else { self::tags(&body)? });
    tags.sort();
    tags.dedup();
    let platform = platform(&body)?;
    let family = body.get("family")?.name()?.unwrap_or_default().to_owned();
    Ok(TaskDefinition { path: String::new(), family, platform, containers, tags })
}

/// Fargate runs Linux on x86 unless told otherwise; other hosts are what they are.
fn platform(body: &Node<'_>) -> Result<Option<String>, Wrong> {
    let wanted = body.get("runtimePlatform")?;
    let kinds = words(&body.get("requiresCompatibilities")?)?;
    if wanted.is_absent() && !kinds.iter().any(|kind| kind == "FARGATE") {
        return Ok(None);
    }
    let family = wanted.get("operatingSystemFamily")?.text()?.unwrap_or_default();
    let os = if family.starts_with("WINDOWS") { "windows" } else { "linux" };
    let architecture = match wanted.get("cpuArchitecture")?.text()? {
        Some("ARM64") => "arm64",
        _ => "amd64",
    };
    Ok(Some(format!("{os}/{architecture}")))
}

fn tags(node: &Node<'_>) -> Result<Vec<(String, String)>, Wrong> {
    let tag = |item: &Node<'_>| {
        let value = item.get("value")?.text()?.unwrap_or_default();
        Ok((item.get("key")?.needed_name()?.to_owned(), value.to_owned()))
    };
    node.get("tags")?.items()?.iter().map(tag).collect()
}

fn container(node: &Node<'_>) -> Result<Container, Wrong> {
    let health_check = words(&node.get("healthCheck")?.get("command")?)?;
    Ok(Container {
        name: node.get("name")?.needed_name()?.to_owned(),
        image: node.get("image")?.needed_name()?.to_owned(),
        user: node.get("user")?.name()?.map(str::to_owned),
        read_only_root: node.get("readonlyRootFilesystem")?.flag()?,
        has_health_check: health_check.first().is_some_and(|first| first != "NONE"),
        values: values(node)?,
    })
}

fn words(node: &Node<'_>) -> Result<Vec<String>, Wrong> {
    let word = |item: &Node<'_>| Ok(item.text()?.unwrap_or_default().to_owned());
    node.items()?.iter().map(word).collect()
}

/// Everything in which people write secrets. `secrets` names where they are, and is fine.
fn values(node: &Node<'_>) -> Result<Vec<Value>, Wrong> {
    let mut values = Vec::new();
    let mut add = |setting, name: &str, text: &str| {
        let (name, text) = (name.to_owned(), text.to_owned());
        values.push(Value { name, text, setting, line: None });
    };
    for variable in node.get("environment")?.items()? {
        let name = variable.get("name")?.text()?.unwrap_or_default();
        add("environment", name, variable.get("value")?.text()?.unwrap_or_default());
    }
    let commands = [
        ("command", node.get("command")?),
        ("entryPoint", node.get("entryPoint")?),
        ("healthCheck", node.get("healthCheck")?.get("command")?),
    ];
    for (setting, command) in commands {
        let words = words(&command)?;
        if !words.is_empty() {
            add(setting, "", &words.join(" "));
        }
    }
    for (setting, map) in [
        ("dockerLabels", node.get("dockerLabels")?),
        ("logConfiguration", node.get("logConfiguration")?.get("options")?),
    ] {
        for (name, value) in map.entries()? {
            add(setting, name, value.text()?.unwrap_or_default());
        }
    }
    Ok(values)
}

/// Gives every value its line, in one go over the text.
fn locate_values(text: &str, json: &Json, definition: &mut TaskDefinition) {
    let is_described = json.get("taskDefinition").is_some_and(|body| !body.is_null());
    let list =
        if is_described { "taskDefinition.containerDefinitions" } else { "containerDefinitions" };
    let mut paths = Vec::new();
    for (index, container) in definition.containers.iter().enumerate() {
        let mut variable = 0..;
        for value in &container.values {
            let place = match value.setting {
                "environment" => {
                    format!("environment[{}].value", variable.next().unwrap_or_default())
                }
                "healthCheck" => "healthCheck.command".to_owned(),
                "dockerLabels" => format!("dockerLabels.{}", value.name),
                "logConfiguration" => format!("logConfiguration.options.{}", value.name),
                setting => setting.to_owned(),
            };
            paths.push(format!("{list}[{index}].{place}"));
        }
    }
    let values = definition.containers.iter_mut().flat_map(|container| &mut container.values);
    for (value, line) in values.zip(lines_of(text, &paths)) {
        value.line = line;
    }
}

#[cfg(test)]
mod tests;
