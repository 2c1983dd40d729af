//! The log of Nix, whatever another program writes into it: events, and never a control character in them.
#![no_main]

use std::time::Duration;

use ask_nix::event::Event;
use ask_nix::nix::log::Tracker;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut tracker = Tracker::new(1);
    let mut hear = |event: Event| {
        if let Event::Log { line, .. } = &event {
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
    };
    let mut now = Duration::ZERO;
    for line in bytes.split(|&byte| byte == b'\n') {
        now += Duration::from_millis(7);
        tracker.feed(line, now, &mut hear);
    }
    tracker.finish(now, &mut hear);
});
