//! Scripts in words: `sh -c "apt-get update"`, `eval "..."`.

use super::{SHELLS, Script, lexer::MAX_DEPTH, parser::parse_into};
use crate::joined::Joined;

/// Adds the commands of the script that a command is given as a word.
pub(super) fn follow(script: &mut Script, index: usize, depth: usize) {
    let Some(command) = script.commands.get(index) else { return };
    let word = if command.is("eval") {
        command.args.first()
    } else if SHELLS.contains(&command.name.as_str()) {
        let flag = command.args.iter().position(|arg| {
            arg.text.starts_with('-') && !arg.text.starts_with("--") && arg.text.ends_with('c')
        });
        flag.and_then(|at| command.args.get(at + 1))
    } else {
        None
    };
    let Some(word) = word.filter(|word| word.commands.is_empty() && !word.text.is_empty()) else {
        return;
    };
    if depth >= MAX_DEPTH {
        script.cut = true;
        return;
    }
    let pipefail = command.args.iter().any(|arg| arg.text == "pipefail");
    let nested = Joined::decoded(word.text.clone(), word.span);
    let first_pipe = script.pipes.len();
    parse_into(script, &nested, 0..nested.text().len(), depth + 1);
    for pipe in script.pipes.iter_mut().skip(first_pipe) {
        pipe.checked |= pipefail;
    }
}
