//! Amazon Linux advisories, from the `updateinfo.xml` of its package repositories.
//!
//! # Source
//! <https://docs.aws.amazon.com/linux/al2023/ug/security-advisories.html>

use std::{collections::HashMap, io::BufRead};

use jiff::Timestamp;
use quick_xml::{Reader, events::BytesStart, events::Event as Xml};

use super::{
    Affected, Event, Range,
    record::{Detail, PackageRanges, Record},
};

/// More text than one element has.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// Reads advisories one by one and gives each to `each`.
///
/// # Errors
/// When the text is not XML; what was given before counts.
pub fn parse(input: impl BufRead, mut each: impl FnMut(Record)) -> Result<(), quick_xml::Error> {
    let mut reader = Reader::from_reader(input);
    let mut buffer = Vec::new();
    let mut update: Option<Update> = None;
    let mut text = String::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Xml::Start(element) => {
                text.clear();
                enter(&mut update, &element);
            }
            Xml::Empty(element) => enter(&mut update, &element),
            Xml::Text(part) if text.len() < MAX_TEXT_BYTES => {
                text.push_str(&part);
            }
            Xml::GeneralRef(entity) => {
                text.push_str(quick_xml::escape::resolve_xml_entity(&entity).unwrap_or(" "));
            }
            Xml::End(element) if element.name().as_ref() == "update" => {
                if let Some(record) = update.take().and_then(Update::into_record) {
                    each(record);
                }
            }
            Xml::End(element) => {
                if let Some(update) = &mut update {
                    update.leave(element.name().as_ref(), text.trim());
                }
                text.clear();
            }
            Xml::Eof => return Ok(()),
            _ => {}
        }
    }
}

#[derive(Default)]
struct Update {
    security: bool,
    id: String,
    title: String,
    severity: String,
    issued: String,
    updated: String,
    cves: Vec<String>,
    page: String,
    packages: Vec<PackageRanges>,
    /// Places in `packages`.
    places: HashMap<(&'static str, String), usize>,
}

fn enter(update: &mut Option<Update>, element: &BytesStart<'_>) {
    if element.name().as_ref() == "update" {
        let security = attribute(element, "type").is_none_or(|kind| kind == "security");
        *update = Some(Update { security, ..Update::default() });
    }
    let Some(update) = update else { return };
    match element.name().as_ref() {
        "issued" => update.issued = date(element),
        "updated" => update.updated = date(element),
        "reference" => update.add_reference(element),
        "package" => update.add_package(element),
        _ => {}
    }
}

impl Update {
    fn leave(&mut self, element: &str, text: &str) {
        let field = match element {
            "id" => &mut self.id,
            "title" => &mut self.title,
            "severity" => &mut self.severity,
            _ => return,
        };
        // The first wins: collections and packages have elements of these names, too.
        if field.is_empty() {
            text.clone_into(field);
        }
    }

    fn add_reference(&mut self, element: &BytesStart<'_>) {
        let id = attribute(element, "id").unwrap_or_default();
        match attribute(element, "type").as_deref() {
            Some("cve") if id.starts_with("CVE-") => self.cves.push(id),
            Some("self") => self.page = attribute(element, "href").unwrap_or_default(),
            _ => {}
        }
    }

    fn add_package(&mut self, element: &BytesStart<'_>) {
        let get = |name| attribute(element, name).unwrap_or_default();
        let (name, version, release) = (get("name"), get("version"), get("release"));
        let Some(ecosystem) = ecosystem_of(&release) else { return };
        if name.is_empty() || version.is_empty() || name.contains('\0') || get("arch") == "src" {
            return;
        }
        let epoch = get("epoch");
        let epoch = if epoch.is_empty() || epoch == "0" { String::new() } else { epoch + ":" };
        let fixed = format!("{epoch}{version}-{release}");
        let events = vec![Event::Introduced("0".to_owned()), Event::Fixed(fixed)];
        let affected =
            Affected { ranges: vec![Range { semver: false, events }], ..Affected::default() };
        let end = self.packages.len();
        let place = *self.places.entry((ecosystem, name.clone())).or_insert(end);
        match self.packages.get_mut(place) {
            // One entry for each architecture.
            Some(known) if known.affected.contains(&affected) => {}
            Some(known) => known.affected.push(affected),
            None => {
                let ecosystem = ecosystem.to_owned();
                self.packages.push(PackageRanges { ecosystem, name, affected: vec![affected] });
            }
        }
    }

    fn into_record(mut self) -> Option<Record> {
        let usable = !self.id.is_empty() && !self.id.contains(char::is_control);
        if !usable || !self.security || self.packages.is_empty() {
            return None;
        }
        let modified = if self.updated.is_empty() { &self.issued } else { &self.updated };
        let summary = self.title.rsplit_once(": ").map_or(self.title.as_str(), |(_, text)| text);
        self.cves.sort();
        self.cves.dedup();
        Some(Record {
            modified: modified.parse().unwrap_or(Timestamp::MIN),
            detail: Detail {
                summary: summary.chars().filter(|c| !c.is_control()).take(160).collect(),
                modified: modified.clone(),
                published: self.issued,
                upstream: self.cves,
                rating: self.severity,
                references: vec![self.page].into_iter().filter(|page| !page.is_empty()).collect(),
                id: self.id,
                ..Detail::default()
            },
            packages: self.packages,
        })
    }
}

/// `1.amzn2023.0.3` -> `Amazon Linux:2023`.
fn ecosystem_of(release: &str) -> Option<&'static str> {
    let mut parts = release.split(['.', '+', '_']);
    parts.find_map(|part| match part {
        "amzn2" => Some("Amazon Linux:2"),
        "amzn2023" => Some("Amazon Linux:2023"),
        _ => None,
    })
}

/// Repositories write `2023-05-25 00:00`, or RFC 3339.
fn date(element: &BytesStart<'_>) -> String {
    let text = attribute(element, "date").unwrap_or_default();
    if text.parse::<Timestamp>().is_ok() {
        return text;
    }
    let day = text.get(..10).and_then(|day| day.parse::<jiff::civil::Date>().ok());
    day.map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element.try_get_attribute(name).ok()??;
    Some(quick_xml::escape::unescape(&attribute.value).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPDATEINFO: &str = r#"<?xml version="1.0" ?>
<updates>
 <update from="x" status="final" type="security" version="1.4">
  <id>ALAS2023-2023-182</id>
  <title>Amazon Linux 2023 - ALAS2023-2023-182: Important priority package update for perl &amp; co</title>
  <issued date="2023-05-25 17:03"/>
  <updated date="2023-05-26T01:02:03Z"/>
  <severity>Important</severity>
  <references>
   <reference href="https://example.com/a?b&amp;c" id="ALAS" type="self"/>
   <reference href="" id="CVE-2023-31484" type="cve"/>
   <reference href="" id="CVE-2023-31484" type="cve"></reference>
  </references>
  <pkglist><collection short="core"><name>Amazon Linux 2023</name>
   <package arch="x86_64" epoch="0" name="perl-CPAN" release="1.amzn2023.0.3" version="2.34"/>
   <package arch="aarch64" epoch="0" name="perl-CPAN" release="1.amzn2023.0.3" version="2.34"/>
   <package arch="x86_64" epoch="4" name="perl" release="1.amzn2023.0.1" version="5.32">
    <filename>perl.rpm</filename></package>
   <package arch="src" epoch="4" name="perl-src" release="1.amzn2023.0.1" version="5.32"/>
   <package arch="x86_64" epoch="4" name="elsewhere" release="1.el9" version="5.32"/>
  </collection></pkglist>
 </update>
 <update type="bugfix"><id>X</id>
  <package arch="x86_64" epoch="0" name="p" release="1.amzn2" version="1"/></update>
</updates>"#;

    fn read(xml: &str) -> (Vec<Record>, bool) {
        let mut records = Vec::new();
        let ok = parse(xml.as_bytes(), |record| records.push(record)).is_ok();
        (records, ok)
    }

    #[test]
    fn an_update_names_its_cves_and_packages() {
        let (records, ok) = read(UPDATEINFO);
        assert!(ok);
        let [record] = records.try_into().unwrap();
        assert_eq!(record.detail.id, "ALAS2023-2023-182");
        assert_eq!(record.detail.upstream, ["CVE-2023-31484"]);
        assert_eq!(record.detail.rating, "Important");
        assert_eq!(record.detail.published, "2023-05-25T00:00:00Z");
        assert_eq!(record.detail.modified, "2023-05-26T01:02:03Z");
        assert_eq!(record.detail.summary, "Important priority package update for perl & co");
        assert_eq!(record.detail.references, ["https://example.com/a?b&c"]);
        let fixed = |package: &PackageRanges| {
            assert_eq!(package.ecosystem, "Amazon Linux:2023");
            let [affected] = package.affected.as_slice() else { panic!("one entry") };
            let Event::Fixed(fixed) = &affected.ranges[0].events[1] else { panic!("fixed") };
            (package.name.clone(), fixed.clone())
        };
        let expect = [("perl-CPAN", "2.34-1.amzn2023.0.3"), ("perl", "4:5.32-1.amzn2023.0.1")];
        let expect = expect.map(|(name, fixed)| (name.to_owned(), fixed.to_owned()));
        assert_eq!(record.packages.iter().map(fixed).collect::<Vec<_>>(), expect);
    }

    #[test]
    fn what_stands_before_the_damage_counts() {
        let (whole, _) = UPDATEINFO.split_once("<update type=\"bugfix\"").unwrap();
        let (records, ok) = read(&format!("{whole}<update></wrong>"));
        assert_eq!((records.len(), ok), (1, false));
    }
}
