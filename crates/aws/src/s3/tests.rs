use std::{
    io::{Read, Write},
    net::TcpListener,
    thread,
};

use super::{list::page, *};
use crate::client::AwsOptions;

#[test]
fn buckets_have_addresses() {
    let check = |endpoint: Option<&str>, bucket: &str, region: &str, expect: &str| {
        assert_eq!(address(endpoint, bucket, region), expect);
    };
    check(None, "logs", "eu-west-1", "https://logs.s3.eu-west-1.amazonaws.com");
    check(None, "my.logs", "eu-west-1", "https://s3.eu-west-1.amazonaws.com/my.logs");
    check(None, "logs", "cn-north-1", "https://logs.s3.cn-north-1.amazonaws.com.cn");
    check(Some("http://localhost:5000/"), "logs", "eu-west-1", "http://localhost:5000/logs");
    check(None, "evil/?", "eu-west-1", "https://evil/%3F.s3.eu-west-1.amazonaws.com");
    for region in ["", "eu west", "eu-west-1.evil.io/", "EU"] {
        assert!(!is_region(region), "{region}");
    }
}

#[test]
fn lists_are_read_and_decoded() {
    let check = |xml: &str, expect: Option<(&[&str], &[&str], Option<&str>)>| {
        let page = page(xml.as_bytes());
        let page = page.as_ref().map(|page| {
            let keys: Vec<&str> = page.entries.iter().map(|entry| entry.key.as_str()).collect();
            let folders: Vec<&str> = page.folders.iter().map(String::as_str).collect();
            (keys, folders, page.next.as_deref())
        });
        let page = page.as_ref().map(|(keys, folders, next)| (&keys[..], &folders[..], *next));
        assert_eq!(page, expect, "{xml}");
    };
    check(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3/\"><EncodingType>url</EncodingType>\
         <IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b</NextContinuationToken>\
         <Contents><Key>a+b%2Fc%C3%BC.gz</Key><Size>12</Size></Contents>\
         <CommonPrefixes><Prefix>x/</Prefix></CommonPrefixes></ListBucketResult>",
        Some((&["a b/cü.gz"], &["x/"], Some("a&b"))),
    );
    check(
        "<ListBucketResult><Contents><Key>a+b</Key><Size>1</Size></Contents></ListBucketResult>",
        Some((&["a+b"], &[], None)),
    );
    check("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>", None);
    check("<ListBucketResult><Contents><Size>1</Size></Contents></ListBucketResult>", None);
    check("<html></html>", None);
    check("", None);
    check(&"<ListBucketResult>".repeat(100_000), None);
}

/// A server that gives one answer after the other, and what it was asked.
fn server(answers: Vec<String>) -> (S3, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut asked = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            asked.push(String::from_utf8(request).unwrap());
            stream.write_all(answer.as_bytes()).unwrap();
        }
        asked
    });
    let options = AwsOptions {
        endpoint_url: Some(endpoint),
        region: Some("eu-west-1".into()),
        ..AwsOptions::default()
    };
    let session = Session::open(&options).unwrap();
    session
        .client()
        .assume(aws_credential_types::Credentials::new("AKIA", "x", None, None, "test"));
    (S3::new(&session), asked)
}

#[test]
fn streams_that_break_off_are_continued() {
    let head =
        "HTTP/1.1 200 OK\r\nconnection: close\r\netag: \"e\"\r\nx-amz-meta-signature: ab\r\n";
    let (s3, asked) = server(vec![
        format!("{head}content-length: 6\r\n\r\nabc"),
        "HTTP/1.1 206 x\r\nconnection: close\r\ncontent-length: 3\r\n\r\ndef".to_owned(),
    ]);
    let mut object = s3.object("logs", "a b+c", 100).unwrap();
    assert_eq!((object.size, object.metadata("signature")), (6, Some("ab")));
    let mut text = String::new();
    object.read_to_string(&mut text).unwrap();
    assert_eq!(text, "abcdef");
    let asked = asked.join().unwrap();
    assert!(asked[0].starts_with("GET /logs/a%20b%2Bc HTTP/1.1"), "{}", asked[0]);
    assert!(asked[0].contains("x-amz-content-sha256: "), "{}", asked[0]);
    assert!(asked[1].contains("range: bytes=3-") && asked[1].contains("if-match: \"e\""));
}

#[test]
fn buckets_in_other_regions_are_followed_and_long_objects_refused() {
    let moved =
        "<Error><Code>AuthorizationHeaderMalformed</Code><Region>us-west-2</Region></Error>";
    let (s3, asked) = server(vec![
        format!(
            "HTTP/1.1 400 x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{moved}",
            moved.len()
        ),
        "HTTP/1.1 200 x\r\nconnection: close\r\ncontent-length: 101\r\n\r\n".to_owned(),
    ]);
    let error = s3.object("logs", "k", 100).unwrap_err().to_string();
    assert!(error.contains("more than the 100 that are read"), "{error}");
    let asked = asked.join().unwrap();
    assert!(asked[0].contains("/eu-west-1/s3/") && asked[1].contains("/us-west-2/s3/"));
}
