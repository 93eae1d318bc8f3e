//! Takes credentials out of text that is shown.

/// Words that make a name one of a credential.
const CREDENTIAL: [&str; 16] = [
    "access_key",
    "accesskey",
    "api_key",
    "apikey",
    "auth",
    "client_key",
    "credential",
    "encryption_key",
    "license_key",
    "passphrase",
    "passwd",
    "password",
    "private",
    "pwd",
    "secret",
    "token",
];

/// Programs whose `-p` is a password.
const LOGINS: [&str; 4] = ["sshpass", "useradd", "usermod", "docker login"];

/// Whether a value of this name is a credential, by the name alone.
pub(crate) fn is_credential(name: &str) -> bool {
    let name = name.to_ascii_lowercase().replace('-', "_").replace("author", "");
    CREDENTIAL.iter().any(|word| name.contains(word)) && !names_a_place(&name)
}

/// Whether a name is that of a file or address: `DB_PASSWORD_FILE`.
pub(crate) fn names_a_place(name: &str) -> bool {
    const ENDINGS: [&str; 6] = ["_file", "_path", "_dir", "_url", "_uri", "_name"];
    let name = name.to_ascii_lowercase();
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// The text with values of credentials replaced by `***`: behind `NAME=` and `--flag`, in
/// `NAME value` of old `ENV` instructions, behind `Bearer`, and between `//` and `@` of addresses.
pub(crate) fn mask(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut hide_next = false;
    let mut after_env = false;
    let mut after_echo = false;
    let logs_in = LOGINS.iter().any(|program| text.contains(program));
    for piece in words(text) {
        if after_env && announces(piece) {
            // The value of the old form goes to the end of the line.
            return format!("{result}{piece} ***");
        }
        after_env = piece.eq_ignore_ascii_case("env") || (after_env && piece.trim().is_empty());
        if piece.starts_with(char::is_whitespace) {
            result.push_str(piece);
        } else if std::mem::take(&mut hide_next) && !piece.starts_with(['-', '\\', '&']) {
            result.push_str(&hidden(piece));
        } else {
            hide_next = announces(piece) || (logs_in && piece == "-p");
            result.push_str(&match after_echo {
                true => mask_login(piece),
                false => mask_word(piece),
            });
            after_echo =
                matches!(piece, "echo" | "printf") || (after_echo && piece.starts_with('-'));
        }
    }
    result
}

/// `user:password`, as `chpasswd` reads it.
fn mask_login(word: &str) -> String {
    match word.split_once(':') {
        Some((user, password)) if !user.contains(['/', ' ']) && !password.is_empty() => {
            format!("{user}:{}", hidden(password))
        }
        _ => mask_word(word),
    }
}

/// Words and the blanks between them; quotes keep blanks in a word.
fn words(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut quote, mut blank) = (0, None, true);
    for (at, c) in text.char_indices() {
        let is_blank = c.is_whitespace() && quote.is_none();
        if is_blank != blank {
            pieces.extend(text.get(start..at).filter(|piece| !piece.is_empty()));
            (start, blank) = (at, is_blank);
        }
        match quote {
            None if c == '"' || c == '\'' => quote = Some(c),
            Some(open) if open == c => quote = None,
            _ => {}
        }
    }
    pieces.extend(text.get(start..).filter(|piece| !piece.is_empty()));
    pieces
}

/// Whether the next word is a credential.
fn announces(word: &str) -> bool {
    let name = word.trim_matches(['"', '\'', '-', ':']);
    let flag = word.starts_with("--") || word.ends_with(':');
    let variable = !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let scheme = name.eq_ignore_ascii_case("bearer");
    scheme || ((flag || variable) && !word.contains('=') && is_credential(name))
}

/// Hides everything behind the first `NAME=` of a credential.
fn mask_word(word: &str) -> String {
    for (at, _) in word.match_indices('=') {
        let (name, value) = word.split_at_checked(at + 1).unwrap_or((word, ""));
        let bare = name.trim_end_matches('=');
        let bare = bare.rsplit(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').next();
        if !value.is_empty() && bare.is_some_and(is_credential) {
            return format!("{}{}", mask_address(name), hidden(value));
        }
    }
    if let Some((before, _)) = word.split_once("Bearer ").or_else(|| word.split_once("Basic ")) {
        return format!("{before}***");
    }
    mask_address(word)
}

/// `https://user:password@host` and `https://token@host`.
fn mask_address(word: &str) -> String {
    let Some((scheme, rest)) = word.split_once("://") else { return word.to_owned() };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let Some((user, host)) = authority.rsplit_once('@') else { return word.to_owned() };
    if user == "git" || user.is_empty() {
        return word.to_owned();
    }
    let after = rest.get(authority.len()..).unwrap_or_default();
    format!("{scheme}://***@{host}{after}")
}

/// References to variables are no credentials.
fn hidden(value: &str) -> String {
    let bare = value.trim_matches(['"', '\'']);
    let variable = bare
        .strip_prefix('$')
        .is_some_and(|name| name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_{}".contains(&b)));
    if variable || bare.is_empty() { value.to_owned() } else { "***".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_hidden() {
        let check = |text: &str, expect: &str| assert_eq!(mask(text), expect, "{text}");
        check("ENV DB_PASSWORD=hunter2 A=b", "ENV DB_PASSWORD=*** A=b");
        check("ENV DB_PASSWORD hunter2 and more", "ENV DB_PASSWORD ***");
        check("ARG TOKEN", "ARG TOKEN");
        check("ARG NPM_TOKEN=\"abc\"", "ARG NPM_TOKEN=***");
        check("ENV TOKEN=$TOKEN SECRET=${X}", "ENV TOKEN=$TOKEN SECRET=${X}");
        check("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: *** x");
        check("ENV A=1 PASSWORD=\"correct horse\" B=2", "ENV A=1 PASSWORD=*** B=2");
        check("sh -c \"export A=1 PASSWORD=x y\"", "sh -c \"export A=1 PASSWORD=***");
        check("git clone https://u:p@h/r", "git clone https://***@h/r");
        check("git clone https://git@h/r", "git clone https://git@h/r");
        check("x --password hunter2 --token=abc", "x --password *** --token=***");
        check("ENV PASSWORD_FILE=/run/x", "ENV PASSWORD_FILE=/run/x");
        check("ENV AUTHOR=me", "ENV AUTHOR=me");
        check("echo 'root:hunter2' | chpasswd", "echo 'root:*** | chpasswd");
        check("sshpass -p hunter2 ssh x", "sshpass -p *** ssh x");
        check("wget http://h/?api_key=abc", "wget http://h/?api_key=***");
    }
}
