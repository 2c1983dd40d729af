//! The main job, on real Nix: update, look, go back, take back; for flakes and for channels.

use serde_json::json;

use crate::demo::Demo;

#[test]
fn an_update_is_previewed_done_looked_at_and_taken_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let lock = demo.read("/etc/nixos/flake.lock");
    let running = demo.running();

    let preview = demo.reply(&["--dry-run", "update my system"]);
    assert_eq!(preview["outcome"]["status"], "planned");
    assert_eq!(preview["plan"]["risk"], "changes");
    assert_eq!(demo.fingerprint(true), before, "a preview does nothing");

    let declined = demo.run(&["--json", "update my system"]);
    assert_eq!((declined.code, declined.json()["outcome"]["status"].clone()), (4, json!("declined")));
    assert_eq!(demo.fingerprint(true), before, "nobody agreed, so nothing was done");

    let reply = demo.done(&["--yes", "update my system"]);
    assert_eq!(demo.generation(), 4);
    assert_eq!(reply["outcome"]["data"]["generation"], 4);
    assert_eq!(demo.running(), demo.system(4));
    assert_ne!(demo.running(), running);
    assert_ne!(demo.read("/etc/nixos/flake.lock"), lock);
    assert_eq!(reply["outcome"]["data"]["inputs"][0]["name"], "nixpkgs");
    let changed = reply["outcome"]["data"]["comparison"]["changed"].as_array().map_or(0, Vec::len);
    assert!(changed > 0, "an update changes versions: {reply:#}");
    assert_eq!(reply["lessons"][0]["id"], "update_system");
    assert!(demo.read("/boot/loader/loader.conf").contains("generation-4"), "the boot menu starts it");

    let generations = demo.done(&["list generations"]);
    let list = generations["outcome"]["data"]["generations"].as_array().map_or(0, Vec::len);
    assert_eq!(list, 4);
    let compared = demo.done(&["what changed in the last update"]);
    assert_eq!((&compared["outcome"]["data"]["from"], &compared["outcome"]["data"]["to"]), (&json!(3), &json!(4)));

    let back = demo.done(&["--yes", "roll back"]);
    assert_eq!(demo.generation(), 3);
    assert_eq!(demo.running(), running);
    assert_eq!(back["outcome"]["data"]["generation"], 3);
    assert_ne!(demo.read("/etc/nixos/flake.lock"), lock, "a rollback leaves the configuration alone");

    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 4, "taking the rollback back");
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 3, "taking the update back");
    assert_eq!(demo.running(), running);
    assert_eq!(
        demo.read("/etc/nixos/flake.lock"),
        lock,
        "undoing an update restores the lock file, or the next apply would update again"
    );
    let nothing = demo.reply(&["--yes", "undo"]);
    assert_eq!(nothing["outcome"]["status"], "refused", "each change is taken back once");

    let again = demo.done(&["--yes", "apply my changes"]);
    assert_eq!(demo.running(), running, "{again:#}");
    // `nix-env --set` compares with the newest generation, which is the undone update's.
    assert_eq!(demo.system(demo.generation()), running);
}

#[test]
fn channels_are_updated_and_taken_back() {
    let Some(demo) = Demo::new("channels") else { return };
    let channels = |demo: &Demo| std::fs::canonicalize(demo.at("/nix/var/nix/profiles/per-user/root/channels")).ok();
    let (before, running) = (channels(&demo), demo.running());
    assert!(before.is_some());

    demo.done(&["--yes", "update my system"]);
    assert_eq!(demo.generation(), 4);
    assert_ne!(channels(&demo), before);
    demo.done(&["--yes", "undo"]);
    assert_eq!((demo.generation(), demo.running(), channels(&demo)), (3, running.clone(), before.clone()));

    demo.configure("{", "{\n  environment.systemPackages = [ pkgs.broken-build ];\n");
    let failed = demo.reply(&["--yes", "update my system"]);
    assert_eq!(failed["outcome"]["status"], "failed");
    assert_eq!((channels(&demo), demo.running()), (before, running), "the channel is put back when the build fails");
}

#[test]
fn releases_can_be_changed() {
    for kind in ["flake", "channels"] {
        let Some(demo) = Demo::new(kind) else { return };
        let before = demo.fingerprint(false);
        let reply = demo.done(&["--yes", "upgrade to nixos 26.05"]);
        let version = demo.read("/run/current-system/nixos-version");
        assert!(version.starts_with("26.05"), "{kind}: {version} {reply:#}");
        demo.done(&["--yes", "undo"]);
        let version = demo.read("/run/current-system/nixos-version");
        assert!(version.starts_with("25.11"), "{kind}: {version}");
        if kind == "flake" {
            let lines =
                |lines: Vec<String>| lines.into_iter().filter(|line| line.contains("/etc/nixos/")).collect::<Vec<_>>();
            assert_eq!(lines(demo.fingerprint(false)), lines(before), "flake.nix and flake.lock are as before");
        }
    }
}

#[test]
fn every_way_of_activating_does_what_it_says() {
    let Some(demo) = Demo::new("flake") else { return };
    let running = demo.running();
    demo.configure("allowedTCPPorts = [ 80 ]", "allowedTCPPorts = [ 80 8080 ]");

    let built = demo.done(&["just build the system"]);
    assert!(built["outcome"]["data"]["system"].as_str().is_some_and(|path| path.contains("nixos-system-demo")));
    assert_eq!((demo.generation(), demo.running()), (3, running.clone()));

    let dry = demo.done(&["what would change if I rebuild"]);
    assert!(dry["outcome"]["data"]["would_build"].is_array(), "{dry:#}");
    let units = demo.done(&["which services would restart"]);
    assert_eq!(units["recognition"]["intent"], "dry_run");
    assert_eq!((demo.generation(), demo.running()), (3, running.clone()));

    demo.done(&["--yes", "test my configuration"]);
    assert_eq!(demo.generation(), 3, "testing adds no boot entry");
    assert_ne!(demo.running(), running);
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.running(), running);

    demo.done(&["--yes", "make my new config active on next boot"]);
    assert_eq!((demo.generation(), demo.running()), (4, running.clone()), "the next boot, not now");
    assert!(demo.read("/boot/loader/loader.conf").contains("generation-4"));
    demo.done(&["--yes", "undo"]);
    assert_eq!(demo.generation(), 3);
    assert!(demo.read("/boot/loader/loader.conf").contains("generation-3"), "the boot menu goes back too");

    demo.done(&["--yes", "apply my changes"]);
    assert_eq!(demo.running(), demo.system(demo.generation()));
    assert_ne!(demo.running(), running);
}

#[test]
fn generations_are_gone_back_to_by_number_count_and_time() {
    let Some(demo) = Demo::new("flake") else { return };
    for (words, target) in [
        ("go back to generation 1", 1),
        ("switch to generation 3", 3),
        ("go back two generations", 1),
        ("go to generation 3", 3),
        ("restore how it was yesterday", 2),
    ] {
        demo.done(&["--yes", words]);
        assert_eq!((demo.generation(), demo.running()), (target, demo.system(target)), "{words}");
    }
    for (words, id) in [
        ("go back to generation 42", "generation-does-not-exist"),
        ("go back 9 generations", "no-older-generation"),
        ("go back to generation 2", "generation-in-use"),
    ] {
        let reply = demo.reply(&["--yes", words]);
        assert_eq!(
            (&reply["outcome"]["status"], &reply["outcome"]["error"]["id"]),
            (&json!("refused"), &json!(id)),
            "{words}"
        );
    }
    assert_eq!(demo.generation(), 2);
}

#[test]
fn generations_are_deleted_pinned_and_kept() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.done(&["--yes", "pin generation 1 as \"before plasma\""]);
    let list = demo.done(&["list generations"]);
    assert_eq!(list["outcome"]["data"]["generations"][0]["pinned"], "before plasma");

    let asked = demo.run(&["--json", "--yes", "delete generation 2"]);
    assert_eq!(asked.code, 4, "deleting cannot be taken back, so --yes alone is not enough");
    for words in ["delete generation 3", "delete generation 1"] {
        let reply = demo.reply(&["--yes=destroy", words]);
        assert_eq!(reply["outcome"]["error"]["id"], "generation-in-use", "{words}");
    }
    demo.done(&["--yes=destroy", "delete generation 2"]);
    assert!(!demo.at("/nix/var/nix/profiles/system-2-link").exists());
    assert!(demo.at("/nix/var/nix/profiles/system-1-link").exists());
    let menu = std::fs::read_dir(demo.at("/boot/loader/entries"))
        .map(|entries| entries.flatten().map(|entry| entry.file_name()).collect::<Vec<_>>());
    let menu = format!("{menu:?}");
    assert!(menu.contains("generation-1") && !menu.contains("generation-2"), "the boot menu knows: {menu}");

    demo.done(&["--yes", "undo"]);
    assert!(
        std::fs::read_dir(demo.at("/nix/var/nix/gcroots/ask-nix")).is_ok_and(|mut pins| pins.next().is_none()),
        "the pin is taken back"
    );
}

#[test]
fn garbage_is_forecast_and_collected() {
    let Some(demo) = Demo::new("flake") else { return };
    let forecast = demo.run(&["--json", "--yes", "collect garbage"]).json();
    let would = forecast["outcome"]["data"]["would_free"]["paths"].as_u64();
    let did = forecast["outcome"]["data"]["paths_deleted"].as_u64();
    assert!(would.is_some() && would == did, "{forecast:#}");
    assert_eq!(demo.generation(), 3);
    for generation in 1..=3 {
        assert!(demo.system(generation).exists(), "all generations stay");
    }
    let older = demo.done(&["--yes=destroy", "delete generations older than 5 days, then collect garbage"]);
    let older = if older["recognition"]["intent"] == "collect_garbage" {
        older
    } else {
        demo.done(&["--yes=destroy", "collect garbage older than 5 days"])
    };
    assert!(!demo.at("/nix/var/nix/profiles/system-1-link").exists(), "{older:#}");
    assert!(demo.at("/nix/var/nix/profiles/system-2-link").exists());
}

#[test]
fn a_specialisation_is_switched_to_and_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let normal = demo.running();
    demo.done(&["--yes", "switch to the gaming specialisation"]);
    assert_eq!(demo.running(), std::fs::canonicalize(normal.join("specialisation/gaming")).unwrap_or_default());
    demo.done(&["--yes", "back to the normal configuration"]);
    assert_eq!(demo.running(), normal);
    let unknown = demo.reply(&["--yes", "switch to the travel specialisation"]);
    assert_eq!(unknown["outcome"]["error"]["bindings"]["nearest"], json!(["gaming"]));
}

#[test]
fn questions_are_answered_without_changing_anything() {
    let Some(demo) = Demo::new("flake") else { return };
    let (before, shallow) = (demo.fingerprint(true), demo.fingerprint(false));
    for words in [
        "which kernel do I have",
        "is my system ok",
        "what is eating my disk",
        "list flake inputs of my system",
        "show history",
        "help",
        "what is a generation",
        "how do I update my system?",
        "should I update?",
        "what would rollback do?",
    ] {
        let said = demo.run(&["--json", "--yes=destroy", words]);
        assert_eq!(said.code, 0, "{words}: {}", said.out);
    }
    assert_eq!(demo.fingerprint(true), before, "a question never acts");
    let updates = demo.done(&["are there any updates"]);
    assert_eq!(updates["outcome"]["data"]["inputs"][0]["name"], "nixpkgs");
    assert_eq!(demo.fingerprint(false), shallow, "looking for updates changes no lock file");
}
