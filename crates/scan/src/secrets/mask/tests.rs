use super::*;
use crate::secrets::example::expand;

#[test]
fn every_secret_of_a_text_is_masked() {
    let check = |text: &str, expect: &str| assert_eq!(mask(&expand(text)), expect, "{text}");
    check("nothing here", "nothing here");
    check("RUN export DB_PASSWORD=abcd1234 && make", "RUN export DB_PASSWORD=******** && make");
    check(
        "a AKIA{{base32:16}} b xoxb-{{digit:12}}-{{digit:12}}-{{alnum:24}}",
        "a AKIA******** b xoxb-********",
    );
    check("PASSWORD=$OTHER PASSWORD=${OTHER}", "PASSWORD=$OTHER PASSWORD=${OTHER}");
    check("password: 'ünïcode'", "password: '********'");
}

#[test]
fn what_the_environment_holds_is_masked_wherever_it_occurs() {
    let config = RunConfig {
        env: vec![("DB_PASSWORD".to_owned(), "two words9".to_owned())],
        ..RunConfig::default()
    };
    let masks = ImageMask::new(&config);
    assert_eq!(masks.text("echo two words9 > x"), "echo ******** > x");
    assert_eq!(masks.value("note", "two words9!"), "********!");
    assert_eq!(masks.value("app.password", "tr0ub4dor"), "********");
}
