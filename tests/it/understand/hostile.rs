//! Whatever is typed: an answer, no panic, and nothing in a slot that a shell or terminal would act on.

use std::time::{Duration, Instant};

use ask_nix::catalogue;
use ask_nix::query::Query;
use ask_nix::understand::{Context, Recognizer};
use proptest::prelude::*;
use proptest::strategy::Union;
use proptest::test_runner::{TestError, TestRunner};
use serde_json::Value;

use super::recognize;

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

fn check(text: &str) -> Result<(), String> {
    let got = recognize(text);
    let slots = got.slots.iter().chain(got.then.iter().flat_map(|then| &then.slots));
    for (name, value) in slots {
        for slot in texts(value) {
            let pasted = name == "text";
            let bad = |c: char| {
                (c.is_control() && !(pasted && matches!(c, '\n' | '\t'))) || (!pasted && ";&|`$<>\"\\".contains(c))
            };
            if slot.chars().any(bad) || (!pasted && slot.contains("..")) {
                return Err(format!("{text:?} puts {slot:?} into {name} of {}", got.intent));
            }
        }
    }
    Ok(())
}

const HOSTILE: [&str; 16] = [
    "help with $(reboot)",
    "help with `id`",
    "pin generation 12 as x; rm -rf /",
    "pin generation 3 as \"a`b`\"",
    "switch to the $(id) specialisation",
    "switch to the ../../etc specialisation",
    "add the a;b channel",
    "nix-channel --add https://x.example/$(id) evil",
    "nix-channel --add https://x.example/a|b evil",
    "rollback to before \u{1b}[2J the update",
    "update the nix`id`pkgs input and switch to the result",
    "go back to generation 99999999999999999999999",
    "delete generations 1..99999999999",
    "what does \"error: \u{1b}]0;x\u{7} bad\" mean",
    "\u{202e}etadpu",
    "delete generations older than 99999999999999999 years",
];

#[test]
fn nothing_hostile_reaches_a_slot() {
    for text in HOSTILE {
        check(text).unwrap();
    }
}

const WORDS: [&str; 40] = [
    "update",
    "system",
    "generation",
    "12",
    "two",
    "weeks",
    "delete",
    "older",
    "than",
    "not",
    "and",
    "then",
    ";",
    "&&",
    "|",
    "`",
    "$(",
    "\"",
    "keep",
    "last",
    "25.11",
    "roll back",
    "to",
    "pin",
    "as",
    "switch",
    "specialisation",
    "add",
    "channel",
    "help",
    "with",
    "what",
    "is",
    "flake",
    "yesterday",
    "before",
    "..",
    "\n",
    "\u{1b}[31m",
    "-",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gets_an_answer(text in "\\PC{0,200}") {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn any_bytes_of_text_get_an_answer(text in any::<String>()) {
        prop_assert_eq!(check(&text), Ok(()));
    }

    #[test]
    fn any_mix_of_our_words_gets_an_answer(words in prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40)) {
        prop_assert_eq!(check(&words.join(" ")), Ok(()));
    }
}

/// What people say, with letters dropped, doubled and changed, words joined and moved: near everything that is understood.
fn damaged() -> impl Strategy<Value = String> {
    let sentences: Vec<String> = catalogue::intents()
        .iter()
        .flat_map(|intent| intent.examples().into_iter().map(|example| example.say))
        .collect();
    let damage = prop::collection::vec((any::<prop::sample::Index>(), 0..6_u8, any::<char>()), 0..8);
    (prop::collection::vec(prop::sample::select(sentences), 1..4), damage).prop_map(|(sentences, damage)| {
        let mut letters: Vec<char> = sentences.join(" and ").chars().collect();
        for (place, what, other) in damage {
            let place = place.index(letters.len().max(1));
            match what {
                _ if letters.is_empty() => {}
                0 => drop(letters.remove(place)),
                1 => letters.insert(place, letters[place]),
                2 => letters[place] = other,
                3 => letters.insert(place, ' '),
                4 => letters.truncate(place),
                _ => letters.reverse(),
            }
        }
        letters.into_iter().collect()
    })
}

/// A little said very often: as long as a request can be, and longer.
fn enormous() -> impl Strategy<Value = String> {
    let pieces = prop_oneof![
        prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
        prop::sample::select(vec![
            "not ",
            "and ",
            ",",
            ", then ",
            "(",
            "[",
            "'",
            "\"",
            "a",
            "a ",
            "1 ",
            "dot ",
            "x.",
            "..",
            "-- ",
            "=",
            "-",
            ";",
            "is ",
            "and then install ",
            "the second one ",
            "\u{301}",
            "\u{202e}",
            "é",
            "\u{1f600}",
            "ﬃ",
            "Ⅷ",
            "don't ",
            "error: ",
            "v l c ",
            "88..91 ",
            "aaaaaaaaab",
            "ssssssssss ",
        ])
        .prop_map(str::to_owned),
        "\\PC{1,8}",
    ];
    (prop::collection::vec(pieces, 1..4), 1..6000_usize).prop_map(|(pieces, times)| {
        let piece = pieces.concat();
        piece.repeat(times.min(20_000 / piece.len().max(1)))
    })
}

/// A second, and more without optimisation on a busy machine.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 4 } else { 1 });

/// As often as `times`, input of every kind, some of it in a conversation. Gives the longest that one took.
fn many_inputs(times: u32) -> Duration {
    let inputs = Union::new_weighted(vec![
        (3, damaged().boxed()),
        (3, prop::collection::vec(prop::sample::select(&WORDS[..]), 0..40).prop_map(|words| words.join(" ")).boxed()),
        (2, "\\PC{0,300}".boxed()),
        (2, any::<String>().boxed()),
        (1, enormous().boxed()),
    ]);
    let recognizer = Recognizer::new();
    // Shrinking what takes a second takes minutes.
    let few = ProptestConfig { max_shrink_iters: 100, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new(ProptestConfig { cases: times, ..few });
    let slowest = std::cell::Cell::new(Duration::ZERO);
    let before = std::cell::RefCell::new(Context::default());
    let done = runner.run(&inputs, |text| {
        let started = Instant::now();
        let got = recognizer.recognize(&Query::new(&text), &before.borrow());
        let took = started.elapsed();
        slowest.set(slowest.get().max(took));
        prop_assert!(took < LONGEST, "{took:?} for {} bytes", text.len());
        prop_assert!(got.intent == "out_of_scope" || catalogue::intent(&got.intent).is_some());
        prop_assert!((0.0..=1.0).contains(&got.confidence));
        prop_assert_eq!(check(&text), Ok(()));
        let mut before = before.borrow_mut();
        before.plan_open = text.len() % 2 == 0;
        before.previous.push(got);
        if before.previous.len() > 3 {
            before.previous.clear();
        }
        Ok(())
    });
    match done {
        Ok(()) => slowest.get(),
        Err(TestError::Fail(why, text)) => panic!("{why}: {:?}", text.chars().take(200).collect::<String>()),
        Err(TestError::Abort(why)) => panic!("{why}"),
    }
}

#[test]
fn some_inputs_of_every_kind_get_an_answer_at_once() {
    many_inputs(300);
}

/// `cargo test --test it -- --ignored --nocapture a_hundred_thousand`
#[test]
#[ignore = "takes minutes"]
#[expect(clippy::print_stderr, reason = "its figure is what it is run for")]
fn a_hundred_thousand_inputs_of_every_kind_get_an_answer_at_once() {
    let started = Instant::now();
    let slowest = many_inputs(100_000);
    eprintln!("100,000 inputs in {:?}, the slowest in {slowest:?}", started.elapsed());
}
