//! The answer for people: image by image, most urgent first.

use std::fmt::Write;

use farguard_model::Severity;
use farguard_scan::store::rescan::{Change, ImageChanges, What};

use super::Answer;
use crate::text::{plain, plural, thousands};

/// What is shown without `--all`.
const IMAGES_SHOWN: usize = 20;
const CHANGES_SHOWN: usize = 10;
const NAMES_SHOWN: usize = 3;
const PROBLEMS_SHOWN: usize = 20;

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "31";

/// How the page looks.
pub(super) struct Look {
    pub(super) color: bool,
    /// Show everything.
    pub(super) all: bool,
}

impl Look {
    fn paint(&self, style: &str, text: &str) -> String {
        if self.color { format!("\u{1b}[{style}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn limit(&self, limit: usize) -> usize {
        if self.all { usize::MAX } else { limit }
    }
}

/// The whole page.
pub(super) fn page(answer: &Answer<'_>, look: &Look) -> String {
    let rescanned = answer.rescanned;
    let mut page = header(answer, look);
    for image in rescanned.images.iter().take(look.limit(IMAGES_SHOWN)) {
        page += &one(image, look);
    }
    let hidden = rescanned.images.len().saturating_sub(look.limit(IMAGES_SHOWN));
    if hidden > 0 {
        let _ = writeln!(page, "\nand {}: --all shows them", plural(hidden, "more image"));
    }
    if !rescanned.problems.is_empty() {
        let count = plural(rescanned.problems.len(), "entry");
        let _ = writeln!(page, "\n{}", look.paint(RED, &format!("{count} could not be read")));
        for problem in rescanned.problems.iter().take(look.limit(PROBLEMS_SHOWN)) {
            let path = problem.path.as_deref().unwrap_or_default();
            let _ = writeln!(page, "  {}: {}", plain(path), plain(&problem.message));
        }
    }
    let _ = writeln!(page, "\n{}", look.paint(BOLD, &totals(answer)));
    page
}

fn header(answer: &Answer<'_>, look: &Look) -> String {
    let counts = answer.rescanned.counts;
    let mut header = format!(
        "{}  {}, {} packages ({} different)\n",
        look.paint(BOLD, &plain(&answer.store)),
        plural(counts.images, "image"),
        thousands(counts.packages),
        thousands(counts.distinct_packages),
    );
    let advisories = usize::try_from(answer.database.advisories).unwrap_or(usize::MAX);
    let day = answer.database.built.strftime("%Y-%m-%d");
    let _ = write!(header, "held against {} advisories of {day}", thousands(advisories));
    if answer.database.sample {
        header += " (a sample, not fit for decisions)";
    }
    if let Some(before) = &answer.rescanned.before {
        let _ = write!(header, ", last done {}", before.assessed.strftime("%Y-%m-%d %H:%M UTC"));
    }
    header + "\n"
}

fn one(image: &ImageChanges, look: &Look) -> String {
    let names: Vec<String> = image.names.iter().take(NAMES_SHOWN).map(|name| plain(name)).collect();
    let mut text = format!("\n{}", look.paint(BOLD, &names.join(", ")));
    if image.names.len() > NAMES_SHOWN {
        let _ = write!(text, " and {}", plural(image.names.len() - NAMES_SHOWN, "more name"));
    }
    let owner = image.owner.as_ref().map_or("nobody known".to_owned(), |owner| plain(&owner.name));
    let digest = plain(image.digest.as_deref().unwrap_or(&image.key));
    let about = format!("owner {owner}, scanned {}, {digest}", image.scanned.strftime("%Y-%m-%d"));
    let _ = writeln!(text, "\n  {}", look.paint(DIM, &about));
    for change in image.changes.iter().take(look.limit(CHANGES_SHOWN)) {
        let _ = writeln!(text, "  {}", row(change, look));
    }
    let hidden = image.changes.len().saturating_sub(look.limit(CHANGES_SHOWN));
    if hidden > 0 {
        let _ = writeln!(text, "  and {}: --all shows them", plural(hidden, "more finding"));
    }
    if !image.gone.is_empty() {
        let ids: Vec<&str> = image.gone.iter().take(CHANGES_SHOWN).map(|f| f.id.as_str()).collect();
        let more = if image.gone.len() > ids.len() { ", ..." } else { "" };
        let gone =
            format!("{} no longer found: {}{more}", image.gone.len(), plain(&ids.join(", ")));
        let _ = writeln!(text, "  {}", look.paint(DIM, &gone));
    }
    for gap in &image.gaps {
        let _ = writeln!(
            text,
            "  {}",
            look.paint(RED, &format!("not assessed: {}", plain(&gap.message)))
        );
    }
    text
}

fn row(change: &Change, look: &Look) -> String {
    let found = &change.finding;
    let severity = match found.severity {
        severity @ (Severity::Critical | Severity::High) => {
            look.paint(RED, &format!("{:<10}", severity.as_str()))
        }
        severity => format!("{:<10}", severity.as_str()),
    };
    let mut row = format!(
        "{:<9} {severity} {:<19} {} {}",
        change.what.as_str(),
        plain(&found.id),
        plain(&found.subject.name),
        plain(&change.version),
    );
    let known = found.vulnerability();
    match known.and_then(|known| known.fix.version()) {
        Some(version) => row += &format!("  fixed in {}", plain(version)),
        None => row += "  no fix",
    }
    if known.is_some_and(|known| known.kev.is_some()) {
        row += &look.paint(RED, "  known to be exploited");
    }
    if let What::Worse(was) = change.what {
        let _ = write!(row, "  was {was}");
    }
    row + &look.paint(DIM, &format!("  since {}", change.first_seen.strftime("%Y-%m-%d")))
}

/// `3 new, 1 exploited now, 2 no longer found in 2 of 10,000 images`.
fn totals(answer: &Answer<'_>) -> String {
    let images = &answer.rescanned.images;
    let count = |is: fn(What) -> bool| {
        images.iter().flat_map(|image| &image.changes).filter(|change| is(change.what)).count()
    };
    let gone = images.iter().map(|image| image.gone.len()).sum();
    let parts = [
        (count(|what| what == What::New), "new"),
        (count(|what| what == What::Exploited), "now known to be exploited"),
        (count(|what| matches!(what, What::Worse(_))), "rated worse"),
        (count(|what| what == What::Fixable), "with a fix now"),
        (gone, "no longer found"),
        (images.iter().map(|image| image.suppressed).sum(), "suppressed"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{} {what}", thousands(count)))
        .collect();
    let all = plural(answer.rescanned.counts.images, "image");
    match parts.as_slice() {
        [] => format!("nothing new in {all}"),
        parts => format!("{} in {} of {all}", parts.join(", "), thousands(images.len())),
    }
}
