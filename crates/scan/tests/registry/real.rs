//! A real registry with a password, as Debian packages it.

use farguard_scan::source::{ImageSource, registry::RegistryOptions};

use crate::{
    daemon::Registry,
    fixture::{Fixture, credential, open, options, pull},
};

#[test]
fn an_image_is_pulled_with_a_password() {
    let Some(registry) = Registry::start(true) else { return };
    let fixture = Fixture::new(&[b"lower layer", &vec![7; 300_000]]);
    registry.push("1", &fixture);

    let with = |password| RegistryOptions { credential: credential("u", password), ..options() };
    let image = open(&registry.address, with("hunter2")).unwrap();
    assert_eq!(image.image().target.digest.as_deref(), Some(fixture.digest().as_str()));
    assert_eq!(pull(&registry.address, with("hunter2")).unwrap(), fixture.layers);

    let message = pull(&registry.address, with("wrong-word")).unwrap_err();
    assert!(message.contains("401 Unauthorized") && !message.contains("wrong-word"), "{message}");
    let message = pull(&registry.address, options()).unwrap_err();
    assert!(message.contains("a name and a password are asked for"), "{message}");

    let absent = format!("{}/app:2", registry.address).parse().unwrap();
    let error = farguard_scan::source::registry::RegistryImage::open(&absent, with("hunter2"));
    assert!(error.unwrap_err().to_string().contains("has no manifest `2`"));
}
