//! Taking back: byte for byte, once, across processes and failures, and never over somebody else's change.

#![expect(clippy::disallowed_methods, reason = "the state is looked at and changed from outside")]

use serde_json::json;

use crate::demo::Demo;

const JOURNAL: &str = "/home/.local/state/ask-nix/journal.jsonl";
const LOCK: &str = "/etc/nixos/flake.lock";

#[test]
fn files_come_back_byte_for_byte() {
    let Some(demo) = Demo::new("flake") else { return };
    // Neither form nor mode of what a person wrote may be lost.
    let flake = format!("# mine \u{fc}\t\r\n{}\n\n\n", demo.read("/etc/nixos/flake.nix"));
    demo.write("/etc/nixos/flake.nix", &flake);
    let lock = demo.read(LOCK);
    let mode =
        |path: &str| std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(demo.at(path)).unwrap().permissions());
    std::fs::set_permissions(demo.at(LOCK), std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    demo.done(&["--yes", "upgrade to nixos 26.05"]);
    assert_ne!((demo.read("/etc/nixos/flake.nix"), demo.read(LOCK)), (flake.clone(), lock.clone()));
    assert!(demo.read("/etc/nixos/flake.nix").starts_with("# mine \u{fc}\t\r\n"), "only the address was changed");
    demo.done(&["--yes", "undo"]);
    assert_eq!((demo.read("/etc/nixos/flake.nix"), demo.read(LOCK)), (flake, lock));
    assert_eq!(mode(LOCK) & 0o777, 0o640);
}

#[test]
fn a_link_to_the_lock_file_stays_a_link() {
    let Some(demo) = Demo::new("flake") else { return };
    let lock = demo.read(LOCK);
    demo.write("/home/real.lock", &lock);
    std::fs::remove_file(demo.at(LOCK)).unwrap();
    std::os::unix::fs::symlink(demo.at("/home/real.lock"), demo.at(LOCK)).unwrap();
    let reply = demo.reply(&["--yes", "update my system"]);
    let done = reply["outcome"]["status"] == "done";
    assert!(demo.at(LOCK).is_symlink(), "{reply:#}");
    if done {
        assert_ne!(demo.read("/home/real.lock"), lock);
        demo.done(&["--yes", "undo"]);
    }
    assert!(demo.at(LOCK).is_symlink());
    assert_eq!(demo.read("/home/real.lock"), lock);
}

#[test]
fn what_somebody_changed_since_is_left_alone_and_said() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["--yes", "update my system"]);
    let mine = demo.read(LOCK).replace('\n', "\n ");
    demo.write(LOCK, &mine);
    let before = (demo.generation(), demo.running());
    let reply = demo.reply(&["--yes", "undo"]);
    assert_eq!(reply["outcome"]["error"]["id"], "file-changed", "{reply:#}");
    assert_eq!((demo.generation(), demo.running()), before, "nothing is taken back by halves");
    assert_eq!(demo.read(LOCK), mine);
}

#[test]
fn a_file_that_was_made_is_only_removed_when_nobody_changed_it() {
    for changed in [false, true] {
        let Some(demo) = Demo::new("flake") else { return };
        std::fs::remove_file(demo.at(LOCK)).unwrap();
        demo.done(&["--yes", "update my system"]);
        if changed {
            demo.write(LOCK, &demo.read(LOCK).replace('\n', "\n "));
        }
        let reply = demo.reply(&["--yes", "undo"]);
        assert_eq!(reply["outcome"]["status"], if changed { "failed" } else { "done" }, "{reply:#}");
        assert_eq!(demo.at(LOCK).exists(), changed);
    }
}

#[test]
fn each_change_is_taken_back_once_newest_first() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["--yes", "pin generation 1 as keep"]);
    demo.done(&["--yes", "roll back"]);
    demo.done(&["list generations"]);
    let first = demo.done(&["--yes", "undo"]);
    assert_eq!((demo.generation(), &first["outcome"]["data"]["generation"]), (3, &json!(3)));
    assert_eq!(first["plan"]["undo"], "ask-nix undo");
    let pins = || std::fs::read_dir(demo.at("/nix/var/nix/gcroots/ask-nix")).map_or(0, Iterator::count);
    assert_eq!(pins(), 1);
    demo.done(&["--yes", "undo"]);
    assert_eq!(pins(), 0);
    assert_eq!(demo.reply(&["--yes", "undo"])["outcome"]["error"]["id"], "nothing-to-undo");
}

#[test]
fn what_failed_and_was_put_back_is_not_undone_again() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["--yes", "roll back"]);
    demo.write("/etc/demo-faults/init-changed", "");
    assert_eq!(demo.reply(&["--yes", "switch to generation 3"])["outcome"]["status"], "failed");
    assert_eq!(demo.generation(), 2);
    let failed = demo.reply(&["--yes", "undo"]);
    assert_eq!(failed["outcome"]["status"], "failed", "the undo itself is not switched to either");
    assert_eq!(demo.generation(), 2, "and it was put back");
    std::fs::remove_file(demo.at("/etc/demo-faults/init-changed")).unwrap();
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 3, "an undo that failed can be said again");
}

#[test]
fn a_damaged_journal_loses_its_damage_and_nothing_else() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["--yes", "roll back"]);
    let text = demo.read(JOURNAL);
    demo.write(
        JOURNAL,
        &format!("{{\"record\": \"unknown\"}}\nnonsense \u{1b}[2J\n{text}\u{0}\n{{\"record\":\"step\",\"run\":\"half"),
    );
    demo.done(&["show history"]);
    demo.done(&["--yes", "switch to generation 1"]);
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 2, "what came after the torn line");
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 3, "and what came before it");
}

#[test]
fn a_journal_that_cannot_be_read_is_said_and_nothing_is_begun() {
    let Some(demo) = Demo::new("flake") else { return };
    // A directory in its place: unreadable for root too.
    std::fs::create_dir_all(demo.at(JOURNAL)).unwrap();
    let before = (demo.generation(), demo.running());
    for words in ["undo", "roll back", "show history"] {
        let said = demo.run(&["--json", "--yes", words]);
        assert_eq!(
            (said.code, said.json()["outcome"]["status"].clone()),
            (1, json!("failed")),
            "{words}: {}",
            said.out
        );
        assert!(said.json()["outcome"]["error"]["message"].as_str().is_some_and(|text| !text.is_empty()));
    }
    assert_eq!((demo.generation(), demo.running()), before);
}

#[test]
fn a_crash_between_the_journal_and_the_deed_is_no_conflict() {
    let Some(demo) = Demo::new("flake") else { return };
    let lock = demo.read(LOCK);
    let step = json!({"record": "step", "run": "r", "title": "t", "command": [], "reversal":
        {"reversal": "file", "path": demo.at(LOCK), "before": lock, "after": "new"}});
    let began = json!({"record": "began", "run": "r", "at": "2026-01-01T00:00:00Z", "query": "q", "intent": "update_system", "title": "Update"});
    for present in [lock.as_str(), "new"] {
        demo.write(JOURNAL, &format!("{began}\n{step}\n"));
        demo.write(LOCK, present);
        demo.done(&["--yes", "undo"]);
        assert_eq!(demo.read(LOCK), lock, "{present}");
    }
}
