use std::collections::BTreeSet;
use std::fs;

use ask_nix::catalogue::education::format::{self, On};
use ask_nix::catalogue::education::{Education, Kind};
use ask_nix::teach::bindings::NAMES;
use ask_nix::teach::index::{compile, skim};

use super::folder;

/// Talk teaches by itself.
const TALK: [&str; 9] = [
    "cancel",
    "confirm",
    "explain_concept",
    "explain_error",
    "explain_more",
    "help",
    "out_of_scope",
    "set_lessons",
    "small_talk",
];

#[test]
fn the_lists_are_the_directories() {
    let education = Education::default();
    for kind in [Kind::Concept, Kind::Error, Kind::Operation] {
        let mut there: Vec<String> = fs::read_dir(folder(kind.folder()))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(".md").expect("only lessons").to_owned())
            .collect();
        there.sort_unstable();
        assert_eq!(education.ids(kind), there, "files.rs and education/{}", kind.folder());
        for id in there {
            assert!(education.text(kind, &id).is_some(), "{id}: files.rs is not in alphabetical order");
        }
    }
}

#[test]
fn every_file_parses() {
    let education = Education::default();
    let text = |kind, id: &str| education.text(kind, id).unwrap();
    let mut wrong = Vec::new();
    for id in education.ids(Kind::Concept) {
        wrong.extend(format::concept(&id, &text(Kind::Concept, &id)).err());
    }
    for id in education.ids(Kind::Error) {
        wrong.extend(format::error(&id, &text(Kind::Error, &id)).err());
    }
    for id in education.ids(Kind::Operation) {
        wrong.extend(format::operation(&id, &text(Kind::Operation, &id)).err());
    }
    let wrong: Vec<String> = wrong.iter().map(ToString::to_string).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_link_resolves() {
    let education = Education::default();
    let concepts: BTreeSet<String> = education.ids(Kind::Concept).into_iter().collect();
    let mut links: Vec<(String, String)> = Vec::new();
    for id in education.ids(Kind::Error) {
        links.extend(education.error(&id).unwrap().head.learn.into_iter().map(|to| (id.clone(), to)));
    }
    for id in education.ids(Kind::Operation) {
        links.extend(education.operation(&id).unwrap().learn.into_iter().map(|to| (id.clone(), to)));
    }
    for id in &concepts {
        links.extend(education.concept(id).unwrap().see.into_iter().map(|to| (id.clone(), to)));
    }
    let broken: Vec<_> = links.iter().filter(|(_, to)| !concepts.contains(to)).collect();
    assert!(broken.is_empty(), "{broken:?}");
    let reached: BTreeSet<&String> = links.iter().map(|(_, to)| to).collect();
    let alone: Vec<_> = concepts.iter().filter(|id| !reached.contains(id)).collect();
    assert!(alone.is_empty(), "no lesson leads to {alone:?}");
}

#[test]
fn every_operation_has_a_lesson() {
    let education = Education::default();
    let can = |id: &str| {
        let made = ask_nix::operation::Operation::from_slots(id, &ask_nix::recognition::Slots::new());
        made.err().is_none_or(|error| !error.to_string().starts_with("unknown variant"))
    };
    let intents = ask_nix::catalogue::intents().iter().map(|intent| intent.id);
    let without: Vec<&str> =
        intents.filter(|id| can(id) && !TALK.contains(id) && education.operation(id).is_none()).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn repairs_need_names_of_the_contract() {
    let education = Education::default();
    for id in education.ids(Kind::Error) {
        let Some(repair) = education.error(&id).unwrap().head.repair else { continue };
        assert!(repair.needs.iter().all(|name| NAMES.contains(&name.as_str())), "{id}: {repair:?}");
    }
}

#[test]
fn patterns_are_sound_and_bind_names_of_the_contract() {
    let education = Education::default();
    for id in education.ids(Kind::Error) {
        let head = education.error(&id).unwrap().head;
        assert!(!head.matches.is_empty() && !head.sample.is_empty(), "{id}: nothing recognises it");
        let skimmed = skim(&education.text(Kind::Error, &id).unwrap());
        let parsed: Vec<(Vec<String>, On)> = head.matches.iter().map(|rule| (rule.contains.clone(), rule.on)).collect();
        assert_eq!(skimmed, parsed, "{id}: contains and on stand on one line each, right below [[match]]");
        let patterns = head.matches.iter().map(|rule| &rule.pattern).chain(head.bind.iter().map(|bind| &bind.pattern));
        for pattern in patterns {
            let regex = compile(pattern).unwrap_or_else(|error| panic!("{id}: {error}"));
            for name in regex.capture_names().flatten() {
                assert!(NAMES.contains(&name.trim_end_matches('_')), "{id}: {name} is no binding of the contract");
            }
        }
        for rule in &head.matches {
            assert!(rule.contains.iter().all(|word| word.len() >= 4), "{id}: a word under contains is too short");
        }
    }
}

#[test]
fn lessons_are_well_mannered() {
    let education = Education::default();
    for kind in [Kind::Concept, Kind::Error, Kind::Operation] {
        for id in education.ids(kind) {
            let text = education.text(kind, &id).unwrap();
            let (_, body) = format::split(&text).unwrap();
            for word in ["simply", "Simply", "just ", "obviously", "!!"] {
                assert!(!body.contains(word), "{id}: {word}");
            }
            let emoji = |letter: char| matches!(u32::from(letter), 0x2600..=0x27bf | 0x1f000..);
            assert!(!body.chars().any(emoji), "{id}: no emoji");
            assert_eq!(body.matches("```").count() % 2, 0, "{id}: a fence is open");
        }
    }
}
