use ask_nix::catalogue::education::format::Severity;
use ask_nix::catalogue::education::{Education, Kind};
use ask_nix::recognition::Slots;
use ask_nix::teach::template::{fill, items};
use ask_nix::teach::{Bindings, Ending, Level, Met, Tutor, diagnose_text, nearest};
use serde_json::json;

use super::tutor;

const MISSING: &str = "error: attribute 'firefx' missing\n\n       at /nix/store/2xglfj167zajl4sd06965agjwpzy8nrm-source/extra.nix:1:49:\n            1| x\n       Did you mean firefox?\n";

#[test]
fn a_diagnosis_has_the_names() {
    let found = diagnose_text(MISSING);
    let bindings = serde_json::to_value(&found[0].bindings).unwrap();
    assert_eq!(
        bindings,
        json!({"attribute": "firefx", "column": 49, "file": "extra.nix", "line": 1, "nearest": ["firefox"]})
    );
    assert_eq!(found[0].root_cause, "attribute 'firefx' missing");
    assert_eq!(found[0].message, "There is nothing called firefx there");
}

#[test]
fn colours_times_and_quotes_do_not_matter() {
    for text in [
        "\u{1b}[31;1merror:\u{1b}[0m attribute '\u{1b}[35;1mfirefx\u{1b}[0m' missing",
        "2026-11-21T02:14:00.123Z error: attribute 'firefx' missing",
        "Nov 21 02:14:00 atlas nixos-upgrade[123]: error: attribute 'firefx' missing",
        "> error: attribute 'firefx' missing",
        "┃ error: attribute 'firefx' missing",
        "alice@atlas:~$ nixos-rebuild switch\r\nerror: attribute 'firefx' missing\r\n",
        "error: while evaluating the attribute 'x' at /a.nix:1:2:\nwhile evaluating 'f' at /b.nix:1:2:\nattribute 'firefx' missing",
    ] {
        let found = diagnose_text(text);
        assert_eq!(found.first().map(|each| each.id.as_str()), Some("attribute-missing"), "{text}: {found:?}");
    }
}

#[test]
fn a_failed_unit_is_an_error_and_a_dirty_tree_is_none() {
    let severity = |text: &str| diagnose_text(text)[0].severity;
    assert_eq!(severity("warning: the following units failed: nginx.service"), Severity::Error);
    assert_eq!(severity("warning: Git tree '/etc/nixos' is dirty"), Severity::Note);
}

#[test]
fn noise_of_a_build_is_not_the_cause() {
    let text = "./configure: line 12: pkg-config: command not found\nerror: attribute 'x' missing\n";
    assert_eq!(diagnose_text(text)[0].id, "attribute-missing");
    assert_eq!(diagnose_text("bash: htop: command not found")[0].id, "command-not-found");
}

#[test]
fn what_is_not_known_is_said_to_be_unknown() {
    let found = diagnose_text("error: the moon is in the wrong phase");
    assert_eq!((found[0].id.as_str(), found[0].root_cause.as_str()), ("unknown", "the moon is in the wrong phase"));
}

#[test]
fn every_lesson_fills_in() {
    let (education, tutor) = (Education::default(), tutor());
    for id in education.ids(Kind::Error) {
        for sample in education.error(&id).unwrap().head.sample {
            let found = tutor.diagnose_text(&sample);
            let lesson = tutor.error_lesson(&found[0], Level::Full).unwrap();
            let all = format!("{} {} {} {}", lesson.title, lesson.what, lesson.why, lesson.next);
            assert!(!lesson.what.is_empty() && !lesson.fix.is_empty(), "{id}: {lesson:?}");
            assert!(!all.contains('{') || all.contains("{ "), "{id}: {all}");
            assert!(!all.contains("  "), "{id}: {all}");
            let brief = tutor.error_lesson(&found[0], Level::Brief).unwrap();
            assert!(brief.why.is_empty() && brief.what.ends_with(['.', ':', '?']), "{id}: {brief:?}");
        }
    }
}

#[test]
fn lines_without_their_names_are_dropped() {
    let names = |value: serde_json::Value| serde_json::from_value::<Bindings>(value).unwrap();
    let text = "{?x}There is {x}.\n{!x}There is none.\nAlways {x|something}.\n```sh\nrm -- {x}\n```";
    assert_eq!(fill(text, &Bindings::new()), "There is none.\nAlways something.");
    let filled = fill(text, &names(json!({"x": "a; reboot"})));
    assert_eq!(filled, "There is a; reboot.\nAlways a; reboot.\n```sh\nrm -- 'a; reboot'\n```");
    let list = "- Run this:\n```sh\nls {path}\n```\n- Or wait.";
    assert_eq!(items(list, &Bindings::new()), ["Or wait."]);
    assert_eq!(items(list, &names(json!({"path": "/x"}))), ["Run this:\n```sh\nls /x\n```", "Or wait."]);
    assert_eq!(fill("{x*}", &names(json!({"x": ["a", "b", "c"]}))), "a, b or c");
    assert_eq!(fill("${pkgs.hello} { a = 1; }", &Bindings::new()), "${pkgs.hello} { a = 1; }");
}

#[test]
fn lessons_are_full_once_then_brief_then_off() {
    let tutor = Tutor::default();
    let mut met = Met::default();
    let found = tutor.diagnose_text(MISSING);
    let give =
        |level, met: &Met| tutor.lessons_for("apply_configuration", &Slots::new(), Ending::Failed, &found, level, met);
    let first = give(Level::Brief, &met);
    assert_eq!(first.len(), 1, "no lesson about an operation that was not done");
    assert!(!first[0].why.is_empty());
    met.remember(&first);
    assert_eq!(met.times("attribute-missing"), 1);
    assert!(give(Level::Brief, &met)[0].why.is_empty());
    assert!(!give(Level::Full, &met)[0].why.is_empty());
    assert!(give(Level::Off, &met).is_empty());
    let stored = serde_json::to_string(&met).unwrap();
    assert_eq!(serde_json::from_str::<Met>(&stored).unwrap(), met);
}

#[test]
fn a_result_is_taught_with_its_command() {
    let slots: Slots = serde_json::from_value(json!({"from": 41, "to": 42})).unwrap();
    let lessons = tutor().lessons_for("compare_generations", &slots, Ending::Done, &[], Level::Brief, &Met::default());
    let command = lessons[0].command.as_deref().unwrap();
    assert!(command.ends_with("/system-41-link /nix/var/nix/profiles/system-42-link"), "{command}");
}

#[test]
fn a_success_with_warnings_gets_both_lessons() {
    let found = diagnose_text("warning: Git tree '/etc/nixos' is dirty");
    let lessons =
        tutor().lessons_for("build_system", &Slots::new(), Ending::Done, &found, Level::Brief, &Met::default());
    let ids: Vec<&str> = lessons.iter().map(|lesson| lesson.id.as_str()).collect();
    assert_eq!(ids, ["build_system", "git-tree-dirty"]);
}

#[test]
fn concepts_are_found_by_what_people_call_them() {
    for (name, id) in [("flake", "flake"), ("Flakes", "flake"), ("garbage collector", "garbage-collection")] {
        let lesson = tutor().concept_lesson(name, Level::Full).unwrap();
        assert_eq!(lesson.id, id);
        assert!(lesson.next.contains("```") && !lesson.learn.is_empty());
    }
    assert!(tutor().concept_lesson("weather", Level::Full).is_none());
    let education = Education::default();
    let mut names: Vec<String> = education.ids(Kind::Concept);
    names.extend(education.ids(Kind::Concept).iter().flat_map(|id| education.concept(id).unwrap().aliases));
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "two concepts have the same name");
}

#[test]
fn a_person_can_bring_lessons_of_their_own() {
    let mut education = Education::default();
    let text = education.text(Kind::Error, "disk-full").unwrap().replace("The disk is full", "Call Anna");
    education.add(Kind::Error, "disk-full", text).unwrap();
    assert!(education.add(Kind::Error, "mine", "+++\ntitle = 1\n+++\n".to_owned()).is_err());
    let tutor = Tutor::new(education);
    let found = tutor.diagnose_text("error: writing to file: No space left on device");
    assert_eq!(found[0].message, "Call Anna");
}

#[test]
fn near_names_are_offered() {
    assert_eq!(nearest("firefx", ["firefox", "fire", "chromium"]), ["firefox"]);
    assert_eq!(nearest("services.opensh", ["services.openssh", "services.nginx"]), ["services.openssh"]);
    assert!(nearest("x", ["vim"]).is_empty());
    let mut found = diagnose_text(
        "error: flake 'path:/m' does not provide attribute 'nixosConfigurations.laptp.config.system.build.toplevel'",
    );
    found[0].offer("host", ["laptop", "server"]);
    assert_eq!(found[0].bindings["nearest"], json!(["laptop"]));
}

#[test]
fn whatever_is_understood_as_a_concept_has_a_lesson() {
    let names = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("intents/names/concepts.toml");
    let names: toml::Table = toml::from_str(&std::fs::read_to_string(names).unwrap()).unwrap();
    let education = Education::default();
    let without: Vec<_> = names.keys().filter(|id| education.find_concept(id).is_none()).collect();
    assert!(without.is_empty(), "no lesson for {without:?}");
    let ids = education.ids(Kind::Concept);
    let called = |id: &String| {
        let concept = education.concept(id).unwrap();
        concept.aliases.iter().chain([id]).any(|name| names.contains_key(name))
    };
    let unheard: Vec<_> = ids.iter().filter(|id| !called(id)).collect();
    assert!(unheard.is_empty(), "nobody can ask for {unheard:?}");
}
