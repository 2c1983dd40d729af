//! The conversation, in a real pseudo-terminal on a real machine.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test says what is wrong by failing")]

use rexpect::session::{PtySession, spawn_command};

use crate::demo::Demo;

const PROMPT: &str = "ask-nix> ";
/// How long an answer may take on a busy machine, in milliseconds.
const PATIENCE: u64 = 60_000;

fn talk(demo: &Demo) -> PtySession {
    let mut command = demo.command();
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm").args(["--lessons", "off", "--color", "never"]);
    let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
    session.exp_string(PROMPT).unwrap();
    session
}

fn say(session: &mut PtySession, words: &str, expected: &str) {
    session.send_line(words).unwrap();
    session.exp_string(expected).unwrap_or_else(|error| panic!("{words}: {error}"));
}

#[test]
fn a_plan_is_shown_agreed_to_done_and_taken_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    say(&mut session, "roll back", "Switch to generation 2 now? [y/N]");
    say(&mut session, "n", PROMPT);
    assert_eq!(demo.generation(), 3, "no means no");
    say(&mut session, "do it", "Switch to generation 2 now? [y/N]");
    say(&mut session, "perhaps", "Please answer yes or no.");
    say(&mut session, "yes", "Generation 2 is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!((demo.generation(), demo.running()), (2, demo.system(2)));
    say(&mut session, "undo that", "Go ahead? [y/N]");
    say(&mut session, "y", "Generation 3 is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 3);
    session.send_line("exit").unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn to_clear_is_to_clear_the_screen_and_what_is_none_of_ours_gets_a_sentence() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    // Moves to the corner and clears (ECMA-48, CUP and ED), and asks for nothing.
    say(&mut session, "clear", "\u{1b}[H\u{1b}[J");
    say(&mut session, "change the wallpaper", "How the desktop looks is set in its own settings");
    say(&mut session, "install it", "as in: ask-nix \"install firefox\".");
    say(&mut session, "install firefox; rm -rf /", "Nothing was done: this line has commands for a shell in it");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 3);
}

#[test]
fn a_yes_to_what_was_declined_or_is_long_past_is_asked_about_again() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    say(&mut session, "delete generation 1", "Go ahead? [y/N]");
    say(&mut session, "n", "Nothing was done.");
    say(&mut session, "ok", "Go ahead? [y/N]");
    say(&mut session, "n", "Nothing was done.");
    say(&mut session, "what is a generation", "To learn more");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "yes", "Go ahead? [y/N]");
    let there = || demo.at("/nix/var/nix/profiles/system-1-link").symlink_metadata().is_ok();
    assert!(there());
    say(&mut session, "y", PROMPT);
    assert!(!there());
}

#[test]
fn a_preview_can_be_done_afterwards() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    say(&mut session, "how do I go back to generation 1?", "Nothing was done");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "do it", "Switch to generation 1 now? [y/N]");
    say(&mut session, "y", "Generation 1 is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 1);
    say(&mut session, "do it", "There is no plan");
}

#[test]
fn control_c_stops_the_work_and_keeps_the_conversation() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.configure("    firefox", "    firefox slow-build");
    let running = demo.running();
    let mut session = talk(&demo);
    say(&mut session, "apply my changes", "Go ahead? [y/N]");
    say(&mut session, "y", "slow-build");
    session.send_control('c').unwrap();
    session.exp_string("The machine is as it was before.").unwrap();
    session.exp_string(PROMPT).unwrap();
    assert_eq!((demo.generation(), demo.running()), (3, running));
    say(&mut session, "list generations", "booted");
    session.exp_string(PROMPT).unwrap();
    session.send_control('c').unwrap();
    session.exp_string("Ctrl-D").unwrap();
    session.send_control('d').unwrap();
    session.exp_eof().unwrap();
}

#[test]
fn what_was_said_is_remembered_for_the_person_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    say(&mut session, "which kernel do I have", "6.12");
    session.send_line("exit").unwrap();
    session.exp_eof().unwrap();
    let history = demo.at("/home/.local/state/ask-nix/conversation");
    assert!(demo.read("/home/.local/state/ask-nix/conversation").contains("which kernel do I have"));
    assert_eq!(history.metadata().unwrap().permissions().mode() & 0o077, 0);
}

#[test]
fn a_configuration_elsewhere_is_asked_for_once_and_remembered() {
    let Some(demo) = Demo::new("flake") else { return };
    let elsewhere = demo.at("/home/machine");
    std::fs::rename(demo.at("/etc/nixos"), &elsewhere).unwrap();
    let asked = demo.run(&["--json", "what would change if I rebuild"]);
    assert_eq!((asked.code, asked.json()["outcome"]["status"].as_str()), (3, Some("question")));
    let mut session = talk(&demo);
    say(&mut session, "what would change if I rebuild", "Where is the configuration");
    say(&mut session, &elsewhere.display().to_string(), "would be");
    session.exp_string(PROMPT).unwrap();
    assert!(demo.read("/home/.config/ask-nix/config.toml").contains("/home/machine"));
    let known = demo.done(&["what would change if I rebuild"]);
    assert_eq!(known["outcome"]["data"]["would_build"], serde_json::json!([]));
}

#[test]
fn a_question_in_place_of_yes_or_no_is_a_question_and_no_yes() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut session = talk(&demo);
    say(&mut session, "go back to generation 1", "Switch to generation 1 now? [y/N]");
    say(&mut session, "is that safe?", "Nothing was done.");
    // The question is answered about the plan, which still waits.
    session.exp_string("Go back to generation 1").unwrap();
    session.exp_string("Nothing was done").unwrap();
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 3);
    say(&mut session, "do it", "Switch to generation 1 now? [y/N]");
    say(&mut session, "no, go back to generation 2", "Switch to generation 2 now? [y/N]");
    say(&mut session, "y", "Generation 2 is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.generation(), 2);
}

#[test]
fn what_failed_is_explained_repaired_and_goes_on() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.configure("    firefox", "    firefox vscode");
    let mut session = talk(&demo);
    say(&mut session, "apply my changes", "Go ahead? [y/N]");
    say(&mut session, "y", "This can be repaired.");
    session.exp_string("Allow the unfree package vscode").unwrap();
    session.exp_string("Go ahead? [y/N]").unwrap();
    say(&mut session, "n", PROMPT);
    assert!(!demo.read("/etc/nixos/configuration.nix").contains("allowUnfree"), "no means no");
    say(&mut session, "why did that fail?", "has a licence that is not free");
    session.exp_string("This can be repaired: Allow the unfree package vscode").unwrap();
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "how would you fix it?", "Nothing was done: this is only the plan.");
    session.exp_string(PROMPT).unwrap();
    say(&mut session, "can you fix that", "Go ahead? [y/N]");
    say(&mut session, "y", "Switch to this system now? [y/N]");
    say(&mut session, "y", "is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert!(demo.read("/etc/nixos/configuration.nix").contains("allowUnfreePredicate"));
    assert_eq!(demo.generation(), 4);
    say(&mut session, "fix it", PROMPT);
    assert_eq!(demo.generation(), 4, "nothing is broken any more");
}

#[test]
fn a_value_is_chosen_by_the_person() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.write("/etc/nixos/zone.nix", "{ time.timeZone = \"UTC\"; }\n");
    demo.configure("./hardware-configuration.nix", "./hardware-configuration.nix ./zone.nix");
    let mut session = talk(&demo);
    say(&mut session, "apply my changes", "Go ahead? [y/N]");
    say(&mut session, "y", "Which value should time.timeZone have?");
    session.exp_string("2. \"UTC\" (zone.nix, line 1)").unwrap();
    session.exp_string("> ").unwrap();
    say(&mut session, "2", "Let time.timeZone be \"UTC\"");
    session.exp_string("Go ahead? [y/N]").unwrap();
    say(&mut session, "y", "Switch to this system now? [y/N]");
    say(&mut session, "y", "is the current one.");
    session.exp_string(PROMPT).unwrap();
    assert_eq!(demo.read("/etc/nixos/zone.nix"), "{ lib, ... }:\n\n{ time.timeZone = lib.mkForce \"UTC\"; }\n");
}
