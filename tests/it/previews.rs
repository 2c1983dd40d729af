//! A preview does nothing; a question never acts; without a yes nothing is done: for everything that can be asked.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::io::Write as _;
use std::process::Stdio;

use ask_nix::catalogue;
use serde_json::Value;

use crate::demo::{Demo, Said};

/// A sentence for each intent and shape of slots: those of the catalogue.
fn sentences() -> Vec<String> {
    let mut sentences: Vec<String> = catalogue::intents()
        .iter()
        .flat_map(|intent| intent.examples().into_iter().map(|example| example.say))
        .filter(|sentence| !sentence.contains('\n'))
        .collect();
    // Words for what the examples leave open.
    sentences.extend(["which services would restart", "repair the store", "upgrade to nixos 26.05"].map(str::to_owned));
    sentences
}

/// The replies to all sentences, one process for them all.
fn replies(demo: &Demo, options: &[&str]) -> Vec<Value> {
    let sentences = sentences();
    let replies = lines(demo, options, &sentences);
    assert_eq!(replies.len(), sentences.len(), "a reply for each line");
    replies
}

/// What comes back, line by line, for lines on standard input.
pub(crate) fn lines(demo: &Demo, arguments: &[&str], input: &[String]) -> Vec<Value> {
    let mut command = demo.command();
    command.arg("--json").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let text = input.join("\n") + "\n";
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let said = Said::from(child.wait_with_output().unwrap());
    writing.join().unwrap().unwrap();
    said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_dry_run_of_everything_changes_nothing() {
    for kind in ["flake", "channels", "hosts", "home"] {
        let Some(demo) = Demo::new(kind) else { return };
        // So that there is something to undo.
        demo.done(&["--yes", "pin generation 1"]);
        let before = demo.fingerprint(true);
        for options in [&["--dry-run", "--yes=destroy"][..], &["--dry-run"], &["--dry-run", "--offline"]] {
            let replies = replies(&demo, options);
            assert_eq!(differences(&before, &demo.fingerprint(true)), [""; 0], "{kind} {options:?}");
            let planned = |reply: &&Value| reply["outcome"]["status"] == "planned";
            let intents: std::collections::BTreeSet<_> =
                replies.iter().filter(planned).map(|reply| reply["recognition"]["intent"].to_string()).collect();
            assert!(intents.len() > 12, "{kind}: plans were made: {intents:?}");
        }
    }
}

/// Everything but the roots that keep what was built: building without activating is allowed without a yes.
fn state(demo: &Demo) -> Vec<String> {
    let mut lines = demo.fingerprint(false);
    lines.retain(|line| !line.contains("/gcroots/auto/"));
    lines
}

/// The lines of a fingerprint that are in only one of two.
fn differences(before: &[String], after: &[String]) -> Vec<String> {
    let only = |these: &[String], those: &[String]| -> Vec<String> {
        let those: std::collections::BTreeSet<&String> = those.iter().collect();
        these.iter().filter(|line| !those.contains(line)).cloned().collect()
    };
    [only(before, after), only(after, before)].concat()
}

#[test]
fn how_to_questions_never_act_whatever_was_agreed_to() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = state(&demo);
    let asked = |sentence: &String| [format!("how do I {sentence}?"), format!("what would \"{sentence}\" do")];
    let all: Vec<String> = sentences().iter().flat_map(asked).collect();
    let understood = lines(&demo, &["recognize"], &all);
    let explains = |understood: &&Value| understood["mode"] == "explain";
    let questions: Vec<String> =
        understood.iter().filter(explains).filter_map(|one| one["query"].as_str().map(str::to_owned)).collect();
    let asked = lines(&demo, &["--yes=destroy"], &questions).len();
    // Who looks a value up has Nix copy the flake into its store; that changes nothing of the machine.
    let mut changed = differences(&before, &state(&demo));
    changed.retain(|line| !line.contains("-source"));
    assert_eq!(changed, [""; 0]);
    assert!(asked > 40, "most of them are questions: {asked}");
}

#[test]
fn without_a_terminal_and_a_yes_nothing_changes() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let before = state(&demo);
        for reply in replies(&demo, &[]) {
            let (status, risk) = (&reply["outcome"]["status"], &reply["plan"]["risk"]);
            if *status == "done" && !risk.is_null() {
                assert_eq!(risk, "reads", "{kind}: {reply:#}");
            }
        }
        assert_eq!(differences(&before, &state(&demo)), [""; 0], "{kind}");
        for words in ["update my system", "roll back", "delete generation 1", "collect garbage", "pin generation 1"] {
            assert_eq!(demo.run(&["--json", words]).code, 4, "{kind} {words}");
        }
        for words in ["delete generation 1", "collect garbage older than 5 days"] {
            assert_eq!(demo.run(&["--json", "--yes", words]).code, 4, "{kind} {words}: --yes does not destroy");
        }
        assert_eq!(differences(&before, &state(&demo)), [""; 0], "{kind}");
    }
}
