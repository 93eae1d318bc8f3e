use super::*;

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn image(config_type: &str) -> String {
    format!(
        r#"{{"schemaVersion":2,
            "config":{{"mediaType":"{config_type}","digest":"sha256:{HEX}","size":7}},
            "layers":[{{"mediaType":"x.foreign.y","digest":"sha256:{HEX}","size":9}}]}}"#
    )
}

fn index(platforms: &[&str]) -> Vec<Descriptor> {
    let entry = |platform: &&str| {
        let platform: Platform = platform.parse().unwrap();
        format!(
            r#"{{"mediaType":"{}","digest":"sha256:{HEX}","size":1,"platform":
                {{"os":"{}","architecture":"{}","variant":"{}"}}}}"#,
            MANIFEST_TYPES[1],
            platform.os,
            platform.architecture,
            platform.variant.unwrap_or_default()
        )
    };
    let entries: Vec<String> = platforms.iter().map(entry).collect();
    let json = format!(r#"{{"schemaVersion":2,"manifests":[{}]}}"#, entries.join(","));
    match Manifest::parse(json.as_bytes()).unwrap() {
        Manifest::Index(manifests) => manifests,
        Manifest::Image { .. } => panic!("an index was read as an image"),
    }
}

#[test]
fn images_of_both_families_are_read() {
    for config_type in CONFIG_TYPES {
        let Manifest::Image { config, layers } =
            Manifest::parse(image(config_type).as_bytes()).unwrap()
        else {
            panic!("an image was read as an index");
        };
        assert_eq!((config.size, layers[0].size, layers[0].is_foreign()), (7, 9, true));
    }
}

#[test]
fn what_is_no_image_says_so() {
    let check = |json: &str, expect: &str| {
        let message = Manifest::parse(json.as_bytes()).unwrap_err().to_string();
        assert!(message.contains(expect), "{message}");
    };
    check(r#"{"schemaVersion":1,"fsLayers":[]}"#, "schema 1");
    check(&image("application/vnd.cncf.helm.config.v1+json"), "`application/vnd.cncf.helm");
    check(
        r#"{"schemaVersion":2,"artifactType":"application/spdx+json","subject":{}}"#,
        "`application/spdx+json`",
    );
    check("{}", "no `config`");
    check("<html>", "malformed manifest");
    check(&image(CONFIG_TYPES[0]).replace(HEX, "../../etc/passwd"), "not a digest");
    check(&image(CONFIG_TYPES[0]).replace("\"size\":9", "\"size\":-9"), "malformed manifest");
    check(&"[".repeat(100_000), "malformed manifest");
}

#[test]
fn too_many_layers_are_refused() {
    let layer = format!(r#"{{"digest":"sha256:{HEX}","size":1}}"#);
    let layers = vec![layer.clone(); MAX_LAYERS + 1].join(",");
    let json = format!(r#"{{"schemaVersion":2,"config":{layer},"layers":[{layers}]}}"#);
    assert!(Manifest::parse(json.as_bytes()).unwrap_err().to_string().contains("too many"));
}

#[test]
fn platforms_are_picked_in_the_order_of_wishes() {
    let manifests = index(&["linux/arm/v6", "linux/arm/v7", "linux/amd64"]);
    let check = |wanted: &[&str], expect: &str| {
        let wanted: Vec<Platform> = wanted.iter().map(|text| text.parse().unwrap()).collect();
        let found = select(&manifests, &wanted).map(|d| d.platform.clone().unwrap().to_string());
        assert_eq!(found.unwrap_or_else(|error| error.to_string()), expect);
    };
    check(&["linux/arm/v7"], "linux/arm/v7");
    check(&["linux/arm64", "linux/amd64"], "linux/amd64");
    check(
        &["linux/s390x"],
        "no image for `linux/s390x`; there is: linux/arm/v6, linux/arm/v7, linux/amd64",
    );
}

#[test]
fn attestations_are_no_images() {
    let json = format!(
        r#"{{"schemaVersion":2,"manifests":[{{"digest":"sha256:{HEX}","size":1,
            "platform":{{"os":"unknown","architecture":"unknown"}},
            "annotations":{{"vnd.docker.reference.type":"attestation-manifest"}}}}]}}"#
    );
    assert_eq!(Manifest::parse(json.as_bytes()), Ok(Manifest::Index(Vec::new())));
}
