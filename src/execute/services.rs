//! How services do and what they said, asked of systemd.

use super::edit::Trouble;
use super::probe::trouble;
use super::texts::own_files;
use crate::catalogue::starter;
use crate::machine::Machine;
use crate::machine::facts::Facts;
use crate::nix::unit_state::UnitState;
use crate::nix::{journal, settings, unit_state};
use crate::operation::selector;
use crate::operation::slots::ServiceName;
use crate::outcome::Answer;
use crate::plan::Reversal;

/// How a service does; what it said, too, when it failed.
pub(super) fn status(name: &ServiceName, machine: &impl Machine, facts: &Facts) -> Result<Answer, Trouble> {
    let (option, units) = starter::units(name.as_str());
    let states = unit_state::read(machine, &units).ok_or_else(|| trouble("systemctl gave no answer.".to_owned()))?;
    let path = option.as_deref().and_then(selector::parts);
    let configured = path.map(|path| settings::definitions(&own_files(machine, facts), &path)).unwrap_or_default();
    if configured.is_empty() && option.is_none() && states.iter().all(|unit| !unit.exists) {
        return Err(unknown(name, &units, machine));
    }
    let log = if states.iter().any(UnitState::failed) { journal::read(machine, &units) } else { None };
    Ok(Answer::Service { service: name.to_string(), option, configured, units: states, log })
}

/// The services that run, and those that should and failed.
pub(super) fn running(machine: &impl Machine) -> Result<Answer, Trouble> {
    let all = unit_state::read(machine, &["*.service".to_owned()]);
    let mut units = all.ok_or_else(|| trouble("systemctl gave no answer.".to_owned()))?;
    // What did its work and ended, as most do while the machine starts, is nobody's question.
    units.retain(|unit| unit.exists && (unit.failed() || unit.works() && unit.state != "exited"));
    units.sort_by(|a, b| (!a.failed(), &a.unit).cmp(&(!b.failed(), &b.unit)));
    Ok(Answer::Services { units })
}

/// What a service said; without one, what went wrong anywhere.
pub(super) fn logs(name: Option<&ServiceName>, machine: &impl Machine, facts: &Facts) -> Result<Answer, Trouble> {
    let units = name.map(|name| starter::units(name.as_str()).1).unwrap_or_default();
    let log = journal::read(machine, &units).ok_or_else(|| trouble("journalctl gave no answer.".to_owned()))?;
    if let Some(name) = name.filter(|_| log.is_empty()) {
        let states = unit_state::read(machine, &units).unwrap_or_default();
        if !states.is_empty() && states.iter().all(|unit| !unit.exists) && starter::service(name.as_str()).is_none() {
            return Err(unknown(name, &units, machine));
        }
    }
    let only_own = facts.privilege != crate::machine::facts::Privilege::Root;
    Ok(Answer::Logs { service: name.map(ToString::to_string), log, only_own })
}

fn unknown(name: &ServiceName, units: &[String], machine: &impl Machine) -> Trouble {
    let names = unit_state::names(machine);
    let bare: Vec<&str> = names.iter().map(|name| name.trim_end_matches(".service")).collect();
    let near = crate::nix::value::nearest(name.as_str(), bare.into_iter().map(str::to_owned).collect());
    let hint = if near.is_empty() { String::new() } else { format!(" Near to it: {}.", near.join(", ")) };
    let unit = units.first().map_or_else(|| name.to_string(), Clone::clone);
    Trouble {
        message: format!("There is no unit {unit} on this machine.{hint}"),
        id: Some("unit-missing"),
        said: Vec::new(),
    }
}

/// A reversal that knows how the unit is before the step.
pub(super) fn as_it_is(reversal: Option<Reversal>, machine: &impl Machine) -> Option<Reversal> {
    match reversal {
        Some(Reversal::Unit { unit, active: None }) => {
            let active = unit_state::is_active(machine, &unit)?;
            Some(Reversal::Unit { unit, active: Some(active) })
        }
        other => other,
    }
}
