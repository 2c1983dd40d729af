//! The demo machine, made with real Nix.

#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::print_stderr, reason = "what is skipped is said")]
#![expect(clippy::unwrap_used, reason = "tests say so by failing")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use ask_nix::machine::demo::{Demo, DemoKind};
use ask_nix::machine::host::Host;
use ask_nix::machine::{Command, Exit, Machine as _};

/// A host that has Nix: that of `ASK_NIX_TEST_NIX` (the directory that has `nix`) before that of PATH.
fn with_nix() -> Option<Host> {
    let named = std::env::var("ASK_NIX_TEST_NIX").ok();
    let path = named.into_iter().chain(std::env::var("PATH")).collect::<Vec<_>>().join(":");
    let host = Host::here().with_variable("PATH", Some(path));
    if host.find("nix").is_none() {
        eprintln!("SKIPPED: no nix, so no demo machine is tested; set ASK_NIX_TEST_NIX to the directory that has it");
        return None;
    }
    Some(host)
}

fn made(base: &Host, kind: DemoKind) -> Demo {
    let start = Instant::now();
    let mut told = Vec::new();
    let demo = Demo::throw_away_from(base, kind, &mut |line| told.push(line.to_owned())).unwrap();
    eprintln!("{kind}: {:.2} s", start.elapsed().as_secs_f64());
    assert!((1..=5).contains(&told.len()), "{told:?}");
    assert!(demo.new && demo.kind == kind);
    demo
}

/// The standard output of a command that must work on the machine.
fn output(demo: &Demo, command: &Command) -> String {
    let (exit, out) = demo.host.capture(command).unwrap();
    assert_eq!(exit, Exit::Status(0), "{command:?}");
    String::from_utf8(out).unwrap().trim().to_owned()
}

fn generation(demo: &Demo, number: u32) -> PathBuf {
    demo.directory.join(format!("nix/var/nix/profiles/system-{number}-link"))
}

fn config(demo: &Demo) -> String {
    format!("path:{}/etc/nixos", demo.directory.display())
}

fn build(demo: &Demo) -> Command {
    if demo.kind == DemoKind::Channels {
        Command::new("nix-build").args(["<nixpkgs/nixos>", "-A", "system", "--no-out-link"])
    } else {
        let name = format!("{}#nixosConfigurations.demo.config.system.build.toplevel", config(demo));
        Command::new("nix").args(["build", &name, "--no-link", "--print-out-paths"])
    }
}

fn age(path: &Path) -> Duration {
    SystemTime::now().duration_since(fs::symlink_metadata(path).unwrap().modified().unwrap()).unwrap()
}

/// What holds for every kind.
fn check(demo: &Demo) {
    let root = &demo.directory;
    let profiles = root.join("nix/var/nix/profiles");
    assert_eq!(fs::read_link(profiles.join("system")).unwrap(), Path::new("system-3-link"));
    assert!(!profiles.join("system-4-link").exists());
    let systems = [1, 2, 3].map(|number| fs::read_link(generation(demo, number)).unwrap());
    assert!(systems.iter().all(|system| system.join("init").exists()));
    // The order of the three: each has something that the one before lacks.
    let have = |program: &str| systems.clone().map(|system| system.join("sw/bin").join(program).exists());
    assert_eq!(have("htop"), [false, true, true]);
    assert_eq!(have("firefox"), [false, false, true]);
    for name in ["run/current-system", "run/booted-system"] {
        assert_eq!(fs::read_link(root.join(name)).unwrap(), systems[2], "{name}");
    }
    let entries = root.join("boot/loader/entries");
    assert!((1..=3).all(|number| entries.join(format!("nixos-generation-{number}.conf")).exists()));
    assert_eq!(demo.host.host_name(), "demo");

    let days = [1, 2, 3].map(|number| age(&generation(demo, number)).as_secs_f64() / 86_400.0);
    assert!((9.0..11.0).contains(&days[0]) && (0.2..2.0).contains(&days[1]) && days[2] < 0.02, "{days:?}");
    assert!(age(&root.join("etc/nixos/configuration.nix")) > age(&generation(demo, 3)), "nothing waits for a rebuild");

    // The third generation is what the configuration says, and neither is left from making it.
    assert_eq!(Path::new(&output(demo, &build(demo))), systems[2]);
    assert!(!root.join(".make").exists());
    let version = Command::new("nixos-version");
    let version = Command { program: systems[2].join("sw/bin/nixos-version").display().to_string(), ..version };
    assert!(output(demo, &version).starts_with("25.11.20251114"));

    // The script sets the same variables, whatever was set before.
    let enter = Command::new(root.join("enter").display().to_string())
        .args(["/bin/sh", "-c", "echo $NIX_STORE_DIR $HOME ${NIX_REMOTE-none} ${NIX_CONFIG-none}"])
        .variable("NIX_REMOTE", "daemon")
        .variable("NIX_CONFIG", "cores = 7");
    let (_, said) = Host::here().capture(&enter).unwrap();
    let root = root.display();
    assert_eq!(String::from_utf8(said).unwrap().trim(), format!("{root}/nix/store {root}/home none none"));
}

/// An update finds something, and trying it does not touch the lock.
fn check_update(demo: &Demo) {
    let lock = demo.directory.join("etc/nixos/flake.lock");
    let before = fs::read_to_string(&lock).unwrap();
    let tried = demo.directory.join("home/tried.lock");
    let update = Command::new("nix").args(["flake", "update", "--flake", &config(demo), "--output-lock-file"]);
    output(demo, &update.path(&tried));
    assert_eq!(fs::read_to_string(&lock).unwrap(), before);
    let after = fs::read_to_string(&tried).unwrap();
    assert_ne!(after, before);
    assert!(before.contains("1763121600") && after.contains("1765281600"));
    let try_it = build(demo).arg("--reference-lock-file").path(&tried).arg("--no-write-lock-file");
    assert!(output(demo, &try_it).contains("25.11.20251209"));
}

#[test]
fn flake() {
    let Some(base) = with_nix() else { return };
    let demo = made(&base, DemoKind::Flake);
    check(&demo);
    check_update(&demo);
    let directory = demo.directory.clone();
    drop(demo);
    assert!(!directory.exists(), "what is thrown away is gone");
}

#[test]
fn channels() {
    let Some(base) = with_nix() else { return };
    let demo = made(&base, DemoKind::Channels);
    check(&demo);
    let before = output(&demo, &build(&demo));
    output(&demo, &Command::new("nix-channel").arg("--update"));
    assert_ne!(output(&demo, &build(&demo)), before);
}

#[test]
fn home() {
    let Some(base) = with_nix() else { return };
    let demo = made(&base, DemoKind::Home);
    check(&demo);
    check_update(&demo);
    let name = format!("{}#homeConfigurations.\"alice@demo\".activationPackage", config(&demo));
    assert!(
        output(&demo, &Command::new("nix").args(["build", &name, "--no-link", "--print-out-paths"]))
            .contains("home-manager")
    );
}

#[test]
fn hosts() {
    let Some(base) = with_nix() else { return };
    let demo = made(&base, DemoKind::Hosts);
    check(&demo);
    check_update(&demo);
    let names = Command::new("nix").args(["eval", "--json", &format!("{}#nixosConfigurations", config(&demo))]);
    assert_eq!(output(&demo, &names.args(["--apply", "builtins.attrNames"])), r#"["atlas","demo","web"]"#);
}

#[test]
fn kept_machines_are_found_again() {
    let Some(base) = with_nix() else { return };
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("deep/machine");
    let open = |kind| {
        let mut told = 0;
        let demo = Demo::kept_from(&base, &directory, kind, &mut |_| told += 1).unwrap();
        (demo, told)
    };
    let (demo, told) = open(DemoKind::Flake);
    assert!(demo.new && told > 0);
    let made = fs::symlink_metadata(directory.join("run/booted-system")).unwrap().modified().unwrap();
    let system = fs::read_link(directory.join("run/current-system")).unwrap();
    drop(demo);

    // Another kind is asked for, and a tool has gone with its package.
    fs::remove_file(directory.join("tools/ln")).unwrap();
    std::os::unix::fs::symlink("/nonexistent/ln", directory.join("tools/ln")).unwrap();
    let (demo, told) = open(DemoKind::Channels);
    assert!(!demo.new && told == 0 && demo.kind == DemoKind::Flake);
    assert_eq!(fs::symlink_metadata(directory.join("run/booted-system")).unwrap().modified().unwrap(), made);
    assert!(directory.join("tools/ln").exists());
    assert_eq!(Path::new(&output(&demo, &build(&demo))), system);
    drop(demo);

    // One whose making was interrupted is made anew.
    fs::write(directory.join(".ask-nix-demo"), "").unwrap();
    let (demo, told) = open(DemoKind::Hosts);
    assert!(demo.new && told > 0 && demo.kind == DemoKind::Hosts);
    check(&demo);
    assert!(directory.join("etc/nixos/hosts/web.nix").exists());
    // A kept machine stays; its store is read-only, so the temporary directory could not be removed.
    output(&demo, &Command::new("chmod").args(["-R", "u+w"]).path(&directory));
}

#[test]
fn a_directory_with_nix_is_path_enough() {
    let Some(base) = with_nix() else { return };
    let nix = base.find("nix").unwrap();
    let place = tempfile::tempdir().unwrap();
    for name in ["nix", "nix-build", "nix-env", "nix-store"] {
        // A script, because the programs of Nix may need what lies beside them.
        let target = nix.with_file_name(name);
        let script = format!("#!/bin/sh\nexec '{}' \"$@\"\n", target.display());
        base.write(&place.path().join(name), script.as_bytes()).unwrap();
        fs::set_permissions(place.path().join(name), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    }
    let base = base.with_variable("PATH", Some(place.path().display().to_string()));
    // It is also made from within a runtime, where the program itself works.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = runtime.block_on(async { made(&base, DemoKind::Flake) });
    check(&demo);
}

#[test]
fn settings_of_the_person_do_not_reach_it() {
    let Some(base) = with_nix() else { return };
    let base = base
        .with_variable("NIX_CONFIG", Some("store = /nonexistent".to_owned()))
        .with_variable("NIX_REMOTE", Some("daemon".to_owned()))
        .with_variable("NIX_PATH", Some("nixpkgs=/nonexistent".to_owned()))
        .with_variable("XDG_CONFIG_DIRS", Some("/nonexistent".to_owned()));
    check(&made(&base, DemoKind::Flake));
}
