//! What runs: whether it is what was started, what the profile says, and whether everything is up.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{Finding, State};
use crate::machine::{Command, Kind, Machine};
use crate::nix::profile::Profile;

/// What only a reboot replaces, as links of a system and in words.
const STARTED: [(&str, &str); 4] = [
    ("kernel", "the kernel"),
    ("initrd", "the initial RAM disk"),
    ("kernel-modules", "the kernel modules"),
    ("systemd", "systemd"),
];

/// Compares what was started with what the present system would start.
pub(super) fn pending_reboot(machine: &impl Machine) -> Option<Finding> {
    let system = |name: &str| -> Option<PathBuf> {
        let target = machine.link(&machine.at(name)).ok()?;
        Some(machine.at(target.to_str()?))
    };
    let (booted, current) = (system("/run/booted-system")?, system("/run/current-system")?);
    let differs = |name: &str| {
        let (old, new) = (machine.link(&booted.join(name)), machine.link(&current.join(name)));
        matches!((old, new), (Ok(old), Ok(new)) if old != new)
    };
    let mut changed: Vec<&str> = STARTED.iter().filter(|(name, _)| differs(name)).map(|(_, words)| *words).collect();
    let parameters = |system: &Path| machine.read(&system.join("kernel-params")).ok();
    if let (Some(old), Some(new)) = (parameters(&booted), parameters(&current))
        && old != new
    {
        changed.push("the kernel's parameters");
    }
    if changed.is_empty() {
        let detail = "The kernel and what it was started with are those of the present system.";
        return Some(Finding::new("pending_reboot", State::Ok, "No reboot needed", detail));
    }
    let detail = format!("Since the machine was started these have changed: {}.", changed.join(", "));
    Some(Finding::new("pending_reboot", State::Warning, "A reboot is pending", detail).advise("systemctl reboot"))
}

/// Compares the system that runs with the profile's current generation.
pub(super) fn profile_mismatch(machine: &impl Machine, profile: &Profile) -> Option<Finding> {
    let running = machine.link(&machine.at("/run/current-system")).ok()?;
    let current = profile.current()?;
    let path = Path::new(&current.store_path);
    let (state, title, detail) = if running == path {
        (State::Ok, "Profile and system agree", format!("Generation {} runs.", current.number))
    } else if let Some(name) = specialisation(machine, path, &current.specialisations, &running) {
        (
            State::Ok,
            "Profile and system agree",
            format!("The specialisation {name} of generation {} runs.", current.number),
        )
    } else if let Some(other) = profile.generations.iter().find(|g| Path::new(&g.store_path) == running) {
        let detail =
            format!("Generation {} runs; generation {} starts at the next boot.", other.number, current.number);
        (State::Warning, "Another generation starts at the next boot", detail)
    } else {
        let detail = format!(
            "What runs is no generation, as after a test; generation {} starts at the next boot.",
            current.number
        );
        (State::Warning, "The running system is gone after a reboot", detail)
    };
    let finding = Finding::new("profile_mismatch", state, title, detail);
    Some(if state == State::Ok { finding } else { finding.advise("ask-nix apply my configuration") })
}

fn specialisation<'a>(machine: &impl Machine, system: &Path, names: &'a [String], running: &Path) -> Option<&'a str> {
    let directory = machine.at(system.to_str()?).join("specialisation");
    let runs = |name: &&String| machine.link(&directory.join(name)).is_ok_and(|target| target == running);
    names.iter().find(runs).map(String::as_str)
}

/// Asks systemd, where it runs.
pub(super) fn failed_units(machine: &impl Machine) -> Option<Finding> {
    machine.status(&machine.at("/run/systemd/system")).ok()?;
    let mut command = Command::new("systemctl").args(["--failed", "--plain", "--no-legend", "--output=json"]);
    command.quiet = true;
    let (exit, output) = machine.capture(&command).ok()?;
    if !exit.success() {
        return None;
    }
    let units = units(&String::from_utf8_lossy(&output));
    let Some(first) = units.first() else {
        return Some(Finding::new("failed_units", State::Ok, "No unit has failed", "systemd reports no failed unit."));
    };
    let title =
        if units.len() == 1 { "A unit has failed".to_owned() } else { format!("{} units have failed", units.len()) };
    let finding = Finding::new("failed_units", State::Problem, title, format!("{}.", units.join(", ")));
    Some(finding.advise(format!("ask-nix show the logs of {}", first.trim_end_matches(".service"))))
}

/// Names of units from JSON, or from the plain lines of a systemd that prints none.
fn units(output: &str) -> Vec<String> {
    match serde_json::from_str::<Vec<Value>>(output) {
        Ok(units) => units.iter().filter_map(|unit| unit.get("unit")?.as_str()).map(str::to_owned).collect(),
        Err(_) => output
            .lines()
            .filter_map(|line| line.split_whitespace().find(|word| word.contains('.')))
            .map(str::to_owned)
            .collect(),
    }
}

/// Looks for the daemon's socket. Root can do without.
pub(super) fn daemon(machine: &impl Machine, state: &Path) -> Option<Finding> {
    let socket =
        machine.variable("NIX_DAEMON_SOCKET_PATH").map_or_else(|| state.join("daemon-socket/socket"), PathBuf::from);
    if machine.status(&socket).is_ok_and(|status| matches!(status.kind, Kind::Other | Kind::Link)) {
        let detail = format!("Its socket is {}.", socket.display());
        return Some(Finding::new("daemon", State::Ok, "The Nix daemon can be reached", detail));
    }
    if machine.user() == 0 || machine.writable(&state.join("db")) {
        return None;
    }
    let detail = format!("There is no socket at {}; nothing can be built.", socket.display());
    let finding = Finding::new("daemon", State::Problem, "The Nix daemon cannot be reached", detail);
    Some(finding.advise("sudo systemctl start nix-daemon.socket"))
}

#[cfg(test)]
mod tests {
    use super::units;

    #[test]
    fn failed_units_are_read_in_both_shapes() {
        let json = r#"[{"unit":"nginx.service","load":"loaded","active":"failed"}]"#;
        assert_eq!(units(json), ["nginx.service"]);
        assert_eq!(
            units("* nginx.service loaded failed failed Web\nx.mount loaded failed failed\n"),
            ["nginx.service", "x.mount"]
        );
        assert!(units("[]").is_empty() && units("").is_empty());
    }
}
