//! Stopped in the middle: by Ctrl-C, by a signal, by kill -9. Nobody is left behind and nothing is left half done.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test says what is wrong by failing")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "signals come from outside")]

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use serde_json::{Value, json};

use crate::demo::{Demo, Said};
use crate::processes;

const SLOW: &str = "with pkgs; [ (slow-build.override { seconds = 120; })";
const ACTIVATION: &str = "/bin/switch-to-configuration switch";

fn start(mut command: Command) -> Child {
    // A group of its own, as a shell gives each job, so that the whole of it can be signalled like a terminal does.
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

fn started(demo: &Demo, words: &str) -> Child {
    let mut command = demo.command();
    command.args(["--json", "--yes", words]);
    start(command)
}

fn pid(child: &Child) -> Pid {
    Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap()
}

fn ended(child: Child) -> (i32, Value) {
    let said = Said::from(child.wait_with_output().unwrap());
    (said.code, said.json())
}

#[test]
fn a_build_is_stopped_by_any_signal_and_nothing_is_left_of_it() {
    for (signal, group) in
        [(Signal::INT, false), (Signal::INT, true), (Signal::TERM, false), (Signal::HUP, false), (Signal::HUP, true)]
    {
        for kind in ["flake", "channels"] {
            let Some(demo) = Demo::new(kind) else { return };
            let plain = demo.read("/etc/nixos/configuration.nix");
            demo.configure("with pkgs; [", SLOW);
            let channels = demo.at("/nix/var/nix/profiles/per-user/root/channels");
            let channels = || std::fs::canonicalize(&channels).ok();
            let before = (demo.generation(), demo.running(), demo.fingerprint(false).len(), channels());
            let lock = std::fs::read(demo.at("/etc/nixos/flake.lock")).ok();
            let child = started(&demo, "update my system");
            processes::wait_for(&demo, "sleep");
            if group {
                kill_process_group(pid(&child), signal).unwrap();
            } else {
                kill_process(pid(&child), signal).unwrap();
            }
            let (code, reply) = ended(child);
            assert_eq!(
                (code, &reply["outcome"]["error"]["id"]),
                (130, &json!("interrupted")),
                "{signal:?} {group} {kind}: {reply:#}"
            );
            assert_eq!(processes::of(&demo), [], "{signal:?} {group} {kind}: no orphans");
            assert_eq!(
                (demo.generation(), demo.running(), channels()),
                (before.0, before.1.clone(), before.3.clone()),
                "{signal:?} {kind}"
            );
            assert_eq!(std::fs::read(demo.at("/etc/nixos/flake.lock")).ok(), lock);
            let nothing = demo.run(&["--json", "--yes", "undo"]);
            assert_eq!(
                nothing.json()["outcome"]["error"]["id"],
                "nothing-to-undo",
                "what was put back needs no undo: {}",
                nothing.out
            );

            demo.write("/etc/nixos/configuration.nix", &plain);
            demo.done(&["--yes", "update my system"]);
            assert_eq!(demo.running(), demo.system(demo.generation()));
        }
    }
}

#[test]
fn an_activation_is_finished_before_the_signal_counts() {
    for (signal, group) in [(Signal::INT, true), (Signal::TERM, false), (Signal::HUP, false)] {
        let Some(demo) = Demo::new("flake") else { return };
        demo.write("/etc/demo-faults/slow", "2");
        let child = started(&demo, "update my system");
        processes::wait_for(&demo, ACTIVATION);
        if group {
            kill_process_group(pid(&child), signal).unwrap();
        } else {
            kill_process(pid(&child), signal).unwrap();
        }
        let (code, reply) = ended(child);
        assert_eq!((code, &reply["outcome"]["status"]), (0, &json!("done")), "{signal:?}: {reply:#}");
        assert_eq!((demo.generation(), demo.running()), (4, demo.system(4)), "{signal:?}: all of it");
        assert!(demo.read("/boot/loader/loader.conf").contains("generation-4"));
    }
}

#[test]
fn who_insists_stops_an_activation_and_undo_takes_it_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let (running, lock) = (demo.running(), demo.read("/etc/nixos/flake.lock"));
    demo.write("/etc/demo-faults/slow", "60");
    let child = started(&demo, "update my system");
    processes::wait_for(&demo, ACTIVATION);
    for _ in 0..2 {
        kill_process(pid(&child), Signal::TERM).unwrap();
        std::thread::sleep(Duration::from_millis(400));
    }
    let (code, reply) = ended(child);
    assert_eq!(code, 130, "{reply:#}");
    assert!(reply["outcome"]["state"].is_string(), "{reply:#}");
    std::fs::remove_file(demo.at("/etc/demo-faults/slow")).unwrap();
    if demo.generation() != 3 {
        demo.done(&["--yes", "undo"]);
    }
    assert_eq!((demo.generation(), demo.running(), demo.read("/etc/nixos/flake.lock")), (3, running, lock));
    assert!(demo.read("/boot/loader/loader.conf").contains("generation-3"));
}

#[test]
fn after_kill_nine_undo_puts_everything_back() {
    let Some(demo) = Demo::new("flake") else { return };
    let (running, lock) = (demo.running(), demo.read("/etc/nixos/flake.lock"));
    demo.write("/etc/demo-faults/slow", "60");
    let mut child = started(&demo, "update my system");
    processes::wait_for(&demo, ACTIVATION);
    assert_ne!(demo.read("/etc/nixos/flake.lock"), lock, "in the middle: the lock file is the new one");
    child.kill().unwrap();
    child.wait().unwrap();
    for (left, _) in processes::of(&demo) {
        // The activation outlives ask-nix; a power cut would end it too.
        let _ = kill_process(Pid::from_raw(left).unwrap(), Signal::KILL);
    }
    std::fs::remove_file(demo.at("/etc/demo-faults/slow")).unwrap();
    demo.write("/etc/nixos/.ask-nix-Ab12Cd", "half a fil");
    demo.write("/home/.local/state/ask-nix/build/.ask-nix-x", "");

    let history = demo.done(&["show history"]);
    assert_eq!(history["outcome"]["data"]["entries"][0]["ending"], Value::Null, "it never ended: {history:#}");
    demo.done(&["--yes", "undo"]);
    assert_eq!((demo.generation(), demo.running(), demo.read("/etc/nixos/flake.lock")), (3, running, lock));
    assert!(demo.read("/boot/loader/loader.conf").contains("generation-3"));
    demo.done(&["--yes", "update my system"]);
    assert_eq!(demo.running(), demo.system(demo.generation()));
}

#[test]
fn a_throw_away_machine_is_removed_whatever_ends_the_program() {
    let Some(nix) = crate::demo::nix_directory() else { return };
    for (making, signal) in [(true, Signal::TERM), (false, Signal::INT), (false, Signal::HUP)] {
        let place = tempfile::Builder::new().prefix("ask-nix-").tempdir().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_ask-nix"));
        command.env_clear().env("PATH", format!("{}:/usr/bin:/bin", nix.display()));
        command.env("TMPDIR", place.path()).env("HOME", place.path().join("home"));
        // It waits for lines that never come.
        command.args(["--demo", "--json"]).stdin(Stdio::piped());
        let mut child = start(command);
        let _open = child.stdin.take();
        let machine = || {
            std::fs::read_dir(place.path())
                .unwrap()
                .flatten()
                .map(|entry| entry.path())
                .find(|path| path.ends_with("home") == false)
        };
        let complete = || machine().is_some_and(|path| path.join("run/booted-system").symlink_metadata().is_ok());
        let there =
            || if making { machine().is_some_and(|path| path.join("nix/var/nix/db").exists()) } else { complete() };
        for _ in 0..3000 {
            if there() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        assert!(there());
        if !making {
            std::thread::sleep(Duration::from_millis(500));
        }
        kill_process(pid(&child), signal).unwrap();
        let code = child.wait_with_output().unwrap().status.code();
        assert_eq!(code, Some(130), "{signal:?}");
        assert_eq!(machine(), None, "{signal:?}: {:?}", machine().map(|path| std::fs::read_dir(path).unwrap().count()));
    }
    eprintln!("checked in {}", std::env::temp_dir().display());
}
