//! Programs that run the program behind them: `sudo -u x apt-get install` is `apt-get` as well.

use super::{Arg, Assignment, Command};
use crate::source::Span;

/// The programs, and their flags whose value is the next word.
const WRAPPERS: [(&str, &[&str]); 13] = [
    ("builtin", &[]),
    ("command", &[]),
    ("doas", &["-u", "-C"]),
    ("eatmydata", &[]),
    ("env", &["-u", "-C", "--unset", "--chdir"]),
    ("exec", &["-a"]),
    ("gosu", &[]),
    ("nice", &["-n", "--adjustment"]),
    ("nohup", &[]),
    ("stdbuf", &["-i", "-o", "-e"]),
    ("su-exec", &[]),
    ("sudo", &["-u", "-g", "-h", "-p", "-C", "-r", "-t", "-D", "--user", "--group", "--chdir"]),
    ("timeout", &["-k", "-s", "--kill-after", "--signal"]),
];

/// Wrappers with an operand of their own before the program: a duration, a user.
const WITH_OPERAND: [&str; 3] = ["gosu", "su-exec", "timeout"];

/// How many wrappers may stand before one program.
const MAX_WRAPPERS: usize = 8;

/// A command of these words, with what wraps it taken off.
pub(super) fn unwrap(words: Vec<Arg>, span: Span) -> Command {
    let mut command = Command {
        name: String::new(),
        name_span: Span::at(span.start),
        args: Vec::new(),
        assignments: Vec::new(),
        wrappers: Vec::new(),
        redirects: Vec::new(),
        stdin: None,
        span,
    };
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let name = base_name(&word.text).to_owned();
        let wrapper = WRAPPERS.iter().find(|(wrapper, _)| *wrapper == name);
        let Some((_, with_value)) =
            wrapper.filter(|_| words.peek().is_some() && command.wrappers.len() < MAX_WRAPPERS)
        else {
            command.name = name;
            command.name_span = word.span;
            break;
        };
        let wants_operand = WITH_OPERAND.contains(&name.as_str());
        command.wrappers.push((name, word.span));
        while let Some(flag) = words.next_if(|word| word.text.starts_with('-')) {
            if with_value.contains(&flag.text.as_str()) {
                words.next();
            }
        }
        while let Some(set) = words.next_if(|word| is_assignment(&word.text)) {
            let (name, value) = set.text.split_once('=').unwrap_or_default();
            let (name, value) = (name.to_owned(), value.to_owned());
            command.assignments.push(Assignment { name, value, span: set.span });
        }
        if wants_operand {
            words.next();
        }
    }
    command.args = words.collect();
    command
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
