use super::super::super::testing::locked_lines;
use super::{
    Requirements, is_requirements,
    line::{Line, parse},
};

fn check(content: &[u8], expect: &[&str]) {
    assert_eq!(locked_lines(&Requirements, "requirements.txt", content), expect);
}

#[test]
fn lines() {
    let pinned = |name, version| Line::Pinned { name, version };
    let table = [
        ("flask==2.2.0", pinned("flask", "2.2.0")),
        ("flask == 2.2.0  # pinned", pinned("flask", "2.2.0")),
        ("httpx[http2, socks]==0.24.0", pinned("httpx", "0.24.0")),
        ("httpx [http2] ==0.24.0", pinned("httpx", "0.24.0")),
        ("colorama==0.4.6 ; sys_platform == 'win32' --hash=sha256:0", pinned("colorama", "0.4.6")),
        ("zope.interface===5.0-custom", pinned("zope.interface", "5.0-custom")),
        ("torch==2.1.0+cu118", pinned("torch", "2.1.0+cu118")),
        ("django>=2.0,==2.2.1", pinned("django", "2.2.1")),
        ("django (==2.2.1)", pinned("django", "2.2.1")),
        ("django", Line::Unpinned("django")),
        ("django>=2.0,<3 ; python_version == '3'", Line::Unpinned("django>=2.0,<3")),
        ("django==2.*", Line::Unpinned("django==2.*")),
        ("django~=2.0", Line::Unpinned("django~=2.0")),
        ("pkg @ https://x/pkg-1.0.zip", Line::Elsewhere("pkg @ https://x/pkg-1.0.zip")),
        ("git+https://x/y.git#egg=y", Line::Elsewhere("git+https://x/y.git#egg=y")),
        ("-e git+https://x/y.git#egg=y", Line::Elsewhere("git+https://x/y.git#egg=y")),
        ("wheels/a-1.0-py3-none-any.whl", Line::Elsewhere("wheels/a-1.0-py3-none-any.whl")),
        ("-e .", Line::Nothing),
        ("./lib", Line::Nothing),
        ("-r base.txt", Line::Include("base.txt")),
        ("-rbase.txt", Line::Include("base.txt")),
        ("--requirement=base.txt", Line::Include("base.txt")),
        ("-c constraints.txt", Line::Nothing),
        ("--index-url https://example.com/simple", Line::Nothing),
        ("# flask==1.0", Line::Nothing),
        ("", Line::Nothing),
        ("@@@", Line::Malformed("@@@")),
        ("flask 2.2.0", Line::Malformed("flask 2.2.0")),
        ("flask[a==1", Line::Malformed("flask[a==1")),
    ];
    for (text, expect) in table {
        assert_eq!(parse(text), expect, "{text}");
    }
}

#[test]
fn pins_count_and_the_rest_is_a_problem() {
    check(
        b"# by hand\nflask==2.2.0 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\nrequests>=2\n\
          -r base.txt\n-r requirements-dev.txt\n",
        &[
            "flask 2.2.0",
            "! unpinned-dependency: 1 not assessed (without an exact version): `requests>=2`",
            "! include-not-followed: 1 not assessed (in a file that is not read): `base.txt`",
        ],
    );
}

#[test]
fn byte_order_marks() {
    check(b"\xef\xbb\xbfflask==2.2.0\r\n", &["flask 2.2.0"]);
    let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}flask==2.2.0\r\n".encode_utf16().flat_map(unit).collect()
    };
    check(&wide(u16::to_le_bytes), &["flask 2.2.0"]);
    check(&wide(u16::to_be_bytes), &["flask 2.2.0"]);
    check(b"\xff\xfe\x00\xd8", &["! malformed-text"]);
    check(b"flask==\xff", &["! malformed-text"]);
}

#[test]
fn names_of_requirements_files() {
    for path in ["requirements.txt", "a/dev-requirements.txt", "requirements/base.txt"] {
        assert!(is_requirements(path), "{path}");
    }
    for path in ["notes.txt", "uv.lock", "requirements/README.md", "my/requirements/x/a.txt"] {
        assert!(!is_requirements(path), "{path}");
    }
}
