//! How units of systemd do, from `systemctl show`.

use jiff::Timestamp;
use serde::Serialize;

use crate::machine::{Command, Machine};

/// What is asked about each unit.
const PROPERTIES: &str = "Id,Description,LoadState,ActiveState,SubState,Result,UnitFileState,MainPID,ExecMainStatus,NRestarts,MemoryCurrent,StateChangeTimestamp,TriggeredBy";

/// How a unit does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnitState {
    /// Its name: `sshd.service`.
    pub unit: String,
    /// What it is, as it says of itself.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether the system that runs has such a unit.
    pub exists: bool,
    /// `active`, `inactive`, `failed`, `activating` …
    pub active: String,
    /// More exactly: `running`, `exited`, `dead` …
    pub state: String,
    /// Why it ended: `exit-code`, `signal`, `oom-kill` …; none when it went well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// Since when it is in this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The process.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// The status that it ended with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_status: Option<i32>,
    /// How often systemd started it again by itself.
    pub restarts: u32,
    /// The memory that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// What starts it when it is needed: sockets, timers, paths.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub started_by: Vec<String>,
}

impl UnitState {
    /// Whether it does its work, or has done it.
    pub fn works(&self) -> bool {
        matches!(self.active.as_str(), "active" | "reloading" | "activating" | "refreshing")
    }

    /// Whether it ended as it should not.
    pub fn failed(&self) -> bool {
        self.active == "failed"
    }
}

/// Asks systemd; none when it does not answer.
pub fn read(machine: &impl Machine, units: &[String]) -> Option<Vec<UnitState>> {
    let command = Command::new("systemctl")
        .args(["show", "--no-pager", "--timestamp=unix", &format!("--property={PROPERTIES}"), "--"])
        .args(units.iter().cloned());
    let (exit, output) = machine.capture(&Command { quiet: true, ..command }).ok()?;
    let states = parse(&String::from_utf8_lossy(&output));
    (exit.success() && !states.is_empty()).then_some(states)
}

/// Whether a unit works now; none when systemd does not answer.
pub fn is_active(machine: &impl Machine, unit: &str) -> Option<bool> {
    let states = read(machine, &[unit.to_owned()])?;
    states.first().map(UnitState::works)
}

/// Names of units that are there, to tell which was meant.
pub fn names(machine: &impl Machine) -> Vec<String> {
    let command = Command::new("systemctl").args([
        "list-unit-files",
        "--no-pager",
        "--plain",
        "--no-legend",
        "--type=service,socket,timer",
    ]);
    let output = machine.capture(&Command { quiet: true, ..command }).map(|(_, output)| output).unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    text.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// One block of `name=value` lines for each unit, with an empty line between.
fn parse(text: &str) -> Vec<UnitState> {
    text.split("\n\n").filter(|block| block.contains('=')).map(unit).collect()
}

fn unit(block: &str) -> UnitState {
    let mut unit = UnitState::default();
    for (name, value) in block.lines().filter_map(|line| line.split_once('=')) {
        let value = value.trim();
        match name {
            "Id" => value.clone_into(&mut unit.unit),
            "Description" => unit.description = crate::nix::log::clean(value, 200).into_owned(),
            "LoadState" => unit.exists = value != "not-found",
            "ActiveState" => value.clone_into(&mut unit.active),
            "SubState" => value.clone_into(&mut unit.state),
            "Result" => unit.result = Some(value.to_owned()).filter(|value| value != "success" && !value.is_empty()),
            "MainPID" => unit.process = value.parse().ok().filter(|number| *number != 0),
            "ExecMainStatus" => unit.exit_status = value.parse().ok(),
            "NRestarts" => unit.restarts = value.parse().unwrap_or(0),
            // What is not counted is the largest number there is.
            "MemoryCurrent" => unit.memory_bytes = value.parse().ok().filter(|bytes| *bytes < u64::MAX >> 1),
            "StateChangeTimestamp" => unit.since = time(value),
            "TriggeredBy" => unit.started_by = value.split_whitespace().map(str::to_owned).collect(),
            _ => {}
        }
    }
    // A unit without a description has its name for one, and a status only counts for what ended.
    if unit.description == unit.unit {
        unit.description.clear();
    }
    if unit.works() || (unit.exit_status == Some(0) && !unit.failed()) {
        unit.exit_status = None;
    }
    unit
}

/// `@1700000000`, as `--timestamp=unix` has it.
fn time(text: &str) -> Option<Timestamp> {
    Timestamp::from_second(text.strip_prefix('@')?.parse().ok()?).ok().filter(|time| time.as_second() > 0)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn units_are_read() {
        let text = "Id=sshd.service\nDescription=SSH Daemon\nLoadState=loaded\nActiveState=active\nSubState=running\nResult=success\nMainPID=812\nExecMainStatus=0\nNRestarts=0\nMemoryCurrent=5242880\nStateChangeTimestamp=@1763121600\nTriggeredBy=\n\nId=x.service\nDescription=x.service\nLoadState=not-found\nActiveState=inactive\nSubState=dead\nMainPID=0\nMemoryCurrent=18446744073709551615\nStateChangeTimestamp=\n";
        let units = parse(text);
        assert_eq!(units.len(), 2);
        assert!(units[0].exists && units[0].works() && units[0].result.is_none());
        assert_eq!((units[0].process, units[0].memory_bytes), (Some(812), Some(5_242_880)));
        assert_eq!(units[0].since.unwrap().as_second(), 1_763_121_600);
        assert!(!units[1].exists && units[1].description.is_empty() && units[1].memory_bytes.is_none());
    }

    #[test]
    fn what_failed_says_how() {
        let units = parse("Id=a.service\nActiveState=failed\nResult=exit-code\nExecMainStatus=1\nNRestarts=5\n");
        assert!(units[0].failed() && !units[0].works());
        assert_eq!(
            (units[0].result.as_deref(), units[0].exit_status, units[0].restarts),
            (Some("exit-code"), Some(1), 5)
        );
        assert!(parse("").is_empty() && parse("nonsense\n").is_empty());
    }
}
