//! "Did you mean": the known word nearest to one that is not known.

/// Words longer than this are no typing errors of ours.
const MAX_CHARS: usize = 64;

/// The nearest of `known`, if it is near enough to be what was meant.
pub fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    let word: Vec<char> = word.chars().take(MAX_CHARS + 1).flat_map(char::to_lowercase).collect();
    if word.len() > MAX_CHARS {
        return None;
    }
    let allowed = (word.len() / 2).clamp(1, 3);
    let is_near = |candidate: &&str| candidate.chars().count().abs_diff(word.len()) <= allowed;
    let near = known.into_iter().filter(is_near);
    let distances = near.map(|candidate| (distance(&word, candidate), candidate));
    distances.filter(|(distance, _)| *distance <= allowed).min().map(|(_, candidate)| candidate)
}

/// `did you mean X?`, or else the words there are.
pub fn help<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match nearest(word, known.iter().copied()) {
        Some(candidate) => format!("did you mean `{candidate}`?"),
        None => format!("use one of {}", known.join(", ")),
    }
}

/// Levenshtein distance.
fn distance(a: &[char], b: &str) -> usize {
    let b: Vec<char> = b.chars().take(MAX_CHARS).flat_map(char::to_lowercase).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(&b) {
            let cost = (diagonal + usize::from(x != y)).min(*cell + 1).min(left + 1);
            diagonal = std::mem::replace(cell, cost);
            left = cost;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshtein() {
        let check = |a: &str, b: &str, expect| {
            assert_eq!(distance(&a.chars().collect::<Vec<_>>(), b), expect, "{a} {b}");
        };
        check("kitten", "sitting", 3);
        check("", "abc", 3);
        check("abc", "", 3);
        check("same", "same", 0);
    }

    #[test]
    fn near_words_are_suggested_and_far_ones_are_not() {
        let known = ["severity", "severity-exactly", "exploited", "fix"];
        let check = |word: &str, expect| assert_eq!(nearest(word, known), expect, "{word}");
        check("severty", Some("severity"));
        check("Severity", Some("severity"));
        check("exploitd", Some("exploited"));
        check("fox", Some("fix"));
        check("banana", None);
        check(&"s".repeat(10_000), None);
    }
}
