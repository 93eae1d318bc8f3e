use super::super::super::testing::locked_lines;
use super::GoMod;

fn check(content: &str, expect: &[&str]) {
    assert_eq!(locked_lines(&GoMod, "go.mod", content.as_bytes()), expect);
}

#[test]
fn requirements_and_replacements() {
    check(
        r#"
module example.com/app // the app

go 1.21.0
toolchain go1.22.3

require github.com/gin-gonic/gin v1.9.0
require (
	"github.com/BurntSushi/toml" v1.2.0
	github.com/a/fork v1.0.0
	github.com/b/local v1.0.0
	github.com/c/one v1.0.0 // indirect
	golang.org/x/net v0.0.0-20190620200207-3b0461eec859
	github.com/docker/docker v20.10.0+incompatible
)
replace github.com/a/fork => github.com/other/fork v1.5.0
replace (
	github.com/b/local => ../local
	github.com/c/one v1.0.0 => github.com/c/one v1.0.1
	github.com/c/one v9.0.0 => ./never
)
exclude github.com/gin-gonic/gin v1.8.0
retract [v1.0.0, v1.9.9]
tool golang.org/x/tools/cmd/stringer
"#,
        &[
            "github.com/BurntSushi/toml v1.2.0",
            "github.com/c/one v1.0.1",
            "github.com/docker/docker v20.10.0+incompatible",
            "github.com/gin-gonic/gin v1.9.0",
            "github.com/other/fork v1.5.0",
            "golang.org/x/net v0.0.0-20190620200207-3b0461eec859",
            "stdlib v1.22.3",
            "! dependency-not-from-registry: 1 not assessed (from a directory, a repository or a \
             url, version unknown): `github.com/b/local`",
        ],
    );
}

#[test]
fn the_release_is_said_only_where_one_is_required() {
    check("go 1.21.4\n", &["stdlib v1.21.4"]);
    check("go 1.20\n", &[]);
    check("go 1.22\n", &[]);
    check("go 1.22\ntoolchain go1.22.1\n", &["stdlib v1.22.1"]);
    check("go 1.22rc1\ntoolchain default\n", &[]);
}

#[test]
fn before_1_17_indirect_modules_are_missing() {
    let problem = "! incomplete-lock-file: 1 not assessed (not listed in this file): `indirect \
                   modules (go before 1.17)`";
    check("go 1.16\nrequire a.com/b v1.0.0\n", &["a.com/b v1.0.0", problem]);
    check("require a.com/b v1.0.0\n", &["a.com/b v1.0.0", problem]);
    check("go 1.16\n", &[]);
}

#[test]
fn damaged_lines_are_problems() {
    check(
        "go 1.20\nrequire (\na.com/b\n)\nrequire c.com/d v1.0.0\n",
        &["c.com/d v1.0.0", "! malformed-lock-entry: 1 not assessed (not readable): `a.com/b`"],
    );
}
