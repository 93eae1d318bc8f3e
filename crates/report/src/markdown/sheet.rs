//! Text that ends before it is too long, and says what is missing.

use crate::text::count;

/// What GitHub takes: a comment of 65,536 characters, a job summary of 1 MiB.
///
/// # Source
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>, step
/// isolation and limits
pub(super) const MAX_COMMENT: usize = 65_536;
pub(super) const MAX_SUMMARY: usize = 1 << 20;
/// Room for what is said at the end.
const RESERVE: usize = 1_024;

/// Markdown that never grows past its limit.
#[derive(Debug)]
pub(super) struct Sheet {
    text: String,
    limit: usize,
    /// Rows and blocks that found no room.
    missing: usize,
}

impl Sheet {
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit: limit.saturating_sub(RESERVE), missing: 0 }
    }

    /// Adds a block whole or not at all.
    pub(super) fn add(&mut self, block: &str) -> bool {
        // Once something is missing nothing follows, or readers would take it for all.
        let fits = self.missing == 0 && self.text.len() + block.len() <= self.limit;
        if fits {
            self.text.push_str(block);
        } else {
            self.missing += 1;
        }
        fits
    }

    /// Adds a table with at most `shown` of its rows, and says how many more there are.
    pub(super) fn table(
        &mut self,
        title: &str,
        head: &[&str],
        rows: &[Vec<String>],
        shown: usize,
        singular: &str,
    ) {
        if rows.is_empty() {
            return;
        }
        let rule = vec!["---"; head.len()].join(" | ");
        let start = format!("### {title}\n\n| {} |\n| {rule} |\n", head.join(" | "));
        if !self.add(&start) {
            return;
        }
        let shown = rows.iter().take(shown);
        let written =
            shown.take_while(|row| self.add(&format!("| {} |\n", row.join(" | ")))).count();
        let folded = rows.len().saturating_sub(written);
        if folded > 0 {
            let note = format!("\n…and {} more.\n", count(folded, singular));
            // The reserve is there for this.
            self.text.push_str(&note);
        }
        self.text.push('\n');
    }

    /// The text, with a last word on what is missing.
    pub(super) fn finish(mut self) -> String {
        if self.missing > 0 {
            self.text.push_str(
                "\n> [!WARNING]\n> The report goes on, but no more fits here: the table, HTML and \
                 JSON formats hold all of it.\n",
            );
        }
        self.text
    }
}
