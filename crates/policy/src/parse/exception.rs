//! Exceptions: what, who, why and until when.

use super::{names, required, selection, value};
use crate::{
    keys::Section,
    policy::{Exception, Test},
    reader::Reader,
    yaml::Node,
};

pub(super) fn read(reader: &mut Reader, node: &Node) -> Option<Exception> {
    const WHAT: &str = "an exception";
    let entries = reader.entries(node, WHAT, &names(&[Section::Exception]))?;
    let id = required(reader, &entries, "id", WHAT, node.place);
    let owner = required(reader, &entries, "owner", WHAT, node.place);
    let reason = required(reader, &entries, "reason", WHAT, node.place);
    let expires = match value(&entries, "expires") {
        Some(date) => reader.date(date, "expires"),
        None => {
            let help = "write the last day on which it counts, as in `expires: 2027-03-31`";
            reader.remarks.error_with(node.place, "an exception has no `expires`", help);
            None
        }
    };
    let mut tests = Vec::new();
    let named = ["findings", "packages", "paths"].map(|key| (key, value(&entries, key)));
    for (key, node) in named {
        let Some(node) = node else { continue };
        tests.extend(match key {
            "findings" => reader.lower_patterns(node, key).map(Test::Id),
            "packages" => reader.patterns(node, key).map(Test::Package),
            _ => reader.patterns(node, key).map(Test::Path),
        });
    }
    if named.iter().all(|(_, node)| node.is_none()) {
        let help = "write `findings`, `packages` or `paths`";
        reader.remarks.error_with(node.place, "an exception does not say what it lets pass", help);
    }
    let when = value(&entries, "when").map(|node| selection::read(reader, node));
    Some(Exception {
        id: id?,
        place: value(&entries, "id").map_or(node.place, |id| id.place),
        when: when.unwrap_or_default(),
        tests: Some(tests).filter(|tests| !tests.is_empty())?,
        owner: owner?,
        reason: reason?,
        expires: expires?,
    })
}
