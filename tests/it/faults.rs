//! Things go wrong: what is then the state of the machine, and what does the reply say about it.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "the faults are made from outside")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::demo::{Demo, Said};
use crate::processes;

const ACTIVATION: &str = "/bin/switch-to-configuration switch";

/// What a failure must not touch: configuration with lock file, profile, what runs, what the boot menu starts.
fn state(demo: &Demo) -> Vec<String> {
    let mut state = demo.fingerprint(false);
    let keep = |line: &String| {
        let line = line.trim_start_matches(&demo.root().display().to_string());
        // A generation that was built and is not current may stay listed, and the journal has grown.
        !["-4-link", "generation-4", "/EFI/", "channels-2-link", "gcroots", "journal", "demo-faults", "systemd-demo"]
            .iter()
            .any(|part| line.contains(part))
    };
    state.retain(keep);
    state
}

fn update(demo: &Demo) -> Value {
    demo.reply(&["--yes", "update my system"])
}

/// A directory of its own with one program, to stand first on PATH.
fn fake(demo: &Demo, name: &str, script: &str) -> std::path::PathBuf {
    let directory = demo.root().join("../fake");
    std::fs::create_dir_all(&directory).unwrap();
    let program = directory.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

#[test]
fn without_nix_or_with_an_old_one_nothing_is_begun() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let nothing = fake(&demo, "unrelated", "exit 1");
    let run = |path: &str, words: &str| {
        Said::from(demo.command().env("PATH", path).args(["--json", "--yes", words]).output().unwrap())
    };
    let missing = run(&nothing.display().to_string(), "update my system");
    assert_eq!((missing.code, missing.json()["outcome"]["error"]["id"].clone()), (1, json!("nix-missing")));
    assert_eq!(run(&nothing.display().to_string(), "list generations").code, 0, "looking needs no Nix");

    let old = fake(&demo, "nix", "echo 'nix (Nix) 2.8.0'");
    let old = run(&format!("{}:/usr/bin:/bin", old.display()), "update my system");
    assert_eq!((old.code, old.json()["outcome"]["error"]["id"].clone()), (1, json!("nix-too-old")));
    assert_eq!(demo.fingerprint(true), before);
}

#[test]
fn a_machine_without_a_configuration_is_asked_about() {
    let Some(demo) = Demo::new("flake") else { return };
    for file in ["flake.nix", "configuration.nix"] {
        std::fs::remove_file(demo.at("/etc/nixos").join(file)).unwrap();
    }
    let before = demo.fingerprint(true);
    let said = demo.run(&["--json", "--yes", "apply my changes"]);
    assert_eq!((said.code, said.json()["outcome"]["status"].clone()), (3, json!("question")));
    assert_eq!(demo.fingerprint(true), before);
}

#[test]
fn what_fails_before_the_switch_leaves_everything_as_it_was() {
    type Prepare = fn(&Demo);
    let faults: [(&str, &str, Prepare, &[&str]); 4] = [
        ("flake", "flake-host-missing", |_| {}, &["--host", "atlas"]),
        ("flake", "syntax-error", |demo| demo.configure("networking.hostName", "networking.hostName = ; oops"), &[]),
        ("flake", "builder-failed", |demo| with_package(demo, "broken-build"), &[]),
        ("channels", "builder-failed", |demo| with_package(demo, "broken-build"), &[]),
    ];
    for (kind, id, prepare, options) in faults {
        let Some(demo) = Demo::new(kind) else { return };
        prepare(&demo);
        let before = state(&demo);
        for words in ["update my system", "apply my changes", "rebuild for the next boot"] {
            let said = demo.run(&[&["--json", "--yes"], options, &[words]].concat());
            let reply = said.json();
            assert_eq!((said.code, &reply["outcome"]["status"]), (1, &json!("failed")), "{id} {words}: {reply:#}");
            assert_eq!(reply["outcome"]["error"]["id"], id, "{kind} {words}: {reply:#}");
            assert_eq!(state(&demo), before, "{kind} {id} {words}");
            assert!(reply["outcome"]["state"].is_string(), "it says in which state the machine is: {reply:#}");
        }
    }
}

fn with_package(demo: &Demo, package: &str) {
    demo.configure("with pkgs; [", &format!("with pkgs; [ {package}"));
}

#[test]
fn a_system_that_wants_a_reboot_switches_nothing_and_boot_is_offered() {
    for fault in ["init-changed", "inhibit"] {
        let Some(demo) = Demo::new("flake") else { return };
        demo.write(&format!("/etc/demo-faults/{fault}"), "");
        let before = state(&demo);
        let reply = update(&demo);
        assert_eq!(reply["outcome"]["status"], "failed", "{fault}");
        assert_eq!(reply["outcome"]["error"]["id"], "switch-inhibited", "{fault}: {reply:#}");
        assert_eq!(state(&demo), before, "{fault}: nothing is half switched, the boot menu included");
        let next = reply["outcome"]["next"][0]["query"].as_str().unwrap_or_default().to_owned();
        let recognized: Value = serde_json::from_str(&demo.run(&["recognize", "--json", &next]).out).unwrap();
        assert_eq!(recognized["slots"]["activation"], "boot", "{fault}: {next}");

        let running = demo.running();
        demo.done(&["--yes", &next]);
        assert_eq!(demo.running(), running, "the next boot, not now");
        assert!(demo.read("/boot/loader/loader.conf").contains("generation-4"), "{fault}");
    }
}

#[test]
fn a_failed_activation_says_where_the_machine_is_and_the_way_back_works() {
    for (fault, content, id) in [("fail-unit", "nginx.service", "unit-failed"), ("fail-activate", "users", "")] {
        let Some(demo) = Demo::new("flake") else { return };
        let (before, running) = (state(&demo), demo.running());
        demo.write(&format!("/etc/demo-faults/{fault}"), content);
        let reply = update(&demo);
        let outcome = &reply["outcome"];
        assert_eq!(outcome["status"], "failed");
        assert!(id.is_empty() || outcome["error"]["id"] == id, "{fault}: {reply:#}");
        assert_ne!(demo.running(), running, "the new system runs");
        assert!(outcome["state"].as_str().is_some_and(|state| state.contains("generation 3")), "{reply:#}");
        std::fs::remove_file(demo.at("/etc/demo-faults").join(fault)).unwrap();
        let back = outcome["next"][0]["query"].as_str().unwrap_or_default();
        demo.done(&["--yes", back]);
        assert_eq!((demo.generation(), demo.running()), (3, running), "{fault}");
        assert_eq!(state(&demo), before, "{fault}");
    }
}

#[test]
fn a_boot_loader_that_fails_is_said_and_nothing_else_stays() {
    for words in ["update my system", "get the latest updates and reboot into them later"] {
        let Some(demo) = Demo::new("flake") else { return };
        let before = state(&demo);
        demo.write("/etc/demo-faults/fail-bootloader", "OSError: [Errno 28] No space left on device");
        let reply = demo.reply(&["--yes", words]);
        assert_eq!(reply["outcome"]["status"], "failed");
        assert_eq!(state(&demo), before, "{words}");
        let told = reply["outcome"]["state"].as_str().unwrap_or_default();
        assert!(told.contains("boot menu"), "what could not be put back is said: {reply:#}");
        std::fs::remove_file(demo.at("/etc/demo-faults/fail-bootloader")).unwrap();
        demo.done(&["--yes", words]);
    }
}

/// Runs with a mount that only this run sees; none, loudly, where mounting is not allowed.
pub(crate) fn with_mount(demo: &Demo, mount: &str, arguments: &[&str]) -> Option<Said> {
    let inner = demo.command();
    let mut command = Command::new("unshare");
    let root = rustix::process::geteuid().is_root();
    command.args(if root { &["-m"][..] } else { &["-r", "-m"] }).args(["sh", "-c"]);
    command.arg(format!("({mount}) || exit 99; exec \"$@\"")).arg("sh").arg(inner.get_program());
    command.args(inner.get_args()).args(arguments).env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let said = command.output().ok().map(Said::from).filter(|said| said.code != 99 && !said.err.contains("unshare:"));
    if said.is_none() {
        eprintln!("SKIPPED: mounting is not allowed here");
    }
    said
}

/// A small file system over a directory, with a copy of what was there, filled to the last byte.
pub(crate) fn full(directory: &Path) -> String {
    let at = directory.display();
    format!(
        "mkdir -p {at} && cp -a {at} {at}.copy && mount -t tmpfs -o size=256k tmpfs {at} && cp -a {at}.copy/. {at}/ && \
         rm -rf {at}.copy; cat /dev/zero > {at}/filler 2>/dev/null; true"
    )
}

#[test]
fn a_full_disk_stops_the_work_before_or_undoes_it() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = state(&demo);
    for place in ["/home/.local/state/ask-nix", "/etc/nixos", "/boot"] {
        let Some(said) = with_mount(&demo, &full(&demo.at(place)), &["--json", "--yes", "update my system"]) else {
            return;
        };
        let reply = said.json();
        assert_eq!(said.code, 1, "{place}: {reply:#}");
        assert_eq!(
            reply["outcome"]["error"]["id"],
            if place == "/boot" { "boot-partition-full" } else { "disk-full" },
            "{place}: {reply:#}"
        );
        assert_eq!(state(&demo), before, "{place}");
    }
    demo.done(&["--yes", "update my system"]);
}

#[test]
fn a_read_only_configuration_is_left_alone() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = state(&demo);
    let at = demo.at("/etc/nixos").display().to_string();
    let mount = format!("mount --bind {at} {at} && mount -o remount,ro,bind {at}");
    let Some(said) = with_mount(&demo, &mount, &["--json", "--yes", "update my system"]) else { return };
    let reply = said.json();
    assert_eq!((said.code, &reply["outcome"]["status"]), (1, &json!("failed")), "{reply:#}");
    assert_eq!(reply["outcome"]["error"]["step"], 6, "at the lock file: {reply:#}");
    assert_eq!(state(&demo), before);
}

#[test]
fn the_second_of_two_is_refused_while_the_first_works() {
    let Some(demo) = Demo::new("flake") else { return };
    demo.write("/etc/demo-faults/slow", "3");
    let mut first = demo.command();
    first.args(["--json", "--yes", "update my system"]).stdout(std::process::Stdio::piped());
    let first = first.stderr(std::process::Stdio::null()).spawn().unwrap();
    processes::wait_for(&demo, ACTIVATION);
    let second = demo.run(&["--json", "--yes", "apply my changes"]);
    let reply = second.json();
    assert_eq!((second.code, &reply["outcome"]["status"]), (1, &json!("refused")));
    assert_eq!(reply["outcome"]["error"]["id"], "another-run");
    assert_eq!(demo.run(&["--json", "list generations"]).code, 0, "looking is always possible");
    let first = Said::from(first.wait_with_output().unwrap());
    assert_eq!(first.json()["outcome"]["status"], "done");
    assert_eq!(demo.running(), demo.system(4));
}

#[test]
fn a_mounted_machine_is_looked_at_and_never_changed() {
    let Some(demo) = Demo::new("flake") else { return };
    let before = demo.fingerprint(true);
    let mounted = |words: &str| {
        let mut command = demo.command();
        let path = format!("--root={}", demo.root().display());
        let program = command.get_program().to_owned();
        command = Command::new(program);
        command.env("HOME", demo.root().join("../elsewhere"));
        if let Some(nix) = crate::demo::nix_directory() {
            command.env("PATH", format!("{}:/usr/bin:/bin", nix.display()));
        }
        Said::from(command.args([&path, "--json", "--yes=destroy", words]).output().unwrap())
    };
    for words in ["list generations", "which kernel do I have"] {
        let said = mounted(words);
        assert_eq!((said.code, said.json()["outcome"]["status"].clone()), (0, json!("done")), "{words}: {}", said.out);
    }
    assert_eq!(mounted("list generations").json()["outcome"]["data"]["generations"].as_array().map_or(0, Vec::len), 3);
    for words in [
        "apply my changes",
        "roll back",
        "delete generation 1",
        "collect garbage",
        "pin generation 1",
        "optimise the store",
    ] {
        let reply = mounted(words).json();
        assert_eq!(reply["outcome"]["status"], "refused", "{words}: {reply:#}");
        assert_eq!(reply["outcome"]["error"]["id"], "machine-does-not-run", "{words}");
    }
    assert_eq!(demo.fingerprint(true), before);
}

#[test]
fn what_was_chosen_about_the_machine_is_honoured() {
    let Some(demo) = Demo::new("flake") else { return };
    // Another flake, another name in it, another profile.
    let other = demo.at("/home/other");
    std::fs::create_dir_all(&other).unwrap();
    for file in std::fs::read_dir(demo.at("/etc/nixos")).unwrap().flatten() {
        std::fs::copy(file.path(), other.join(file.file_name())).unwrap();
    }
    let flake = std::fs::read_to_string(other.join("flake.nix")).unwrap();
    let renamed = flake.replace("nixosConfigurations.demo", "nixosConfigurations.atlas");
    assert_ne!(renamed, flake);
    std::fs::write(other.join("flake.nix"), renamed).unwrap();
    let named = format!("--flake={}#atlas", other.display());
    let build = |arguments: &[&str]| {
        let reply = demo.reply(&[&["--dry-run"], arguments, &["apply my changes"]].concat());
        reply["plan"]["steps"][0]["command"].to_string()
    };
    for arguments in [&[named.as_str()][..], &["--flake", &other.display().to_string(), "--host", "atlas"]] {
        let command = build(arguments);
        assert!(command.contains("/home/other#") && command.contains("\\\"atlas\\\""), "{arguments:?}: {command}");
    }
    let profile = demo.at("/nix/var/nix/profiles/other");
    let reply = demo.done(&["--yes", &named, "--profile", &profile.display().to_string(), "apply my changes"]);
    assert_eq!(std::fs::canonicalize(&profile).unwrap(), demo.running(), "{reply:#}");
    assert_eq!(demo.generation(), 3, "the usual profile stays");

    let normal = demo.system(3);
    demo.done(&["--yes", "--specialisation", "gaming", "test my configuration"]);
    assert_eq!(demo.running(), std::fs::canonicalize(normal.join("specialisation/gaming")).unwrap());
    let missing = demo.reply(&["--yes", "--specialisation", "travel", "test my configuration"]);
    assert_eq!(missing["outcome"]["status"], "failed", "{missing:#}");
    assert_eq!(demo.running(), std::fs::canonicalize(normal.join("specialisation/gaming")).unwrap());
}

#[test]
fn the_environment_names_the_configuration_where_no_option_does() {
    let Some(demo) = Demo::new("flake") else { return };
    // As a mounted machine, because a demo has a configuration of its own and looks at no variable. A flake that is
    // elsewhere cannot be updated here, and the refusal names it.
    let named = |variables: &[(&str, &str)], options: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ask-nix"));
        let nix = crate::demo::nix_directory().unwrap_or_default();
        command.env_clear().env("HOME", demo.root().join("../elsewhere")).envs(variables.iter().copied());
        command.env("PATH", format!("{}:/usr/bin:/bin", nix.display()));
        command.arg(format!("--root={}", demo.root().display())).args(["--json", "--yes"]).args(options);
        let reply = Said::from(command.arg("update my system").output().unwrap()).json();
        reply["outcome"]["error"]["bindings"]["url"].as_str().unwrap_or_default().to_owned()
    };
    let (ours, theirs) = (("ASK_NIX_FLAKE", "github:our/own"), ("NH_FLAKE", "github:their/own"));
    assert_eq!(named(&[], &[]), "", "it has a flake in /etc/nixos");
    assert_eq!(named(&[ours, theirs], &[]), ours.1);
    assert_eq!(named(&[theirs, ("NIXOS_CONFIG", "/etc/nixos/configuration.nix")], &[]), theirs.1);
    assert_eq!(named(&[ours], &["--flake", "github:an/option"]), "github:an/option");
    assert_eq!(named(&[ours], &["--file", "/etc/nixos/configuration.nix"]), "", "a file is no flake");
}
