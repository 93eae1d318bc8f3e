//! `META-INF/MANIFEST.MF`.
//!
//! # Source
//! <https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html#jar-manifest>

/// The main attributes of a manifest.
#[derive(Debug, Default)]
pub(super) struct Manifest {
    attributes: Vec<(String, String)>,
}

impl Manifest {
    pub(super) fn parse(bytes: &[u8]) -> Self {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        for line in bytes.split(|byte| *byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match (line.split_first(), lines.last_mut()) {
                // Attributes of single entries follow.
                (None, Some(_)) => break,
                (None, None) => {}
                // Lines are cut at 72 bytes, within a character if need be.
                (Some((b' ', rest)), Some(last)) => last.extend(rest),
                (Some(_), _) => lines.push(line.to_vec()),
            }
        }
        let attribute = |line: Vec<u8>| {
            let text = String::from_utf8_lossy(&line).into_owned();
            let (name, value) = text.split_once(':')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        };
        Self { attributes: lines.into_iter().filter_map(attribute).collect() }
    }

    /// The value of an attribute, named in lower case, unless it is empty or was never filled in.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(known, _)| known == name)?;
        (!value.is_empty() && !value.contains("${")).then_some(value)
    }

    /// `Bundle-SymbolicName` without its directives.
    pub(super) fn symbolic_name(&self) -> Option<&str> {
        self.get("bundle-symbolicname")?.split(';').next().map(str::trim)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_may_be_folded_and_end_with_the_main_section() {
        let manifest = Manifest::parse(
            b"Manifest-Version: 1.0\r\nBundle-SymbolicName: org.apache.\r\n commons.io;single\
              ton:=true\r\nImplementation-Version: ${version}\r\n\r\nName: x\r\nSealed: true\r\n",
        );
        assert_eq!(manifest.symbolic_name(), Some("org.apache.commons.io"));
        assert_eq!(manifest.get("implementation-version"), None);
        assert_eq!(manifest.get("sealed"), None);
    }
}
