//! Configurations of other shapes than the demo's: several files, conditions, homes, links, files of others.

#![expect(clippy::disallowed_methods, reason = "the state is looked at and changed from outside")]

use serde_json::json;

use crate::edit_session::{Editing, FILE};
use crate::ordinary::{Ordinary, behind_env};

#[test]
fn a_list_under_a_condition_is_left_with_the_lines_to_write() {
    let Some(machine) = Editing::new("flake") else { return };
    let list = "environment.systemPackages = with pkgs; [";
    machine.demo.configure(list, "environment.systemPackages = lib.mkIf true (with pkgs; [");
    machine.demo.configure("    firefox\n  ];", "    firefox\n  ]);");
    let reply = machine.not_done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    let error = &reply["outcome"]["error"];
    assert_eq!((&reply["outcome"]["status"], &error["id"]), (&json!("refused"), &json!("edit-by-hand")), "{reply:#}");
    assert_eq!(error["bindings"]["lines"], "environment.systemPackages = [ pkgs.ripgrep ];");
    let line = error["bindings"]["line"].as_u64().unwrap();
    let number = usize::try_from(line).unwrap();
    assert!(machine.demo.read(FILE).lines().nth(number - 1).unwrap().contains("lib.mkIf"), "{reply:#}");
}

#[test]
fn an_option_goes_where_its_like_stands() {
    let Some(machine) = Editing::new("flake") else { return };
    let demo = &machine.demo;
    demo.configure("./hardware-configuration.nix\n", "./hardware-configuration.nix\n    ./network\n");
    demo.configure("  networking.firewall.allowedTCPPorts = [ 80 ];\n", "");
    demo.write("/etc/nixos/network/default.nix", "{ imports = [ ./firewall.nix ]; }\n");
    demo.write(
        "/etc/nixos/network/firewall.nix",
        "{\r\n\tnetworking.firewall = {\r\n\t\tenable = true;\r\n\t};\r\n}\r\n",
    );
    let before = demo.read(FILE);
    let reply = machine.ask("open port 8080", "open_port", json!({"ports": [8080]}));
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    assert_eq!(demo.read(FILE), before);
    let wanted =
        "{\r\n\tnetworking.firewall = {\r\n\t\tenable = true;\r\n\t\tallowedTCPPorts = [ 8080 ];\r\n\t};\r\n}\r\n";
    assert_eq!(demo.read("/etc/nixos/network/firewall.nix"), wanted);
    demo.done(&["--yes", "undo"]);
    assert!(!demo.read("/etc/nixos/network/firewall.nix").contains("8080"));
}

#[test]
fn what_another_file_forces_is_changed_there() {
    let Some(machine) = Editing::new("channels") else { return };
    let demo = &machine.demo;
    demo.configure("./hardware-configuration.nix\n", "./hardware-configuration.nix\n    ./zone.nix\n");
    demo.write("/etc/nixos/zone.nix", "{ lib, ... }: { time.timeZone = lib.mkForce \"UTC\"; }\n");
    let before = demo.read(FILE);
    let slots = json!({"option": "time.timeZone", "value": "Asia/Tokyo"});
    let reply = machine.ask("set the time zone", "set_option", slots);
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    assert_eq!(demo.read("/etc/nixos/zone.nix"), "{ lib, ... }: { time.timeZone = lib.mkForce \"Asia/Tokyo\"; }\n");
    assert_eq!(demo.read(FILE), before);
}

#[test]
fn what_is_overridden_out_of_sight_is_found_by_evaluation() {
    let Some(machine) = Editing::new("flake") else { return };
    let demo = &machine.demo;
    let flake = demo.read("/etc/nixos/flake.nix");
    let forced = "{ time.timeZone = nixpkgs.lib.mkForce \"UTC\"; }\n        { system.configurationRevision";
    demo.write("/etc/nixos/flake.nix", &flake.replace("{ system.configurationRevision", forced));
    let slots = json!({"option": "time.timeZone", "value": "Asia/Tokyo"});
    let reply = machine.not_done("set the time zone", "set_option", slots);
    assert_eq!(reply["outcome"]["error"]["id"], "setting-overridden", "{reply:#}");
}

#[test]
fn homes_have_packages_of_their_own() {
    let Some(machine) = Editing::new("home") else { return };
    let demo = &machine.demo;
    let before = demo.read("/etc/nixos/home.nix");
    let slots = json!({"packages": ["gimp"], "scope": "home"});
    let reply = machine.ask("install gimp with home manager", "install_package", slots);
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    assert_eq!(reply["plan"]["needs_root"], false, "{reply:#}");
    let after = demo.read("/etc/nixos/home.nix");
    assert!(after.contains("home.packages = [ pkgs.ripgrep pkgs.jq pkgs.gimp ];"), "{after}");
    let bin = demo.at("/home/.local/state/nix/profiles/home-manager/home-path/bin/gimp");
    assert!(bin.exists(), "{}", bin.display());
    let generation = demo.generation();
    let slots = json!({"packages": ["jq"]});
    let reply = machine.ask("uninstall jq", "remove_package", slots);
    assert_eq!(reply["outcome"]["status"], "done", "{reply:#}");
    assert!(demo.read("/etc/nixos/home.nix").contains("[ pkgs.ripgrep pkgs.gimp ]"));
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.read("/etc/nixos/home.nix"), after);
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.read("/etc/nixos/home.nix"), before);
    assert_eq!(demo.generation(), generation, "the system stays as it is");

    let Some(machine) = Editing::new("flake") else { return };
    let reply = machine.not_done("install gimp", "install_package", json!({"packages": ["gimp"], "scope": "home"}));
    assert_eq!(reply["outcome"]["error"]["id"], "no-home-manager", "{reply:#}");
}

#[test]
fn a_machine_that_a_function_makes() {
    let Some(machine) = Editing::new("hosts") else { return };
    let lines = machine.done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(lines, ["+    ripgrep"]);
}

#[test]
fn links_and_rights_of_the_file_are_kept() {
    let Some(machine) = Editing::new("channels") else { return };
    let demo = &machine.demo;
    let text = demo.read(FILE);
    demo.write("/home/conf/configuration.nix", &text);
    demo.write("/home/conf/hardware-configuration.nix", &demo.read("/etc/nixos/hardware-configuration.nix"));
    std::fs::remove_file(demo.at(FILE)).unwrap();
    std::os::unix::fs::symlink(demo.at("/home/conf/configuration.nix"), demo.at(FILE)).unwrap();
    let real = demo.at("/home/conf/configuration.nix");
    std::fs::set_permissions(&real, std::os::unix::fs::PermissionsExt::from_mode(0o640)).unwrap();
    assert_eq!(machine.done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]})), ["+    ripgrep"]);
    assert!(demo.at(FILE).is_symlink());
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&real).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o640);
    demo.done(&["--yes", "undo"]);
    assert_eq!(std::fs::read_to_string(&real).unwrap(), text);
}

#[test]
fn files_that_cannot_be_changed() {
    let Some(machine) = Editing::new("flake") else { return };
    let demo = &machine.demo;
    let text = demo.read(FILE);
    demo.write(FILE, &text.replace("time.timeZone = ", "time.timeZone "));
    let reply = machine.not_done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(reply["outcome"]["error"]["id"], "syntax-error", "{reply:#}");
    demo.write(FILE, &format!("# Generated by a tool. Do not edit this file.\n{text}"));
    let reply = machine.not_done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(reply["outcome"]["error"]["id"], "edit-by-hand", "{reply:#}");
    demo.write(FILE, &format!("# \u{fc}\n{text}").replace("firefox", "firefox # caf\u{e9}"));
    let reply = machine.planned("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(reply["outcome"]["status"], "planned", "letters of all languages: {reply:#}");
    std::fs::write(demo.at(FILE), b"{ pkgs, ... }: { } # \xff\n").unwrap();
    let reply = machine.not_done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(reply["outcome"]["error"]["id"], "edit-by-hand", "{reply:#}");
    demo.write(FILE, "args: { environment.systemPackages = [ ]; }\n");
    let reply = machine.not_done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(reply["outcome"]["error"]["id"], "edit-by-hand", "{reply:#}");
}

/// Whether the words of these tests are understood already; the program is run with them then.
fn understood() -> bool {
    let recognizer = ask_nix::understand::Recognizer::new();
    let query = ask_nix::query::Query::new("install ripgrep");
    recognizer.recognize(&query, &ask_nix::understand::Context::default()).intent == "install_package"
}

#[test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn an_ordinary_person_edits_through_the_helper() {
    if !understood() {
        eprintln!("SKIPPED: no intent understands \"install ripgrep\"");
        return;
    }
    let Some(ordinary) = Ordinary::new("channels") else { return };
    let demo = &ordinary.demo;
    let before = demo.read(FILE);
    let (code, reply) = ordinary.run(&["--yes", "install ripgrep"]);
    assert_eq!((code, &reply["outcome"]["error"]["id"]), (1, &json!("sudo-missing")), "{reply:#}");
    ordinary.helper("sudo");
    let (code, reply) = ordinary.run(&["--yes", "install ripgrep"]);
    assert_eq!(code, 0, "{reply:#}");
    let programs = |asked: Vec<Vec<String>>| asked.iter().map(|vector| behind_env(vector).0).collect::<Vec<_>>();
    assert_eq!(programs(ordinary.asked()), ["ask-nix", "nix-env", "switch-to-configuration"]);
    assert!(demo.read(FILE).contains("    ripgrep\n"));
    let (code, reply) = ordinary.run(&["--yes", "install broken-build"]);
    assert_eq!(code, 1, "{reply:#}");
    assert_eq!(programs(ordinary.asked()), ["ask-nix", "ask-nix"], "written and put back");
    let (code, reply) = ordinary.run(&["--yes", "undo"]);
    assert_eq!(code, 0, "{reply:#}");
    assert_eq!(programs(ordinary.asked()), ["nix-env", "switch-to-configuration", "ask-nix"]);
    assert_eq!(demo.read(FILE), before);
}

#[test]
#[expect(clippy::disallowed_types, reason = "git stands outside of the program")]
fn a_flake_that_git_tracks() {
    let Some(machine) = Editing::new("flake") else { return };
    let directory = machine.demo.at("/etc/nixos");
    let git = |words: &[&str]| std::process::Command::new("git").args(words).current_dir(&directory).output();
    let Ok(made) = git(&["init", "--quiet"]) else { return };
    assert!(made.status.success());
    git(&["add", "--all"]).unwrap();
    let lines = machine.done("install ripgrep", "install_package", json!({"packages": ["ripgrep"]}));
    assert_eq!(lines, ["+    ripgrep"]);
    assert!(machine.demo.at("/run/current-system/sw/bin/rg").exists());
    machine.demo.done(&["--yes", "undo"]);
    let changed = git(&["diff", "--name-only"]).unwrap();
    assert!(changed.stdout.is_empty(), "{}", String::from_utf8_lossy(&changed.stdout));
}

#[test]
fn a_home_within_the_system_is_built_with_it() {
    let Some(machine) = Editing::new("home") else { return };
    let demo = &machine.demo;
    let flake = demo.read("/etc/nixos/flake.nix");
    let (system, _) = flake.split_once("    homeConfigurations").unwrap();
    let within = "{ home-manager.users.alice = import ./home.nix; }\n        { system.configurationRevision";
    let flake = format!("{}  }};\n}}\n", system.replace("{ system.configurationRevision", within));
    demo.write("/etc/nixos/flake.nix", &flake);
    let slots = json!({"packages": ["gimp"], "scope": "home"});
    let reply = machine.planned("install gimp with home manager", "install_package", slots);
    let plan = &reply["plan"];
    assert_eq!(plan["title"], "Install gimp for alice", "{reply:#}");
    assert_eq!(plan["steps"][0]["path"], demo.at("/etc/nixos/home.nix").display().to_string());
    assert!(plan["steps"][0]["diff"].as_str().unwrap().contains("[ pkgs.ripgrep pkgs.jq pkgs.gimp ]"), "{reply:#}");
    let asked = plan["steps"][1]["command"].to_string();
    assert!(asked.contains("machine.config.home-manager.users.alice.home.packages"), "{asked}");
    assert_eq!(plan["steps"][2]["title"], "Build the new system");
}

#[test]
fn a_home_that_stands_in_the_system_itself() {
    let Some(machine) = Editing::new("channels") else { return };
    let home = "  home-manager.users.alice = { pkgs, ... }: {\n    home.packages = with pkgs; [ jq ];\n  };\n\n  # Bootloader.";
    machine.demo.configure("  # Bootloader.", home);
    let slots = json!({"packages": ["gimp"], "scope": "home"});
    let reply = machine.planned("install gimp with home manager", "install_package", slots);
    let diff = reply["plan"]["steps"][0]["diff"].as_str().unwrap();
    assert!(diff.contains("+    home.packages = with pkgs; [ jq gimp ];"), "{reply:#}");
}
