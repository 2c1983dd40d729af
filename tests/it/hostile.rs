//! What an enemy or a cat on the keyboard would type: in words, in slots, on standard input, on the command line. Always one
//! answer of the promised form, never a panic, never a byte that a terminal would obey.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, reason = "the program is run from outside")]

use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::process::Stdio;

use ask_nix::catalogue;
use ask_nix::operation::Operation;
use ask_nix::recognition::Slots;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::demo::{Demo, Said};

const HOSTILE: [&str; 10] = [
    "; rm -rf /",
    "--option",
    "-x",
    "../x",
    "a/../../x",
    "a\nb",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "$(reboot)",
    "`id`",
    "a\0b",
];

/// The slots that end up in a command, a path or a Nix expression; the others are only looked up or repeated.
fn acts(intent: &str, slot: &str) -> bool {
    matches!(
        (intent, slot),
        ("update_system", "inputs" | "activation")
            | ("upgrade_release", "release")
            | ("dry_run", "level")
            | ("rollback_system", "generation" | "steps")
            | ("delete_generations", "generations" | "keep" | "older_than")
            | ("collect_garbage", "older_than")
            | ("pin_generation", "generation")
            | ("switch_specialisation", "name")
            | ("manage_channel", "action" | "channel" | "url")
    )
}

#[test]
fn no_slot_takes_what_could_act() {
    let mut tried = 0;
    for intent in catalogue::intents() {
        for slot in &intent.slots {
            for value in HOSTILE {
                for value in [json!(value), json!([value])] {
                    let slots = Slots::from([(slot.name.to_owned(), value.clone())]);
                    let Ok(operation) = Operation::from_slots(&intent.id, &slots) else { continue };
                    assert!(!acts(&intent.id, &slot.name), "{}: {} = {value}", intent.id, slot.name);
                    let text = format!("{operation:?}");
                    let pasted = slot.name == "text";
                    assert!(
                        pasted || !(text.contains("\\u{1b}") || text.contains("\\n") || text.contains("\\0")),
                        "{text}"
                    );
                    tried += 1;
                }
            }
        }
        assert!(Operation::from_slots(&intent.id, &Slots::from([("unheard_of".to_owned(), json!(1))])).is_err());
    }
    assert!(tried > 0, "some slots are free text");
}

fn clean(said: &Said) {
    let bad = |c: char| c.is_control() && c != '\n' && c != '\t';
    assert!(!said.out.contains(bad) && !said.err.contains(bad), "{:?} {:?}", said.out, said.err);
    assert!(!said.err.contains("panicked"), "{}", said.err);
}

#[test]
fn hostile_words_change_nothing_and_print_nothing_that_a_terminal_obeys() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let frames = [
        "update the X input",
        "switch to generation X",
        "delete generation X",
        "switch to the X specialisation",
        "add the channel X",
        "nix-channel --add https://x.example/X name",
        "go back to how it was X",
        "upgrade to X",
        "what is X",
        "help with X",
        "what does \"error: X\" mean",
        "X",
        "roll back X",
        "collect garbage older than X",
    ];
    for frame in frames {
        for value in HOSTILE.iter().filter(|value| !value.contains('\0')) {
            let words = frame.replace('X', value);
            for form in [&["--json"][..], &["--color=never"]] {
                let said = demo.run(&[&["--dry-run", "--yes=destroy"], form, &["--", &words][1..]].concat());
                clean(&said);
                assert!(said.code <= 4, "{words:?}: {} {}", said.code, said.err);
                if form == ["--json"] && !words.starts_with('-') {
                    said.json();
                }
            }
        }
    }
    assert_eq!(demo.fingerprint(true), before);
    // What was asked is remembered, and shown without its sting.
    demo.done(&["--yes", "pin generation 1 as \u{1b}[31mred"]);
    let said = demo.run(&["--color=never", "show history"]);
    assert_eq!(said.code, 0);
    clean(&said);
}

fn lines(demo: &Demo, input: Vec<u8>, arguments: &[&str]) -> Said {
    let mut command = demo.command();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let writing = std::thread::spawn(move || pipe.write_all(&input));
    let said = Said::from(child.wait_with_output().unwrap());
    // Whoever ends early does not read everything.
    let _ = writing.join().unwrap();
    said
}

#[test]
fn much_input_gets_a_short_answer() {
    let Some(demo) = Demo::new("flake") else { return };
    for size in [20 << 10, 10 << 20] {
        let mut input = b"update my system ".repeat(size / 17);
        input.extend_from_slice(b"\nlist generations\n");
        let said = lines(&demo, input, &["--json", "--yes"]);
        let replies: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(replies.len(), 2, "{size}: a reply for each line");
        assert_eq!((&replies[0]["outcome"]["status"], said.code), (&json!("not_understood"), 3));
        assert_eq!(replies[1]["outcome"]["status"], "done", "{size}");
        assert!(said.out.len() < 100_000);
    }
    let said = demo.run(&["--json", &"update ".repeat(3000)]);
    assert_eq!((said.code, said.json()["outcome"]["status"].clone()), (3, json!("not_understood")));
    assert_eq!(demo.generation(), 3);
}

#[test]
fn any_bytes_on_standard_input_get_a_reply_for_each_line() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let bytes = prop::collection::vec(
        prop::collection::vec(any::<u8>().prop_filter("one line", |byte| *byte != b'\n'), 1..80),
        1..30,
    );
    let config = ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() };
    proptest!(config, |(text in bytes)| {
        let input = text.join(&b'\n');
        let asked = text.iter().filter(|line| !String::from_utf8_lossy(line).trim().is_empty()).count();
        let said = lines(&demo, input, &["--json", "--dry-run"]);
        clean(&said);
        let replies: Vec<Value> = said.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        prop_assert_eq!(replies.len(), asked);
    });
    assert_eq!(demo.fingerprint(true), before);
}

#[test]
fn json_is_one_object_whatever_is_wrong() {
    let Some(demo) = Demo::new("flake") else { return };
    let config = "/home/.config/ask-nix/config.toml";
    let wrong: [(&[&str], i32); 9] = [
        (&["--no-such-flag", "list generations"], 2),
        (&["--lessons=loud", "list generations"], 2),
        (&["--yes=maybe", "update"], 2),
        (&["--demo-kind", "hovercraft", "list"], 2),
        (&["--specialisation", "../../x", "apply my changes"], 2),
        (&["--host", "a\".b", "apply my changes"], 2),
        (&["--flake", "x", "--file", "y", "list"], 2),
        (&["blorb the frobnicator"], 3),
        (&["--profile", "/no/such/profile", "list generations"], 0),
    ];
    for (arguments, code) in wrong {
        let said = demo.run(&[&["--json"], arguments].concat());
        assert_eq!(said.code, code, "{arguments:?}: {} {}", said.out, said.err);
        assert_eq!(said.json()["schema"], 1);
        assert_eq!(said.err, "", "{arguments:?}");
    }
    for text in ["flake = ", "no_such_setting = 1", "host = \"../x\"", "\u{0}"] {
        demo.write(config, text);
        let said = demo.run(&["--json", "list generations"]);
        assert_eq!((said.code, said.json()["outcome"]["status"].clone()), (1, json!("failed")), "{text}: {}", said.out);
    }
    std::fs::remove_file(demo.at(config)).unwrap();

    let mut bytes = demo.command();
    bytes.arg("--json").arg(std::ffi::OsStr::from_bytes(b"li\xffst"));
    let said = Said::from(bytes.output().unwrap());
    assert_eq!((said.code, said.json()["schema"].clone()), (2, json!(1)), "{}", said.err);
}

#[test]
fn a_reader_that_goes_away_is_no_reason_to_panic() {
    let Some(demo) = Demo::new("flake") else { return };
    for arguments in [
        &["--json", "list generations"][..],
        &["help"],
        &["schema"],
        &["man"],
        &["completions", "bash"],
        &["--help"],
        &["recognize", "update"],
    ] {
        let mut command = demo.command();
        let mut child = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr);
        assert!(
            !err.contains("panicked") && output.status.code().is_some_and(|code| code <= 1),
            "{arguments:?}: {err} {}",
            output.status
        );
    }
}
