//! Declared licences, told apart: what is an SPDX expression and what is only a name.

use spdx::{Expression, LicenseItem, ParseMode};

/// What a declared licence is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One id of the SPDX licence list, spelled as the list does.
    Id,
    /// A valid SPDX expression over ids of the list.
    Expression,
    /// Anything else.
    Name,
}

/// Longest text worth parsing: no real expression comes near it.
const MAX_EXPRESSION_BYTES: usize = 1_024;

/// Tells what a declared licence is.
///
/// # Source
/// SPDX specification 2.3, annex D.
pub(crate) fn kind(text: &str) -> Kind {
    if text.len() > MAX_EXPRESSION_BYTES {
        return Kind::Name;
    }
    if spdx::license_id(text).is_some_and(|id| id.name == text) {
        return Kind::Id;
    }
    match Expression::parse_mode(text, ParseMode::STRICT) {
        Ok(expression) if expression.requirements().all(|r| is_listed(&r.req)) => Kind::Expression,
        _ => Kind::Name,
    }
}

/// A `LicenseRef` means nothing outside the document that defines it.
fn is_listed(requirement: &spdx::LicenseReq) -> bool {
    matches!(requirement.license, LicenseItem::Spdx { .. })
        && requirement.addition.as_ref().is_none_or(|addition| addition.id().is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_told_apart() {
        let check = |text: &str, expect| assert_eq!(kind(text), expect, "{text}");
        check("MIT", Kind::Id);
        check("GPL-2.0-only WITH Classpath-exception-2.0", Kind::Expression);
        check("(MIT OR Apache-2.0) AND Zlib", Kind::Expression);
        check("mit", Kind::Name);
        check("BSD License", Kind::Name);
        check("GPL-2+", Kind::Name);
        check("MIT AND LicenseRef-vendor", Kind::Name);
        check("MIT OR", Kind::Name);
        check("", Kind::Name);
        check(&"(".repeat(100_000), Kind::Name);
    }
}
