use super::super::super::testing::locked_lines;
use super::PnpmLock;

fn check(content: &str, expect: &[&str]) {
    assert_eq!(locked_lines(&PnpmLock, "pnpm-lock.yaml", content.as_bytes()), expect);
}

#[test]
fn version_9_says_what_is_for_development_by_its_graph() {
    check(
        "
lockfileVersion: '9.0'
settings: {autoInstallPeers: true}
importers:
  .:
    dependencies:
      lo: {specifier: 'npm:lodash@4.17.20', version: lodash@4.17.20}
      react-dom: {specifier: ^18.0.0, version: 18.0.0(react@18.0.0)}
      lib: {specifier: 'workspace:*', version: link:packages/lib}
    devDependencies:
      mocha: {specifier: 10.2.0, version: 10.2.0}
packages:
  lodash@4.17.20:
    resolution: {integrity: sha512-0}
  mocha@10.2.0:
    resolution: {integrity: sha512-0}
    engines: {node: '>= 14.0.0'}
  ms@2.1.3:
    resolution: {integrity: sha512-0}
  react-dom@18.0.0:
    resolution: {integrity: sha512-0}
    peerDependencies: {react: ^18.0.0}
  react@18.0.0:
    resolution: {integrity: sha512-0}
  tar@https://codeload.github.com/x/tar/tar.gz/0123:
    resolution: {tarball: https://codeload.github.com/x/tar/tar.gz/0123}
    version: 6.0.0
snapshots:
  lodash@4.17.20: {}
  mocha@10.2.0:
    dependencies: {ms: 2.1.3}
  ms@2.1.3: {}
  react-dom@18.0.0(react@18.0.0):
    dependencies: {react: 18.0.0}
  react@18.0.0: {}
  tar@https://codeload.github.com/x/tar/tar.gz/0123: {}
",
        &[
            "lodash 4.17.20",
            "mocha 10.2.0 dev",
            "ms 2.1.3 dev",
            "react 18.0.0",
            "react-dom 18.0.0",
            "tar 6.0.0 dev",
        ],
    );
}

#[test]
fn versions_5_and_6_flag_each_package() {
    check(
        "
lockfileVersion: 5.4
specifiers: {ms: ^2.0.0}
dependencies: {ms: 2.0.0}
packages:
  /ms/2.0.0:
    resolution: {integrity: sha512-0}
    dev: false
  /@babel/core/7.0.0_abc:
    resolution: {integrity: sha512-0}
    dev: true
  github.com/x/y/0123:
    resolution: {tarball: https://codeload.github.com/x/y/tar.gz/0123}
    name: y
    version: 1.5.0
    dev: false
  file:lib:
    resolution: {directory: lib, type: directory}
    name: lib
    dev: false
",
        &["@babel/core 7.0.0 dev", "ms 2.0.0", "y 1.5.0"],
    );
    check(
        "
lockfileVersion: '6.0'
dependencies:
  ms: {specifier: ^2.0.0, version: 2.0.0}
packages:
  /ms@2.0.0:
    resolution: {integrity: sha512-0}
    dev: false
  /@babel/core@7.0.0(@types/node@20.0.0):
    resolution: {integrity: sha512-0}
    dev: true
  '@registry.example/odd':
    resolution: {integrity: sha512-0}
",
        &[
            "@babel/core 7.0.0 dev",
            "ms 2.0.0",
            "! dependency-not-from-registry: 1 not assessed (from a directory, a repository or a \
             url, version unknown): `@registry.example/odd`",
        ],
    );
}

#[test]
fn damage_is_an_error() {
    check("packages: {}\n", &["! malformed-yaml"]);
    check("lockfileVersion: '9.0'\npackages: [", &["! malformed-yaml"]);
    check(&"[".repeat(100_000), &["! malformed-yaml"]);
    let depth = 5_000;
    let nested: String = (0..depth).map(|n| format!("{}a:\n", " ".repeat(n))).collect();
    check(&nested, &["! malformed-yaml"]);
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut bomb = "lockfileVersion: '9.0'\na0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb += &format!("a{level}: &a{level} [{aliases}]\n");
    }
    check(&bomb, &["! malformed-yaml"]);
}
