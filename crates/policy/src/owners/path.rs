//! Path patterns as CODEOWNERS has them: those of gitignore, without `!` and `[`.

use crate::glob::Glob;

/// Most parts of a pattern or of a path that are looked at.
const MAX_PARTS: usize = 128;

/// A pattern over paths.
///
/// # Source
/// <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners#codeowners-syntax>,
/// <https://git-scm.com/docs/gitignore#_pattern_format>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathPattern {
    parts: Vec<Part>,
    /// Whether it also means everything below what it names: not in `docs/*`.
    with_content: bool,
    /// `*` alone: the root too.
    is_all: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// `**`: any number of parts.
    Any,
    One(Glob),
}

impl PathPattern {
    /// Reads a pattern; `None` when it has too many parts.
    pub(super) fn new(text: &str) -> Option<Self> {
        let directory_only = text.ends_with('/');
        let is_all = matches!(text, "*" | "**" | "/" | "/**");
        let trimmed = text.trim_end_matches('/');
        let anchored = trimmed.contains('/');
        if is_all {
            return Some(Self { parts: Vec::new(), with_content: true, is_all });
        }
        let mut parts: Vec<Part> = trimmed
            .split('/')
            .filter(|part| !part.is_empty())
            .map(|part| if part == "**" { Part::Any } else { Part::One(Glob::new(part)) })
            .collect();
        if !anchored {
            parts.insert(0, Part::Any);
        }
        parts.dedup_by(|a, b| *a == Part::Any && *b == Part::Any);
        let last_is_star = trimmed.rsplit('/').next() == Some("*");
        let with_content = directory_only || !(anchored && last_is_star);
        (parts.len() <= MAX_PARTS).then_some(Self { parts, with_content, is_all })
    }

    /// Whether it means the file or directory of these parts.
    pub(super) fn matches(&self, path: &[&str]) -> bool {
        let path = path.get(..path.len().min(MAX_PARTS)).unwrap_or_default();
        // Which lengths of the path the pattern so far can stand for.
        let mut reached = vec![false; path.len() + 1];
        reached.iter_mut().take(1).for_each(|start| *start = true);
        for part in &self.parts {
            reached = match part {
                Part::Any => {
                    let mut any = false;
                    reached
                        .iter()
                        .map(|here| {
                            any |= here;
                            any
                        })
                        .collect()
                }
                Part::One(glob) => {
                    let next = reached.iter().zip(path);
                    let next = next.map(|(here, part)| *here && glob.matches(part));
                    std::iter::once(false).chain(next).collect()
                }
            };
        }
        // The last part of a path that ends here may be a directory: a target is named by it.
        let whole = reached.last().copied().unwrap_or_default();
        let above = reached.iter().rev().skip(1).any(|here| *here);
        self.is_all || whole || (above && self.with_content)
    }
}
