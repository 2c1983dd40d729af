//! Whatever is said, after whatever was said before: an answer, and nothing in a slot that a shell would act on.
#![no_main]

use ask_nix::query::Query;
use ask_nix::understand::{Context, Recognizer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|lines: &str| {
    let recognizer = Recognizer::new();
    let mut before = Context { listed: vec!["firefox".to_owned(), "services.openssh.enable".to_owned()], ..Context::default() };
    // A conversation, a line each; it is enough that lines can follow each other.
    for line in lines.split('\n').take(4) {
        let got = recognizer.recognize(&Query::new(line), &before);
        assert!((0.0..=1.0).contains(&got.confidence));
        for (name, value) in got.slots.iter().chain(got.then.iter().flat_map(|then| &then.slots)) {
            let text = value.to_string();
            assert!(name == "text" || !text.contains(['`', '$', ';', '|']), "{line:?}: {name} = {text}");
        }
        before.plan_open = !before.plan_open;
        before.previous.push(got);
    }
});
