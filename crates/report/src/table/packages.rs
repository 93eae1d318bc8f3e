//! The packages alone, for a scan without advisories.

use std::{collections::BTreeMap, io};

use farguard_model::Package;

use super::Page;
use crate::text::{clean, count, fit, thousands, width};

const MAX_PACKAGES: usize = 30;

impl Page<'_> {
    pub(super) fn packages(&mut self, packages: &[Package]) -> io::Result<()> {
        let mut kinds = BTreeMap::new();
        for package in packages {
            *kinds.entry(package.kind).or_insert(0_usize) += 1;
        }
        let kinds: Vec<_> =
            kinds.iter().map(|(kind, n)| format!("{} {kind}", thousands(*n))).collect();
        self.sentence("Packages were listed only: no advisories were matched.")?;
        if packages.is_empty() {
            return self.line("No packages were found.");
        }
        self.section("PACKAGES", &kinds.join(", "))?;
        let shown = if self.options.all { packages.len() } else { MAX_PACKAGES };
        for package in packages.iter().take(shown) {
            let half = (self.width / 2).saturating_sub(2);
            let name = fit(&clean(&package.name), half).into_owned();
            let padding = " ".repeat(half.saturating_sub(width(&name)));
            let rest = format!("{:<9} {}", package.kind, clean(&package.version));
            let rest = fit(&rest, self.width.saturating_sub(half + 4)).into_owned();
            self.line(&format!("  {name}{padding}  {rest}"))?;
        }
        let folded = packages.len().saturating_sub(shown);
        if folded > 0 {
            self.line(&self.paint.dim(&format!("  and {} more: --all", count(folded, "package"))))?;
        }
        Ok(())
    }
}
