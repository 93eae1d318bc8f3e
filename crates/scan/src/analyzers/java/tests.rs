//! Archives built in memory, read in both ways.

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};
use rawzip::{CompressionMethod, ZipArchiveWriter};

use super::*;

/// A zip archive. A name that starts with `=` is stored, others are deflated.
fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = ZipArchiveWriter::new(&mut out);
    for (name, content) in entries {
        let stored = name.strip_prefix('=');
        let method =
            if stored.is_some() { CompressionMethod::STORE } else { CompressionMethod::DEFLATE };
        let (mut entry, config) =
            archive.new_file(stored.unwrap_or(name)).compression_method(method).start().unwrap();
        let descriptor = if stored.is_some() {
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            writer.finish().unwrap().1
        } else {
            let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
            writer.write_all(content).unwrap();
            let (encoder, descriptor) = writer.finish().unwrap();
            encoder.finish().unwrap();
            descriptor
        };
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

fn properties(group: &str, artifact: &str, version: &str) -> Vec<u8> {
    format!("groupId={group}\nartifactId={artifact}\nversion={version}\n").into_bytes()
}

fn found(
    read: fn(&[u8], &str, &mut Harvest) -> Result<(), AnalyzeError>,
    archive: &[u8],
    path: &str,
) -> Vec<String> {
    let mut harvest = Harvest::default();
    let result = read(archive, path, &mut harvest);
    let packages = harvest.packages.iter().map(|p| format!("{} {} {}", p.name, p.version, p.path));
    let problems = harvest.problems.iter().map(|problem| format!("! {}", problem.code));
    let error = result.err().map(|error| format!("! {}", error.code));
    packages.chain(problems).chain(error).collect()
}

#[track_caller]
fn check(path: &str, archive: &[u8], expect: &[&str]) {
    assert_eq!(found(read, archive, path), expect, "by its directory");
    assert_eq!(found(read_forward, archive, path), expect, "forward");
}

/// An entry that states its sizes before its content, as Java's tools store them.
fn local_entry(name: &str, content: &[u8]) -> Vec<u8> {
    let mut out = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    out.extend([size, size].concat());
    out.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
    out.extend([0, 0]);
    out.extend(name.as_bytes());
    out.extend(content);
    out
}

#[test]
fn every_module_of_a_shaded_jar_is_a_package() {
    let (own, other) = (properties("org.x", "app", "1.0"), properties("org.y", "lib", "2.0"));
    let jar = zip(&[
        ("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\nImplementation-Title: x\n"),
        ("META-INF/maven/org.x/app/pom.properties", &own),
        ("META-INF/maven/org.y/lib/pom.properties", &other),
        ("META-INF/maven/org.y/lib/pom.xml", b"<project><version>9</version></project>"),
        (
            "META-INF/maven/org.z/part/pom.xml",
            b"<project><parent><groupId>org.z</groupId>\
          <version>3</version></parent><artifactId>part</artifactId></project>",
        ),
        ("org/x/App.class", &[0xca; 5000]),
    ]);
    let expect = [
        "org.x:app 1.0 a/app-1.0.jar",
        "org.y:lib 2.0 a/app-1.0.jar",
        "org.z:part 3 a/app-1.0.jar",
    ];
    check("a/app-1.0.jar", &jar, &expect);
}

#[test]
fn manifests_and_file_names_identify_what_maven_did_not() {
    let jar = |manifest: &str| zip(&[("META-INF/MANIFEST.MF", manifest.as_bytes())]);
    let coyote = "Bundle-SymbolicName: org.apache.tomcat-coyote\nImplementation-Title: Apache \
                  Tomcat\nImplementation-Version: 10.1.60\n";
    check(
        "lib/tomcat10-coyote.jar",
        &jar(coyote),
        &["org.apache.tomcat:tomcat-coyote 10.1.60 lib/tomcat10-coyote.jar"],
    );
    check(
        "spring-x.jar",
        &jar("Implementation-Title: spring-core\nImplementation-Version: 4.3.30\n"),
        &["org.springframework:spring-core 4.3.30 spring-x.jar"],
    );
    check(
        "acme-io-1.2.jar",
        &jar("Bundle-SymbolicName: com.acme.io;singleton:=true\n"),
        &["com.acme:acme-io 1.2 acme-io-1.2.jar"],
    );
    check(
        "own-1.2.jar",
        &jar("Implementation-Vendor-Id: com.own\n"),
        &["com.own:own 1.2 own-1.2.jar"],
    );
    check("own-1.2.jar", &zip(&[("A.class", b"x")]), &["own 1.2 own-1.2.jar"]);
    check("own.jar", &zip(&[("A.class", b"x")]), &[]);
}

#[test]
fn a_name_with_a_number_in_it_is_not_another_artifact() {
    let name = "META-INF/maven/g/a/pom.properties";
    let own = properties("org.apache.logging.log4j", "log4j-1.2-api", "2.19.0");
    let expect = ["org.apache.logging.log4j:log4j-1.2-api 2.19.0 log4j-1.2-api.jar"];
    check("log4j-1.2-api.jar", &zip(&[(name, &own)]), &expect);
    let manifest = b"Implementation-Version: 2.19.0\n";
    check("log4j-1.2-api.jar", &zip(&[("META-INF/MANIFEST.MF", manifest)]), &expect);
}

#[test]
fn archives_in_archives_are_read_where_they_are() {
    let jar = |artifact: &str| {
        zip(&[("META-INF/maven/g/a/pom.properties", &properties("g", artifact, "1"))])
    };
    let war = zip(&[("WEB-INF/lib/b.jar", &jar("b")), ("WEB-INF/lib/a.jar", &jar("a"))]);
    let ear = zip(&[("web.war", &war), ("c.JAR", &jar("c"))]);
    check(
        "app.ear",
        &ear,
        &[
            "g:b 1 app.ear!/web.war!/WEB-INF/lib/b.jar",
            "g:a 1 app.ear!/web.war!/WEB-INF/lib/a.jar",
            "g:c 1 app.ear!/c.JAR",
        ],
    );
    let stored = zip(&[("=BOOT-INF/lib/a.jar", &jar("a"))]);
    assert_eq!(found(read, &stored, "x.jar"), ["g:a 1 x.jar!/BOOT-INF/lib/a.jar"]);
}

#[test]
fn stored_entries_are_passed_and_read_forward() {
    let inner = zip(&[("META-INF/maven/g/a/pom.properties", &properties("g", "a", "1"))]);
    let mut jar = local_entry("x.class", &[0xca; 100_000]);
    jar.extend(local_entry("lib/a.jar", &inner));
    jar.extend(local_entry("META-INF/maven/g/b/pom.properties", &properties("g", "b", "2")));
    let cut_off = jar.clone();
    jar.extend(b"PK\x01\x02");
    let expect = ["g:a 1 x.jar!/lib/a.jar", "g:b 2 x.jar"];
    assert_eq!(found(read_forward, &jar, "x.jar"), expect);
    let expect = ["g:a 1 x.jar!/lib/a.jar", "g:b 2 x.jar", "! corrupt-archive"];
    assert_eq!(found(read_forward, &cut_off, "x.jar"), expect);
}

#[test]
fn nesting_has_an_end() {
    let mut jar = zip(&[("META-INF/maven/g/a/pom.properties", &properties("g", "a", "1"))]);
    for _ in 0..8 {
        jar = zip(&[("inner.jar", &jar)]);
    }
    check("outer.jar", &jar, &["! archive-too-deep"]);
}

#[test]
fn bombs_are_problems() {
    let zeros = vec![0; 2 << 20];
    let manifest = zip(&[("META-INF/MANIFEST.MF", &zeros)]);
    check("a-1.0.jar", &manifest, &["a 1.0 a-1.0.jar", "! archive-entry-too-large"]);
    let zeros = vec![0; 65 << 20];
    check("a.jar", &zip(&[("x.jar", &zeros)]), &["! archive-entry-too-large"]);
}

#[test]
fn a_damaged_nested_archive_is_a_problem_of_its_own() {
    let good = zip(&[("META-INF/maven/g/a/pom.properties", &properties("g", "a", "1"))]);
    let jar = zip(&[("bad.jar", b"nonsense"), ("good.jar", &good)]);
    let mut harvest = Harvest::default();
    read(&jar, "x.jar", &mut harvest).unwrap();
    assert_eq!(harvest.problems[0].path.as_deref(), Some("x.jar!/bad.jar"));
    assert_eq!(harvest.packages[0].path, "x.jar!/good.jar");
}

#[test]
fn what_is_no_archive_is_a_problem() {
    for bytes in [&b""[..], b"version https://git-lfs", b"PK\x03\x04"] {
        assert_eq!(found(read, bytes, "a.jar"), ["! corrupt-archive"]);
    }
    assert_eq!(found(read_forward, b"no archive", "a.jar"), ["! corrupt-archive"]);
}

#[test]
fn no_cut_or_flip_makes_it_panic() {
    let inner = zip(&[("META-INF/maven/g/a/pom.properties", &properties("g", "a", "1"))]);
    let jar = zip(&[("META-INF/MANIFEST.MF", b"A: b\n"), ("inner.jar", &inner)]);
    for at in 0..jar.len() {
        found(read, &jar[..at], "a.jar");
        found(read_forward, &jar[..at], "a.jar");
        let mut flipped = jar.clone();
        flipped[at] ^= 0xff;
        found(read, &flipped, "a.jar");
        found(read_forward, &flipped, "a.jar");
    }
}
