//! Plans about services at run time: how they do, what they said, starting and stopping them now.

use super::refusal::{Refusal, Unplanned, needs_privilege};
use super::{Action, Collect, Plan, Probe, Reversal, Risk, Run, Step};
use crate::catalogue::starter;
use crate::machine::Command;
use crate::machine::facts::Facts;
use crate::operation::UnitAction;
use crate::operation::slots::ServiceName;

/// `service_status`; of all services when none is named.
pub(super) fn status(facts: &Facts, name: Option<&ServiceName>) -> Result<Plan, Unplanned> {
    needs_systemd(facts)?;
    let Some(name) = name else { return Ok(Plan::look("See which services run", Probe::Services)) };
    units(name)?;
    Ok(Plan::look(&format!("See how {name} does"), Probe::Service { service: name.clone() }))
}

/// `service_logs`.
pub(super) fn logs(facts: &Facts, name: Option<&ServiceName>) -> Result<Plan, Unplanned> {
    needs_systemd(facts)?;
    let title = match name {
        Some(name) => {
            units(name)?;
            format!("Read what {name} said")
        }
        None => "Read what went wrong since the machine was started".to_owned(),
    };
    Ok(Plan::look(&title, Probe::Logs { service: name.cloned() }))
}

/// `control_service`.
pub(super) fn control(facts: &Facts, name: &ServiceName, action: UnitAction) -> Result<Plan, Unplanned> {
    needs_systemd(facts)?;
    let (option, units) = units(name)?;
    let word = action.as_str();
    let run = |unit: &String| {
        let command = Command::new("systemctl").args([word, "--", unit]);
        Step {
            title: format!("{} {unit}", capital(word)),
            action: Action::Run(Run {
                command: facts.elevated(command, true),
                risk: Risk::Changes,
                collect: Collect::Nothing,
            }),
            // What was restarted runs as before: there is nothing to take back.
            reversal: matches!(action, UnitAction::Start | UnitAction::Stop)
                .then(|| Reversal::Unit { unit: unit.clone(), active: None }),
        }
    };
    let mut steps: Vec<Step> = units.iter().map(run).collect();
    steps.push(Step {
        title: "See what came of it".to_owned(),
        action: Action::Look(Probe::Service { service: name.clone() }),
        reversal: None,
    });
    let mut notes = Vec::new();
    if matches!(action, UnitAction::Start | UnitAction::Stop) {
        let what =
            option.map_or_else(|| "the configuration".to_owned(), |option| format!("{option} in the configuration"));
        notes.push(format!(
            "This is for now. On NixOS what starts at boot is a matter of the configuration: {what} decides, and the next rebuild or reboot does what it says."
        ));
    }
    let undo = matches!(action, UnitAction::Start | UnitAction::Stop).then(|| "ask-nix undo".to_owned());
    let plan = Plan { title: format!("{} {name} now", capital(word)), steps, notes, undo };
    needs_privilege(facts, plan.needs_root())?;
    Ok(plan)
}

/// The step that makes a unit active, or not, as it was.
pub(super) fn back(facts: &Facts, unit: &str, active: Option<bool>) -> Step {
    let action = if active == Some(true) { UnitAction::Start } else { UnitAction::Stop };
    let command = Command::new("systemctl").args([action.as_str(), "--", unit]);
    Step {
        title: format!("{} {unit} again", capital(action.as_str())),
        action: Action::Run(Run {
            command: facts.elevated(command, true),
            risk: Risk::Changes,
            collect: Collect::Nothing,
        }),
        reversal: Some(Reversal::Unit { unit: unit.to_owned(), active: None }),
    }
}

/// What the service runs as; some options turn on what is no service.
fn units(name: &ServiceName) -> Result<(Option<String>, Vec<String>), Refusal> {
    let (option, units) = starter::units(name.as_str());
    if !units.is_empty() {
        return Ok((option, units));
    }
    let option = option.unwrap_or_default();
    Err(Refusal::new(
        "unit-missing",
        format!("{name} is no service that runs: {option} makes it available, and nothing has to be started."),
    )
    .with("service", name.as_str()))
}

fn needs_systemd(facts: &Facts) -> Result<(), Refusal> {
    if let Some(root) = &facts.mounted {
        let root = root.display().to_string();
        let message = format!("The machine at {root} does not run, so no service of it does.");
        return Err(Refusal::new("machine-does-not-run", message).with("path", root));
    }
    if facts.systemd {
        return Ok(());
    }
    Err(Refusal::new("systemd-missing", "systemd does not run on this machine, so there are no services to ask about."))
}

fn capital(word: &str) -> String {
    let mut characters = word.chars();
    characters.next().map(|first| first.to_uppercase().chain(characters).collect()).unwrap_or_default()
}
