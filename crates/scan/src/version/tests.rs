//! Known cases of every order, and what holds for all of them.

use std::cmp::Ordering::{self, Equal, Greater, Less};

use proptest::prelude::*;

mod distributions;

use super::VersionOrder::{self, Apk, Composer, Dpkg, Gem, Go, Maven, Nuget, Pep440, Rpm, Semver};

#[track_caller]
fn check(order: VersionOrder, left: &str, expect: Ordering, right: &str) {
    assert_eq!(order.compare(left, right), Ok(expect), "{left} against {right}");
    assert_eq!(order.compare(right, left), Ok(expect.reverse()), "{right} against {left}");
}

/// Each group is older than all that follow; the versions inside a group are equal.
#[track_caller]
fn check_ladder(order: VersionOrder, groups: &[&[&str]]) {
    for (i, group) in groups.iter().enumerate() {
        for version in *group {
            group.iter().for_each(|same| check(order, version, Equal, same));
            for newer in groups[i + 1..].iter().copied().flatten() {
                check(order, version, Less, newer);
            }
        }
    }
}

#[track_caller]
fn check_refused(order: VersionOrder, versions: &[&str]) {
    for version in versions {
        assert!(!order.accepts(version), "{order:?} accepts `{version}`");
    }
}

#[test]
fn semantic_versions() {
    check_ladder(
        Semver,
        &[
            &["0"],
            &["1.0.0-0"],
            &["1.0.0-alpha"],
            &["1.0.0-alpha.1"],
            &["1.0.0-alpha.beta"],
            &["1.0.0-beta"],
            &["1.0.0-beta.2", "1.0.0-beta.02"],
            &["1.0.0-beta.11"],
            &["1.0.0-rc.1", "v1.0.0-rc.1+build.5"],
            &["1.0.0", "1", "1.0", "v1.0.0", "=1.0.0", " 1.0.0", "1.0.0+sha.0fd2", "01.0.0"],
            &["1.0.0.1"],
            &["1.9.0"],
            &["1.10.0"],
            &["99999999999999999999999.0.0"],
        ],
    );
    check_refused(
        Semver,
        &["", "x", "1.x", "1..2", "1.0.0-", "1.0.0-a..b", "1.0.0-ä", ">=1.0", "1.0 2"],
    );
}

#[test]
fn go_versions() {
    check_ladder(
        Go,
        &[
            &["v0.0.0-20180101000000-aaaaaaaaaaaa"],
            &["v0.0.0-20190101000000-000000000000"],
            &["v1.2.3-pre.0.20200101000000-aaaaaaaaaaaa"],
            &["v1.2.3"],
            &["v1.2.4-0.20200101000000-aaaaaaaaaaaa"],
            &["1.2.4", "v1.2.4", "v1.2.4+incompatible"],
            &["1.20.0-0"],
            &["go1.20beta1", "1.20.0-beta.1"],
            &["go1.20rc1", "1.20rc1", "1.20.0-rc.1"],
            &["go1.20rc2"],
            &["go1.20", "1.20.0", "go1.20.0", "go1.20-acme", "go1.20 X:boringcrypto"],
            &["go1.20.3", "1.20.3"],
            &["go1.21rc1", "go1.21.0rc1"],
        ],
    );
    check_refused(Go, &["", "(devel)", "devel go1.23-1b6f1e5", "go", "vv1.0.0", "gov1.0"]);
}

#[test]
fn python_versions() {
    check_ladder(
        Pep440,
        &[
            &["1.dev0", "1.0.dev", "1.0-dev0", "1.0.DEV0"],
            &["1.0.dev456"],
            &["1.0a1.dev3"],
            &["1.0a1", "1.0alpha1", "1.0-a.1", "v1.0_ALPHA_1", "1a1"],
            &["1.0a2.dev456"],
            &["1.0a12"],
            &["1.0b1.dev456"],
            &["1.0b2"],
            &["1.0b2.post345.dev456"],
            &["1.0b2.post345", "1.0b2-345"],
            &["1.0rc1.dev456"],
            &["1.0rc1", "1.0c1", "1.0preview1", "1.0-pre-1"],
            &["1.0", "1", "1.0.0", " v1.0 ", "1.00", "0!1.0"],
            &["1.0+abc.5"],
            &["1.0+abc.7", "1.0+ABC-7", "1.0+abc_7"],
            &["1.0+5"],
            &["1.0.post456.dev34"],
            &["1.0.post456", "1.0-456", "1.0.r456", "1.0rev456"],
            &["1.0.15"],
            &["1.1.dev1"],
            &["2024.1"],
            &["1!0.1"],
        ],
    );
    check_refused(
        Pep440,
        &[
            "",
            "2004d",
            "1.0-final",
            "1.0..1",
            "1.0+",
            "1.0+a..b",
            "french toast",
            "1!",
            "1.0a1a2",
            "1.0-",
        ],
    );
}

#[test]
fn maven_versions() {
    check_ladder(
        Maven,
        &[
            &["1-alpha", "1.0.alpha", "1.0-ALPHA"],
            &["1-alpha1", "1-a1", "1.0-alpha-1", "1.0.a1"],
            &["1-alpha2"],
            &["1-alpha10"],
            &["1-beta1", "1-b1"],
            &["1-milestone1", "1-m1"],
            &["1-rc", "1-cr"],
            &["1-rc1", "1-cr1", "1.0.0.RC1"],
            &["1-SNAPSHOT", "1.0-snapshot"],
            &["1", "1.0", "1.0.0", "1-ga", "1.final", "1-release", "1.0.0.Final", "1-0", "1."],
            &["1-sp"],
            &["1-abc"],
            &["1-1"],
            &["1.0.1", "1.0.01"],
            &["1.1"],
            &["2.0.0.v200706041905-7C78EK9E_EkMNfNOd2d8qq"],
            &["2.1"],
            &["20040616"],
            &["99999999999999999999"],
        ],
    );
    check(Maven, "2.9.10", Less, "2.9.10.1");
    check(Maven, "31.0-android", Less, "31.0-jre");
    check(Maven, "1.0.X2", Less, "1.0-X3");
    check_refused(Maven, &["", "1 2", ">=0.5", "[1.0,2.0)"]);
}

#[test]
fn gem_versions() {
    check_ladder(
        Gem,
        &[
            &["0.a"],
            &["0", "", "0.0"],
            &["1.0.a"],
            &["1.0.a2", "1.0.a.2"],
            &["1.0.b1"],
            &["1.0.0.pre.1", "1.0-1"],
            &["1.0.0.rc1"],
            &["1.0", "1", "1.0.0"],
            &["1.0.0.1"],
            &["1.9.a"],
            &["1.9.0"],
            &["1.10"],
        ],
    );
    check(Gem, "5.2.4.rc1", Less, "5.2.4");
    check_refused(Gem, &["a", ".1", "1..2", "1.0_2", "1.0\n2", "junk"]);
}

#[test]
fn nuget_versions() {
    check_ladder(
        Nuget,
        &[
            &["1.0.0-alpha", "1.0.0-ALPHA", "1.0-Alpha+x"],
            &["1.0.0-alpha.1"],
            &["1.0.0-beta"],
            &["1.0.0-rc.2"],
            &["1.0.0-rc.10"],
            &["1.0.0", "1", "1.0.0.0", "1.00"],
            &["1.0.0.1"],
            &["1.0.1"],
        ],
    );
    check_refused(Nuget, &["", "a.b", "1.*"]);
}

#[test]
fn composer_versions() {
    check_ladder(
        Composer,
        &[
            &["1.0.0-dev", "1-dev"],
            &["1.0.0-alpha"],
            &["1.0.0-alpha1", "1.0a1", "1.0.0.0-alpha.1"],
            &["1.0.0-beta2-dev"],
            &["1.0.0-beta2", "1.0b2", "v1.0.0-BETA2"],
            &["1.0.0-beta10"],
            &["1.0.0-RC1", "1.0.0rc1"],
            &["1.0.0", "1", "v1.0", "1.0.0-stable", "1.0.0+build", "1.0.0@stable"],
            &["1.0.0-patch1", "1.0.0-pl1", "1.0.0p1"],
            &["1.0.0.1"],
            &["1.10.0"],
            &["1.x-dev", "1.*-dev"],
            &["2.0.0"],
            &["2.1.99"],
            &["2.1.x-dev"],
            &["2.2.0-alpha"],
        ],
    );
    check_refused(Composer, &["", "dev-main", "master", "1.0.0-meh", "1.0 - 2.0", "1.x.5.z"]);
}

#[test]
fn an_error_names_the_version_at_fault() {
    let error = Pep440.compare("1.0", "2004d").unwrap_err();
    assert_eq!(error.to_string(), "`2004d` is not a PEP 440 version");
    let error = Pep440.compare("2004d", "1.0").unwrap_err();
    assert_eq!(error.version, "2004d");
}

#[test]
fn long_versions_take_linear_time() {
    for order in VersionOrder::ALL {
        for unit in
            ["1.", "-", ".", "a", "1a", "a1", "0.", "-0", "0", "-a", "~", "^", "_", "+", "!"]
        {
            let text = format!("1{}", unit.repeat(20_000));
            let _ = order.compare(&text, &text);
            let _ = order.compare(&text, "1");
        }
    }
}

/// What versions look like, more or less.
fn version_like() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("a"),
        Just("alpha"),
        Just("b"),
        Just("rc"),
        Just("dev"),
        Just("post"),
        Just("p"),
        Just("final"),
        Just("sp"),
        Just("x"),
        Just("SNAPSHOT"),
        Just("0"),
        Just("1"),
        Just("2"),
        Just("10"),
        Just("007"),
        Just(".0"),
    ];
    const SEPARATORS: &[&str] = &["", ".", "-", "+", "_", "~", "^", "-r", ":"];
    let separator = proptest::sample::select(SEPARATORS);
    ("[0-3]", proptest::collection::vec((separator, word), 0..5)).prop_map(|(first, rest)| {
        rest.into_iter().fold(first, |text, (separator, word)| text + separator + word)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_order_is_total(a in version_like(), b in version_like(), c in version_like()) {
        for order in VersionOrder::ALL {
            let accepted = order.accepts(&a) && order.accepts(&b) && order.accepts(&c);
            if !accepted { continue }
            prop_assert_eq!(order.compare(&a, &a), Ok(Equal));
            prop_assert_eq!(order.compare(&a, &b), order.compare(&b, &a).map(Ordering::reverse));
            let (ab, bc, ac) = (order.compare(&a, &b), order.compare(&b, &c), order.compare(&a, &c));
            if ab != Ok(Greater) && bc != Ok(Greater) {
                prop_assert_ne!(&ac, &Ok(Greater), "{:?}: {} {} {}", order, a, b, c);
            }
            if ab == Ok(Equal) && bc == Ok(Equal) {
                prop_assert_eq!(ac, Ok(Equal), "{:?}: {} {} {}", order, a, b, c);
            }
        }
    }

    #[test]
    fn nothing_panics(a in any::<String>(), b in any::<String>()) {
        for order in VersionOrder::ALL {
            let _ = order.compare(&a, &b);
        }
    }

    #[test]
    fn a_larger_number_is_a_newer_version(numbers in proptest::collection::vec(0u64..1000, 1..4)) {
        let text = |numbers: &[u64]| {
            numbers.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
        };
        let mut larger = numbers.clone();
        *larger.last_mut().unwrap() += 1;
        for order in [Apk, Composer, Dpkg, Gem, Go, Maven, Nuget, Pep440, Rpm, Semver] {
            check(order, &text(&numbers), Less, &text(&larger));
        }
    }
}
