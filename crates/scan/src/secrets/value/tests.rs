use super::*;
use crate::secrets::example::expand;

#[test]
fn names_and_looks_tell() {
    let check = |name: &str, value: &str, expect: Option<(&str, &str)>| {
        let found = in_value(name, &expand(value));
        let found = found.as_ref().map(|found| (found.rule, found.masked_value.as_str()));
        assert_eq!(found, expect, "{name}={value}");
    };
    let password = Some(("plaintext-password", "********"));
    check("DB_PASSWORD", "tr0ub4dor", password);
    check("DB_PASSWORD", "two words", password);
    check("PGPASSWORD", "k;k(k$k", password);
    check("MYSQL_PWD", "'quoted1'", Some(("plaintext-password", "'********'")));
    check("DB_PASSWORD", "changeme", Some(("default-password", "********")));
    check("DB_PASSWORD", "", None);
    check("DB_PASSWORD", "${OTHER}", None);
    check("DB_PASSWORD", "/run/secrets/db", None);
    check("DB_PASSWORD_FILE", "tr0ub4dor", None);
    check("API_TOKEN", "{{alnum:24}}", Some(("plaintext-secret", "********")));
    check("API_TOKEN", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", None);
    check("GPG_KEY", "E3FF2839C048B25C084DEBE9B26995E310250568", None);
    check("NODE_VERSION", "20.11.1", None);
    check("X", "AKIA{{base32:16}}", Some(("aws-access-key-id", "AKIA********")));
    check(
        "DATABASE_URL",
        "postgres://shop:{{alnum:12}}@db/shop",
        Some(("database-url-password", "postgres://shop:********@db/shop")),
    );
}
