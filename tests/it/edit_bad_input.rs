//! Requests and files that are wrong: each is refused or asked about with what would be right, and the machine stays as it is.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test says what is wrong by failing")]

use std::os::unix::fs::{PermissionsExt as _, symlink};

use rexpect::session::spawn_command;
use serde_json::{Value, json};

use crate::demo::Demo;
use crate::edit_session::{Editing, FILE};
use crate::faults::{full, with_mount};

/// Everything that a request could have changed.
fn state(demo: &Demo) -> Vec<String> {
    let mut lines = demo.fingerprint(false);
    lines.retain(|line| !line.contains("journal") && !line.contains("gcroots"));
    lines
}

/// A request that fails or is refused, and changes nothing: its error.
fn wrong(demo: &Demo, words: &str) -> Value {
    let before = state(demo);
    let reply = demo.reply(&["--yes=destroy", words]);
    assert_ne!(reply["outcome"]["error"], Value::Null, "{words}: {reply:#}");
    assert_eq!(state(demo), before, "{words}: {reply:#}");
    reply["outcome"]["error"].clone()
}

#[test]
fn names_that_do_not_exist_bring_the_nearest() {
    let Some(demo) = Demo::new("flake") else { return };
    for (words, id, nearest) in [
        ("set networking.hostNam to atlas", "option-does-not-exist", "networking.hostName"),
        ("set services.opensh.enable to true", "option-does-not-exist", "services.openssh"),
        ("uninstall vmi", "package-not-installed", "vim"),
        ("delete user alcie", "user-missing", "alice"),
        ("put alcie in wheel", "user-missing", "alice"),
    ] {
        let error = wrong(&demo, words);
        assert_eq!(error["id"], id, "{words}: {error:#}");
        assert!(error["bindings"]["nearest"].to_string().contains(nearest), "{words}: {error:#}");
    }
    let error = wrong(&demo, "install nosuchthingatall");
    assert_eq!(error["id"], "package-not-found", "{error:#}");
    let before = state(&demo);
    let reply = demo.reply(&["--yes", "--host", "dmeo", "install jq"]);
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("it has demo"), "{reply:#}");
    assert_eq!(state(&demo), before);
}

#[test]
fn values_of_the_wrong_type_are_told_the_right_one() {
    let Some(demo) = Demo::new("channels") else { return };
    for (words, says) in [
        ("set boot.tmp.cleanOnBoot to banana", "wants true or false"),
        ("set networking.firewall.allowedTCPPorts to abc", "wants a list, each item a port"),
    ] {
        let error = wrong(&demo, words);
        assert_eq!(error["id"], "option-wrong-type", "{words}: {error:#}");
        assert!(error["message"].as_str().unwrap().contains(says), "{words}: {error:#}");
    }
}

#[test]
fn names_that_are_nix_code_stay_words_or_nothing() {
    let Some(machine) = Editing::new("flake") else { return };
    for (intent, slots) in [
        ("install_package", json!({"packages": ["vim; }; boot.evil = true"]})),
        ("install_package", json!({"packages": ["${builtins.abort \"x\"}"]})),
        ("install_package", json!({"packages": ["(import ./evil.nix)"]})),
        ("enable_service", json!({"service": "nginx.enable = true; x"})),
        ("set_option", json!({"option": "networking.\"${x}\"", "value": "a"})),
        ("add_user", json!({"user": "a\"; isNormalUser = true"})),
        ("add_user_to_group", json!({"user": "alice", "groups": ["wheel\" \"root"]})),
        ("update_package", json!({"package": "firefox.${x}"})),
        ("install_package", json!({"packages": ["gimp"], "scope": "user", "user": "../alice"})),
    ] {
        let before = state(&machine.demo);
        let reply = machine.ask("something", intent, slots.clone());
        assert_eq!(reply["outcome"]["status"], "question", "{intent} {slots}: {reply:#}");
        assert_eq!(state(&machine.demo), before, "{intent} {slots}");
    }
    // Text is text, and a description's words never become code.
    let reply = machine.ask(
        "write a configuration",
        "generate_config",
        json!({"description": "nginx }; boot.evil = true; { user called x\"; ${builtins.abort \"no\"}"}),
    );
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    let name = reply["plan"]["steps"][0]["path"].as_str().unwrap();
    let text = std::fs::read_to_string(name).unwrap();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    assert!(!code.contains("evil") && !code.contains("abort"), "{text}");
}

#[test]
fn links_of_all_kinds() {
    let Some(machine) = Editing::new("channels") else { return };
    let demo = &machine.demo;
    let text = demo.read(FILE);
    let slots = || json!({"packages": ["ripgrep"]});
    // To itself, to nothing, to a directory without a default.nix.
    for target in ["configuration.nix", "nowhere.nix", "."] {
        std::fs::remove_file(demo.at(FILE)).unwrap();
        symlink(target, demo.at(FILE)).unwrap();
        let reply = machine.ask("install ripgrep", "install_package", slots());
        assert_ne!(reply["outcome"]["status"], "done", "{target}: {reply:#}");
        assert_eq!(std::fs::read_link(demo.at(FILE)).unwrap().to_str(), Some(target));
    }
    // Into the store, which nothing writes.
    std::fs::remove_file(demo.at(FILE)).unwrap();
    let stored = demo.at("/nix/store/00000000000000000000000000000000-configuration.nix");
    std::fs::write(&stored, &text).unwrap();
    symlink(&stored, demo.at(FILE)).unwrap();
    let reply = machine.not_done("install ripgrep", "install_package", slots());
    assert_eq!(reply["outcome"]["error"]["id"], "edit-by-hand", "{reply:#}");
    assert!(reply["outcome"]["message"].as_str().unwrap().contains("store"), "{reply:#}");
    assert_eq!(std::fs::read_to_string(stored).unwrap(), text);
}

#[test]
fn a_file_that_changes_while_we_ask_is_left_alone() {
    let Some(demo) = Demo::new("flake") else { return };
    let mut command = demo.command();
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm").args(["--lessons", "off", "--color", "never"]);
    command.arg("install ripgrep");
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_string("Go ahead? [y/N]").unwrap();
    demo.configure("# the editor", "# my editor");
    let mine = demo.read(FILE);
    session.send_line("y").unwrap();
    session.exp_string("has been changed since").unwrap();
    session.exp_eof().unwrap();
    assert_eq!((demo.read(FILE), demo.generation()), (mine, 3));
    // And while the system is built: the file is put back only as far as it is ours.
    let mut command = demo.command();
    command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm").args(["--lessons", "off", "--color", "never"]);
    command.arg("install ripgrep");
    let mut session = spawn_command(command, Some(60_000)).unwrap();
    session.exp_string("Go ahead? [y/N]").unwrap();
    session.send_line("y").unwrap();
    session.exp_string("Switch to this system now? [y/N]").unwrap();
    demo.configure("# my editor", "# nobody's editor");
    let mine = demo.read(FILE);
    session.send_line("n").unwrap();
    session.exp_string("Not everything could be put back").unwrap();
    session.exp_eof().unwrap();
    assert_eq!(demo.read(FILE), mine);
}

#[test]
fn a_full_disk_and_one_that_cannot_be_written() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = state(&demo);
    for words in ["install ripgrep", "write a configuration: a web server", "open port 8080"] {
        let Some(said) = with_mount(&demo, &full(&demo.at("/etc/nixos")), &["--json", "--yes", words]) else { return };
        let reply = said.json();
        assert_eq!(reply["outcome"]["error"]["id"], "disk-full", "{words}: {reply:#}");
        assert_eq!(state(&demo), before, "{words}");
    }
    let at = demo.at("/etc/nixos").display().to_string();
    let mount = format!("mount --bind {at} {at} && mount -o remount,ro,bind {at}");
    let Some(said) = with_mount(&demo, &mount, &["--json", "--yes", "install ripgrep"]) else { return };
    let reply = said.json();
    assert_eq!((said.code, &reply["outcome"]["status"]), (1, &json!("failed")), "{reply:#}");
    assert_eq!(state(&demo), before);
}

#[test]
fn rights_and_owners_are_kept() {
    use std::os::unix::fs::MetadataExt as _;
    let Some(demo) = Demo::new("channels") else { return };
    std::fs::set_permissions(demo.at(FILE), std::fs::Permissions::from_mode(0o444)).unwrap();
    let foreign = std::os::unix::fs::chown(demo.at(FILE), Some(1234), Some(1234)).is_ok();
    demo.done(&["--yes", "install ripgrep"]);
    let metadata = std::fs::metadata(demo.at(FILE)).unwrap();
    assert_eq!(metadata.permissions().mode() & 0o777, 0o444);
    if foreign {
        assert_eq!((metadata.uid(), metadata.gid()), (1234, 1234));
    }
}
