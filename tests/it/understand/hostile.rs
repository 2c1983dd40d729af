//! Whatever is typed: an answer, no panic, and nothing in a slot that a shell or terminal would act on.

use proptest::prelude::*;
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
