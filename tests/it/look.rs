//! The configuration looked at, packages tried, flakes worked on: on demo machines with real Nix.

use rexpect::session::spawn_command;
use serde_json::{Value, json};

use crate::demo::Demo;

fn data(demo: &Demo, words: &str) -> Value {
    demo.done(&[words])["outcome"]["data"].clone()
}

#[test]
fn values_are_looked_up_with_where_they_were_set() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let host = data(&demo, "what is networking.hostName set to");
        assert_eq!((&host["kind"], &host["value"]), (&json!("value"), &json!("demo")), "{kind}: {host:#}");
        let definition = &host["definitions"][0];
        let file = definition["file"].as_str().unwrap();
        assert!(file.ends_with("/etc/nixos/configuration.nix") && !file.contains("store"), "{kind}: {host:#}");
        let line = usize::try_from(definition["line"].as_u64().unwrap()).unwrap();
        assert!(
            demo.read("/etc/nixos/configuration.nix").lines().nth(line - 1).unwrap().contains("networking.hostName")
        );

        let default = data(&demo, "what is services.printing.enable set to");
        assert_eq!((&default["value"], &default["definitions"]), (&json!(false), &json!([])), "{default:#}");
        let inside = data(&demo, "what is users.users.alice.extraGroups set to");
        assert_eq!(inside["value"][0], "wheel", "{inside:#}");
        let group = data(&demo, "what is services.openssh set to");
        assert_eq!(
            (&group["kind"], &group["set"][0]["option"]),
            (&json!("group"), &json!("services.openssh.enable")),
            "{group:#}"
        );

        let missing = demo.reply(&["what is networking.hostNam set to"]);
        assert_eq!(missing["outcome"]["error"]["id"], "option-does-not-exist", "{missing:#}");
        assert!(missing["outcome"]["message"].as_str().unwrap().contains("hostName"), "{missing:#}");
    }
}

#[test]
fn a_configuration_is_checked_without_building() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let valid = data(&demo, "check my config for errors");
        assert!(valid["derivation"].as_str().unwrap().contains("nixos-system"), "{valid:#}");
        assert!(valid["files"].as_array().unwrap().len() >= 2 && valid["broken"] == json!([]), "{valid:#}");
        demo.configure("networking.hostName", "networking.hostNme");
        let wrong = demo.reply(&["check my config for errors"]);
        assert_eq!(wrong["outcome"]["error"]["id"], "option-does-not-exist", "{kind}: {wrong:#}");
        demo.configure("networking.hostNme = \"demo\";", "networking.hostName = \"demo\"");
        let broken = demo.reply(&["check my config for errors"]);
        assert_eq!(broken["outcome"]["error"]["id"], "syntax-error", "{kind}: {broken:#}");
        assert_eq!(broken["outcome"]["data"]["broken"].as_array().map(Vec::len), Some(1), "{broken:#}");
        assert_eq!(demo.generation(), 3);
    }
}

#[test]
fn the_configuration_is_shown_by_topic() {
    let Some(demo) = Demo::new("flake") else { return };
    let whole = data(&demo, "show my configuration");
    let files: Vec<_> = whole["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    for name in ["flake.nix", "configuration.nix", "hardware-configuration.nix"] {
        assert!(files.iter().any(|file| file.ends_with(name)), "{name}: {files:?}");
    }
    let part = data(&demo, "what is in my config about networking");
    let paths: Vec<_> = part["settings"].as_array().unwrap().iter().map(|one| one["path"].as_str().unwrap()).collect();
    assert!(
        paths.contains(&"networking.hostName") && paths.contains(&"networking.firewall.allowedTCPPorts"),
        "{paths:?}"
    );
    let said = demo.run(&["--lessons", "off", "what is in my config about networking"]);
    assert!(
        said.out.contains("configuration.nix:") && said.out.contains("networking.hostName = \"demo\";"),
        "{}",
        said.out
    );
}

#[test]
fn the_lock_file_is_updated_after_consent_and_taken_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(false);
    let lock = demo.read("/etc/nixos/flake.lock");
    let asked = demo.reply(&["update my flake inputs"]);
    assert_eq!(asked["outcome"]["status"], "declined", "{asked:#}");
    assert_eq!(demo.fingerprint(false), before);
    let reply = demo.done(&["--yes", "update my flake inputs"]);
    assert_eq!(reply["outcome"]["data"]["inputs"][0]["name"], "nixpkgs", "{reply:#}");
    assert_ne!(demo.read("/etc/nixos/flake.lock"), lock);
    assert_eq!(demo.generation(), 3, "the lock file alone");
    let again = demo.done(&["--yes", "update my flake inputs"]);
    assert_eq!(again["outcome"]["data"]["inputs"], json!([]), "{again:#}");
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.read("/etc/nixos/flake.lock"), lock);
}

#[test]
fn machines_of_the_flake_are_listed() {
    let Some(demo) = Demo::new("hosts") else { return };
    let hosts = data(&demo, "list my machines");
    assert_eq!((&hosts["hosts"], &hosts["this"]), (&json!(["atlas", "demo", "web"]), &json!("demo")));
    let other = data(&demo, "select machines.web.config.networking.hostName");
    assert_eq!(other["value"], "web", "{other:#}");
    let Some(channels) = Demo::new("channels") else { return };
    assert_eq!(channels.reply(&["list my machines"])["outcome"]["error"]["id"], "no-flake");
}

#[test]
fn a_flake_is_shown_checked_and_a_project_built() {
    let Some(demo) = Demo::new("flake") else { return };
    let shown = data(&demo, "what does this flake provide");
    assert_eq!((&shown["description"], &shown["made_of"][0]["name"]), (&json!("The demo machine"), &json!("nixpkgs")));
    assert_eq!(shown["outputs"][0]["attribute"], "nixosConfigurations.demo", "{shown:#}");
    assert!(data(&demo, "check my flake")["checked"].as_str().unwrap().ends_with("/etc/nixos"));

    // A project of the person's own, in the directory where they are.
    let flake = format!(
        "{{\n  inputs.nixpkgs.url = \"path:{}/channels/nixos-25.11\";\n  outputs = {{ self, nixpkgs }}: {{\n    packages.x86_64-linux.default = nixpkgs.legacyPackages.x86_64-linux.hello;\n    packages.aarch64-linux.default = nixpkgs.legacyPackages.aarch64-linux.hello;\n  }};\n}}\n",
        demo.root().display()
    );
    demo.write("/home/project/flake.nix", &flake);
    demo.write("/home/project/source/.keep", "");
    let project = |words: &[&str]| {
        let mut command = demo.command();
        command.current_dir(demo.at("/home/project/source")).arg("--json").args(words);
        crate::demo::Said::from(command.output().unwrap()).json()
    };
    let built = project(&["build this project"]);
    assert_eq!(built["outcome"]["status"], "done", "{built:#}");
    assert!(built["outcome"]["data"]["paths"][0].as_str().unwrap().contains("hello"), "{built:#}");
    assert!(demo.at("/home/project/result/bin/hello").exists());
    assert_eq!(project(&["enter the dev shell"])["outcome"]["error"]["id"], "terminal-missing");
    assert_eq!(demo.reply(&["build this project"])["outcome"]["error"]["id"], "no-flake");
}

#[test]
fn programs_run_once_and_shells_get_the_terminal() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let profile = demo.fingerprint(false);
        let ran = data(&demo, "run cowsay hello");
        assert_eq!((&ran["program"], &ran["status"]), (&json!("cowsay"), &json!(0)), "{kind}: {ran:#}");
        assert!(ran["output"][0].as_str().is_some_and(|line| line.contains("cowsay")), "{kind}: {ran:#}");
        let unknown = demo.reply(&["execute no-such-program-here from nixpkgs"]);
        assert_eq!(unknown["outcome"]["status"], "failed", "{kind}: {unknown:#}");
        assert_eq!(demo.reply(&["try cowsay"])["outcome"]["error"]["id"], "terminal-missing");

        let mut command = demo.command();
        command.stdin(std::process::Stdio::inherit()).env("TERM", "xterm").env("SHELL", "/bin/sh");
        command.args(["--lessons", "off", "--color", "never", "try cowsay without installing it"]);
        let mut session = spawn_command(command, Some(60_000)).unwrap();
        session.send_line("cowsay; echo it is $((20 + 22))").unwrap();
        session.exp_string("3.8.4").unwrap();
        session.exp_string("it is 42").unwrap();
        session.send_line("exit").unwrap();
        session.exp_string("nothing was installed").unwrap();
        session.exp_eof().unwrap();
        assert_eq!(demo.fingerprint(false), profile, "{kind}: nothing is kept");
    }
}
