use std::os::unix::fs::symlink;
use std::path::PathBuf;

use super::*;
use crate::nix::fixture_machine::FixtureMachine;

struct Fixture {
    machine: FixtureMachine,
    profile: PathBuf,
    _directory: tempfile::TempDir,
}

/// A machine that was started with generation 1 and runs generation 2 with another kernel.
#[expect(clippy::disallowed_methods, reason = "the test makes the machine that it reads")]
fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let mut machine = FixtureMachine::new(directory.path());
    let profiles = machine.at("/nix/var/nix/profiles");
    for path in ["/nix/var/nix/profiles", "/run/systemd/system", "/etc/nixos/.git", "/boot/loader/entries"] {
        std::fs::create_dir_all(machine.at(path)).unwrap();
    }
    for number in [1, 2] {
        let system = machine.at(&format!("/nix/store/s{number}"));
        std::fs::create_dir_all(&system).unwrap();
        std::fs::write(system.join("nixos-version"), "25.11").unwrap();
        symlink(format!("/nix/store/linux-{number}/bzImage"), system.join("kernel")).unwrap();
        symlink("/nix/store/systemd", system.join("systemd")).unwrap();
        symlink(format!("/nix/store/s{number}"), profiles.join(format!("system-{number}-link"))).unwrap();
    }
    symlink("system-2-link", profiles.join("system")).unwrap();
    symlink("/nix/store/s1", machine.at("/run/booted-system")).unwrap();
    symlink("/nix/store/s2", machine.at("/run/current-system")).unwrap();
    for number in [1, 2, 9] {
        std::fs::write(machine.at(&format!("/boot/loader/entries/nixos-generation-{number}.conf")), "").unwrap();
    }
    std::fs::write(machine.at("/etc/nixos/flake.nix"), "{ }").unwrap();
    machine.answers.push(("systemctl", r#"[{"unit":"nginx.service"}]"#.to_owned()));
    machine.answers.push(("git", "?? disk.nix\0?? notes.txt\0".to_owned()));
    Fixture { machine, profile: profiles.join("system"), _directory: directory }
}

fn find(fixture: &Fixture) -> Vec<Finding> {
    let machine = &fixture.machine;
    let profile = Profile::read(machine, &fixture.profile).unwrap();
    let configuration = machine.at("/etc/nixos/flake.nix");
    examine(
        machine,
        &Known {
            profile: &profile,
            state: &machine.at("/nix/var/nix"),
            store: &machine.at("/nix/store"),
            configuration: Some(&configuration),
            flake: true,
            updated: None,
            now: Timestamp::UNIX_EPOCH,
        },
    )
}

#[test]
fn finds_what_is_wrong() {
    let fixture = fixture();
    let findings = find(&fixture);
    let get = |id: &str| findings.iter().find(|finding| finding.id == id).unwrap();
    let reboot = get("pending_reboot");
    assert_eq!(reboot.state, State::Warning);
    assert!(reboot.detail.ends_with("have changed: the kernel."), "{}", reboot.detail);
    assert_eq!(get("failed_units").state, State::Problem);
    assert_eq!(get("failed_units").advice.as_deref(), Some("ask-nix show the logs of nginx"));
    assert_eq!(get("profile_mismatch").state, State::Ok);
    assert!(get("boot_entries").detail.contains('9'));
    assert!(get("git").detail.contains("disk.nix") && !get("git").detail.contains("notes"));
    assert_eq!((get("generations").state, get("configuration").state), (State::Ok, State::Ok));
    assert_eq!(worst(&findings), State::Problem);
    let json = serde_json::to_value(reboot).unwrap();
    assert_eq!(json["state"], "warning");
}

#[test]
fn a_tested_system_is_told() {
    let fixture = fixture();
    let link = fixture.machine.at("/run/current-system");
    std::fs::remove_dir(fixture.machine.at("/run/systemd/system")).unwrap();
    replace_link(&link, "/nix/store/s1");
    let findings = find(&fixture);
    let mismatch = findings.iter().find(|finding| finding.id == "profile_mismatch").unwrap();
    assert_eq!(mismatch.title, "Another generation starts at the next boot");
    assert!(!findings.iter().any(|finding| finding.id == "failed_units"), "no systemd, no units");
    replace_link(&link, "/nix/store/test");
    let mismatch = find(&fixture).into_iter().find(|finding| finding.id == "profile_mismatch").unwrap();
    assert_eq!(mismatch.title, "The running system is gone after a reboot");
}

#[expect(clippy::disallowed_methods, reason = "the test changes the machine that it reads")]
fn replace_link(link: &Path, target: &str) {
    std::fs::remove_file(link).unwrap();
    symlink(target, link).unwrap();
}
