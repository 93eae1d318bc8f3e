//! Packages that must not be there, or that are not among those that may.

use super::{Inventory, List, Unmet};

pub(super) fn unmet(list: &List, inventory: &Inventory<'_>) -> Vec<Unmet> {
    let packages = inventory.packages.iter().enumerate();
    let unmet = packages.filter_map(|(index, package)| {
        let what = format!("`{}` {} in `{}`", package.name, package.version, package.path);
        let unmet = match list {
            List::Forbidden(patterns) if inventory.fits(index, package, patterns) => Unmet {
                id: "forbidden-package",
                title: format!("package `{}` is forbidden", package.name),
                evidence: format!("{what} fits {}", patterns.shown()),
                remediation: format!("remove `{}`", package.name),
                ..Unmet::default()
            },
            List::Allowed(patterns) if !inventory.fits(index, package, patterns) => Unmet {
                id: "package-not-allowed",
                title: format!("package `{}` is not among those allowed", package.name),
                evidence: format!("{what} fits none of {}", patterns.shown()),
                remediation: format!("remove `{}` or have it allowed", package.name),
                ..Unmet::default()
            },
            List::Forbidden(_) | List::Allowed(_) => return None,
        };
        Some(Unmet { package: Some(index), key: package.path.clone(), ..unmet })
    });
    unmet.collect()
}
