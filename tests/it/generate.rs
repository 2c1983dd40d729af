//! Configurations from descriptions: every part is evaluated by real Nix, and what is written is imported, and taken back.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the test asks Nix itself")]

use std::fmt::Write as _;

use serde_json::Value;

use crate::demo::Demo;
use crate::edit_session::FILE;

/// The file that a plan would write: its path and its text.
fn written(reply: &Value) -> (String, String) {
    let step = &reply["plan"]["steps"][0];
    let diff = step["diff"].as_str().unwrap_or_else(|| panic!("{reply:#}"));
    assert!(diff.starts_with("--- /dev/null"), "{diff}");
    let lines = diff.lines().skip(3).filter_map(|line| line.strip_prefix('+'));
    (step["path"].as_str().unwrap().to_owned(), lines.fold(String::new(), |text, line| text + line + "\n"))
}

fn described(demo: &Demo, description: &str) -> Value {
    demo.reply(&["--dry-run", &format!("write me a configuration: {description}")])
}

const BARE: &str = "{ ... }:\n\n{\n  boot.loader.systemd-boot.enable = true;\n  fileSystems.\"/\".device = \"/dev/sda1\";\n  nixpkgs.hostPlatform = builtins.currentSystem;\n}\n";

#[test]
fn every_part_can_be_evaluated() {
    let Some(demo) = Demo::new("channels") else { return };
    demo.write(FILE, BARE);
    let parts = ask_nix::catalogue::starter::parts();
    let (mut modules, mut names) = (String::new(), Vec::new());
    for (name, part) in &parts {
        // As a person says it, else by its name.
        for said in [name.replace('-', " ")].into_iter().chain(part.called.first().cloned()) {
            let reply = described(&demo, &format!("a box with {said}"));
            if reply["plan"] == Value::Null || reply["plan"]["risk"] == "reads" {
                // Some parts only tell what is to be done by hand.
                let nothing = part.settings.is_empty() && part.packages.is_empty() && part.with.is_empty();
                assert!(nothing && part.one_of.is_empty(), "{said}: {reply:#}");
                continue;
            }
            let notes = reply["plan"]["notes"].to_string();
            assert!(notes.contains("Understood: ") && !notes.contains("Not understood"), "{said}: {notes}");
            let file = demo.at(&format!("/etc/nixos/part-{}.nix", names.len()));
            std::fs::write(&file, written(&reply).1).unwrap();
            let _ = write!(modules, " {}", file.display());
            names.push(said);
        }
    }
    assert!(names.len() >= 80, "{}", names.len());
    let nixos = demo.at("/channels/nixos-25.11").join("nixos/lib/eval-config.nix");
    let source =
        if nixos.exists() { nixos.display().to_string() } else { "<nixpkgs/nixos/lib/eval-config.nix>".to_owned() };
    let all = format!(
        "map (part: (import {source} {{ system = builtins.currentSystem; modules = [ {} part ]; }}).config.system.build.toplevel.drvPath) [{modules} ]",
        demo.at(FILE).display()
    );
    let output = std::process::Command::new(demo.at("/enter"))
        .args(["nix-instantiate", "--eval", "--strict", "--json", "--expr", &all])
        .env("PATH", format!("{}:/usr/bin:/bin", crate::demo::nix_directory().unwrap().display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let systems: Vec<String> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(systems.len(), names.len());
}

#[test]
fn a_description_becomes_a_file_that_is_imported_and_taken_back() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let before = demo.read(FILE);
        let words = "write me a configuration: web server with nginx and postgres";
        let file = "/etc/nixos/web-server-nginx-postgresql.nix";
        let planned = described(&demo, "web server with nginx and postgres");
        assert!(!demo.at(file).exists() && demo.read(FILE) == before, "a preview writes nothing");
        let reply = demo.done(&["--yes", words]);
        let text = demo.read(file);
        assert_eq!(written(&planned), (demo.at(file).display().to_string(), text.clone()));
        assert!(text.contains("  services.postgresql.enable = true;\n"), "{text}");
        assert!(demo.read(FILE).contains("\n    ./web-server-nginx-postgresql.nix\n  ];"), "{}", demo.read(FILE));
        assert_eq!(reply["outcome"]["next"][0]["query"], "apply my changes", "{reply:#}");
        assert_eq!(demo.generation(), 3, "nothing was built");
        // What is there stays, and another file takes another name.
        let again = described(&demo, "web server with nginx and postgres");
        assert!(again["outcome"]["message"].as_str().unwrap().contains("has all of it"), "{again:#}");
        demo.done(&["--yes", "apply my changes"]);
        assert_eq!(demo.read("/run/systemd-demo/postgresql.service").trim(), "active");
        demo.done(&["--yes", "undo"]);
        demo.done(&["--yes", "undo"]);
        assert!(!demo.at(file).exists(), "{kind}");
        assert_eq!(demo.read(FILE), before, "{kind}");
        demo.write(file, "{ }\n");
        let other = written(&described(&demo, "web server with nginx and postgres")).0;
        assert!(other.ends_with("/web-server-nginx-postgresql-2.nix"), "{other}");
        assert_eq!(demo.read(file), "{ }\n");
    }
}

#[test]
fn what_cannot_be_evaluated_is_put_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.read(FILE);
    // The demo has no module of that service.
    let reply = demo.reply(&["--yes", "write me a configuration: nginx and mastodon"]);
    assert_eq!(reply["outcome"]["error"]["id"], "option-does-not-exist", "{reply:#}");
    assert_eq!(reply["outcome"]["put_back"].as_array().unwrap().len(), 2, "{reply:#}");
    assert_eq!(demo.read(FILE), before);
    assert!(!demo.at("/etc/nixos/nginx-mastodon.nix").exists());
}

#[test]
fn what_is_not_understood_is_told() {
    let Some(demo) = Demo::new("flake") else { return };
    let reply = described(&demo, "a laptop with gnome, frobnication and no bluetooth");
    let notes = reply["plan"]["notes"].to_string();
    assert!(notes.contains("Not understood, and not in it: frobnication."), "{notes}");
    assert!(notes.contains("Left out, as you said: Bluetooth."), "{notes}");
    let text = written(&reply).1;
    assert!(text.contains("services.desktopManager.gnome.enable = true;"), "{text}");
    assert!(!text.contains("hardware.bluetooth"), "{text}");
    let nothing = described(&demo, "frobnication");
    assert_eq!(nothing["outcome"]["status"], "question", "{nothing:#}");
    assert!(nothing["outcome"]["choices"].as_array().unwrap().len() >= 3, "{nothing:#}");
}

#[test]
fn a_file_that_is_new_becomes_known_to_git() {
    let Some(demo) = Demo::new("flake") else { return };
    let directory = demo.at("/etc/nixos");
    let git = |words: &[&str]| std::process::Command::new("git").args(words).current_dir(&directory).output();
    let Ok(made) = git(&["init", "--quiet"]) else { return };
    assert!(made.status.success());
    git(&["add", "--all"]).unwrap();
    let known = || String::from_utf8(git(&["ls-files"]).unwrap().stdout).unwrap();
    let before = known();
    let reply = demo.done(&["--yes", "write me a configuration: a gaming desktop"]);
    assert_eq!(reply["plan"]["steps"][1]["title"], "Tell git about gaming-desktop-computer.nix", "{reply:#}");
    assert!(known().contains("gaming-desktop-computer.nix"), "{}", known());
    demo.done(&["--yes", "undo"]);
    assert_eq!(known(), before);
    assert!(!demo.at("/etc/nixos/gaming-desktop-computer.nix").exists());
}

#[test]
fn without_a_machine_it_is_shown() {
    let Some(demo) = Demo::new("flake") else { return };
    std::fs::remove_dir_all(demo.at("/etc/nixos")).unwrap();
    let reply = demo.done(&["write me a configuration: a laptop with plasma, discord and a user called lea"]);
    let data = &reply["outcome"]["data"];
    let text = data["text"].as_str().unwrap();
    assert!(rnix::Root::parse(text).errors().is_empty(), "{text}");
    assert!(text.contains("services.desktopManager.plasma6.enable = true;"), "{text}");
    assert!(text.contains("users.users.lea.isNormalUser = true;"), "{text}");
    assert!(text.contains("allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [\n    \"discord\""), "{text}");
    assert!(data["notes"].to_string().contains("add ./"), "{reply:#}");
}
