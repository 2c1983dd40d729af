//! What needs a person: editing in their own editor, the hardware looked at anew, questions that are answered, permissions
//! that are given. In a real pseudo-terminal, on a real machine.

#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test says what is wrong by failing")]

use std::os::unix::fs::PermissionsExt as _;

use rexpect::session::{PtySession, spawn_command};
use serde_json::json;

use crate::demo::Demo;
use crate::edit_session::FILE;
use crate::ordinary::Ordinary;

/// How long an answer may take on a busy machine, in milliseconds.
const PATIENCE: u64 = 60_000;

/// A program that edits as it is told: each time the next of these pieces of shell, on the file `$1`.
fn editor(demo: &Demo, deeds: &[&str]) -> std::path::PathBuf {
    let directory = demo.root().join("../editor");
    std::fs::create_dir_all(&directory).unwrap();
    for (number, deed) in deeds.iter().enumerate() {
        std::fs::write(directory.join(number.to_string()), deed).unwrap();
    }
    let script = format!(
        "#!/bin/sh\nPATH=/usr/bin:/bin\ncd {}\nfor n in 0 1 2 3 4; do if [ -e $n ]; then . ./$n; s=$?; rm -f $n; exit $s; fi; done\n",
        directory.display()
    );
    let program = directory.join("edit");
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&directory, std::fs::Permissions::from_mode(0o777)).unwrap();
    program
}

const ZONE: &str = "sed -i 's|Europe/Berlin|Asia/Tokyo|' \"$1\"";

/// The program with words, on a terminal.
fn ask(demo: &Demo, editor: Option<&std::path::Path>, words: &[&str]) -> PtySession {
    let mut command = demo.command();
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm").args(["--lessons", "off", "--color", "never"]);
    if let Some(editor) = editor {
        command.env("EDITOR", editor);
    }
    command.args(words);
    spawn_command(command, Some(PATIENCE)).unwrap()
}

fn expect(session: &mut PtySession, wanted: &str) {
    session.exp_string(wanted).unwrap_or_else(|error| panic!("{wanted}: {error}"));
}

fn answer(session: &mut PtySession, question: &str, answer: &str) {
    expect(session, question);
    session.send_line(answer).unwrap();
}

#[test]
fn an_edit_is_shown_agreed_to_written_and_taken_back() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let before = demo.read(FILE);
        let editor = editor(&demo, &[ZONE, "true"]);
        let mut session = ask(&demo, Some(&editor), &["edit my config"]);
        expect(&mut session, "+  time.timeZone = \"Asia/Tokyo\";");
        answer(&mut session, "configuration.nix? [y/N]", "y");
        expect(&mut session, "ok The configuration can be evaluated");
        answer(&mut session, "Build it and switch to it now? [y/N]", "n");
        session.exp_eof().unwrap();
        assert_eq!(demo.read(FILE), before.replace("Europe/Berlin", "Asia/Tokyo"));
        assert_eq!(demo.generation(), 3);
        // Closed without a change.
        let mut session = ask(&demo, Some(&editor), &["edit my config"]);
        expect(&mut session, "Nothing has changed");
        let rest = session.exp_eof().unwrap();
        assert!(!rest.contains("[y/N]") && !rest.contains("Evaluate"), "{rest}");
        demo.done(&["--yes", "undo"]);
        assert_eq!(demo.read(FILE), before, "{kind}");
    }
}

#[test]
fn what_is_broken_is_explained_and_edited_again_and_nothing_is_lost() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.read(FILE);
    let deeds = [
        "sed -i 's|Europe/Berlin\";|Europe/Berlin\"|' \"$1\"",
        "sed -i 's|Europe/Berlin\"|Europe/Berlin\";|; s|time.timeZone|time.tmeZone|' \"$1\"",
        "grep -q tmeZone \"$1\" && sed -i 's|time.tmeZone|time.timeZone|; s|Europe/Berlin|Asia/Tokyo|' \"$1\"",
    ];
    let editor = editor(&demo, &deeds);
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    expect(&mut session, "syntax error");
    answer(&mut session, "Edit it again? [y/N]", "y");
    answer(&mut session, "configuration.nix? [y/N]", "y");
    expect(&mut session, "tmeZone");
    expect(&mut session, "Edit it again? [y/N]");
    assert_eq!(demo.read(FILE), before, "what cannot be evaluated was put back");
    session.send_line("n").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), before);
    // Later it is gone on with.
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    answer(&mut session, "Go on with that? [y/N]", "y");
    answer(&mut session, "configuration.nix? [y/N]", "y");
    answer(&mut session, "switch to it now? [y/N]", "n");
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), before.replace("Europe/Berlin", "Asia/Tokyo"));
}

#[test]
fn whoever_says_no_finds_the_edit_again_or_begins_anew() {
    let Some(demo) = Demo::new("channels") else { return };
    let before = demo.read(FILE);
    let editor = editor(&demo, &[ZONE, "grep -q Berlin \"$1\" && sed -i 's|\"demo\"|\"atlas\"|' \"$1\"", "exit 3"]);
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    answer(&mut session, "configuration.nix? [y/N]", "n");
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), before);
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    answer(&mut session, "Go on with that? [y/N]", "n");
    expect(&mut session, "+  networking.hostName = \"atlas\";");
    answer(&mut session, "configuration.nix? [y/N]", "n");
    session.exp_eof().unwrap();
    // An editor that was left with an error wants nothing.
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    answer(&mut session, "Go on with that? [y/N]", "n");
    expect(&mut session, "nothing was");
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), before);
}

#[test]
fn a_file_that_changed_meanwhile_is_left_alone() {
    let Some(demo) = Demo::new("flake") else { return };
    let editor = editor(&demo, &[ZONE]);
    let mut session = ask(&demo, Some(&editor), &["edit my config"]);
    expect(&mut session, "configuration.nix? [y/N]");
    demo.configure("# the editor", "# my editor");
    let mine = demo.read(FILE);
    session.send_line("y").unwrap();
    expect(&mut session, "has been changed since");
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), mine);
}

#[test]
fn without_an_editor_or_a_terminal_it_is_said() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = demo.reply(&["--yes", "edit my config"]);
    // There are machines on which the tests find no editor at all.
    let id = reply["outcome"]["error"]["id"].as_str().unwrap();
    assert!(["terminal-missing", "command-not-found"].contains(&id), "{reply:#}");
    let nix = crate::demo::nix_directory().unwrap();
    let mut command = demo.command();
    command.env("PATH", &nix).env("EDITOR", "nosucheditor").args(["--json", "edit my config"]);
    let reply = crate::demo::Said::from(command.output().unwrap()).json();
    assert_eq!(reply["outcome"]["error"]["id"], "command-not-found", "{reply:#}");
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("VISUAL and EDITOR"), "{reply:#}");
}

#[test]
fn root_writes_what_an_ordinary_person_edited() {
    let Some(ordinary) = Ordinary::new("channels") else { return };
    ordinary.helper("sudo");
    let before = ordinary.demo.read(FILE);
    let editor = editor(&ordinary.demo, &[ZONE]);
    let variables = [("TERM", "xterm"), ("EDITOR", editor.to_str().unwrap())];
    let mut command = ordinary.command(&variables, &["--lessons", "off", "--color", "never", "edit my config"]);
    command.stdin(std::process::Stdio::inherit());
    let mut session = spawn_command(command, Some(PATIENCE)).unwrap();
    answer(&mut session, "configuration.nix? [y/N]", "y");
    answer(&mut session, "switch to it now? [y/N]", "n");
    session.exp_eof().unwrap();
    assert_eq!(ordinary.demo.read(FILE), before.replace("Europe/Berlin", "Asia/Tokyo"));
}

#[test]
fn the_hardware_is_described_anew() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let file = "/etc/nixos/hardware-configuration.nix";
        let before = demo.read(file);
        let same = demo.done(&["--yes", "regenerate hardware-configuration.nix"]);
        assert_eq!(same["outcome"]["data"]["diff"], "", "{same:#}");
        assert_eq!(demo.read(file), before);
        demo.write("/etc/demo-faults/new-disk", "");
        let mut session = ask(&demo, None, &["detect my hardware"]);
        expect(&mut session, "+  fileSystems.\"/data\" = {");
        answer(&mut session, "hardware-configuration.nix? [y/N]", "n");
        session.exp_eof().unwrap();
        assert_eq!(demo.read(file), before);
        let done = demo.done(&["--yes", "detect my hardware"]);
        assert_eq!(done["outcome"]["next"][0]["query"], "apply my changes", "{done:#}");
        assert!(demo.read(file).contains("fileSystems.\"/data\""));
        demo.done(&["--yes", "undo"]);
        assert_eq!(demo.read(file), before, "{kind}");
    }
    let Some(demo) = Demo::new("flake") else { return };
    std::fs::remove_file(demo.at("/run/current-system")).unwrap();
    let reply = demo.reply(&["--yes", "detect my hardware"]);
    assert_eq!(reply["outcome"]["error"]["id"], "command-not-found", "{reply:#}");
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("nixos-install-tools"), "{reply:#}");
}

#[test]
fn questions_have_choices_and_answers_are_taken_up() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.configure("  # List packages", "  users.users.bob.isNormalUser = true;\n\n  # List packages");
    let words = "let me use docker without sudo";
    let asked = demo.reply(&[words]);
    assert_eq!(asked["outcome"]["status"], "question", "{asked:#}");
    assert_eq!(asked["outcome"]["choices"], json!(["alice", "bob"]), "{asked:#}");
    let mut session = ask(&demo, None, &[words]);
    expect(&mut session, "1. alice");
    answer(&mut session, "2. bob", "2");
    expect(&mut session, "Put bob into the group docker");
    answer(&mut session, "Go ahead? [y/N]", "n");
    session.exp_eof().unwrap();
    // In a conversation without a terminal the next line is the answer.
    let talk = |lines: &str| {
        let mut command = demo.command();
        command.args(["--json", "--dry-run"]).stdin(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
        let mut child = command.spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
        let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
        said.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>()
    };
    for said in ["alice", "1", "Alice."] {
        let replies = talk(&format!("{words}\n{said}\n"));
        assert_eq!(replies[1]["plan"]["title"], "Put alice into the group docker", "{said}: {:#}", replies[1]);
    }
    let replies = talk(&format!("{words}\nnever mind\nalice\n"));
    assert_eq!(replies[2]["plan"], serde_json::Value::Null, "a question that was dropped is not answered later");
    for (request, said, title) in [
        ("open a port in the firewall", "8080", "Open port 8080"),
        ("set my time zone", "Asia/Tokyo", "Set time.timeZone to Asia/Tokyo"),
        ("create a user", "erika", "Add the user erika"),
        ("put alice in a group", "docker and wheel", "Put alice into the groups docker and wheel"),
        ("update only firefox", "everything", "Update the system and switch to it"),
    ] {
        let replies = talk(&format!("{request}\n{said}\n"));
        assert_eq!(replies[0]["outcome"]["status"], "question", "{request}: {:#}", replies[0]);
        assert_eq!(replies[1]["plan"]["title"], title, "{request}: {:#}", replies[1]);
    }
    let replies = talk("create a user\nlist generations\n");
    assert_eq!(replies[1]["recognition"]["intent"], "list_generations", "{replies:#?}");
    let replies = talk("open a port in the firewall\n70000\n");
    assert_eq!(replies[1]["plan"], serde_json::Value::Null, "{replies:#?}");
}

#[test]
fn what_nixpkgs_refuses_is_offered_package_by_package() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.read(FILE);
    // The table knows nothing of its holes; Nix tells of them.
    let mut session = ask(&demo, None, &["install openssl_1_1"]);
    answer(&mut session, "Go ahead? [y/N]", "y");
    answer(
        &mut session,
        "openssl-1.1.1w has known holes that nobody mends. Allow it all the same, and go on? [y/N]",
        "n",
    );
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), before);
    let mut session = ask(&demo, None, &["install openssl_1_1"]);
    answer(&mut session, "Go ahead? [y/N]", "y");
    answer(&mut session, "and go on? [y/N]", "y");
    expect(&mut session, "+  nixpkgs.config.permittedInsecurePackages = [ \"openssl-1.1.1w\" ];");
    answer(&mut session, "Go ahead? [y/N]", "y");
    answer(&mut session, "Switch to this system now? [y/N]", "y");
    expect(&mut session, "Done in");
    session.exp_eof().unwrap();
    assert!(demo.read(FILE).contains("permittedInsecurePackages = [ \"openssl-1.1.1w\" ];"));
    // Nobody agrees to holes beforehand.
    demo.done(&["--yes", "undo"]);
    let reply = demo.reply(&["--yes", "install openssl_1_1"]);
    assert_eq!(reply["outcome"]["error"]["id"], "insecure-package", "{reply:#}");
    assert_eq!(demo.read(FILE), before);
}
