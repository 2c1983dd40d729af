use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use super::*;
use crate::nix::fixture_machine::FixtureMachine;

const STORE: &str = "/nix/store";

fn store_path(number: u64) -> String {
    format!("{STORE}/{number:032}-nixos-system-demo-25.11.{number}")
}

/// A machine with these generations, each a system of its own.
#[expect(clippy::disallowed_methods, reason = "the test makes the machine that it reads")]
fn machine(numbers: &[u64]) -> (tempfile::TempDir, FixtureMachine, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let machine = FixtureMachine::new(directory.path());
    let profiles = machine.at("/nix/var/nix/profiles");
    fs::create_dir_all(&profiles).unwrap();
    fs::create_dir_all(machine.at("/run")).unwrap();
    let modules = machine.at("/nix/store/kernel-modules/lib/modules/6.12.58");
    fs::create_dir_all(&modules).unwrap();
    for &number in numbers {
        let system = machine.at(&store_path(number));
        fs::create_dir_all(system.join("specialisation")).unwrap();
        fs::create_dir_all(system.join("sw/bin")).unwrap();
        fs::write(system.join("nixos-version"), format!("25.11.{number}")).unwrap();
        let script = format!("#!/bin/sh\ncat <<EOF\n{{\"configurationRevision\":\"abc{number}\"}}\nEOF\n");
        fs::write(system.join("sw/bin/nixos-version"), script).unwrap();
        symlink("/nix/store/kernel-modules", system.join("kernel-modules")).unwrap();
        symlink(store_path(number), profiles.join(format!("system-{number}-link"))).unwrap();
    }
    (directory, machine, profiles.join("system"))
}

#[test]
fn reads_what_a_generation_is() {
    let (_directory, machine, profile) = machine(&[1, 3]);
    symlink("system-3-link", &profile).unwrap();
    symlink("/nix/store/gaming", machine.at(&store_path(1)).join("specialisation/gaming")).unwrap();
    symlink("/nix/store/gaming", machine.at("/run/booted-system")).unwrap();
    let generations = read(&machine, &profile).unwrap();
    assert_eq!(generations.iter().map(|g| g.number).collect::<Vec<_>>(), [1, 3]);
    let (first, last) = (&generations[0], &generations[1]);
    assert_eq!(last.nixos_version.as_deref(), Some("25.11.3"));
    assert_eq!(last.kernel.as_deref(), Some("6.12.58"));
    assert_eq!(last.configuration_revision.as_deref(), Some("abc3"));
    assert_eq!(last.store_path, store_path(3));
    assert_eq!((first.current, first.booted, last.current, last.booted), (false, true, true, false));
    assert_eq!(first.specialisations, ["gaming"]);
    let json = serde_json::to_value(last).unwrap();
    assert_eq!(json["nixos_version"], "25.11.3");
    assert!(json["date"].as_str().unwrap().ends_with('Z'), "{json}");
    assert!(json.get("closure_bytes").is_none());
}

#[test]
fn strange_files_beside_a_profile_do_no_harm() {
    let (_directory, machine, profile) = machine(&[7]);
    let profiles = profile.parent().unwrap().to_path_buf();
    for name in ["system-x-link", "system-07-link", "system--link", "system-99999999999999999999-link", "other-1-link"]
    {
        symlink("/nowhere", profiles.join(name)).unwrap();
    }
    symlink("/nowhere", profiles.join(std::ffi::OsStr::from_bytes(b"system-\xff-link"))).unwrap();
    symlink(format!("{STORE}/gone"), profiles.join("system-9-link")).unwrap();
    fs::create_dir(profiles.join("system-8-link")).unwrap();
    let generations = read(&machine, &profile).unwrap();
    assert_eq!(generations.iter().map(|g| (g.number, g.missing)).collect::<Vec<_>>(), [(7, false), (9, true)]);
    assert_eq!(numbers(&machine, &profile).unwrap(), (vec![7, 8, 9], None));
    assert!(!generations.iter().any(|g| g.current || g.booted));
}

#[test]
fn a_link_to_a_profile_is_followed() {
    let (_directory, machine, profile) = machine(&[2]);
    symlink("system-2-link", &profile).unwrap();
    symlink("/nix/var/nix/profiles/system", machine.at("/my-profile")).unwrap();
    let generations = read(&machine, &machine.at("/my-profile")).unwrap();
    assert_eq!(generations.len(), 1);
    assert!(generations[0].current);
    assert_eq!(link_of(&machine, &machine.at("/my-profile"), 5), profile.with_file_name("system-5-link"));
}

#[test]
fn no_profile_is_an_error_and_no_generation_is_none() {
    let (_directory, machine, profile) = machine(&[]);
    assert_eq!(read(&machine, &profile).unwrap(), []);
    assert!(read(&machine, &machine.at("/elsewhere/system")).is_err());
}

#[test]
fn the_revision_is_read_from_the_script() {
    assert_eq!(
        configuration_revision(r#"{"configurationRevision":"9da7f1c-dirty"}"#).as_deref(),
        Some("9da7f1c-dirty")
    );
    for none in
        ["", r#"{"configurationRevision":""}"#, r#"{"configurationRevision":null}"#, r#""configurationRevision":"abc"#]
    {
        assert_eq!(configuration_revision(none), None, "{none}");
    }
}

#[test]
fn two_hundred_generations_are_read_at_once() {
    let numbers: Vec<u64> = (1..=200).collect();
    let (_directory, machine, profile) = machine(&numbers);
    symlink("system-200-link", &profile).unwrap();
    let started = std::time::Instant::now();
    assert_eq!(read(&machine, &profile).unwrap().len(), 200);
    // Far above what it takes, so that a busy computer does not fail the test.
    assert!(started.elapsed().as_millis() < 500);
}
