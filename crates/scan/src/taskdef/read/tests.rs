use proptest::prelude::*;

use super::*;

/// `NAME IMAGE USER READ-ONLY` of each container.
fn lines(definition: &TaskDefinition) -> Vec<String> {
    let user = |container: &Container| container.user.clone().unwrap_or_else(|| "-".to_owned());
    let containers = definition.containers.iter();
    containers.map(|c| format!("{} {} {} {}", c.name, c.image, user(c), c.read_only_root)).collect()
}

fn check(text: &str, expect: &[&str]) {
    match parse("t.json", text.as_bytes()) {
        Ok(definition) => assert_eq!(lines(&definition), expect, "{text}"),
        Err(error) => assert_eq!([error.to_string().as_str()], expect, "{text}"),
    }
}

const REGISTERED: &str = r#"{
  "family": "shop",
  "containerDefinitions": [
    {"name": "app", "image": "shop:1", "user": "1000:0", "readonlyRootFilesystem": true,
     "environment": [{"name": "A", "value": "b"}],
     "secrets": [{"name": "DB", "valueFrom": "arn:aws:ssm:eu-west-1:1:parameter/db"}],
     "healthCheck": {"command": ["CMD-SHELL", "true"]}},
    {"name": "log", "image": "fluent-bit@sha256:00", "user": "", "essential": false, "cpu": 10}
  ],
  "tags": [{"key": "team", "value": "shop"}, {"key": "app"}],
  "requiresCompatibilities": ["FARGATE"]
}"#;

#[test]
fn the_form_that_is_registered() {
    check(REGISTERED, &["app shop:1 1000:0 true", "log fluent-bit@sha256:00 - false"]);
    let definition = parse("t.json", REGISTERED.as_bytes()).unwrap();
    assert_eq!((definition.path.as_str(), definition.family.as_str()), ("t.json", "shop"));
    assert_eq!(definition.tags, [("app".into(), String::new()), ("team".into(), "shop".into())]);
    let health: Vec<bool> = definition.containers.iter().map(|c| c.has_health_check).collect();
    assert_eq!(health, [true, false]);
}

#[test]
fn the_form_that_is_described() {
    let described = r#"{"taskDefinition": {"taskDefinitionArn": "arn:...", "revision": 7, "family": "f",
        "containerDefinitions": [{"name": "a", "image": "i", "user": null, "mountPoints": []}],
        "status": "ACTIVE"}, "tags": [{"key": "k", "value": "v"}]}"#;
    check(described, &["a i - false"]);
    assert_eq!(parse("t", described.as_bytes()).unwrap().tags, [("k".into(), "v".into())]);
}

#[test]
fn the_platform_decides_which_image_of_several_runs() {
    let check = |settings: &str, expect: Option<&str>| {
        let text =
            format!(r#"{{"containerDefinitions": [{{"name": "a", "image": "i"}}]{settings}}}"#);
        let definition = parse("t", text.as_bytes()).unwrap();
        assert_eq!(definition.platform.as_deref(), expect, "{settings}");
    };
    check("", None);
    check(r#", "requiresCompatibilities": ["EC2"]"#, None);
    check(r#", "requiresCompatibilities": ["EC2", "FARGATE"]"#, Some("linux/amd64"));
    check(r#", "runtimePlatform": {"cpuArchitecture": "ARM64"}"#, Some("linux/arm64"));
    let windows = r#", "runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}"#;
    check(windows, Some("windows/amd64"));
}

#[test]
fn byte_order_marks_of_all_kinds() {
    let text = r#"{"containerDefinitions": [{"name": "ä", "image": "i"}]}"#;
    let wide = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect()
    };
    let marked = ["\u{feff}", text].concat().into_bytes();
    for bytes in
        [marked, wide([0xff, 0xfe], u16::to_le_bytes), wide([0xfe, 0xff], u16::to_be_bytes)]
    {
        assert!(crate::taskdef::is_task_definition(&bytes));
        assert_eq!(lines(&parse("t", &bytes).unwrap()), ["ä i - false"]);
    }
}

#[test]
fn complaints_name_the_place_and_never_the_value() {
    let wrong = |container: &str| format!("{{\n\"containerDefinitions\": [\n{container}\n]}}");
    let at = |line: usize, text: &str| format!("task definition `t.json`, line {line}: {text}");
    let in_container = [
        (r#"{"name": "a"}"#, "`containerDefinitions[0].image` is missing or empty", None),
        (r#"{"image": "i"}"#, "`containerDefinitions[0].name` is missing or empty", None),
        (
            r#"{"name": "a", "image": 5}"#,
            "`containerDefinitions[0].image` has to be a string and is a number",
            Some(3),
        ),
        (
            "{\"name\": \"a\", \"image\": \"i\",\n\"environment\": [{\"name\": \"P\", \"value\": 4711}]}",
            "`containerDefinitions[0].environment[0].value` has to be a string and is a number",
            Some(4),
        ),
        (
            r#"{"name": "a", "image": "i", "readonlyRootFilesystem": "true"}"#,
            "`containerDefinitions[0].readonlyRootFilesystem` has to be true or false and is a string",
            Some(3),
        ),
        (
            r#"{"name": "\u001b[31m", "image": "i"}"#,
            "`containerDefinitions[0].name` holds control characters",
            Some(3),
        ),
        ("5", "`containerDefinitions[0]` has to be an object and is a number", Some(3)),
        (
            "{\"name\": \"a\", \"image\": \"i\"},\n{\"name\": \"a\", \"image\": \"j\"}",
            "`containerDefinitions[1].name` is `a`, as is that of `containerDefinitions[0]`: names \
             have to differ",
            Some(4),
        ),
    ];
    for (container, message, line) in in_container {
        let expect = match line {
            Some(line) => at(line, message),
            None => format!("task definition `t.json`: {message}"),
        };
        check(&wrong(container), &[&expect]);
    }
    let start = |text: &str| match parse("t.json", text.as_bytes()) {
        Ok(_) => panic!("{text} is taken"),
        Err(error) => error.to_string(),
    };
    assert!(
        start("{\"containerDefinitions\": [}")
            .contains(", line 1 column 27: not JSON: expected value")
    );
    assert!(start("[]").contains("it has to be an object and is an array"));
    assert!(start("{}").contains("it has no `containerDefinitions`"));
    assert!(start("{\"containerDefinitions\": []}").contains("has to name 1 to 100 containers"));
    assert!(start(&"[".repeat(100_000)).contains("recursion limit"));
}

#[test]
fn what_is_too_large_is_refused_unread() {
    let error = parse("t.json", &vec![b' '; MAX_BYTES + 1]).unwrap_err().to_string();
    assert_eq!(error, "task definition `t.json`: larger than 1024 KiB, and ECS takes 64 KiB");
    assert!(parse("t.json", &[0xff, b'{']).unwrap_err().to_string().contains("not UTF-8"));
}

#[test]
fn values_know_their_line() {
    let text = "{\"taskDefinition\": {\"containerDefinitions\": [{\"name\": \"a\", \"image\": \"i\",\n\
        \"command\": [\"x\"],\n\
        \"environment\": [{\"name\": \"A\", \"value\": \"1\"},\n{\"value\": \"2\", \"name\": \"B\"}],\n\
        \"dockerLabels\": {\n\"com.example.x\": \"y\"},\n\
        \"logConfiguration\": {\"logDriver\": \"splunk\",\n\"options\": {\"splunk-token\": \"t\"}}}]}}";
    let definition = parse("t", text.as_bytes()).unwrap();
    let found: Vec<_> =
        definition.containers[0].values.iter().map(|v| (v.setting, v.line.unwrap())).collect();
    assert_eq!(
        found,
        [
            ("environment", 3),
            ("environment", 4),
            ("command", 2),
            ("dockerLabels", 6),
            ("logConfiguration", 8)
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn damage_is_an_error_and_no_panic(at in 0usize..REGISTERED.len(), byte: u8) {
        let mut bytes = REGISTERED.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = parse("t", &bytes);
        let _ = parse("t", &REGISTERED.as_bytes()[..at]);
    }
}
