//! The containers of task definitions, beside each other.

use std::io;

use farguard_model::{ContainerUse, ScanReport};

use super::{Page, verdict::style};
use crate::{
    describe::{outcome, short_digest, user},
    text::{clean, count, fit, fit_end, width, wrap},
};

const MAX_NAME: usize = 18;
/// Narrower than this, images go to a line of their own.
const ONE_LINE_WIDTH: usize = 90;
const TITLES: [&str; 6] = ["CONTAINER", "VERDICT", "DIGEST", "TAG", "USER", "ROOT FS"];

impl Page<'_> {
    pub(super) fn containers(&mut self, reports: &[ScanReport]) -> io::Result<()> {
        let used: Vec<_> =
            reports.iter().filter_map(|r| r.container.as_ref().map(|usage| (r, usage))).collect();
        if used.is_empty() {
            return Ok(());
        }
        let names = used.iter().map(|(_, usage)| width(&clean(&usage.name))).max();
        let columns = names.unwrap_or_default().clamp("CONTAINER".len(), MAX_NAME);
        self.section("CONTAINERS", &count(used.len(), "container"))?;
        if self.width >= ONE_LINE_WIDTH {
            let title = cells(columns, TITLES).join("  ");
            self.line(&self.paint.dim(&format!("  {title}  IMAGE")))?;
        }
        for (report, usage) in used {
            self.container(report, usage, columns)?;
            for effect in &usage.effects {
                self.item(&clean(effect))?;
            }
        }
        Ok(())
    }

    fn container(
        &mut self,
        report: &ScanReport,
        usage: &ContainerUse,
        columns: usize,
    ) -> io::Result<()> {
        let outcome = outcome(report);
        let digest = report.target.digest.as_deref().map(short_digest).unwrap_or_default();
        let facts = [
            usage.name.as_str(),
            &outcome,
            &digest,
            if usage.tag_can_move { "can move" } else { "fixed" },
            user(report).unwrap_or("?"),
            if usage.read_only_root { "read-only" } else { "writable" },
        ];
        let [name, verdict, rest @ ..] = cells(columns, facts);
        let verdict = match report.verdict.as_ref().map(|verdict| verdict.outcome) {
            Some(outcome) => self.paint.style(style(outcome), &verdict),
            None => verdict,
        };
        let rest = rest.join("  ");
        let (start, image) = (format!("  {name}  {verdict}"), clean(&usage.image));
        if self.width >= ONE_LINE_WIDTH {
            let used = 2 + columns + 2 + 8 + 2 + width(&rest) + 2;
            let image = fit_end(&image, self.width.saturating_sub(used)).into_owned();
            return self.line(&format!("{start}  {rest}  {}", self.paint.dim(&image)));
        }
        let image = fit_end(&image, self.width.saturating_sub(4)).into_owned();
        self.line(&start)?;
        self.line(&format!("    {}", self.paint.dim(&image)))?;
        let [_, _, digest, tag, user, root] = facts;
        let facts =
            format!("{digest} · tag {tag} · user {} · root file system {root}", clean(user));
        for line in wrap(&facts, self.width.saturating_sub(4), 3) {
            self.line(&format!("    {line}"))?;
        }
        Ok(())
    }

    /// A point of a list.
    fn item(&mut self, text: &str) -> io::Result<()> {
        for (i, line) in wrap(text, self.width.saturating_sub(6), 3).iter().enumerate() {
            self.line(&format!("    {} {line}", if i == 0 { "-" } else { " " }))?;
        }
        Ok(())
    }
}

/// Cells of one line, each as wide as its column: 59 columns and what the name takes over nine.
fn cells(name_columns: usize, texts: [&str; 6]) -> [String; 6] {
    let widths = [name_columns, 8, 12, 8, 12, 9];
    let mut widths = widths.into_iter();
    texts.map(|text| {
        let columns = widths.next().unwrap_or_default();
        let text = fit(&clean(text), columns).into_owned();
        let padding = " ".repeat(columns.saturating_sub(width(&text)));
        text + &padding
    })
}
