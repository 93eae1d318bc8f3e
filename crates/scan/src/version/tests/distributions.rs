//! The orders of distributions: known cases, and the judgement of the real tools where installed.

use std::{
    cmp::Ordering::{Equal, Greater, Less},
    process::Command,
};

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};

use super::{check, check_ladder, check_refused, version_like};
use crate::version::VersionOrder::{self, Apk, Dpkg, Rpm};

#[test]
fn debian_versions() {
    check_ladder(
        Dpkg,
        &[
            &["0~~"],
            &["0~~a"],
            &["0~"],
            &["0", "0-0", "0:0", "0:0-00", "00"],
            &["0-0.1"],
            &["0-1~a", "0-01~a"],
            &["0-1"],
            &["0a"],
            &["0aa"],
            &["0b"],
            &["0+"],
            &["0.1"],
            &["1.0~beta1~svn1245"],
            &["1.0~beta1"],
            &["1.0", "1.00", "1.0-0"],
            &["1.0-1"],
            &["1.0-1deb1"],
            &["1.0-1+b1"],
            &["1.0-1.1"],
            &["1.0.1-1"],
            &["1.0.9"],
            &["1.0.10"],
            &["1:0", "01:0"],
            &["1:0.4"],
            &["9999999999999999999999:1"],
        ],
    );
    check(Dpkg, "1.0~beta1~svn1245", Less, "1.0~beta1");
    check(Dpkg, "1.0~beta1", Less, "1.0");
    check(Dpkg, "1.0-1", Less, "1.0-1+b1");
    check(Dpkg, "1.0-1+b1", Less, "1.0-1.1");
    check(Dpkg, "2.36-9+deb12u3", Less, "2.36-9+deb12u10");
    check(Dpkg, "7.88.1-10+deb12u5", Less, "7.88.1-10+deb12u14");
    check(Dpkg, "1:1.2.13.dfsg-1", Greater, "9.0");
    check(Dpkg, "1.0.9", Less, "1.0.10");
    check(Dpkg, "3.0.2-0ubuntu1.10", Less, "3.0.2-0ubuntu1.12");
    check(Dpkg, "1.0-2-1", Greater, "1.0-1-9");
    check(Dpkg, "1.2.3", Equal, "1.2.3-0");
    check(Dpkg, "1.2", Less, "1.2a");
    check(Dpkg, "1.2a", Less, "1.2+");
    check(Dpkg, "1.2+x", Less, "1.2.x");
    check(Dpkg, "99999999999999999999998", Less, "99999999999999999999999");
    check_refused(Dpkg, &["", ":1", "a:1", "-1:1", "1:", "1-", "1 2", "-1"]);
}

#[test]
fn rpm_versions() {
    check_ladder(
        Rpm,
        &[
            &["1.0~rc1~git123"],
            &["1.0~rc1"],
            &["1.0~rc1^git1"],
            &["1.0~rc2"],
            &["1.0", "0:1.0", ":1.0", "1.0-", "1_0", "01.00"],
            &["1.0-1~x"],
            &["1.0-1", "0:1.0-1"],
            &["1.0-1.el9"],
            &["1.0-1.el9_2"],
            &["1.0-2"],
            &["1.0-10"],
            &["1.0^git1~pre"],
            &["1.0^git1"],
            &["1.0^git2"],
            &["1.0^20160101^git1"],
            &["1.0^20160102"],
            &["1.0a", "1.0.a"],
            &["1.0aa"],
            &["1.0b"],
            &["1.0.1", "1.0.0001"],
            &["1.1"],
            &["5.5p1"],
            &["5.5p10"],
            &["10.5"],
            &["20101121"],
            &["1:0.1-1"],
        ],
    );
    check(Rpm, "6.0.rc1", Greater, "6.0");
    check(Rpm, "10xyz", Less, "10.1xyz");
    check(Rpm, "xyz10", Less, "xyz10.1");
    check(Rpm, "xyz.4", Less, "8");
    check(Rpm, "a+", Equal, "a_");
    check(Rpm, "3.0.7-27.el9", Less, "3.0.7-27.el9_4");
    check(Rpm, "1:3.0.8-1.amzn2023.0.3", Less, "1:3.0.8-1.amzn2023.0.10");
    check(Rpm, "2.4.6-97.module+el8.9.0+1234", Less, "2.4.6-97.module+el8.10.0+5");
    check(Rpm, "1.0.é1", Equal, "1.0.1");
    check_refused(Rpm, &["", "1:", "x:1", "-1", "1 2"]);
}

#[test]
fn apk_versions() {
    check_ladder(
        Apk,
        &[
            &["0.1.0_alpha_pre2"],
            &["0.1.0_alpha"],
            &["0.1.0_alpha2"],
            &["0.1.0_beta"],
            &["0.1.0_pre"],
            &["0.1.0_rc"],
            &["0.1.0_rc-r1"],
            &["0.1.0", "00.1.0"],
            &["0.1.0-r0", "0.1.0-r00"],
            &["0.1.0-r1"],
            &["0.1.0-r10"],
            &["0.1.0~1234-r1"],
            &["0.1.0~2345"],
            &["0.1.0_cvs"],
            &["0.1.0_svn"],
            &["0.1.0_git"],
            &["0.1.0_git20200101"],
            &["0.1.0_hg"],
            &["0.1.0_p"],
            &["0.1.0_p9"],
            &["0.1.0_p10-r0"],
            &["0.1.0a"],
            &["0.1.0b-r1"],
            &["0.1.0b2"],
            &["0.1.0.1"],
            &["0.1.00"],
            &["0.1.001"],
            &["0.1.0015"],
            &["0.1.002"],
            &["0.1.01"],
            &["0.1.1"],
            &["0.1.9"],
            &["0.1.10"],
            &["1.9.5p1"],
            &["1.9.5p2-r0"],
            &["10"],
            &["20050718-r2"],
            &["99999999999999999999998"],
            &["99999999999999999999999"],
        ],
    );
    check(Apk, "3.1.4-r5", Less, "3.1.4-r6");
    check(Apk, "1.36.1-r15", Less, "1.36.1-r20");
    check(Apk, "9.3_p2-r0", Greater, "9.3_p1-r3");
    check_refused(
        Apk,
        &["", "a", "1.", "1..2", "1.0bc", "1.0!", "1.0_", "1.0_foo", "1-1", "1-r", "1~", "1-r1_p1"],
    );
}

/// A few hundred pairs of versions that the order accepts.
fn pairs(order: VersionOrder, count: usize) -> Vec<(String, String)> {
    let mut runner = TestRunner::deterministic();
    let strategy = (version_like(), version_like());
    std::iter::repeat_with(|| strategy.new_tree(&mut runner).unwrap().current())
        .filter(|(a, b)| order.accepts(a) && order.accepts(b))
        .take(count)
        .collect()
}

#[test]
fn dpkg_agrees() {
    let says = |left: &str, operator: &str, right: &str| {
        let mut dpkg = Command::new("dpkg");
        let output = dpkg.args(["--compare-versions", left, operator, right]).output();
        output.map(|output| output.status.code() == Some(0))
    };
    if says("1", "eq", "1").is_err() {
        println!("skipped: dpkg is not installed");
        return;
    }
    for (left, right) in pairs(Dpkg, 300) {
        let order = Dpkg.compare(&left, &right).unwrap();
        let operator = ["lt", "eq", "gt"][usize::try_from(order as i8 + 1).unwrap()];
        assert!(says(&left, operator, &right).unwrap(), "{left} {operator} {right}");
    }
}

#[test]
fn rpm_agrees() {
    // Releases are compared alone: RPM has another opinion of versions without one.
    let pairs: Vec<_> = pairs(Rpm, 500)
        .into_iter()
        .filter(|(a, b)| !a.contains(['-', ':']) && !b.contains(['-', ':']))
        .collect();
    let calls: Vec<_> =
        pairs.iter().map(|(a, b)| format!("print(rpm.vercmp('{a}','{b}'),'\\n')")).collect();
    let macros = format!("%{{lua: {}}}", calls.join(" "));
    let Ok(output) = Command::new("rpm").args(["--eval", &macros]).output() else {
        println!("skipped: rpm is not installed");
        return;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<i8> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    assert_eq!(answers.len(), pairs.len(), "{text}");
    for ((left, right), answer) in pairs.iter().zip(answers) {
        assert_eq!(Rpm.compare(left, right).unwrap() as i8, answer, "{left} against {right}");
    }
}
