//! XML files, element by element.

use quick_xml::{
    Reader,
    events::{BytesRef, Event},
};

use super::super::AnalyzeError;

/// Deepest nesting that is followed.
const MAX_DEPTH: usize = 64;

/// Calls `on_end` for each element when it ends, with the local names from the root down to it
/// (`project/parent/version`) and its own text, trimmed.
pub(super) fn walk(text: &str, mut on_end: impl FnMut(&str, &str)) -> Result<(), AnalyzeError> {
    let mut reader = Reader::from_str(text);
    // An empty element is a start and an end here.
    reader.config_mut().expand_empty_elements = true;
    let mut path = String::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut content = String::new();
    loop {
        let event = reader.read_event().map_err(|error| failed(&reader, &error.to_string()))?;
        match event {
            Event::Start(start) => {
                if parents.len() == MAX_DEPTH {
                    return Err(failed(&reader, "nested too deeply"));
                }
                parents.push(path.len());
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(start.local_name().as_ref());
                content.clear();
            }
            Event::End(_) => {
                on_end(&path, content.trim());
                path.truncate(parents.pop().unwrap_or_default());
                content.clear();
            }
            Event::Text(text) => content.push_str(&text.xml10_content()),
            Event::CData(data) => content.push_str(&data.xml10_content()),
            Event::GeneralRef(reference) => content.extend(character(&reference)),
            Event::Eof if parents.is_empty() => return Ok(()),
            Event::Eof => return Err(failed(&reader, "the file ends inside an element")),
            _ => {}
        }
    }
}

/// The character that a reference stands for. Entities that the document defines are left out, so
/// that they cannot multiply.
fn character(reference: &BytesRef<'_>) -> Option<char> {
    match reference.as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

fn failed(reader: &Reader<&[u8]>, message: &str) -> AnalyzeError {
    let message = format!("cannot parse XML at offset {}: {message}", reader.error_position());
    AnalyzeError::new("malformed-xml", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &[(&str, &str)], fails: bool) {
        let mut seen = Vec::new();
        let result = walk(text, |path, text| seen.push((path.to_owned(), text.to_owned())));
        let seen: Vec<_> = seen.iter().map(|(p, t)| (p.as_str(), t.as_str())).collect();
        assert_eq!((seen.as_slice(), result.is_err()), (expect, fails), "{text}");
    }

    #[test]
    fn elements_with_their_text() {
        check(
            "<?xml version='1.0'?><x:a><b> 1 &amp; <![CDATA[<2>]]>&#51;&none;</b><c/></x:a>",
            &[("a/b", "1 & <2>3"), ("a/c", ""), ("a", "")],
            false,
        );
    }

    #[test]
    fn damage_is_an_error_and_what_came_before_counts() {
        check("<a><b>1</b><c>", &[("a/b", "1")], true);
        check("<a><b>1</b></c>", &[("a/b", "1")], true);
        check(&"<a>".repeat(100_000), &[], true);
    }
}
