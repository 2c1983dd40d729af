//! A file of somebody's own words, whatever is in it, and a line that is read with it.
#![no_main]

use std::sync::Arc;

use ask_nix::query::Query;
use ask_nix::understand::own_words::read::read;
use ask_nix::understand::{Context, Recognizer};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (query, file) = text.split_once('\n').unwrap_or(("fix my wifi", text));
    let (own, problems) = read(&[("mine.toml".to_owned(), file.to_owned())]);
    let lines = file.matches('\n').count() + 1;
    assert!(problems.iter().all(|problem| (1..=lines).contains(&problem.written.line)), "{problems:?}");
    assert!(problems.iter().all(|problem| !problem.message.contains('\u{1b}')));
    let recognizer = Recognizer::new().with_own_words(&Arc::new(own));
    let query = Query::new(query);
    let got = recognizer.recognize(&query, &Context::default());
    let _ = recognizer.own_evidence(&query, &got);
});
