//! Which container a thread is in, by its control groups.

/// What a container runtime puts before an id in the name of a control group.
const PREFIXES: &[&[u8]] =
    &[b"", b"docker-", b"cri-containerd-", b"crio-", b"libpod-", b"containerd-", b"nerdctl-"];
/// What systemd puts after it.
const SUFFIXES: &[&[u8]] = &[b".scope", b".service", b""];
/// Directories whose children are named as LXC containers are.
const LXC_PARENTS: &[&[u8]] = &[b"lxc", b"lxc.payload"];
const LXC_PREFIX: &[u8] = b"lxc.payload.";

/// Digits of the ids that runtimes give.
const FULL: usize = 64;
/// Digits of them that everybody shows.
const SHORT: usize = 12;
/// Digits of the id of an ECS task.
const TASK: usize = 32;

/// The id of the container that control groups (`SUBSYSTEM=PATH`, each ended by NUL) belong to, or
/// `None` on the host.
///
/// Ids of 64 hex digits are cut to 12. A name that an LXC container was given stays whole, and so does
/// the id of a container on Fargate, `TASK-NUMBER`: its first 12 digits are the same in all containers
/// of a task.
///
/// | runtime | path |
/// |---|---|
/// | Docker | `/docker/ID`, `/system.slice/docker-ID.scope` |
/// | containerd, CRI | `/default/ID`, `/kubepods/podUID/ID`, `cri-containerd-ID.scope`, `:cri-containerd:ID` |
/// | CRI-O | `crio-ID`, `crio-ID.scope` |
/// | Podman | `libpod-ID.scope`, also with `/container` below |
/// | ECS on EC2 | `/ecs/TASK/ID` |
/// | ECS on Fargate | `/ecs/TASK/TASK-NUMBER`, `/ecs-.../TASK-NUMBER` |
/// | LXC | `/lxc/NAME`, `/lxc.payload.NAME` |
pub(crate) fn id(cgroups: &[u8]) -> Option<&[u8]> {
    cgroups.split(|byte| *byte == 0).find_map(|group| {
        let path = group.iter().position(|byte| *byte == b'=').and_then(|at| group.get(at + 1..));
        of_path(path.unwrap_or(group))
    })
}

fn of_path(path: &[u8]) -> Option<&[u8]> {
    let mut above = path;
    while let Some(slash) = above.iter().rposition(|byte| *byte == b'/') {
        let (parents, name) = above.split_at_checked(slash)?;
        let name = name.get(1..)?;
        if let Some(id) =
            of_name(name).or_else(|| of_task(parents, name)).or_else(|| lxc(parents, name))
        {
            return Some(id);
        }
        above = parents;
    }
    None
}

fn of_name(name: &[u8]) -> Option<&[u8]> {
    let name = name.rsplit(|byte| *byte == b':').next()?;
    let name = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(*suffix))?;
    PREFIXES.iter().find_map(|prefix| {
        let id = name.strip_prefix(*prefix)?;
        (id.len() == FULL && is_hex(id)).then(|| id.get(..SHORT)).flatten()
    })
}

fn of_task<'a>(parents: &[u8], name: &'a [u8]) -> Option<&'a [u8]> {
    let (task, number) = name.split_at_checked(TASK)?;
    let is_number = number.split_first().is_some_and(|(dash, digits)| {
        *dash == b'-' && !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
    });
    let mut dirs = parents.split(|byte| *byte == b'/');
    let in_ecs = dirs.any(|dir| dir == b"ecs" || dir.starts_with(b"ecs-"));
    (is_hex(task) && is_number && in_ecs).then_some(name)
}

fn lxc<'a>(parents: &[u8], name: &'a [u8]) -> Option<&'a [u8]> {
    let parent = parents.rsplit(|byte| *byte == b'/').next()?;
    let name = if LXC_PARENTS.contains(&parent) { name } else { name.strip_prefix(LXC_PREFIX)? };
    (!name.is_empty()).then_some(name)
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_where_runtimes_put_them() {
        let full = "0123456789abcdef".repeat(4);
        let task = "cd189a933e5849daa93386466019ab50";
        let short = Some("0123456789ab");
        let fargate = format!("{task}-2495160603");
        for (path, expect) in [
            (format!("/docker/{full}"), short),
            (format!("/docker/{full}/init.scope"), short),
            (format!("/system.slice/docker-{full}.scope"), short),
            (format!("/default/{full}"), short),
            (format!("/kubepods/burstable/pod6b1f8a2c-9d0e/{full}"), short),
            (format!("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{full}.scope"), short),
            (
                format!(
                    "/system.slice/containerd.service/kubepods-pod1.slice:cri-containerd:{full}"
                ),
                short,
            ),
            (format!("/kubepods.slice/crio-{full}.scope"), short),
            (format!("/kubepods.slice/crio-{full}"), short),
            (format!("/kubepods.slice/crio-conmon-{full}.scope"), None),
            (format!("/machine.slice/libpod-{full}.scope"), short),
            (
                format!("/user.slice/user@1000.service/user.slice/libpod-{full}.scope/container"),
                short,
            ),
            (format!("/machine.slice/libpod-conmon-{full}.scope"), None),
            (format!("/ecs/{task}/{full}"), short),
            (format!("/ecs/{task}/{fargate}"), Some(&*fargate)),
            (format!("/ecs-{task}/{fargate}"), Some(&*fargate)),
            (format!("/other/{fargate}"), None),
            (format!("/ecs/{task}/{task}-"), None),
            (format!("/ecs/{task}"), None),
            ("/lxc/web".to_owned(), Some("web")),
            ("/lxc.payload.web/system.slice/ssh.service".to_owned(), Some("web")),
            ("/lxc.monitor.web".to_owned(), None),
            ("/user.slice/user-1000.slice/session-1.scope".to_owned(), None),
            (format!("/docker/{}", "a".repeat(63)), None),
            (format!("/docker/{}", full.replace('a', "g")), None),
            ("/".to_owned(), None),
            (String::new(), None),
        ] {
            let groups = format!("cpuset=/\0cpu={path}\0");
            let found = id(groups.as_bytes()).map(|id| str::from_utf8(id).unwrap());
            assert_eq!(found, expect, "{path}");
        }
        assert_eq!(
            id(format!("/docker/{full}").as_bytes()),
            short.map(str::as_bytes),
            "no subsystem"
        );
    }
}
