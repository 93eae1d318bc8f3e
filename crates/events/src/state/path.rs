//! Paths made absolute.

/// Most bytes of a path, with the NUL that C adds: libs writes no longer one into captures.
const LIMIT: usize = 1024;
/// Stands for a path that is longer.
pub(crate) const TOO_LONG: &[u8] = b"/DIR_TOO_LONG/FILENAME_TOO_LONG";
/// Stands for a directory that is not known.
pub(crate) const UNKNOWN: &[u8] = b"<UNKNOWN>";

/// A path seen from a directory that ends with `/`; the directory does not matter to an absolute
/// path. `.`, `..` and doubled slashes are resolved by their text, in the path and not in the
/// directory. Bytes that are no UTF-8 stay as they are.
///
/// # Source
/// `sinsp_utils::concatenate_paths` of falcosecurity/libs, which decides what `fd.name` shows.
pub(crate) fn join(dir: &[u8], path: &[u8]) -> Vec<u8> {
    if dir.len() + path.len() + 1 > LIMIT {
        return TOO_LONG.to_vec();
    }
    let dir = if path.is_empty() || path.starts_with(b"/") { b"" } else { dir };
    let mut out = Vec::with_capacity(dir.len() + path.len() + 1);
    out.extend_from_slice(dir);
    let mut rest = Some(path);
    while let Some((part, after)) = rest.map(next_part) {
        rest = after;
        match part {
            b".." if is_fresh(&out) => leave(&mut out),
            b"." if is_fresh(&out) => {}
            _ => {
                out.extend_from_slice(part);
                // What was left completely does not become absolute by that.
                let was_left = out.is_empty() && !dir.is_empty();
                if after.is_some() && out.last() != Some(&b'/') && !was_left {
                    out.push(b'/');
                }
            }
        }
    }
    if out.len() > 1 && out.last() == Some(&b'/') {
        out.pop();
    }
    out
}

/// Up to the next `/`, and what follows it.
fn next_part(path: &[u8]) -> (&[u8], Option<&[u8]>) {
    let mut parts = path.splitn(2, |byte| *byte == b'/');
    (parts.next().unwrap_or_default(), parts.next())
}

/// Whether a new part of the path begins here.
fn is_fresh(out: &[u8]) -> bool {
    out.last().is_none_or(|last| *last == b'/')
}

/// Takes off the last directory, `/` stays.
fn leave(out: &mut Vec<u8>) {
    if out.len() > 1 {
        out.pop();
        while out.last().is_some_and(|last| *last != b'/') {
            out.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_joined_and_normalised() {
        for (dir, path, expect) in [
            ("", "", ""),
            ("", "../", ""),
            ("", "..", ""),
            ("/", "../", "/"),
            ("a", "../", "a.."),
            ("a/", "../", ""),
            ("foo/", "..//a", "a"),
            ("/foo/", "..//a", "/a"),
            ("heolo", "w////////////..//////.////////r.|", "r.|"),
            ("heolo", "w/////////////..//", ""),
            ("", "./", ""),
            ("", "///dir/term", "/dir/term"),
            ("", "./dir/term", "dir/term"),
            ("/", "//dir//////term", "/dir/term"),
            ("../.../", "dir/././././../../.../term/", "../.../term"),
            ("../.../", "/app/custom/dir/././././../../.../term/", "/app/.../term"),
            ("./app", "custom/term", "./appcustom/term"),
            ("app/////", "custom////term", "app/////custom/term"),
            ("/root/", "../\u{1f600}", "/\u{1f600}"),
            ("/a/", "", ""),
            ("/a/b/", ".hidden/..x/...", "/a/b/.hidden/..x/..."),
        ] {
            let made = join(dir.as_bytes(), path.as_bytes());
            assert_eq!(String::from_utf8_lossy(&made), expect, "{dir} + {path}");
        }
        assert_eq!(join(b"/p\xff/", b"q\xfe/../r\xff"), b"/p\xff/r\xff");
    }

    #[test]
    fn long_paths_are_said_to_be_long() {
        let path = vec![b'x'; LIMIT - 2];
        assert_eq!(join(b"/", &path).len(), LIMIT - 1);
        assert_eq!(join(b"/d/", &path), TOO_LONG);
        assert_eq!(join(&path, b"/tmp/x"), TOO_LONG, "even when the directory does not matter");
    }
}
