//! `docs/reference/fields-cloudtrail.md` says what rules can ask of CloudTrail records.
//! `UPDATE_DOCS=1` rewrites it.

use std::{fs, path::Path};

use farguard_rules::{SourceDef, field};
use farguard_trail::CloudTrail;

const HEAD: &str = "# Fields of the source `aws_cloudtrail`\n\n\
    What conditions and outputs of rules can ask of a CloudTrail record. The names are those of Falco's \
    plugins `cloudtrail` and `json`. Keys of JSON are found in any case of letters, the exact one \
    first; of a key that stands twice the last one counts. `null` is nothing, except for `json.value`, \
    where it is the text `null`. Times are UTC.\n\n\
    Made from the fields themselves: `UPDATE_DOCS=1 cargo test -p farguard-trail --test field_docs` \
    rewrites this page.\n\n";

#[test]
fn the_page_is_up_to_date() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/fields-cloudtrail.md");
    let page = HEAD.to_owned() + &field::markdown(&SourceDef::of::<CloudTrail>().fields);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(stored, page, "run `UPDATE_DOCS=1 cargo test -p farguard-trail --test field_docs`");
}
