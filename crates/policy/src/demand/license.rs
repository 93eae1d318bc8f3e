//! Licences of packages, as SPDX expressions.

use std::collections::HashMap;

use farguard_model::{Outcome, Package};
use spdx::{Expression, LicenseItem, LicenseReq, ParseMode};

use super::{Inventory, List, Unmet, some_of};

/// Longest text that is parsed: no real expression comes near it.
const MAX_EXPRESSION_BYTES: usize = 1_024;

/// What a list says of a licence. The worst of several applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Judgement {
    Fine,
    Unknown,
    Bad,
}

pub(super) fn unmet(list: &List, unknown: Outcome, inventory: &Inventory<'_>) -> Vec<Unmet> {
    let mut judged: HashMap<&str, Judgement> = HashMap::new();
    let mut unmet = Vec::new();
    let mut unreadable: Vec<&Package> = Vec::new();
    for (index, package) in inventory.packages.iter().enumerate() {
        let judgements = package.licenses.iter().map(|license| {
            let judgement = judged.entry(license).or_insert_with(|| judge(list, license));
            (*judgement, license.as_str())
        });
        // A package without licence is one whose licence nobody knows.
        let worst = judgements.max_by_key(|(judgement, _)| *judgement);
        match worst.unwrap_or((Judgement::Unknown, "")) {
            (Judgement::Bad, license) => unmet.push(bad(list, index, package, license)),
            (Judgement::Unknown, _) => unreadable.push(package),
            (Judgement::Fine, _) => {}
        }
    }
    if !unreadable.is_empty() && unknown != Outcome::Pass {
        unmet.push(unknown_licenses(&unreadable, inventory.packages.len(), unknown));
    }
    unmet
}

fn judge(list: &List, license: &str) -> Judgement {
    let (List::Allowed(patterns) | List::Forbidden(patterns)) = list;
    let is_good = |fits: bool| fits == matches!(list, List::Allowed(_));
    let judgement = |good| if good { Judgement::Fine } else { Judgement::Bad };
    match expression(license) {
        Some(expression) => {
            let good = expression
                .evaluate(|one| is_good(names(one).iter().any(|name| patterns.matches(name))));
            judgement(good)
        }
        // A name that is no expression may still be written in the list as it is.
        None if patterns.matches(license) => judgement(is_good(true)),
        None => Judgement::Unknown,
    }
}

/// An expression over ids of the SPDX list, spelled loosely too.
fn expression(license: &str) -> Option<Expression> {
    let short = Some(license.trim()).filter(|text| text.len() <= MAX_EXPRESSION_BYTES)?;
    let modes = [ParseMode::STRICT, ParseMode::LAX];
    modes.into_iter().find_map(|mode| Expression::parse_mode(short, mode).ok())
}

/// The ways to name one licence of an expression: with and without what is added to it.
fn names(license: &LicenseReq) -> Vec<String> {
    let mut names = vec![license.to_string()];
    if let LicenseItem::Spdx { id, .. } = &license.license {
        names.push(id.name.to_owned());
    }
    names
}

fn bad(list: &List, index: usize, package: &Package, license: &str) -> Unmet {
    let name = &package.name;
    let unmet = match list {
        List::Forbidden(patterns) => Unmet {
            id: "forbidden-license",
            title: format!("licence `{license}` of `{name}` is forbidden"),
            evidence: format!(
                "`{name}` declares `{license}`, and {} is forbidden",
                patterns.shown()
            ),
            ..Unmet::default()
        },
        List::Allowed(patterns) => Unmet {
            id: "license-not-allowed",
            title: format!("licence `{license}` of `{name}` is not among those allowed"),
            evidence: format!("`{name}` declares `{license}`, allowed is {}", patterns.shown()),
            ..Unmet::default()
        },
    };
    let remediation = format!("replace `{name}`, or let it pass with an exception");
    Unmet { package: Some(index), key: license.to_owned(), remediation, ..unmet }
}

fn unknown_licenses(unreadable: &[&Package], of: usize, outcome: Outcome) -> Unmet {
    let names = some_of(unreadable.iter().map(|package| package.name.as_str()));
    Unmet {
        id: "unknown-license",
        title: "packages whose licence is not known".to_owned(),
        evidence: format!(
            "{} of {of} packages declare no licence that is an SPDX expression: {names}",
            unreadable.len()
        ),
        remediation: "look them up, and write their licences into the list as they are declared"
            .to_owned(),
        outcome: Some(outcome),
        ..Unmet::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glob::Patterns;

    #[test]
    fn expressions_are_evaluated() {
        use Judgement::{Bad, Fine, Unknown};
        let forbidden = List::Forbidden(Patterns::new(["GPL-3.0*", "AGPL-*"]));
        let allowed = List::Allowed(Patterns::new(["MIT", "BSD-*", "GPL-2.0-only", "Python"]));
        let check = |license: &str, expect: [Judgement; 2]| {
            let judged = [judge(&forbidden, license), judge(&allowed, license)];
            assert_eq!(judged, expect, "{license}");
        };
        check("MIT", [Fine, Fine]);
        check("GPL-3.0-only", [Bad, Bad]);
        check("MIT OR GPL-3.0-only", [Fine, Fine]);
        check("MIT AND GPL-3.0-or-later", [Bad, Bad]);
        check("(AGPL-3.0-only OR GPL-3.0-only) AND MIT", [Bad, Bad]);
        check("GPL-2.0-only WITH Classpath-exception-2.0", [Fine, Fine]);
        check("GPL-3.0-only WITH GCC-exception-3.1", [Bad, Bad]);
        check("LicenseRef-vendor", [Fine, Bad]);
        check("Python", [Unknown, Fine]);
        check("see COPYING", [Unknown, Unknown]);
        check("MIT OR", [Unknown, Unknown]);
        check(&"(".repeat(100_000), [Unknown, Unknown]);
    }
}
