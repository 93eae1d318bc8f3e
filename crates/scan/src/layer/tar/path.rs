//! Paths as archives write them, made safe.

/// Writes `raw` into `out` as a path relative to the root: no `.`, `..`, empty parts, leading or
/// trailing `/`. False when it leads out of the root; `out` is worthless then.
pub(crate) fn normalize(raw: &[u8], out: &mut String) -> bool {
    out.clear();
    let is_plain = !raw.starts_with(b"/")
        && !raw.starts_with(b".")
        && memchr::memmem::find(raw, b"//").is_none()
        && memchr::memmem::find(raw, b"/.").is_none();
    if is_plain {
        out.push_str(&String::from_utf8_lossy(raw.strip_suffix(b"/").unwrap_or(raw)));
        return true;
    }
    for part in raw.split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => {
                if out.is_empty() {
                    return false;
                }
                out.truncate(out.rfind('/').unwrap_or_default());
            }
            part => {
                if !out.is_empty() {
                    out.push('/');
                }
                out.push_str(&String::from_utf8_lossy(part));
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let check = |raw: &str, expect: Option<&str>| {
            let mut out = String::from("left over");
            let inside = normalize(raw.as_bytes(), &mut out);
            assert_eq!(inside.then_some(out.as_str()), expect, "{raw}");
        };
        check("etc/os-release", Some("etc/os-release"));
        check("./etc/os-release", Some("etc/os-release"));
        check("/etc//passwd", Some("etc/passwd"));
        check("etc/", Some("etc"));
        check("./", Some(""));
        check("a/./b/../c", Some("a/c"));
        check("a/.hidden/..x", Some("a/.hidden/..x"));
        check(".wh.x", Some(".wh.x"));
        check("../etc/shadow", None);
        check("a/../../b", None);
        check("/..", None);
    }
}
