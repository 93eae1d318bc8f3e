//! Where in a JSON text a value is. Nothing is judged here: the text may be damaged or cut off.

/// How deep values are followed; the reader refuses what is deeper.
const MAX_DEPTH: usize = 128;
/// How deep anything is that we ask for.
const MAX_ASKED_DEPTH: usize = 8;
/// The most of a key that is kept: the names of settings are short, and labels need not be.
const MAX_KEY_BYTES: usize = 256;

/// Goes over a JSON text and stops at every value.
struct Values<'a> {
    text: &'a str,
    at: usize,
    stack: Vec<Frame>,
}

enum Frame {
    /// An object, with the key that was read last and whether its value comes next.
    Object { key: String, has_key: bool },
    /// An array, with the index of the next value.
    Array(usize),
}

impl<'a> Values<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, at: 0, stack: Vec::new() }
    }

    /// Goes to the next value; gives where it starts.
    fn next_value(&mut self) -> Option<usize> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            let start = self.at;
            match byte {
                b'"' => {
                    let string = self.string();
                    match self.stack.last_mut() {
                        Some(Frame::Object { key, has_key }) if !*has_key => {
                            let end = string.floor_char_boundary(MAX_KEY_BYTES);
                            string.get(..end).unwrap_or_default().clone_into(key);
                            *has_key = true;
                        }
                        _ => return Some(start),
                    }
                }
                b'{' | b'[' => return Some(start),
                b'}' | b']' => {
                    self.stack.pop();
                    self.at += 1;
                }
                b',' => {
                    match self.stack.last_mut() {
                        Some(Frame::Object { has_key, .. }) => *has_key = false,
                        Some(Frame::Array(index)) => *index += 1,
                        None => {}
                    }
                    self.at += 1;
                }
                b':' | b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                _ => {
                    let rest = self.text.as_bytes().get(start..).unwrap_or_default();
                    let is_end = |byte: &u8| b",]} \n\r\t".contains(byte);
                    let len = rest.iter().position(is_end).unwrap_or(rest.len());
                    self.at += len.max(1);
                    return Some(start);
                }
            }
        }
    }

    /// Enters the value that was stopped at, if it is an object or array.
    fn enter(&mut self, start: usize) -> Option<()> {
        let frame = match self.text.as_bytes().get(start)? {
            b'{' => Frame::Object { key: String::new(), has_key: false },
            b'[' => Frame::Array(0),
            _ => return Some(()),
        };
        self.at = start + 1;
        self.stack.push(frame);
        (self.stack.len() <= MAX_DEPTH).then_some(())
    }

    /// The string at the cursor, without its quotes, as written.
    fn string(&mut self) -> &'a str {
        let from = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'"' => break,
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        self.at = at.saturating_add(1);
        self.text.get(from..at).unwrap_or_default()
    }

    /// The path of the value that was stopped at: `containerDefinitions[0].image`.
    fn path(&self) -> String {
        let mut path = String::new();
        for frame in &self.stack {
            match frame {
                Frame::Object { key, .. } if path.is_empty() => path.push_str(key),
                Frame::Object { key, .. } => path = path + "." + key,
                Frame::Array(index) => path = format!("{path}[{index}]"),
            }
        }
        path
    }
}

/// The keys of the object that the text is, as far as it goes.
pub(super) fn top_level_keys(text: &str) -> Vec<String> {
    let mut values = Values::new(text);
    let mut keys = Vec::new();
    while let Some(start) = values.next_value() {
        if let [Frame::Object { key, .. }] = values.stack.as_slice() {
            keys.push(key.clone());
        }
        if values.enter(start).is_none() {
            break;
        }
    }
    keys
}

/// The lines (from 1) of the values at `paths`, in one go over the text.
pub(super) fn lines_of(text: &str, paths: &[String]) -> Vec<Option<u32>> {
    let mut lines = vec![None; paths.len()];
    let wanted: std::collections::HashMap<&str, usize> =
        paths.iter().enumerate().map(|(at, path)| (path.as_str(), at)).collect();
    let mut values = Values::new(text);
    let (mut line, mut counted) = (1, 0);
    while let Some(start) = values.next_value() {
        let is_candidate = values.stack.len() <= MAX_ASKED_DEPTH;
        let at = is_candidate.then(|| wanted.get(values.path().as_str())).flatten();
        if let Some(place) = at.and_then(|at| lines.get_mut(*at)) {
            let between = text.as_bytes().get(counted..start).unwrap_or_default();
            let breaks = memchr::memchr_iter(b'\n', between).count();
            line += u32::try_from(breaks).unwrap_or(u32::MAX / 2);
            counted = start;
            place.get_or_insert(line);
        }
        if values.enter(start).is_none() {
            break;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TEXT: &str = "{\"a\": [1,\n {\"b\": \"x\\\"]\",\n\"c\":\nnull}],\n\"d\": {}}";

    #[test]
    fn values_have_lines() {
        let check = |path: &str, expect: Option<u32>| {
            assert_eq!(lines_of(TEXT, &[path.to_owned()]), [expect], "{path}");
        };
        check("a", Some(1));
        check("a[0]", Some(1));
        check("a[1]", Some(2));
        check("a[1].b", Some(2));
        check("a[1].c", Some(4));
        check("d", Some(5));
        check("a[2]", None);
        check("e", None);
    }

    #[test]
    fn keys_are_those_at_the_top_as_far_as_the_text_goes() {
        assert_eq!(top_level_keys(TEXT), ["a", "d"]);
        assert_eq!(top_level_keys("{\"a\": 1, \"b\": {\"c\": [{\"d"), ["a", "b"]);
        assert!(top_level_keys("[1]").is_empty());
    }

    #[test]
    fn hostile_keys_cost_no_more_than_their_length() {
        let key = "k".repeat(1 << 19);
        let text = format!("{{\"{key}\": [{}1]}}", "1,".repeat(1 << 18));
        assert_eq!(lines_of(&text, &["a".to_owned()]), [None]);
        assert_eq!(top_level_keys(&text), ["k".repeat(MAX_KEY_BYTES)]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn no_text_confuses_it(text in "[\\[\\]{}:,\"\\\\ a1\n]{0,80}") {
            top_level_keys(&text);
            lines_of(&text, &["a".to_owned()]);
        }
    }
}
