use super::super::super::testing::locked_lines;
use super::{PomXml, exact, properties::Properties};

const INCOMPLETE: &str =
    "! incomplete-lock-file: 1 not assessed (not listed in this file): `transitive dependencies`";

fn check(content: &str, expect: &[&str]) {
    assert_eq!(locked_lines(&PomXml, "pom.xml", content.as_bytes()), expect);
}

#[test]
fn properties_and_management() {
    check(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>com.acme</groupId><artifactId>parent</artifactId><version>3.1</version></parent>
  <artifactId>app</artifactId>
  <properties>
    <slf4j.version>${slf4j.major}.36</slf4j.version>
    <slf4j.major>1.7</slf4j.major>
  </properties>
  <dependencyManagement><dependencies>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId><version>4.12</version>
      <scope>test</scope></dependency>
    <dependency><groupId>org.unused</groupId><artifactId>unused</artifactId><version>1</version>
    </dependency>
  </dependencies></dependencyManagement>
  <dependencies>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId>
      <version>${slf4j.version}</version>
      <exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions>
    </dependency>
    <dependency><groupId>junit</groupId><artifactId>junit</artifactId></dependency>
    <dependency><groupId>${project.groupId}</groupId><artifactId>lib</artifactId>
      <version>${project.version}</version></dependency>
    <dependency><groupId>a</groupId><artifactId>ranged</artifactId><version>[1.0,2.0)</version>
    </dependency>
    <dependency><groupId>a</groupId><artifactId>unknown</artifactId><version>${no}</version>
    </dependency>
    <dependency><groupId>a</groupId><artifactId>bom</artifactId></dependency>
  </dependencies>
  <build><plugins><plugin><dependencies>
    <dependency><groupId>b</groupId><artifactId>plugin</artifactId><version>1</version></dependency>
  </dependencies></plugin></plugins></build>
</project>"#,
        &[
            "com.acme:lib 3.1",
            "junit:junit 4.12 dev",
            "org.slf4j:slf4j-api 1.7.36",
            "! unpinned-dependency: 3 not assessed (without an exact version): \
             `a:ranged:[1.0,2.0)`, `a:unknown:${no}`, `a:bom:`",
            INCOMPLETE,
        ],
    );
}

#[test]
fn what_was_read_before_damage_counts() {
    check(
        "<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId>\
         <version>1</version></dependency><dependency>",
        &["a:b 1", INCOMPLETE, "! malformed-xml"],
    );
}

#[test]
fn circles_and_bombs_of_properties_end() {
    let mut properties = Properties::default();
    properties.set("a", "${b}");
    properties.set("b", "${a}");
    properties.set("c", &"${c}".repeat(100));
    assert!(properties.resolve("${a}").starts_with("${"));
    assert!(properties.resolve("${c}").len() <= 1024);
    assert_eq!(properties.resolve("${open"), "${open");
}

#[test]
fn exact_versions() {
    assert_eq!(exact("[1.0]"), Some("1.0"));
    assert_eq!(exact("1.0-jre"), Some("1.0-jre"));
    for range in ["[1.0,2.0)", "(,1.0]", "LATEST", "", "${v}"] {
        assert_eq!(exact(range), None, "{range}");
    }
}
