use proptest::prelude::*;

use super::*;
use crate::layer::{
    testing::{Tar, header},
    window::RangeReader,
};

/// Walks and prints: `KIND PATH SIZE [-> LINK] [CONTENT]`, and `! ERROR` where it stops.
fn list<R: ForwardRead>(input: R) -> Vec<String> {
    let mut walker = Walker::new(input);
    let mut lines = Vec::new();
    loop {
        match walker.next_entry() {
            Ok(None) => return lines,
            Err(error) => {
                lines.push(format!("! {error}"));
                return lines;
            }
            Ok(Some(mut entry)) => {
                let mut line =
                    format!("{:?} {} {}", entry.kind, entry.path.unwrap_or("OUTSIDE"), entry.size);
                if !entry.link.is_empty() {
                    line += &format!(" -> {}", entry.link);
                }
                if entry.size < 64 {
                    let mut content = String::new();
                    match entry.body.read_to_string(&mut content) {
                        Ok(_) if content.is_empty() => {}
                        Ok(_) => line += &format!(" {content:?}"),
                        Err(error) => line += &format!(" ! {:?}", error.kind()),
                    }
                }
                lines.push(line);
            }
        }
    }
}

fn check(tar: &[u8], expect: &[&str]) {
    assert_eq!(list(tar), expect);
}

#[test]
fn plain_entries() {
    let tar = Tar::default()
        .directory("etc/")
        .file("./etc/a", b"one")
        .symlink("etc/l", "../x")
        .hard_link("etc/h", "etc/a")
        .file("/abs", b"")
        .file("../../etc/shadow", b"x")
        .entry(b'0', "old-directory/", "", 0o755, b"")
        .entry(b'6', "pipe", "", 0o644, b"");
    check(
        &tar.end(),
        &[
            "Directory etc 0",
            "File etc/a 3 \"one\"",
            "Symlink etc/l 0 -> ../x",
            "HardLink etc/h 0 -> etc/a",
            "File abs 0",
            "File OUTSIDE 1 \"x\"",
            "Directory old-directory 0",
            "Other pipe 0",
        ],
    );
}

#[test]
fn long_names() {
    let long = "d/".repeat(80) + "f";
    let mut with_prefix = header(b'0', "name", "", 0o644, 0);
    with_prefix[345..351].copy_from_slice(b"prefix");
    let mut gnu = header(b'0', "gnu", "", 0o644, 0);
    gnu[257..265].copy_from_slice(b"ustar  \0");
    gnu[345..351].copy_from_slice(b"atime!");
    let tar = Tar::default()
        .pax(&[("path", &long), ("linkpath", "target")])
        .symlink("short", "short")
        .entry(b'L', "././@LongLink", "", 0, format!("{long}\0").as_bytes())
        .entry(b'K', "././@LongLink", "", 0, b"long-target\0")
        .symlink("short", "short")
        .entry(b'g', "global", "", 0, b"13 path=over\n")
        .block(with_prefix)
        .block(gnu);
    check(
        &tar.end(),
        &[
            &format!("Symlink {long} 0 -> target"),
            &format!("Symlink {long} 0 -> long-target"),
            "File prefix/name 0",
            "File gnu 0",
        ],
    );
}

#[test]
fn extended_size_counts_before_the_header() {
    let tar = Tar::default()
        .pax(&[("size", "3")])
        .block(header(b'0', "f", "", 0o644, 0))
        .content(b"abc")
        .file("g", b"x");
    check(&tar.end(), &["File f 3 \"abc\"", "File g 1 \"x\""]);
}

#[test]
fn sparse_files_of_every_format() {
    let mut old = header(b'S', "old", "", 0o644, 3);
    old[386..397].copy_from_slice(b"00000000002");
    old[398..409].copy_from_slice(b"00000000003");
    old[483..494].copy_from_slice(b"00000000006");
    let mut extended = header(b'S', "extended", "", 0o644, 1);
    extended[482] = 1;
    extended[483..494].copy_from_slice(b"00000000002");
    let mut more = [0; 512];
    more[0..11].copy_from_slice(b"00000000001");
    more[12..23].copy_from_slice(b"00000000001");
    let tar = Tar::default()
        .block(old)
        .content(b"abc")
        .block(extended)
        .content(&more)
        .content(b"z")
        .pax(&[("GNU.sparse.size", "4"), ("GNU.sparse.offset", "1"), ("GNU.sparse.numbytes", "2")])
        .file("v0.0", b"de")
        .pax(&[
            ("GNU.sparse.size", "4"),
            ("GNU.sparse.map", "0,1,3,1"),
            ("GNU.sparse.name", "v0.1"),
        ])
        .file("dummy", b"fg")
        .pax(&[
            ("GNU.sparse.major", "1"),
            ("GNU.sparse.minor", "0"),
            ("GNU.sparse.realsize", "5"),
            ("GNU.sparse.name", "v1.0"),
        ])
        .file("dummy", &[&b"1\n3\n2\n"[..], &[0; 506], b"hi"].concat())
        .file("after", b"x");
    check(
        &tar.end(),
        &[
            "File old 6 \"\\0\\0abc\\0\"",
            "File extended 2 \"\\0z\"",
            "File v0.0 4 \"\\0de\\0\"",
            "File v0.1 4 \"f\\0\\0g\"",
            "File v1.0 5 \"\\0\\0\\0hi\"",
            "File after 1 \"x\"",
        ],
    );
}

#[test]
fn a_sparse_file_that_claims_to_be_huge_costs_nothing() {
    let tar = Tar::default()
        .pax(&[("GNU.sparse.size", "9223372036854775807"), ("GNU.sparse.map", "5,1")])
        .file("huge", b"x")
        .file("after", b"y")
        .end();
    check(&tar, &["File huge 9223372036854775807", "File after 1 \"y\""]);
    let mut walker = Walker::new(tar.as_slice());
    let mut huge = walker.next_entry().unwrap().unwrap();
    huge.body.skip(1 << 62).unwrap();
    let read = std::io::copy(&mut huge.body, &mut std::io::sink());
    assert_eq!(read.unwrap_err().to_string(), "too many holes");
}

#[test]
fn damage_stops_the_walk_and_what_was_read_counts() {
    let good = Tar::default().file("a", b"1").file("b", b"2").end();
    let mut bad = good.clone();
    bad[1024] ^= 1;
    check(&bad, &["File a 1 \"1\"", "! damaged header"]);
    check(&good[..1200], &["File a 1 \"1\"", "! the archive ends early"]);
    check(&good[..1024], &["File a 1 \"1\""]);
    check(
        &good[..1536],
        &["File a 1 \"1\"", "File b 1 ! UnexpectedEof", "! the archive ends early"],
    );
    check(&good[..1537], &["File a 1 \"1\"", "File b 1 \"2\""]);
    check(&good[..1600], &["File a 1 \"1\"", "File b 1 \"2\""]);
    check(b"", &[]);
    check(&[0; 1024], &[]);
    check(b"hello", &["! the archive ends early"]);
    let huge = Tar::default().block(header(b'0', "x", "", 0, u64::MAX >> 1)).end();
    check(&huge, &["File x 9223372036854775807", "! the archive ends early"]);
    let pax = Tar::default().block(header(b'x', "x", "", 0, 1 << 40)).end();
    check(&pax, &["! oversized name or extended header"]);
    let name = "n".repeat(70_000);
    let long = Tar::default().pax(&[("path", &name)]).file("x", b"").end();
    check(&long, &["! oversized name or extended header"]);
    let map = Tar::default().pax(&[("GNU.sparse.size", "9"), ("GNU.sparse.map", "4,2,1,2")]);
    check(&map.file("x", b"abcd").end(), &["! damaged map of a sparse file"]);
    let mut negative = header(b'0', "x", "", 0, 0);
    negative[124..136].fill(0xff);
    check(&Tar::default().block(negative).end(), &["! unreadable size in a header"]);
    let endless = (0..100).fold(Tar::default(), |tar, _| tar.pax(&[("a", "b")]));
    check(&endless.end(), &["! oversized name or extended header"]);
}

#[test]
fn an_archive_may_end_wherever_an_entry_is_complete() {
    let (a, b) = ("File a 1 \"1\"", "File b 1 \"2\"");
    let Tar(bare) = Tar::default().file("a", b"1").file("b", b"2");
    for end in 1_537..=2_048 {
        check(&bare[..end], &[a, b]);
    }
    let Tar(directory) = Tar::default().file("a", b"1").directory("b");
    check(&directory, &[a, "Directory b 0"]);
    check(&[&bare[..], &[0; 512]].concat(), &[a, b]);
    check(&[&bare[..], &[0; 100]].concat(), &[a, b, "! the archive ends early"]);
    let Tar(announced) = Tar::default().file("a", b"1").pax(&[("path", "b")]);
    for end in [1_100, 1_536, 1_600, 2_048] {
        check(&announced[..end], &[a, "! the archive ends early"]);
    }
    check(&Tar::default().entry(b'g', "x", "", 0, b"").end(), &[]);
}

fn entries() -> impl Strategy<Value = Vec<u8>> {
    let entry = (0_u8..6, "[a-z./]{1,60}", proptest::collection::vec(any::<u8>(), 0..6_000));
    proptest::collection::vec(entry, 0..20).prop_map(|entries| {
        let tar = entries.iter().fold(Tar::default(), |tar, (kind, path, content)| match kind {
            0 => tar.directory(path),
            1 => tar.symlink(path, "target"),
            2 => tar.pax(&[("path", path)]).file("x", content),
            3 => {
                let size = (content.len() + 10).to_string();
                let map = format!("3,{}", content.len());
                tar.pax(&[("GNU.sparse.size", &size), ("GNU.sparse.map", &map)]).file(path, content)
            }
            _ => tar.file(path, content),
        });
        tar.end()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Seeking and streaming see the same, also in archives that are damaged or cut short.
    #[test]
    fn seeking_sees_what_streaming_sees(
        mut tar in entries(),
        damage in proptest::option::of((any::<prop::sample::Index>(), any::<u8>())),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        if let Some((at, byte)) = damage {
            let at = at.index(tar.len());
            tar[at] ^= byte;
        }
        if let Some(cut) = cut {
            tar.truncate(cut.index(tar.len()));
        }
        let mut file = tempfile::tempfile().unwrap();
        std::io::Write::write_all(&mut file, &tar).unwrap();
        let streamed = std::thread::scope(|scope| {
            use crate::layer::pipe::{OnHangUp, spawn};
            list(spawn(scope, tar.as_slice(), OnHangUp::Stop))
        });
        prop_assert_eq!(&list(tar.as_slice()), &streamed);
        prop_assert_eq!(list(RangeReader::new(&file, 0, tar.len() as u64)), streamed);
    }
}
