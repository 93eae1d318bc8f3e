//! The header block of an Internet message, as Python metadata uses it.

/// Header fields in the order of the file: lower-case name, raw value with its folded lines.
pub(super) struct Headers<'a> {
    fields: Vec<(String, Vec<&'a str>)>,
}

impl<'a> Headers<'a> {
    /// Reads up to the first empty line, where the description begins. Lines that are neither a
    /// field nor a continuation are passed over: old tools wrote licence texts without indenting
    /// them.
    pub(super) fn parse(text: &'a str) -> Self {
        let mut fields: Vec<(String, Vec<&'a str>)> = Vec::new();
        for line in text.trim_start_matches('\u{feff}').lines() {
            if line.is_empty() {
                break;
            }
            if line.starts_with([' ', '\t']) {
                if let Some((_, lines)) = fields.last_mut() {
                    lines.push(line);
                }
            } else if let Some((name, value)) = line.split_once(':') {
                fields.push((name.trim_end().to_ascii_lowercase(), vec![value]));
            }
        }
        Self { fields }
    }

    /// The first field of that name (in lower case), unfolded, unless it is empty.
    pub(super) fn first(&self, name: &str) -> Option<String> {
        self.all(name).next()
    }

    /// Every field of that name (in lower case) that is not empty, unfolded.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = String> {
        self.fields.iter().filter(move |(field, _)| field == name).filter_map(|(_, lines)| {
            let words: Vec<&str> = lines.iter().map(|line| line.trim()).collect();
            let value = words.join(" ").trim().to_owned();
            (!value.is_empty()).then_some(value)
        })
    }
}
