//! Root for exactly the steps that need it, through the helper that the person has.

use serde_json::json;

use crate::ordinary::{Ordinary, behind_env};

/// What the helper was asked to run: program and the word that says what for.
fn asked(ordinary: &Ordinary) -> Vec<String> {
    let word = |vector: &Vec<String>| {
        let (program, words) = behind_env(vector);
        let what = words.iter().find(|word| {
            [
                "--set",
                "--switch-generation",
                "--delete-generations",
                "write",
                "remove",
                "switch",
                "boot",
                "test",
                "--update",
            ]
            .contains(&word.as_str())
        });
        format!("{program} {}", what.map_or("", String::as_str)).trim().to_owned()
    };
    ordinary.asked().iter().map(word).collect()
}

const WRITE: &str = "ask-nix write";
const SET: &str = "nix-env --set";
const BACK: &str = "nix-env --switch-generation";
const SWITCH: &str = "switch-to-configuration switch";

#[test]
fn only_what_writes_the_system_goes_through_the_helper() {
    let Some(ordinary) = Ordinary::new("flake") else { return };
    ordinary.helper("sudo");
    let demo = &ordinary.demo;
    let lock = demo.read("/etc/nixos/flake.lock");

    let (_, plan) = ordinary.run(&["--dry-run", "update my system"]);
    let roots: Vec<_> = plan["plan"]["steps"].as_array().unwrap().iter().filter(|step| step["root"] == true).collect();
    assert_eq!((roots.len(), &plan["plan"]["needs_root"]), (3, &json!(true)), "{plan:#}");
    assert_eq!(asked(&ordinary), [""; 0], "a preview asks nobody");

    let (code, reply) = ordinary.run(&["--yes", "update my system"]);
    assert_eq!(code, 0, "{reply:#}");
    assert_eq!(asked(&ordinary), [WRITE, SET, SWITCH], "neither evaluation nor building");
    assert_eq!((demo.generation(), demo.running()), (4, demo.system(4)));
    assert_ne!(demo.read("/etc/nixos/flake.lock"), lock);

    let (code, reply) = ordinary.run(&["--yes", "undo"]);
    assert_eq!(code, 0, "{reply:#}");
    assert_eq!(asked(&ordinary), [BACK, SWITCH, WRITE]);
    assert_eq!((demo.generation(), demo.read("/etc/nixos/flake.lock")), (3, lock));

    let (code, _) = ordinary.run(&["--yes", "go back to generation 1"]);
    if code == 0 {
        assert_eq!(asked(&ordinary), [BACK, SWITCH]);
    }
    for words in ["list generations", "what is eating my disk", "just build the system", "are there any updates"] {
        let (code, reply) = ordinary.run(&[words]);
        assert_eq!((code, asked(&ordinary)), (0, Vec::new()), "{words}: {reply:#}");
    }
}

#[test]
fn the_store_and_the_variables_of_nix_go_along() {
    let Some(ordinary) = Ordinary::new("channels") else { return };
    ordinary.helper("doas");
    let (code, reply) = ordinary.run(&["--yes", "apply my changes"]);
    assert_eq!(code, 0, "{reply:#}");
    let set = ordinary.asked().into_iter().find(|vector| vector.contains(&"--set".to_owned())).unwrap();
    assert_eq!(set[1], "env");
    for name in ["NIX_STORE_DIR", "NIX_STATE_DIR", "NIX_PATH", "PATH"] {
        assert!(set.iter().any(|word| word.starts_with(&format!("{name}="))), "{name}: {set:?}");
    }
    assert!(!set.iter().any(|word| word.starts_with("HOME=")), "root has a home of its own: {set:?}");
}

#[test]
fn the_first_helper_that_is_there_is_taken() {
    let Some(ordinary) = Ordinary::new("flake") else { return };
    for helper in ["pkexec", "run0", "sudo", "doas"] {
        ordinary.helper(helper);
        let to = if ordinary.demo.generation() == 3 { "roll back" } else { "switch to generation 3" };
        let (code, reply) = ordinary.run(&["--yes", to]);
        assert_eq!(code, 0, "{helper}: {reply:#}");
        let used: Vec<_> = ordinary.asked().into_iter().map(|vector| vector[0].clone()).collect();
        assert_eq!(used, [helper, helper]);
    }
}

#[test]
fn without_a_helper_nothing_is_begun() {
    let Some(ordinary) = Ordinary::new("flake") else { return };
    let before = ordinary.demo.fingerprint(true);
    for words in ["update my system", "apply my changes", "roll back", "delete generation 1", "undo"] {
        let (code, reply) = ordinary.run(&["--yes=destroy", words]);
        let id = if words == "undo" { "nothing-to-undo" } else { "sudo-missing" };
        assert_eq!((code, &reply["outcome"]["error"]["id"]), (1, &json!(id)), "{words}: {reply:#}");
        assert_eq!(reply["outcome"]["status"], "refused", "{words}");
    }
    assert_eq!(ordinary.demo.fingerprint(true), before);
    let (code, _) = ordinary.run(&["--yes", "list generations"]);
    assert_eq!(code, 0);
}

#[test]
fn a_helper_that_says_no_leaves_everything_as_it_was() {
    for (kind, words) in [
        ("flake", "update my system"),
        ("channels", "update my system"),
        ("flake", "apply my changes"),
        ("flake", "roll back"),
    ] {
        let Some(ordinary) = Ordinary::new(kind) else { return };
        ordinary.refusing_helper("sudo");
        let demo = &ordinary.demo;
        if words == "apply my changes" {
            demo.configure("with pkgs; [", "with pkgs; [ hello");
        }
        let state = || {
            let mut lines = demo.fingerprint(false);
            lines.retain(|line| !line.contains("journal") && !line.contains("gcroots"));
            lines
        };
        let before = state();
        let (code, reply) = ordinary.run(&["--yes", words]);
        assert_eq!((code, &reply["outcome"]["status"]), (1, &json!("failed")), "{words}: {reply:#}");
        assert_eq!(reply["outcome"]["error"]["id"], "sudo-refused", "{kind} {words}: {reply:#}");
        assert_eq!(state(), before, "{words}");
        assert_eq!(ordinary.asked().len(), 1, "it is not asked again and again");
        assert_eq!(reply["outcome"]["state"], "The machine is as it was before.");
    }
}

#[test]
fn where_systemd_runs_activation_is_a_unit_of_its_own() {
    let Some(ordinary) = Ordinary::new("flake") else { return };
    ordinary.lock(false);
    ordinary.demo.write("/run/systemd/system/.keep", "");
    ordinary.lock(true);
    ordinary.helper("sudo");
    ordinary.program(
        "systemd-run",
        "while [ \"$1\" != -- ]; do shift; done; shift; echo systemd-run \"$@\" >&2; exec \"$@\"",
    );
    let (code, reply) = ordinary.run(&["--yes", "update my system"]);
    assert_eq!(code, 0, "{reply:#}");
    let vectors = ordinary.asked();
    let (program, words) = behind_env(vectors.last().unwrap());
    assert_eq!(program, "systemd-run");
    for word in [
        "--collect",
        "--pipe",
        "--quiet",
        "--service-type=exec",
        "--unit=ask-nix-switch-to-configuration",
        "NIXOS_INSTALL_BOOTLOADER",
    ] {
        assert!(words.iter().any(|known| known == word), "{word}: {words:?}");
    }
    let switch = words.iter().skip_while(|word| *word != "--").nth(1).unwrap();
    let system = std::fs::canonicalize(ordinary.demo.at("/run/current-system")).unwrap();
    assert_eq!(
        switch,
        &system.join("bin/switch-to-configuration").display().to_string(),
        "a store path, not a link that somebody could exchange"
    );
    assert_eq!(ordinary.demo.running(), ordinary.demo.system(4));
}
