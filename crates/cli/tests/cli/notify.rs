//! `--notify` as a user runs it: against a server of the test, and against the SNS of moto.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::{registry::Moto, support::World};

/// A server that answers one request after the other with these statuses, the last one for ever.
fn server(statuses: &'static [u16]) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook/s3cret", listener.local_addr().unwrap());
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let lower = line.to_ascii_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line.trim().is_empty() {
                    break;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let _ = sender.send(String::from_utf8(body).unwrap());
            let status = statuses[number.min(statuses.len() - 1)];
            let answer = format!(
                "HTTP/1.1 {status} x\r\ncontent-length: 4\r\nconnection: close\r\n\r\nwhat"
            );
            (&stream).write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, bodies)
}

fn next(bodies: &Receiver<String>) -> Value {
    serde_json::from_str(&bodies.recv_timeout(Duration::from_secs(20)).unwrap()).unwrap()
}

fn notify(world: &World, place: &str) -> crate::support::Run {
    world.farguard(&["scan", "rootfs", "--owner", "@web", "--notify", place])
}

#[test]
fn webhooks_get_one_document_for_each_owner() {
    let world = World::new();
    let (url, bodies) = server(&[200]);
    let run = notify(&world, &url);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let document = next(&bodies);
    assert_eq!(document["schema_version"], "1.0");
    assert_eq!(
        (document["event"].as_str(), document["owner"]["name"].as_str()),
        (Some("scan"), Some("@web"))
    );
    let finding = &document["targets"][0]["findings"][0];
    assert_eq!(finding["id"], "CVE-2023-4911");
    assert!(bodies.try_recv().is_err(), "one owner, one digest");
    assert!(run.stderr.contains("of `@web`") && !run.stderr.contains("s3cret"), "{}", run.stderr);
}

#[test]
fn nobody_is_told_of_nothing() {
    let world = World::new();
    let (url, bodies) = server(&[200]);
    let run = world.farguard(&["scan", "rootfs", "--fail-on", "critical", "--notify", &url]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(bodies.try_recv().is_err());
}

#[test]
fn slack_gets_blocks() {
    let world = World::new();
    let (url, bodies) = server(&[200]);
    assert_eq!(notify(&world, &format!("slack={url}")).code, 1);
    let message = next(&bodies);
    assert_eq!(message["blocks"][0]["type"], "header");
    assert!(message["text"].as_str().unwrap().contains("@web"), "{message}");
    let section = message["blocks"][2]["text"]["text"].as_str().unwrap();
    assert!(section.contains("*rootfs*") && section.contains("CVE-2023-4911"), "{section}");
}

#[test]
fn servers_that_are_busy_are_asked_again_and_others_are_an_error() {
    let world = World::new();
    let (url, bodies) = server(&[503, 429, 200]);
    assert_eq!(notify(&world, &url).code, 1);
    let tries: Vec<String> = bodies.try_iter().collect();
    assert_eq!(tries.len(), 3);
    let check = |statuses: &'static [u16], expect: &str, tries: usize| {
        let (url, bodies) = server(statuses);
        let run = notify(&world, &url);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(expect) && !run.stderr.contains("s3cret"), "{}", run.stderr);
        assert_eq!(bodies.try_iter().count(), tries);
    };
    check(&[404], "the server answers with status 404: what", 1);
    check(&[302], "status 302", 1);
    check(&[500], "(3 attempts)", 3);
    let run = notify(&world, "http://127.0.0.1:1/s3cret");
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("cannot tell webhook") && !run.stderr.contains("s3cret"),
        "{}",
        run.stderr
    );
    let run = notify(&world, "htp://s3cret");
    assert!(
        run.code == 2 && run.stderr.contains("write a URL, slack=URL or sns=ARN"),
        "{}",
        run.stderr
    );
}

#[test]
fn rescans_tell_what_is_new() {
    let world = World::new();
    let only_python = world.read("advisories/all.jsonl").lines().nth(1).unwrap().to_owned();
    let all = world.read("advisories/all.jsonl");
    world.write(
        "advisories/all.jsonl",
        &(only_python + "\n" + &all.lines().next().unwrap().replace("\"glibc\"", "\"other\"")),
    );
    assert_eq!(world.farguard(&["db", "build", "advisories"]).code, 0);
    world.farguard(&["scan", "rootfs", "--owner", "@web", "--store", "store"]);
    world.write("advisories/all.jsonl", &all);
    assert_eq!(world.farguard(&["db", "build", "advisories"]).code, 0);
    let (url, bodies) = server(&[200]);
    let run = world.farguard(&["rescan", "store", "--notify", &url]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let document = next(&bodies);
    assert_eq!(
        (document["event"].as_str(), document["owner"]["name"].as_str()),
        (Some("rescan"), Some("@web"))
    );
    let finding = &document["targets"][0]["findings"][0];
    assert_eq!(
        (finding["change"].as_str(), finding["id"].as_str()),
        (Some("new"), Some("CVE-2023-4911"))
    );
}

/// Calls an API of moto in the query protocol.
fn call(endpoint: &str, service: &str, form: &str) -> String {
    let credential = format!("AKIAIOSFODNN7EXAMPLE/20260101/eu-west-1/{service}/aws4_request");
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders=host, Signature=x");
    let mut answer = ureq::post(format!("{endpoint}/"))
        .header("authorization", authorization)
        .content_type("application/x-www-form-urlencoded")
        .send(form)
        .unwrap();
    answer.body_mut().read_to_string().unwrap()
}

#[test]
fn topics_of_sns_pass_it_on() {
    let Some(moto) = Moto::start() else { return };
    let arn = "arn:aws:sns:eu-west-1:123456789012:alerts";
    call(&moto.endpoint, "sns", "Action=CreateTopic&Version=2010-03-31&Name=alerts");
    call(&moto.endpoint, "sqs", "Action=CreateQueue&Version=2012-11-05&QueueName=alerts");
    let subscribe = format!(
        "Action=Subscribe&Version=2010-03-31&TopicArn={arn}&Protocol=sqs&\
         Endpoint=arn:aws:sqs:eu-west-1:123456789012:alerts"
    );
    call(&moto.endpoint, "sns", &subscribe);
    let world = World::new();
    let keys = [("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "x")];
    let endpoint = ("AWS_ENDPOINT_URL_SNS", moto.endpoint.as_str());
    let args = ["scan", "rootfs", "--owner", "@web", "--notify", arn];
    let run = world.farguard_with(&args, &[keys[0], keys[1], endpoint]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let receive = format!(
        "Action=ReceiveMessage&Version=2012-11-05&QueueUrl={}/123456789012/alerts",
        moto.endpoint
    );
    let answer = call(&moto.endpoint, "sqs", &receive);
    for expected in
        ["Farguard scan: 1 finding in 1 target (@web)", "CVE-2023-4911", "schema_version"]
    {
        assert!(answer.contains(expected), "{expected} not in\n{answer}");
    }
    let gone = "sns=arn:aws:sns:eu-west-1:123456789012:gone";
    let args = ["scan", "rootfs", "--notify", gone, "--endpoint-url", &moto.endpoint];
    let run = world.farguard_with(&args, &keys);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("sns:Publish was refused: NotFound"), "{}", run.stderr);
}
