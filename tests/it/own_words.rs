//! A person's own words, with the real program: where they count, what is said of a file that is wrong, and that they agree
//! to nothing.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a test says what is wrong by failing"
)]

use std::path::Path;
use std::process::{Command, Stdio};

use rexpect::session::spawn_command;

use crate::demo::{Demo, Said};

const MINE: &str = r#"
[[phrase]]
say = ["go to the old one", "blorx"]
intent = "rollback_system"

[[phrase]]
say = "how full is the barrel"
intent = "disk_usage"

[packages]
neovim = "my editor"
"#;

/// The program of a person with these files.
fn at(home: &Path, files: &[(&str, &str)]) -> Command {
    let directory = home.join("config/ask-nix/intents");
    std::fs::create_dir_all(&directory).unwrap();
    for (name, text) in files {
        std::fs::write(directory.join(name), text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_ask-nix"));
    command.env_clear().env("HOME", home).env("XDG_CONFIG_HOME", home.join("config")).stdin(Stdio::null());
    command
}

fn recognized(home: &Path, files: &[(&str, &str)], arguments: &[&str]) -> Said {
    Said::from(at(home, files).arg("recognize").args(arguments).output().unwrap())
}

#[test]
fn they_are_recognized_and_the_file_is_named() {
    let home = tempfile::tempdir().unwrap();
    let files = [("mine.toml", MINE), ("notes.txt", "this is not read")];
    let said = recognized(home.path(), &files, &["--json", "how full is the barrel"]);
    assert_eq!((said.json()["intent"].as_str(), said.err.as_str()), (Some("disk_usage"), ""));
    assert_eq!((&said.json()["confidence"], &said.json()["by"]), (&1.0.into(), &"rules".into()));
    let said = recognized(home.path(), &files, &["-v", "blorx"]);
    let written = home.path().join("config/ask-nix/intents/mine.toml:3");
    assert!(said.out.contains(&format!("{}: \"blorx\"", written.display())), "{}", said.out);
    let said = recognized(home.path(), &files, &["--json", "install my editor"]);
    assert_eq!(said.json()["slots"]["packages"], serde_json::json!(["neovim"]));
    let said = recognized(home.path(), &files, &["-v", "install my editor"]);
    assert!(said.out.contains("\"my editor\" is neovim"), "{}", said.out);
}

#[test]
fn a_wrong_file_is_told_about_once_with_its_line_and_the_rest_counts() {
    let home = tempfile::tempdir().unwrap();
    let wrong =
        "[[phrase]]\nsay = \"zap\"\nintent = \"disk_usagee\"\n\n[[phrase]]\nsay = \"zup\"\nintent = \"disk_usage\"\n";
    let files = [("mine.toml", MINE), ("wrong.toml", wrong), ("broken.toml", "[[phrase]\n")];
    let mut command = at(home.path(), &files);
    command.args(["recognize", "--json"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"zup\nzap\nblorx\n").unwrap();
    let said = Said::from(child.wait_with_output().unwrap());
    let intents: Vec<String> = said
        .out
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["intent"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!((intents[0].as_str(), intents[2].as_str()), ("disk_usage", "rollback_system"));
    assert_ne!(intents[1], "disk_usage");
    assert_eq!(
        said.err.matches("wrong.toml:3: there is no intent 'disk_usagee'; did you mean 'disk_usage'?").count(),
        1
    );
    assert_eq!(said.err.matches("broken.toml:1: this is no TOML").count(), 1);
    assert_eq!(said.err.lines().count(), 2, "{}", said.err);

    let reply = Said::from(at(home.path(), &files).args(["--json", "help"]).output().unwrap()).json();
    let warnings = reply["outcome"]["warnings"].as_array().unwrap();
    assert!(warnings.len() == 2 && warnings.iter().any(|text| text.as_str().unwrap().contains("wrong.toml:3")));
    let own = reply["outcome"]["data"]["own"].as_array().unwrap();
    assert!(own.iter().any(|entry| entry["example"] == "blorx" && entry["intent"] == "rollback_system"), "{own:?}");
    let help = Said::from(at(home.path(), &files).arg("help").output().unwrap());
    assert!(help.out.contains("In your own words") && help.out.contains("how full is the barrel"), "{}", help.out);
    let none = tempfile::tempdir().unwrap();
    let help = Said::from(at(none.path(), &[]).args(["--json", "help"]).output().unwrap()).json();
    assert!(help["outcome"].get("warnings").is_none() && help["outcome"]["data"].get("own").is_none());
}

#[test]
fn what_is_no_file_is_passed_over() {
    let home = tempfile::tempdir().unwrap();
    let big = format!("# {}\n", "x".repeat(2 << 20));
    let mut command = at(home.path(), &[("mine.toml", MINE), ("big.toml", &big)]);
    let directory = home.path().join("config/ask-nix/intents");
    std::fs::create_dir(directory.join("folder.toml")).unwrap();
    std::fs::write(directory.join("bytes.toml"), b"\xff\xfe").unwrap();
    std::os::unix::fs::symlink("/dev/zero", directory.join("device.toml")).unwrap();
    let said = Said::from(command.args(["recognize", "--json", "blorx"]).output().unwrap());
    assert_eq!(said.json()["intent"], "rollback_system");
    for name in ["big", "folder", "bytes", "device"] {
        assert!(said.err.contains(&format!("{name}.toml:1: this file is not used")), "{name}: {}", said.err);
    }
}

#[test]
fn they_agree_to_nothing() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.write("/home/.config/ask-nix/intents/mine.toml", MINE);
    let before = demo.fingerprint(false);
    let said = demo.run(&["--json", "blorx"]);
    assert_eq!((said.code, said.json()["recognition"]["intent"].as_str()), (4, Some("rollback_system")));
    let said = demo.run(&["--json", "-n", "blorx"]);
    assert_eq!((said.code, said.json()["outcome"]["status"].as_str()), (0, Some("planned")));
    let said = demo.run(&["--json", "how do i blorx?"]);
    assert_eq!((said.code, said.json()["outcome"]["status"].as_str()), (0, Some("planned")));
    assert_eq!(demo.fingerprint(false), before);
}

#[test]
fn they_count_in_a_conversation_and_beside_a_demo() {
    let Some(demo) = Demo::new("flake") else { return };
    // The person's own, not those of the demo's home.
    let intents = demo.root().parent().unwrap().join(".config/ask-nix/intents");
    std::fs::create_dir_all(&intents).unwrap();
    std::fs::write(intents.join("mine.toml"), MINE).unwrap();
    std::fs::write(intents.join("wrong.toml"), "[packages]\nvim = \"it\"\n").unwrap();
    let mut command = demo.command();
    command.stdin(Stdio::inherit()).env("TERM", "xterm").args(["--lessons", "off", "--color", "never"]);
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_string("wrong.toml:2: \"it\" is what requests are made of").unwrap();
    session.exp_string("ask-nix> ").unwrap();
    for (words, expected) in [
        ("go to the old one", "Switch to generation 2 now? [y/N]"),
        ("blorx", "Please answer yes or no."),
        ("n", "Nothing was done."),
        ("how full is the barrel", "store"),
    ] {
        session.send_line(words).unwrap();
        session.exp_string(expected).unwrap_or_else(|error| panic!("{words}: {error}"));
    }
    assert_eq!(demo.generation(), 3);
}
