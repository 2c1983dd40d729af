//! What `switch-to-configuration` says about units, as data. The texts are those of switch-to-configuration-ng in nixpkgs
//! (and of its Perl predecessor): one line a kind, the units after a colon, separated by commas.

use serde::Serialize;

/// Units that an activation stopped, started, restarted … or, for `dry-activate`, would.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct UnitChanges {
    /// Stopped and not started again.
    pub stopped: Vec<String>,
    /// Started.
    pub started: Vec<String>,
    /// Restarted.
    pub restarted: Vec<String>,
    /// Told to read their configuration again.
    pub reloaded: Vec<String>,
    /// Failed.
    pub failed: Vec<String>,
    /// Not touched although they changed, because that would disturb (the display manager, D-Bus).
    pub left_alone: Vec<String>,
}

impl UnitChanges {
    /// Takes one line of output; false when it says nothing about units.
    pub fn read(&mut self, line: &str) -> bool {
        let line = line.trim().trim_start_matches("warning: ").trim_start_matches("would ");
        let Some((head, units)) = line.split_once(':') else { return false };
        let kind = match head {
            "stopping the following units" | "stop the following units" => &mut self.stopped,
            "starting the following units" | "start the following units" | "the following new units were started" => {
                &mut self.started
            }
            "restarting the following units" | "restart the following units" => &mut self.restarted,
            "reloading the following units" | "reload the following units" => &mut self.reloaded,
            "the following units failed" => &mut self.failed,
            "NOT restarting the following changed units"
            | "NOT restart the following changed units"
            | "NOT stopping the following changed units"
            | "NOT stop the following changed units" => &mut self.left_alone,
            _ => return false,
        };
        for unit in units.split(',').map(str::trim).filter(|unit| !unit.is_empty()) {
            if !kind.iter().any(|known| known == unit) {
                kind.push(unit.to_owned());
            }
        }
        true
    }

    /// Whether nothing was said about any unit.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What an activation that did not succeed means, from its exit status and its last lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The init system changed incompatibly (status 100): only a reboot gets there.
    InitChanged,
    /// A switch inhibitor spoke: critical components differ, a reboot is the safe way.
    Inhibited,
}

impl Refused {
    /// Recognises the two ways in which the new system itself says that it should be booted, not switched to.
    pub fn recognise(status: Option<i32>, lines: &[String]) -> Option<Self> {
        if status == Some(100) {
            return Some(Self::InitChanged);
        }
        let inhibited = |line: &String| {
            line.contains("changes to critical components")
                || line.contains("Switching into this system is not recommended")
        };
        lines.iter().any(inhibited).then_some(Self::Inhibited)
    }
}

#[cfg(test)]
mod tests {
    use super::{Refused, UnitChanges};

    #[test]
    fn lines_become_units() {
        let mut units = UnitChanges::default();
        for line in [
            "stopping the following units: cups.service, cups.socket",
            "activating the configuration...",
            "the following new units were started: nginx.service",
            "starting the following units: nginx.service",
            "warning: the following units failed: nginx.service",
            "would restart the following units: sshd.service",
            "NOT restarting the following changed units: display-manager.service",
        ] {
            units.read(line);
        }
        assert_eq!(units.stopped, ["cups.service", "cups.socket"]);
        assert_eq!(units.started, ["nginx.service"]);
        assert_eq!(units.failed, ["nginx.service"]);
        assert_eq!(units.restarted, ["sshd.service"]);
        assert_eq!(units.left_alone, ["display-manager.service"]);
    }

    #[test]
    fn other_lines_say_nothing() {
        let mut units = UnitChanges::default();
        assert!(!units.read("setting up /etc...") && !units.read("") && !units.read("note: a: b"));
        assert!(units.is_empty());
    }

    #[test]
    fn a_needed_reboot_is_recognised() {
        assert_eq!(Refused::recognise(Some(100), &[]), Some(Refused::InitChanged));
        let said = ["There are changes to critical components of the system:".to_owned()];
        assert_eq!(Refused::recognise(Some(1), &said), Some(Refused::Inhibited));
        assert_eq!(Refused::recognise(Some(4), &[]), None);
    }
}
