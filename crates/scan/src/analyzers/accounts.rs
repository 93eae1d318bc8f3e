//! Who can log in: `etc/passwd` and `etc/shadow`.
//!
//! # Source
//! `passwd(5)`, `shadow(5)`

use super::{Account, AnalyzeError, Analyzer, FileView, Harvest, Scope, Want};

/// Accounts of one file; images have a few dozen.
const MAX_ACCOUNTS: usize = 10_000;
const MAX_NAME_CHARS: usize = 256;
const PASSWD: &str = "etc/passwd";

/// Reads `etc/passwd` and `etc/shadow`.
#[derive(Debug)]
pub(super) struct Accounts;

impl Analyzer for Accounts {
    fn name(&self) -> &'static str {
        "accounts"
    }

    fn version(&self) -> u32 {
        1
    }

    fn about(&self) -> &'static str {
        "accounts and whether they have a password, never the password"
    }

    fn scope(&self) -> Scope {
        Scope::Installed
    }

    fn wants(&self) -> &'static [Want] {
        &[Want::Path(PASSWD), Want::Path("etc/shadow")]
    }

    fn analyze(&self, file: &mut FileView<'_>, harvest: &mut Harvest) -> Result<(), AnalyzeError> {
        let has_ids = file.path() == PASSWD;
        let text = String::from_utf8_lossy(file.bytes()?);
        let accounts = text.lines().filter_map(|line| account(line, has_ids));
        harvest.accounts.extend(accounts.take(MAX_ACCOUNTS));
        Ok(())
    }
}

/// `NAME:PASSWORD:UID:...` of `passwd`, `NAME:PASSWORD:...` of `shadow`.
fn account(line: &str, has_ids: bool) -> Option<Account> {
    let mut fields = line.trim_end().split(':');
    let name =
        fields.next().filter(|name| !name.is_empty() && !name.starts_with(['#', '+', '-']))?;
    let password = fields.next()?;
    let uid = fields.next()?;
    Some(Account {
        name: name.chars().take(MAX_NAME_CHARS).collect(),
        uid: if has_ids { uid.parse().ok() } else { None },
        has_no_password: password.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analyzers::testing::run;

    fn check(path: &str, text: &str, expect: &[(&str, Option<u32>, bool)]) {
        let (harvest, result) = run(&Accounts, path, text.as_bytes());
        result.unwrap();
        let found: Vec<_> = harvest
            .accounts
            .iter()
            .map(|account| (account.name.as_str(), account.uid, account.has_no_password))
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn accounts_of_both_files() {
        check(
            "etc/passwd",
            "root:x:0:0:root:/root:/bin/bash\n# note:a:b\n\ntoor::0:0::/:/bin/sh\r\n+::::::\n",
            &[("root", Some(0), false), ("toor", Some(0), true)],
        );
        check(
            "etc/shadow",
            "root:*:19000:0:99999:7:::\napp::19000:0:99999:7:::\nx:$6$salt$hash:1:0:9:7:::\n",
            &[("root", None, false), ("app", None, true), ("x", None, false)],
        );
        check("etc/passwd", "no fields\nhalf:x\nbad:x:one:\n", &[("bad", None, false)]);
    }
}
