//! Messages of queues that say which files CloudTrail delivered.
#![no_main]

use farguard_trail::notification::Notification;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &str| {
    let _ = Notification::parse(body);
});
