//! What fails is repaired: the error names its repair, "fix it" does it, Nix agrees, the request goes on, and undoing takes
//! it back. Each on a real machine with real Nix; what counts is what the files say afterwards.

#![expect(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the faults are made from outside")]

use std::process::Command;

use serde_json::{Value, json};

use crate::demo::{Demo, Said};

const FILE: &str = "/etc/nixos/configuration.nix";
const APPLY: &str = "apply my changes";
const HARDWARE: &str = "./hardware-configuration.nix";

/// A configuration that is broken, what its repair is called, and what a file says after it.
struct Case {
    id: &'static str,
    breaks: fn(&Demo),
    title: &'static str,
    file: &'static str,
    says: &'static str,
    says_not: &'static str,
}

fn import(demo: &Demo, name: &str, text: &str) {
    demo.write(&format!("/etc/nixos/{name}"), text);
    demo.configure(HARDWARE, &format!("{HARDWARE} ./{name}"));
}

fn git(demo: &Demo, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("-C").arg(demo.at("/etc/nixos")).args(arguments).output().unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn in_git(demo: &Demo) {
    git(demo, &["init", "--quiet"]);
    git(demo, &["add", "--all"]);
    git(demo, &["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "all"]);
}

const CASES: [Case; 15] = [
    Case {
        id: "syntax-error",
        breaks: |demo| demo.configure("    firefox\n  ];", "    firefox\n"),
        title: "Close with ]; after line 49: configuration.nix",
        file: FILE,
        says: "    firefox\n  ];\n",
        says_not: "firefox\n\n",
    },
    Case {
        id: "syntax-error",
        breaks: |demo| demo.configure("\"us\";", "\"us;"),
        title: "Close the quote in line 25: configuration.nix",
        file: FILE,
        says: "console.keyMap = \"us\";",
        says_not: "\"us;",
    },
    Case {
        id: "unfree-package",
        breaks: |demo| demo.configure("    firefox", "    firefox vscode"),
        title: "Allow the unfree package vscode",
        file: FILE,
        says: "nixpkgs.config.allowUnfreePredicate = pkg: builtins.elem (lib.getName pkg) [ \"vscode\" ];",
        says_not: "allowUnfree =",
    },
    Case {
        id: "insecure-package",
        breaks: |demo| demo.configure("    firefox", "    firefox openssl_1_1"),
        title: "Allow openssl-1.1.1w although it is insecure",
        file: FILE,
        says: "nixpkgs.config.permittedInsecurePackages = [ \"openssl-1.1.1w\" ];",
        says_not: "allowInsecure",
    },
    Case {
        id: "duplicate-attribute",
        breaks: |demo| demo.configure("  console.keyMap", "  networking.hostName = \"demo\";\n  console.keyMap"),
        title: "Remove the definition of networking.hostName in line 25",
        file: FILE,
        says: "networking.hostName = \"demo\"; # Define",
        says_not: "networking.hostName = \"demo\";\n",
    },
    Case {
        id: "duplicate-attribute",
        breaks: |demo| {
            demo.configure("  console.keyMap", "  environment.systemPackages = [ pkgs.jq ];\n  console.keyMap");
        },
        title: "Join the two lists of environment.systemPackages",
        file: FILE,
        says: "  ]) ++ [ pkgs.jq ];",
        says_not: "= [ pkgs.jq ]",
    },
    Case {
        id: "option-does-not-exist",
        breaks: |demo| demo.configure("services.openssh.enable", "services.opensh.enable"),
        title: "Write services.openssh instead of services.opensh",
        file: FILE,
        says: "services.openssh.enable = true;",
        says_not: "opensh.",
    },
    Case {
        id: "option-wrong-type",
        breaks: |demo| demo.configure("services.openssh.enable = true", "services.openssh.enable = \"yes\""),
        title: "Write true for services.openssh.enable, which is what it takes",
        file: FILE,
        says: "services.openssh.enable = true;",
        says_not: "\"yes\"",
    },
    Case {
        id: "undefined-variable",
        breaks: |demo| demo.configure("    firefox", "    firefxo"),
        title: "Write firefox instead of firefxo",
        file: FILE,
        says: "    firefox\n",
        says_not: "firefxo",
    },
    Case {
        id: "undefined-variable",
        breaks: |demo| demo.configure("{ config, lib, pkgs, ... }", "{ config, lib, ... }"),
        title: "Let configuration.nix take the argument pkgs",
        file: FILE,
        says: "{ config, lib, pkgs, ... }:",
        says_not: "lib, ...",
    },
    Case {
        id: "attribute-missing",
        breaks: |demo| demo.configure("      thunderbird", "      pkgs.thunderbrd"),
        title: "Write thunderbird instead of thunderbrd",
        file: FILE,
        says: "      pkgs.thunderbird\n",
        says_not: "thunderbrd",
    },
    Case {
        id: "syntax-error",
        breaks: |demo| demo.configure("\"Europe/Berlin\";", "\"Europe/Berlin\""),
        title: "End line 21 with a semicolon: configuration.nix",
        file: FILE,
        says: "time.timeZone = \"Europe/Berlin\";",
        says_not: "\"Europe/Berlin\"\n",
    },
    Case {
        id: "option-conflicting-definitions",
        // The other definition is the machine's own: one of the person's has to win.
        breaks: |demo| import(demo, "zone.nix", "{ time.timeZone = \"UTC\"; }\n"),
        title: "Which value should time.timeZone have?",
        file: FILE,
        says: "time.timeZone",
        says_not: "mkForce",
    },
    Case {
        id: "package-removed",
        breaks: |demo| demo.configure("    firefox", "    nodejs_22 postgresql google-chrome-stable"),
        title: "Write google-chrome instead of google-chrome-stable",
        file: FILE,
        says: "postgresql google-chrome\n",
        says_not: "google-chrome-stable",
    },
    Case {
        id: "flake-file-untracked",
        breaks: |demo| {
            in_git(demo);
            import(demo, "extra.nix", "{ pkgs, ... }: { environment.systemPackages = [ pkgs.jq ]; }\n");
        },
        title: "Let the flake see extra.nix",
        file: "/etc/nixos/extra.nix",
        says: "pkgs.jq",
        says_not: "git",
    },
];

fn outcome(reply: &Value) -> &Value {
    &reply["outcome"]
}

#[test]
fn what_is_broken_is_repaired_and_what_failed_goes_on() {
    let Some(demo) = Demo::new("flake") else { return };
    let whole = demo.read(FILE);
    for Case { id, breaks, title, file, says, says_not } in CASES {
        demo.write(FILE, &whole);
        breaks(&demo);
        let broken = demo.read(FILE);
        let reply = demo.reply(&["--yes", APPLY]);
        assert_eq!(outcome(&reply)["error"]["id"], id, "{reply:#}");
        let repair = &outcome(&reply)["repair"];
        assert_eq!((&repair["title"], &repair["query"]), (&json!(title), &json!("fix it")), "{reply:#}");
        assert_eq!(demo.read(FILE), broken, "{title}: --yes alone repairs nothing");
        if repair["choices"].is_array() {
            // Nobody is there to choose.
            let asked = demo.run(&["--json", "--yes", "fix it"]);
            assert_eq!((asked.code, outcome(&asked.json())["question"].clone()), (3, json!(title)));
            continue;
        }
        assert_eq!(repair["plan"]["risk"], "changes", "{reply:#}");
        let unseen = demo.run(&["--json", "fix it"]);
        assert_eq!((unseen.code, demo.read(FILE)), (4, broken.clone()), "{title}: nobody agreed");

        let fixed = demo.reply(&["--yes", "fix it"]);
        assert_eq!(
            (&fixed["recognition"]["intent"], &outcome(&fixed)["status"]),
            (&json!("repair_last"), &json!("done"))
        );
        let text = demo.read(file);
        assert!(text.contains(says) && !text.contains(says_not), "{title}: {text}");
        let then = &fixed["then"][0];
        assert_eq!((&then["query"], &then["recognition"]["intent"]), (&json!(APPLY), &json!("apply_configuration")));
        if id == "package-removed" {
            // Behind one error there was another one, with a repair of its own.
            assert_eq!(outcome(then)["error"]["id"], "unfree-package", "{fixed:#}");
            assert_eq!(outcome(then)["repair"]["title"], "Allow the unfree package google-chrome");
            let fixed = demo.reply(&["--yes", "fix it"]);
            assert_eq!(outcome(&fixed["then"][0])["status"], "done", "{fixed:#}");
            continue;
        }
        assert_eq!(outcome(then)["status"], "done", "{title}: {fixed:#}");
        // What was activated, and then the repair, are taken back.
        for _ in 0..2 {
            demo.reply(&["--yes", "undo"]);
            if demo.read(FILE) == broken && id != "flake-file-untracked" {
                break;
            }
        }
        assert_eq!(demo.read(FILE), broken, "{title}");
        if id == "flake-file-untracked" {
            assert!(git(&demo, &["status", "--porcelain"]).contains("?? extra.nix"), "Git knows it no more");
            assert!(demo.at("/etc/nixos/extra.nix").exists(), "and it is still there");
        }
        assert_eq!(demo.run(&["--json", "--yes", "fix it"]).code, 3, "{title}: there is nothing to fix any more");
    }
}

#[test]
fn a_configuration_of_channels_is_repaired_as_well() {
    let Some(demo) = Demo::new("channels") else { return };
    demo.configure("services.openssh.enable", "services.opensh.enable");
    demo.configure("    firefox", "    firefox vscode");
    let reply = demo.reply(&["--yes", APPLY]);
    assert_eq!(outcome(&reply)["repair"]["title"], "Write services.openssh instead of services.opensh", "{reply:#}");
    let fixed = demo.reply(&["--yes", "fix it"]);
    assert_eq!(outcome(&fixed)["status"], "done", "that there is another error does not make it wrong: {fixed:#}");
    assert_eq!(outcome(&fixed["then"][0])["repair"]["title"], "Allow the unfree package vscode", "{fixed:#}");
    let fixed = demo.reply(&["--yes", "fix it"]);
    assert_eq!(outcome(&fixed["then"][0])["status"], "done", "{fixed:#}");
    let text = demo.read(FILE);
    assert!(text.contains("services.openssh.enable") && text.contains("[ \"vscode\" ]"), "{text}");
}

#[test]
fn what_does_not_help_is_put_back() {
    let Some(demo) = Demo::new("flake") else { return };
    // A module that sets it as well is written by a function: the name is another, and the definitions still differ.
    demo.configure("  console.keyMap", "  services.ssh.enable = false;\n  console.keyMap");
    let text = demo.read(FILE);
    let reply = demo.reply(&["--yes", APPLY]);
    assert!(outcome(&reply)["repair"].is_null(), "which of two values is meant is not known: {reply:#}");
    demo.write(
        FILE,
        &text.replace("    firefox\n", "    firefox\n    pkgs.htpo\n").replace("services.ssh.enable = false;", ""),
    );
    demo.write("/etc/nixos/overlay.nix", "{ nixpkgs.overlays = [ (final: prev: { htop = prev.htpo; }) ]; }\n");
    demo.configure(HARDWARE, &format!("{HARDWARE} ./overlay.nix"));
    let broken = demo.read(FILE);
    let reply = demo.reply(&["--yes", APPLY]);
    if outcome(&reply)["repair"].is_object() {
        let fixed = demo.reply(&["--yes", "fix it"]);
        assert_eq!(outcome(&fixed)["status"], "failed", "{fixed:#}");
        assert!(fixed["then"].as_array().unwrap().is_empty(), "nothing goes on: {fixed:#}");
    }
    assert_eq!(demo.read(FILE), broken);
}

#[test]
fn a_warning_names_its_repair_and_is_not_pressed() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.configure("  console.keyMap", "  hardware.opengl.enable = true;\n  console.keyMap");
    let reply = demo.done(&["--yes", APPLY]);
    assert_eq!(outcome(&reply)["also"][0]["id"], "option-renamed", "{reply:#}");
    let lessons: Vec<&str> = reply["lessons"].as_array().unwrap().iter().filter_map(|one| one["id"].as_str()).collect();
    assert!(lessons.contains(&"option-renamed"), "{lessons:?}");
    let title = "Write hardware.graphics.enable instead of hardware.opengl.enable";
    assert_eq!(outcome(&reply)["repair"]["title"], title);
    let quiet = demo.done(&["--yes", "--lessons", "off", APPLY]);
    assert!(outcome(&quiet)["repair"].is_null(), "whoever wants no lessons is not told: {quiet:#}");
    let fixed = demo.done(&["--yes", "fix it"]);
    assert!(fixed["then"].as_array().unwrap().is_empty(), "nothing had failed");
    let text = demo.read(FILE);
    assert!(text.contains("hardware.graphics.enable = true;") && !text.contains("opengl"), "{text}");
}

#[test]
fn what_only_the_request_got_wrong_is_asked_again() {
    let Some(demo) = Demo::new("hosts") else { return };
    let reply = demo.reply(&["--yes", "--host", "atlsa", "build my configuration but do not switch"]);
    assert_eq!(outcome(&reply)["error"]["id"], "flake-host-missing", "{reply:#}");
    assert_eq!(outcome(&reply)["repair"]["title"], "Take the machine atlas");
    let fixed = demo.done(&["--yes", "fix it"]);
    let then = &fixed["then"][0];
    assert_eq!(outcome(then)["status"], "done", "{fixed:#}");
    assert!(then["plan"]["steps"][0]["command"].to_string().contains("atlas"), "{then:#}");
    assert!(!demo.at("/home/.config/ask-nix/config.toml").exists(), "it was said for that request alone");

    let before = demo.read(FILE);
    let reply = demo.reply(&["--yes", "set services.opensh.enable to false"]);
    assert_eq!(demo.read(FILE), before, "what was written was put back: {reply:#}");
    assert_eq!(outcome(&reply)["repair"]["title"], "Take services.openssh.enable instead of services.opensh.enable");
    assert!(outcome(&reply)["repair"]["plan"].is_null());
    let fixed = demo.done(&["--yes", "fix it"]);
    assert_eq!(outcome(&fixed["then"][0])["status"], "done", "{fixed:#}");
    let edit = &fixed["then"][0]["plan"]["steps"][0];
    let file = std::fs::read_to_string(edit["path"].as_str().unwrap()).unwrap();
    assert!(file.contains("services.openssh.enable = false;"), "{edit:#}");
}

/// What is said to a text on standard input, to somebody who is called alice.
fn pasted(demo: &Demo, text: &str) -> Value {
    use std::io::Write as _;
    let mut command = demo.command();
    command.env("USER", "alice").args(["--json", "explain-error"]).stdin(std::process::Stdio::piped());
    let mut child = command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    Said::from(child.wait_with_output().unwrap()).json()
}

#[test]
fn an_error_that_was_pasted_is_repaired_when_it_is_about_this_machine() {
    let Some(demo) = Demo::new("flake") else { return };
    let explain = |text: &str| pasted(&demo, text);
    let elsewhere = "error: The option `services.opensh' does not exist. Definition values:\n       - In `/nix/store/8vl4rxb34knsxq1svs6s3l8m911gwfmh-source/configuration.nix':\n\n       Did you mean `services.openssh'?\n";
    assert!(outcome(&explain(elsewhere))["repair"].is_null(), "this configuration does not set it");
    demo.configure("services.openssh.enable", "services.opensh.enable");
    let reply = explain(elsewhere);
    assert_eq!(outcome(&reply)["status"], "done");
    assert_eq!(outcome(&reply)["repair"]["title"], "Write services.openssh instead of services.opensh", "{reply:#}");
    let fixed = demo.done(&["--yes", "fix it"]);
    assert!(demo.read(FILE).contains("services.openssh.enable = true;"));
    assert_eq!(outcome(&fixed)["next"][0]["query"], APPLY, "{fixed:#}");

    let feature = explain(
        "error: experimental Nix feature 'pipe-operators' is disabled; add '--extra-experimental-features pipe-operators' to enable it\n",
    );
    assert_eq!(outcome(&feature)["repair"]["title"], "Turn the feature pipe-operators of Nix on", "{feature:#}");
    demo.done(&["--yes", "fix it"]);
    assert!(demo.read(FILE).contains("[ \"nix-command\" \"flakes\" \"pipe-operators\" ]"));

    let trust = explain(
        "warning: ignoring the client-specified setting 'sandbox', because it is a restricted setting and you are not a trusted user\n",
    );
    assert_eq!(outcome(&trust)["repair"]["title"], "Let the Nix daemon trust alice", "{trust:#}");
    assert!(outcome(&trust)["repair"]["plan"]["notes"].to_string().contains("root"), "what that means is said");
    let fixed = Said::from(demo.command().env("USER", "alice").args(["--json", "--yes", "fix it"]).output().unwrap());
    assert_eq!(outcome(&fixed.json())["status"], "done", "{}", fixed.out);
    assert!(demo.read(FILE).contains("trusted-users = [ \"root\" \"alice\" ];"), "{}", demo.read(FILE));

    demo.write("/home/.profile", "mine\n");
    let path = demo.at("/home/.profile").display().to_string();
    let outside = explain(&format!("Existing file '{}' would be clobbered\n", demo.at(FILE).display()));
    assert!(outcome(&outside)["repair"].is_null(), "only in the person's home: {outside:#}");
    let conflict = explain(&format!("Existing file '{path}' would be clobbered\n"));
    assert_eq!(outcome(&conflict)["repair"]["title"], format!("Put {path} aside"), "{conflict:#}");
    demo.done(&["--yes", "fix it"]);
    assert_eq!((demo.at("/home/.profile").exists(), demo.read("/home/.profile.before")), (false, "mine\n".to_owned()));
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.read("/home/.profile"), "mine\n");

    let full = explain("error: writing to file: No space left on device\n");
    assert_eq!(outcome(&full)["repair"]["title"], "Free store space that nothing needs", "{full:#}");
    assert_eq!(outcome(&full)["repair"]["plan"]["steps"][1]["kind"], "confirm", "it asks before it deletes");
    let freed = demo.done(&["--yes", "fix it"]);
    assert!(outcome(&freed)["data"]["paths_deleted"].is_number(), "{freed:#}");
}
